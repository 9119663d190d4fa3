import Foundation
import LeewayBase

/// A GPT-2-shaped folder with random weights: for speed, never for meaning.
struct RandomCheckpoint {
  var layers = 12
  var width = 768
  var heads = 12
  var vocabulary = 50257
  var context = 1024
  var bf16 = false

  /// Writes the folder unless it stands there already.
  func write(to folder: String) throws {
    let path = folder + "/model.safetensors"
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var header = "{"
    var offset = 0
    let tensors = self.tensors
    for (name, shape, _, _) in tensors {
      let bytes = shape.reduce(1, *) * (bf16 ? 2 : 4)
      header +=
        "\(offset == 0 ? "" : ",")\"\(name)\":{\"dtype\":\"\(bf16 ? "BF16" : "F32")\","
        + "\"shape\":\(shape),\"data_offsets\":[\(offset),\(offset + bytes)]}"
      offset += bytes
    }
    header += "}"
    while header.utf8.count % 8 != 0 { header += " " }
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw FileError.unwritable(path: path, errno: 0)
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var length = UInt64(header.utf8.count).littleEndian
    try file.write(contentsOf: Data(bytes: &length, count: 8))
    try file.write(contentsOf: Data(header.utf8))
    for (name, shape, mean, spread) in tensors {
      try file.write(contentsOf: numbers(name, shape.reduce(1, *), mean, spread))
    }
    let config = """
      {"model_type":"gpt2","n_embd":\(width),"n_head":\(heads),"n_layer":\(layers),\
      "vocab_size":\(vocabulary),"n_positions":\(context),"activation_function":"gelu_new"}
      """
    try Data(config.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
  }

  private var tensors: [(String, [Int], Float, Float)] {
    var all: [(String, [Int], Float, Float)] = [
      ("wte.weight", [vocabulary, width], 0, 0.02), ("wpe.weight", [context, width], 0, 0.02),
      ("ln_f.weight", [width], 1, 0), ("ln_f.bias", [width], 0, 0),
    ]
    for layer in 0..<layers {
      let at = "h.\(layer)."
      all += [
        (at + "ln_1.weight", [width], 1, 0), (at + "ln_1.bias", [width], 0, 0),
        (at + "ln_2.weight", [width], 1, 0), (at + "ln_2.bias", [width], 0, 0),
        (at + "attn.c_attn.weight", [width, 3 * width], 0, 0.02),
        (at + "attn.c_attn.bias", [3 * width], 0, 0),
        (at + "attn.c_proj.weight", [width, width], 0, 0.02),
        (at + "attn.c_proj.bias", [width], 0, 0),
        (at + "mlp.c_fc.weight", [width, 4 * width], 0, 0.02),
        (at + "mlp.c_fc.bias", [4 * width], 0, 0),
        (at + "mlp.c_proj.weight", [4 * width, width], 0, 0.02),
        (at + "mlp.c_proj.bias", [width], 0, 0),
      ]
    }
    return all
  }

  private func numbers(_ name: String, _ count: Int, _ mean: Float, _ spread: Float) -> Data {
    var stream = NamedStream("random-checkpoint", name)
    let values = (0..<count).map { _ in
      mean + spread * Float(stream.uniform() + stream.uniform() + stream.uniform() - 1.5) * 2
    }
    if !bf16 { return values.withUnsafeBytes { Data($0) } }
    return values.map { UInt16(($0.bitPattern &+ 0x8000) >> 16) }.withUnsafeBytes { Data($0) }
  }
}
