import LeewayBase

/// What the tokenizer is built on.
extension World {
  /// Names of subjects and the values that are names themselves: in several pieces.
  public var names: [String] {
    let open = facts.filter { relations[$0.relation].isOpen }.map { phrase($0) }
    return unique(facts.map(\.subject) + open)
  }

  /// Words of the values of closed sets: one piece each.
  public var valueWords: [String] {
    let phrases = relations.filter { !$0.isOpen }.flatMap { $0.values.map(\.phrase) }
    return unique(phrases.flatMap { $0.split(separator: " ").map(String.init) })
  }

  /// Training documents, drawn.
  public func sample(_ count: Int) -> [Document] {
    var stream = NamedStream("aviary", "\(seed)", "sample")
    return (0..<count).map { _ in document(using: &stream) }
  }

  private func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}
