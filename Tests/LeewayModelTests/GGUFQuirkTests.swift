import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor
import Testing

/// Where Leeway reads a GGUF file otherwise than llama.cpp does, on purpose: as the model was trained.
@Suite struct GGUFQuirkTests {
  /// llama.cpp looks a GELU up in a table, its argument and its value rounded to half precision. That
  /// is the whole difference in logits of Gemma and GPT-2 (2e-4 to 4e-4 of the largest).
  @Test(arguments: KernelSet.available) func gelusAreNotLookedUp(set: KernelSet) throws {
    for (name, expected) in [
      ("gpt2-prefixed", Activation.geluTanh), ("gemma-multihead", .geluTanh),
      ("gemma2-multiquery", .geluTanh), ("gemma3-multiquery", .geluTanh),
    ] {
      let config = try Checkpoint(folder: GGUFModelTests.folder + "/\(name).gguf").config
      #expect(config.activation == expected, "\(name)")
    }
    func gelu(_ x: Double) -> Double {
      0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
    let x = (0..<4096).map { Float($0) * 0.00153 - 3.1 }
    var y = x
    y.withUnsafeMutableBufferPointer { row in
      guard let base = row.baseAddress else { return }
      Kernels(set: set).activate(
        Matrix(base: base, rows: 1, columns: x.count), .geluTanh)
    }
    var (ours, table) = (0.0, 0.0)
    for (x, y) in zip(x, y) {
      let exact = gelu(Double(x))
      let looked = Float(Float16(gelu(Double(Float16(x)))))
      ours = max(ours, abs(Double(y) - exact))
      table = max(table, abs(Double(looked) - exact))
    }
    #expect(ours < 1e-6)
    #expect(table > 1e-3)
  }

  /// llama.cpp computes GPT-NeoX with the GELU by tanh; its folders, and Pythia's training, with the
  /// one by the error function. A file does not say.
  @Test(arguments: ["neox-parallel", "neox-in-turn"])
  func neoXIsComputedByTheErrorFunction(name: String) throws {
    let config = try Checkpoint(folder: GGUFModelTests.folder + "/\(name).gguf").config
    #expect(config.activation == .geluErf)
  }

  /// A format that is not read is named, and not what is missed for it.
  @Test(arguments: ["token_embd.weight", "blk.1.ffn_up.weight"])
  func formatsThatAreNotReadAreNamed(name: String) throws {
    try GGUFModelTests.Toy(types: { $0 == name ? .q3K : .f32 }).open { path in
      var bytes = try MappedFile(path: path).withBytes { Array($0) }
      // Behind a name stand the number of sizes, two sizes and the type: IQ3_S blocks are as large.
      let at = try #require(bytes.firstRange(of: Array(name.utf8))).upperBound + 4 + 16
      #expect(bytes[at] == 11)
      bytes[at] = 21
      try AtomicFile.write(bytes, to: path)
      #expect(
        throws: CheckpointError.unsupportedNumbers(folder: path, name: name, found: "IQ3_S")
      ) { try Checkpoint(folder: path) }
    }
  }
}
