import CLeewayKernels
import LeewayBase

/// The weights of a linear map, packed once into panels of 32 outputs, in memory of their own with
/// huge pages asked for.
public final class LinearWeights: Sendable {
  /// One stored matrix, or a range of its outputs.
  public struct Source {
    let bytes: UnsafeRawBufferPointer
    let dtype: DType
    let outputs: Int
    let inputs: Int
    /// From one output to the next, and from one input to the next, in numbers.
    let outputStep: Int
    let inputStep: Int
    let bias: [Float]?

    /// - Parameters:
    ///   - bytes: the stored matrix, row-major; it must outlive the packing only.
    ///   - outputs: outputs to take.
    ///   - inputs: inputs of the stored matrix.
    ///   - transposed: stored as `[inputs, storedOutputs]` instead of `[storedOutputs, inputs]`.
    ///   - storedOutputs: outputs of the stored matrix, when only a range of them is taken.
    ///   - firstOutput: first output to take.
    ///   - bias: one number per output taken.
    public init(
      bytes: UnsafeRawBufferPointer, dtype: DType, outputs: Int, inputs: Int,
      transposed: Bool = false, storedOutputs: Int? = nil, firstOutput: Int = 0,
      bias: [Float]? = nil
    ) {
      let stored = storedOutputs ?? firstOutput + outputs
      precondition(
        firstOutput >= 0 && firstOutput + outputs <= stored
          && bytes.count >= stored * inputs * dtype.width,
        "a source holds the outputs taken from it")
      self.dtype = dtype
      self.outputs = outputs
      self.inputs = inputs
      outputStep = transposed ? 1 : inputs
      inputStep = transposed ? stored : 1
      self.bytes = UnsafeRawBufferPointer(
        rebasing: bytes[min(firstOutput * outputStep * dtype.width, bytes.count)...])
      self.bias = bias
    }

    /// A map in memory whose element (output, input) is `output * outputStep + input * inputStep`
    /// numbers past the beginning.
    package init(
      floats: UnsafeBufferPointer<Float>, outputs: Int, inputs: Int, outputStep: Int,
      inputStep: Int, bias: [Float]? = nil
    ) {
      precondition(
        outputs == 0 || inputs == 0
          || floats.count > (outputs - 1) * outputStep + (inputs - 1) * inputStep)
      bytes = UnsafeRawBufferPointer(floats)
      dtype = .f32
      self.outputs = outputs
      self.inputs = inputs
      self.outputStep = outputStep
      self.inputStep = inputStep
      self.bias = bias
    }
  }

  /// Outputs of all sources together.
  public let outputs: Int
  public let inputs: Int
  /// `.bf16` when every source is stored so, else `.f32`.
  public let format: DType
  /// Bytes of the packed weights.
  public var byteCount: Int { packed.count }

  private let packed: MappedMemory
  private let paddedBias: MappedMemory

  /// Packs `sources`, their outputs stacked in order (query, key and value in one map).
  ///
  /// Sources that do not fit together (inputs, bytes or biases of the wrong number) are a fault of
  /// the caller and stop the process.
  public init(_ sources: [Source]) {
    let inputs = sources.first?.inputs ?? 0
    let outputs = sources.reduce(0) { $0 + $1.outputs }
    let format: DType = sources.allSatisfy { $0.dtype == .bf16 } ? .bf16 : .f32
    self.inputs = inputs
    self.outputs = outputs
    self.format = format
    let panel = LW_PANEL
    let panels = (outputs + panel - 1) / panel
    let numbers = panels * panel * (format == .bf16 ? (inputs + 1) / 2 * 2 : inputs)
    packed = MappedMemory(bytes: numbers * format.width)
    paddedBias = MappedMemory(bytes: panels * panel * MemoryLayout<Float>.stride)
    fill(sources)
  }

  /// Packs other numbers in the same place: what training does after each step.
  ///
  /// Nobody may be using the map meanwhile. Sources of other sizes are a fault of the caller.
  package func repack(_ sources: [Source]) {
    precondition(
      format == .f32 && sources.reduce(0) { $0 + $1.outputs } == outputs, "the same sizes again")
    fill(sources)
  }

  private func fill(_ sources: [Source]) {
    let biases = paddedBias.base.assumingMemoryBound(to: Float.self)
    var first = 0
    for source in sources {
      precondition(source.inputs == inputs, "sources of one map have the same inputs")
      if let bytes = source.bytes.baseAddress, source.outputs > 0 {
        lw_pack(
          packed.base, format == .bf16 ? 1 : 0, inputs, first, source.outputs, bytes,
          source.dtype.code, source.outputStep, source.inputStep)
      }
      if let bias = source.bias {
        precondition(bias.count == source.outputs, "one bias per output")
        for (index, value) in bias.enumerated() { biases[first + index] = value }
      }
      first += source.outputs
    }
  }

  /// The weights of one output, `[inputs]`, widened exactly.
  public func weights(of output: Int) -> [Float] {
    precondition((0..<outputs).contains(output), "an output of this map")
    let (panel, lane) = output.quotientAndRemainder(dividingBy: LW_PANEL)
    return (0..<inputs).map { input in
      switch format {
      case .bf16:
        let pair = panel * ((inputs + 1) / 2) + input / 2
        let at = (pair * LW_PANEL + lane) * 2 + input % 2
        return Float(
          bitPattern: UInt32(packed.base.load(fromByteOffset: 2 * at, as: UInt16.self)) << 16)
      default:
        let at = (panel * inputs + input) * LW_PANEL + lane
        return packed.base.load(fromByteOffset: 4 * at, as: Float.self)
      }
    }
  }

  /// What the C kernels read; the pointers live as long as this object.
  func job(_ x: Matrix, into y: Matrix, accumulate: Bool = false) -> lw_linear {
    lw_linear(
      x: x.base, x_stride: x.stride, weights: packed.base,
      bias: paddedBias.base.assumingMemoryBound(to: Float.self), y: y.base, y_stride: y.stride,
      rows: x.rows, inputs: inputs, outputs: outputs, is_bf16: format == .bf16 ? 1 : 0,
      by_column: 0, accumulate: accumulate ? 1 : 0)
  }
}

extension DType {
  /// The C kernels' number for this format.
  var code: Int32 {
    switch self {
    case .f32: Int32(LW_F32)
    case .f16: Int32(LW_F16)
    case .bf16: Int32(LW_BF16)
    }
  }
}
