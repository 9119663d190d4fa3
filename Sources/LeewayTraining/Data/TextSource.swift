import LeewayBase

/// A file of documents, one a line, or separated by blank lines.
public struct TextSource: DataSource {
  public static let id = "text"
  public static let options = ["separator"]

  public let contentHash: String
  private let packed: PackedDocuments
  public var perPass: Int? { packed.perRound }

  public init(_ spec: DataSpec, _ context: DataContext) throws(DataError) {
    let separator = spec.options["separator"] ?? "line"
    guard ["line", "blank"].contains(separator) else {
      throw .badValue(key: "separator", expected: "line or blank", found: separator)
    }
    let text: String
    do { text = try TextFile.read(context.path(spec.value)) } catch {
      throw .file(error, key: Self.id)
    }
    let texts = separator == "line" ? Self.lines(text) : Self.paragraphs(text)
    let documents = texts.map { text in
      var tokens = context.tokenizer.encode(text)
      if tokens.last != context.endToken { tokens.append(context.endToken) }
      return TrainingDocument(tokens: tokens)
    }
    packed = PackedDocuments(length: context.sequenceLength, seed: context.seed) { _ in documents }
    guard packed.perRound > 0 else { throw .empty(key: Self.id) }
    contentHash = ContentHash.sha256(text)
  }

  public func sequence(_ index: Int) -> TrainingSequence { packed.sequence(index) }

  private static func lines(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map(String.init).filter {
      !$0.allSatisfy(\.isWhitespace)
    }
  }

  private static func paragraphs(_ text: String) -> [String] {
    var found: [String] = []
    var lines: [Substring] = []
    func end() {
      if !lines.isEmpty { found.append(lines.joined(separator: "\n")) }
      lines.removeAll()
    }
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.allSatisfy(\.isWhitespace) { end() } else { lines.append(line) }
    }
    end()
    return found
  }
}
