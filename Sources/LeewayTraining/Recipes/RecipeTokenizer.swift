import LeewayBase
import LeewayTokenizer

/// A recipe's tokenizer with the files that go with the model.
struct RecipeTokenizer {
  let tokenizer: Tokenizer
  let endToken: Int
  let files: [(name: String, bytes: [UInt8])]

  /// Pieces that end a text in the tokenizers that people use.
  static let endings = ["<|endoftext|>", "</s>", "<eos>", "<|end_of_text|>", "<end>"]

  init(_ recipe: Recipe, path: String) throws(TrainingError) {
    do { tokenizer = try Tokenizer(path: path) } catch { throw .tokenizer(error) }
    let isFile = path.hasSuffix(".json")
    let folder = isFile ? path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." : path
    guard let bytes = try Self.contents(isFile ? path : path + "/tokenizer.json") else {
      throw .noTokenizerFile(path: path)
    }
    var files = [(name: "tokenizer.json", bytes: bytes)]
    // What the reference framework reads beside it; without it, it takes the class by the name.
    let beside = try Self.contents(folder + "/tokenizer_config.json")
    files.append(
      (
        name: "tokenizer_config.json",
        bytes: beside ?? Array("{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}\n".utf8)
      ))
    self.files = files
    if let piece = recipe.endToken {
      guard let id = tokenizer.id(of: piece) else {
        throw .unknownEndToken(path: path, piece: piece)
      }
      endToken = id
    } else {
      let tokenizer = tokenizer
      guard let id = Self.endings.lazy.compactMap({ tokenizer.id(of: $0) }).first else {
        throw .noEndToken(path: path, known: Self.endings)
      }
      endToken = id
    }
  }

  private static func contents(_ path: String) throws(TrainingError) -> [UInt8]? {
    do {
      let file = try MappedFile(path: path)
      return file.withBytes { Array($0) }
    } catch {
      if case .notFound = error { return nil }
      throw .file(error)
    }
  }
}
