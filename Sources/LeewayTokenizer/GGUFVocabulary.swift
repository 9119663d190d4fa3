import LeewayBase

/// The vocabulary that a GGUF file carries in `tokenizer.ggml.*`, as it stands there.
public struct GGUFVocabulary: Sendable {
  /// What a piece is, by the file's numbers.
  public enum PieceKind: Int, Sendable {
    case normal = 1
    case unknown
    case control
    case userDefined
    case unused
    case byte
  }

  public var path: String
  /// `gpt2` (byte-level BPE), `llama` (SentencePiece), and others.
  public var kind: String
  /// How text is cut before merging, by llama.cpp's name; `default` where the file has none.
  public var preTokenizer: String
  public var pieces: [[UInt8]]
  /// One a piece; empty where the file has none.
  public var scores: [Float]
  /// One a piece.
  public var kinds: [PieceKind]
  /// Two pieces with a space between, in order.
  public var merges: [[UInt8]]
  /// `bos`, `eos`, `eot`, `unknown`, `padding` and others.
  public var special: [String: Int]
  /// Whether a text begins with `bos` or ends with `eos`; nil where the file leaves it to the kind.
  public var addsBeginning: Bool?
  public var addsEnd: Bool?
  public var addsSpacePrefix: Bool?
  public var chatTemplate: String?

  public init(_ file: GGUF) throws(TokenizerError) {
    path = file.path
    func key(_ name: String) -> String { "tokenizer.ggml.\(name)" }
    guard let kind = file[key("model")]?.text else {
      throw .missingKey(path: file.path, key: key("model"))
    }
    guard let tokens = file[key("tokens")] else {
      throw .missingKey(path: file.path, key: key("tokens"))
    }
    func wrong(_ name: String, _ expected: String) -> TokenizerError {
      .wrongValue(
        path: file.path, key: key(name), expected: expected,
        found: file[key(name)]?.summary ?? "missing")
    }
    guard let pieces = tokens.array?.strings else { throw wrong("tokens", "a list of texts") }
    self.kind = kind
    self.pieces = pieces
    preTokenizer = file[key("pre")]?.text ?? "default"
    scores = []
    if file[key("scores")] != nil {
      guard let found = file[key("scores")]?.array?.floats, found.count == pieces.count else {
        throw wrong("scores", "a list of \(pieces.count) numbers")
      }
      scores = found
    }
    kinds = .init(repeating: .normal, count: pieces.count)
    if file[key("token_type")] != nil {
      let found = file[key("token_type")]?.array?.ints?.compactMap(PieceKind.init(rawValue:))
      guard let found, found.count == pieces.count else {
        throw wrong("token_type", "a list of \(pieces.count) numbers from 1 to 6")
      }
      kinds = found
    }
    merges = []
    if file[key("merges")] != nil {
      guard let found = file[key("merges")]?.array?.strings else {
        throw wrong("merges", "a list of texts")
      }
      merges = found
    }
    special = [:]
    for name in ["bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "cls", "mask"] {
      guard let value = file[key(name + "_token_id")] else { continue }
      guard let id = value.int, pieces.indices.contains(id) else {
        throw wrong(name + "_token_id", "from 0 to \(pieces.count - 1)")
      }
      special[name] = id
    }
    addsBeginning = file[key("add_bos_token")]?.bool
    addsEnd = file[key("add_eos_token")]?.bool
    addsSpacePrefix = file[key("add_space_prefix")]?.bool
    chatTemplate = file["tokenizer.chat_template"]?.text
  }
}
