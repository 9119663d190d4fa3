import Foundation
import LeewayBase
import LeewayModel

/// A model as the reference framework and Leeway open it: configuration, tensors, tokenizer.
package struct ModelFolder {
  package let path: String

  package init(path: String) { self.path = path }

  /// - Parameter tokenizer: the files that go with the model, by name.
  package func write(_ model: Trainee, weights: DType, tokenizer: [(name: String, bytes: [UInt8])])
    throws(FileError)
  {
    let config = model.architecture.json(model.config, weights: weights)
    try AtomicFile.write(config.typedBytes + [0x0A], to: path + "/config.json")
    for file in tokenizer { try AtomicFile.write(file.bytes, to: path + "/" + file.name) }
    let tensors = model.table.tensors.map { tensor in
      (
        name: tensor.name, shape: tensor.shape, dtype: weights,
        bytes: { weights.narrow(model.values(tensor, of: model.weights)) }
      )
    }
    try SafeTensors.write(
      tensors, metadata: ["format": "pt"], to: path + "/model.safetensors")
  }

  /// The folder and what is missing above it.
  package static func make(_ path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch { throw .unwritable(path: path, errno: 0) }
  }
}
