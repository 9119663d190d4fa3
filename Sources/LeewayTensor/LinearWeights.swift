import CLeewayKernels
import LeewayBase

/// The weights of a linear map, packed once into panels of 32 outputs, in memory of their own with
/// huge pages asked for. Quantised weights and f16 stay as they are stored and are widened as they
/// are read.
public final class LinearWeights: Sendable {
  /// Outputs of all sources together.
  public let outputs: Int
  public let inputs: Int
  /// How the first outputs are packed: as stored, but f32 for sources of several plain formats and
  /// for f16 that is stored input first.
  public var format: DType { segments.first?.format ?? .f32 }
  /// Bytes of the packed weights.
  public var byteCount: Int { segments.reduce(0) { $0 + $1.packed.count } }

  /// Outputs of one format; several where quantised sources differ.
  private struct Segment: Sendable {
    var format: DType
    var first: Int
    var outputs: Int
    var sources: Range<Int>
    var packed: MappedMemory
    /// Padded to whole panels.
    var bias: MappedMemory
  }
  private let segments: [Segment]

  /// Packs `sources`, their outputs stacked in order (query, key and value in one map).
  ///
  /// Sources that do not fit together (inputs, bytes or biases of the wrong number) are a fault of
  /// the caller and stop the process. The threads of `pool` share the work, by outputs.
  public init(_ sources: [Source], pool: ThreadPool? = nil) {
    let inputs = sources.first?.inputs ?? 0
    self.inputs = inputs
    outputs = sources.reduce(0) { $0 + $1.outputs }
    var segments: [Segment] = []
    var first = 0
    for (format, range) in Self.runs(sources) {
      let outputs = sources[range].reduce(0) { $0 + $1.outputs }
      let panels = (outputs + LW_PANEL - 1) / LW_PANEL
      segments.append(
        Segment(
          format: format, first: first, outputs: outputs, sources: range,
          packed: MappedMemory(bytes: panels * lw_panel_bytes(format.code, inputs)),
          bias: MappedMemory(bytes: panels * LW_PANEL * MemoryLayout<Float>.stride)))
      first += outputs
    }
    self.segments = segments
    fill(sources, pool)
  }

  /// Sources that can share panels, with the format of these.
  private static func runs(_ sources: [Source]) -> [(format: DType, sources: Range<Int>)] {
    if sources.allSatisfy(\.dtype.isPlain) {
      let formats = Set(sources.map(\.packedFormat))
      return [(formats.count == 1 ? formats.first ?? .f32 : .f32, 0..<sources.count)]
    }
    return sources.indices.reduce(into: []) { runs, index in
      let format = sources[index].packedFormat
      if let last = runs.last, last.format == format {
        runs[runs.count - 1].sources = last.sources.lowerBound..<index + 1
      } else {
        runs.append((format, index..<index + 1))
      }
    }
  }

  /// Packs other numbers in the same place: what training does after each step.
  ///
  /// Nobody may be using the map meanwhile. Sources of other sizes are a fault of the caller.
  package func repack(_ sources: [Source]) {
    precondition(
      segments.count == 1 && format == .f32 && sources.reduce(0) { $0 + $1.outputs } == outputs,
      "the same sizes again")
    fill(sources, nil)
  }

  /// What one thread packs at a time: outputs of its own.
  private struct Piece {
    var segment: Segment
    var source: Source
    var strip: Source.Strip
    /// Where the source begins in the segment.
    var first: Int
    func pack() {
      source.pack(strip, into: segment.packed.base, format: segment.format, first: first)
    }
  }

  private func fill(_ sources: [Source], _ pool: ThreadPool?) {
    var pieces: [Piece] = []
    for segment in segments {
      let biases = segment.bias.base.assumingMemoryBound(to: Float.self)
      var first = 0
      for source in sources[segment.sources] {
        precondition(source.inputs == inputs, "sources of one map have the same inputs")
        pieces += source.strips(most: pool == nil ? .max : 8 * Int(LW_PANEL)).map {
          Piece(segment: segment, source: source, strip: $0, first: first)
        }
        if let bias = source.bias {
          precondition(bias.count == source.outputs, "one bias per output")
          for strip in source.strips {
            for index in 0..<strip.outputs {
              biases[first + strip.output + index] = bias[strip.row + index * strip.step]
            }
          }
        }
        first += source.outputs
      }
    }
    guard let pool else {
      for piece in pieces { piece.pack() }
      return
    }
    // Sources point into memory that the caller holds until this returns.
    nonisolated(unsafe) let shared = pieces
    pool.run(shared.count) { shared[$0].pack() }
  }

  /// The weights of one output, `[inputs]`, widened.
  public func weights(of output: Int) -> [Float] {
    guard let segment = segments.first(where: { output < $0.first + $0.outputs }), output >= 0
    else { preconditionFailure("an output of this map") }
    let (panel, lane) = (output - segment.first).quotientAndRemainder(dividingBy: LW_PANEL)
    let packed = segment.packed.base
    switch segment.format {
    case .bf16:
      return (0..<inputs).map { input in
        let pair = panel * ((inputs + 1) / 2) + input / 2
        let at = (pair * LW_PANEL + lane) * 2 + input % 2
        return Float(
          bitPattern: UInt32(packed.load(fromByteOffset: 2 * at, as: UInt16.self)) << 16)
      }
    case .f32:
      return (0..<inputs).map { input in
        let at = (panel * inputs + input) * LW_PANEL + lane
        return packed.load(fromByteOffset: 4 * at, as: Float.self)
      }
    default:
      return [Float](unsafeUninitializedCapacity: inputs) { out, count in
        if let base = out.baseAddress {
          lw_unpack_output(
            packed, segment.format.code, inputs, output - segment.first, base)
        }
        count = inputs
      }
    }
  }

  /// What the C kernels read, a job for each format; the pointers live as long as this object.
  func eachJob(
    _ x: Matrix, into y: Matrix, accumulate: Bool = false, _ body: (inout lw_linear) -> Void
  ) {
    for segment in segments {
      var job = lw_linear(
        x: x.base, x_stride: x.stride, weights: segment.packed.base,
        bias: segment.bias.base.assumingMemoryBound(to: Float.self), y: y.base + segment.first,
        y_stride: y.stride, rows: x.rows, inputs: inputs, outputs: segment.outputs,
        format: segment.format.code, by_column: 0, accumulate: accumulate ? 1 : 0)
      body(&job)
    }
  }
}

extension DType {
  /// The C kernels' number for this format.
  var code: Int32 {
    switch self {
    case .f32: Int32(LW_F32)
    case .f16: Int32(LW_F16)
    case .bf16: Int32(LW_BF16)
    case .q40: Int32(LW_Q4_0)
    case .q41: Int32(LW_Q4_1)
    case .q50: Int32(LW_Q5_0)
    case .q51: Int32(LW_Q5_1)
    case .q80: Int32(LW_Q8_0)
    case .iq4NL: Int32(LW_IQ4_NL)
    case .q2K: Int32(LW_Q2_K)
    case .q3K: Int32(LW_Q3_K)
    case .q4K: Int32(LW_Q4_K)
    case .q5K: Int32(LW_Q5_K)
    case .q6K: Int32(LW_Q6_K)
    case .iq4XS: Int32(LW_IQ4_XS)
    }
  }
}
