/// A view of floats, `rows` × `columns`, row `i` starting at `base + i * stride`.
///
/// It does not own its memory: a `Workspace` does, and outlives every view that it hands out.
public struct Matrix: @unchecked Sendable {
  public let base: UnsafeMutablePointer<Float>
  public let rows: Int
  public let columns: Int
  public let stride: Int

  public init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// Rows `range` of this view.
  public func rows(_ range: Range<Int>) -> Matrix {
    Matrix(
      base: base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  /// Columns `range` of this view.
  public func columns(_ range: Range<Int>) -> Matrix {
    Matrix(base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// One row as a buffer of `columns` floats.
  public func row(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base + index * stride, count: columns)
  }
}
