import LeewayBase

/// Two opposed sets of texts.
public struct Contrast: Sendable, Hashable, Codable {
  public var positive: [String]
  public var negative: [String]

  public init(positive: [String], negative: [String]) {
    self.positive = positive
    self.negative = negative
  }

  /// SHA-256 of the texts in order.
  public var hash: String {
    let halves = [positive, negative].map { half in
      half.map { ContentHash.sha256($0) }.joined(separator: ",")
    }
    return ContentHash.sha256(halves.joined(separator: "|"))
  }
}

/// Which tokens of a contrast text are read.
public enum ReadPosition: Sendable, Hashable, CustomStringConvertible {
  /// The last token.
  case last
  /// The mean over the tokens of the response but special ones: those after the mark `|||` in the
  /// text, or of the whole text where there is no mark. A response without tokens reads `last`.
  case responseMean
  /// The last token of the last place where the word stands, whole and in this case.
  case word(String)

  /// `last`, `response-mean`, `word: owl`.
  public init(_ text: String) throws(SteeringError) {
    let parts = text.split(separator: ":", maxSplits: 1).map {
      $0.trimmingPrefix { $0 == " " }
    }
    switch (parts.first.map(String.init), parts.count) {
    case ("last", 1): self = .last
    case ("response-mean", 1): self = .responseMean
    case ("word", 2) where !parts[1].isEmpty: self = .word(String(parts[1]))
    default:
      throw .unknownName(
        kind: "read position", name: text, known: ["last", "response-mean", "word: NAME"])
    }
  }

  public var description: String {
    switch self {
    case .last: "last"
    case .responseMean: "response-mean"
    case .word(let word): "word: \(word)"
    }
  }
}
