import Foundation
import LeewayBase
import LeewayModel

/// A GPT-2-shaped checkpoint with random weights, written to a temporary folder and opened: for
/// counting work on models of many layers.
struct ToyModel {
  var layers: Int
  var width = 8
  var heads = 2
  var vocabulary = 64
  var context = 128

  func make() throws -> Transformer {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-toy-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let config = """
      {"model_type": "gpt2", "n_embd": \(width), "n_head": \(heads), "n_layer": \(layers),
       "vocab_size": \(vocabulary), "n_positions": \(context), "activation_function": "relu"}
      """
    try Data(config.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
    try SafeTensors.write(tensors, to: folder + "/model.safetensors")
    return try Transformer(Checkpoint(folder: folder))
  }

  private var tensors: [(name: String, shape: [Int], values: [Float])] {
    var chance = NamedStream("toy-model")
    func random(_ name: String, _ shape: [Int], around center: Float = 0) -> (
      name: String, shape: [Int], values: [Float]
    ) {
      (name, shape, (0..<shape.reduce(1, *)).map { _ in center + 0.3 * Float(chance.normal()) })
    }
    func norm(_ name: String) -> [(name: String, shape: [Int], values: [Float])] {
      [random(name + ".weight", [width], around: 1), random(name + ".bias", [width])]
    }
    func map(_ name: String, _ inputs: Int, _ outputs: Int) -> [(
      name: String, shape: [Int], values: [Float]
    )] {
      [random(name + ".weight", [inputs, outputs]), random(name + ".bias", [outputs])]
    }
    var all = [random("wte.weight", [vocabulary, width]), random("wpe.weight", [context, width])]
    for layer in 0..<layers {
      all += norm("h.\(layer).ln_1") + map("h.\(layer).attn.c_attn", width, 3 * width)
      all += map("h.\(layer).attn.c_proj", width, width) + norm("h.\(layer).ln_2")
      all += map("h.\(layer).mlp.c_fc", width, 4 * width)
      all += map("h.\(layer).mlp.c_proj", 4 * width, width)
    }
    return all + norm("ln_f")
  }
}
