import LeewayBase

/// What can be wrong with a checkpoint folder. Values only; the command writes the sentences.
public enum CheckpointError: Error, Equatable, Sendable {
  case file(FileError)
  case json(JSONError)
  case tensors(SafeTensorsError)
  case gguf(GGUFError)
  /// `config.json` is not an object.
  case notAnObject(path: String)
  case missingKey(path: String, key: String)
  case wrongValue(path: String, key: String, expected: String, found: String)
  case unknownArchitecture(path: String, found: String, known: [String])
  /// A key that no one accounted for, with a value that might change the model.
  case unknownKeys(path: String, keys: [String])
  case missingTensor(folder: String, name: String)
  case wrongShape(folder: String, name: String, expected: [Int], found: [Int])
  case unsupportedNumbers(folder: String, name: String, found: String)
  /// Tensors that no part of the model claims.
  case unclaimedTensors(folder: String, names: [String])
  case notFinite(folder: String, name: String, index: Int)
}
