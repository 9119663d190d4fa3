import LeewayBase

/// What can be wrong with a tokenizer file or with what it is asked.
public enum TokenizerError: Error, Equatable, Sendable {
  /// The folder has no `tokenizer.json`.
  case missing(path: String)
  case file(FileError)
  case json(JSONError)
  case gguf(GGUFError)
  case missingKey(path: String, key: String)
  case wrongValue(path: String, key: String, expected: String, found: String)
  /// A component (`normalizer`, `pre_tokenizer`, ...) of a kind that Leeway does not know.
  case unsupported(path: String, component: String, kind: String, known: [String])
  case unknownMergePiece(path: String, line: Int, piece: String)
  case invalidUTF8(offset: Int)
  case unknownID(Int, vocabulary: Int)
}
