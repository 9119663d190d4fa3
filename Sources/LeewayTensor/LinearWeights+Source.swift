import CLeewayKernels
import LeewayBase

extension LinearWeights {
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
    /// Heads of this width hold their halves interleaved; 0: outputs stand in order.
    let interleaved: Int

    /// - Parameters:
    ///   - bytes: the stored matrix, row-major; it must outlive the packing only.
    ///   - outputs: outputs to take.
    ///   - inputs: inputs of the stored matrix; whole blocks of a quantised format.
    ///   - transposed: stored as `[inputs, storedOutputs]` instead of `[storedOutputs, inputs]`;
    ///     never quantised.
    ///   - storedOutputs: outputs of the stored matrix, when only a range of them is taken.
    ///   - firstOutput: first output to take.
    ///   - bias: one number per output taken, in the order of the store.
    ///   - interleaved: width of heads whose outputs are stored as 0, half, 1, half + 1, and so on;
    ///     they are packed in order.
    public init(
      bytes: UnsafeRawBufferPointer, dtype: DType, outputs: Int, inputs: Int,
      transposed: Bool = false, storedOutputs: Int? = nil, firstOutput: Int = 0,
      bias: [Float]? = nil, interleaved: Int = 0
    ) {
      let stored = storedOutputs ?? firstOutput + outputs
      precondition(
        firstOutput >= 0 && firstOutput + outputs <= stored
          && bytes.count >= dtype.bytes(of: stored * inputs),
        "a source holds the outputs taken from it")
      precondition(
        dtype.isPlain || !transposed && inputs % dtype.blockNumbers == 0,
        "quantised rows are whole blocks")
      precondition(interleaved == 0 || interleaved % 2 == 0 && outputs % interleaved == 0)
      self.dtype = dtype
      self.outputs = outputs
      self.inputs = inputs
      outputStep = transposed ? 1 : inputs
      inputStep = transposed ? stored : 1
      self.bytes = UnsafeRawBufferPointer(
        rebasing: bytes[min(dtype.bytes(of: firstOutput * outputStep), bytes.count)...])
      self.bias = bias
      self.interleaved = interleaved
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
      interleaved = 0
    }

    /// f16 that is stored input first is widened: its panels want rows.
    var packedFormat: DType { dtype == .f16 && inputStep != 1 ? .f32 : dtype }

    /// Outputs `output ..< output + outputs` stand in rows `row`, `row + step` and so on.
    struct Strip {
      var output: Int
      var outputs: Int
      var row: Int
      var step: Int
    }

    var strips: [Strip] {
      guard interleaved > 0 else { return [Strip(output: 0, outputs: outputs, row: 0, step: 1)] }
      let half = interleaved / 2
      return (0..<outputs / half).map { strip in
        let (head, second) = strip.quotientAndRemainder(dividingBy: 2)
        return Strip(
          output: strip * half, outputs: half, row: head * interleaved + second, step: 2)
      }
    }

    /// The same in strips of at most `most` outputs.
    func strips(most: Int) -> [Strip] {
      strips.flatMap { strip in
        stride(from: 0, to: strip.outputs, by: most).map { start in
          Strip(
            output: strip.output + start, outputs: min(most, strip.outputs - start),
            row: strip.row + start * strip.step, step: strip.step)
        }
      }
    }

    /// Writes a strip's outputs into panels of `format` in which this source begins at `first`.
    func pack(
      _ strip: Strip, into packed: UnsafeMutableRawPointer, format: DType, first: Int
    ) {
      guard let base = bytes.baseAddress, strip.outputs > 0, inputs > 0 else { return }
      let from = base + dtype.bytes(of: strip.row * outputStep)
      let output = first + strip.output
      if format == .f32 || format == .bf16 {
        lw_pack(
          packed, format == .bf16 ? 1 : 0, inputs, output, strip.outputs, from, dtype.code,
          strip.step * outputStep, inputStep)
      } else {
        lw_pack_rows(
          packed, format.code, inputs, output, strip.outputs, from,
          dtype.bytes(of: strip.step * outputStep))
      }
    }
  }
}
