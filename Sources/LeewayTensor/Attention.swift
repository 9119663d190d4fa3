import CLeewayKernels

/// Keys and values of `capacity` positions of one layer.
///
/// Keys are `[kvHead][capacity / 16][headWidth][16]`, values `[kvHead][capacity][headWidth]`. A span
/// does not own its memory.
public struct KeyValueSpan {
  public var keys: UnsafeMutablePointer<Float>
  public var values: UnsafeMutablePointer<Float>
  /// Positions that a reader of this span sees.
  public var count: Int
  /// Positions that it has room for, a multiple of 16.
  public var capacity: Int

  public init(
    keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>, count: Int,
    capacity: Int
  ) {
    self.keys = keys
    self.values = values
    self.count = count
    self.capacity = capacity
  }

  /// Floats of a span's keys, and of its values.
  public static func floats(kvHeads: Int, headWidth: Int, capacity: Int) -> Int {
    kvHeads * headWidth * capacity
  }
}

/// Query rows that attend to the same spans: rows `firstRow..<firstRow + rows` see
/// `spans[firstSpan..<firstSpan + spans]`, in that order.
public struct AttentionPiece {
  public var firstRow: Int
  public var rows: Int
  public var firstSpan: Int
  public var spans: Int

  public init(firstRow: Int, rows: Int, firstSpan: Int, spans: Int) {
    self.firstRow = firstRow
    self.rows = rows
    self.firstSpan = firstSpan
    self.spans = spans
  }
}

// Both are handed to C as they are: an array of them is read in place.
extension KeyValueSpan {
  static let matchesC =
    MemoryLayout<KeyValueSpan>.stride == MemoryLayout<lw_span>.stride
    && MemoryLayout<KeyValueSpan>.offset(of: \.values) == MemoryLayout<lw_span>.offset(of: \.values)
    && MemoryLayout<KeyValueSpan>.offset(of: \.count) == MemoryLayout<lw_span>.offset(of: \.count)
    && MemoryLayout<KeyValueSpan>.offset(of: \.capacity)
      == MemoryLayout<lw_span>.offset(of: \.capacity)
}

extension AttentionPiece {
  static let matchesC =
    MemoryLayout<AttentionPiece>.stride == MemoryLayout<lw_piece>.stride
    && MemoryLayout<AttentionPiece>.offset(of: \.rows) == MemoryLayout<lw_piece>.offset(of: \.rows)
    && MemoryLayout<AttentionPiece>.offset(of: \.firstSpan)
      == MemoryLayout<lw_piece>.offset(of: \.first_span)
    && MemoryLayout<AttentionPiece>.offset(of: \.spans)
      == MemoryLayout<lw_piece>.offset(of: \.spans)
}
