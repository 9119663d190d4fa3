/// Sentences for steering vectors: told of birds of one value, and of another.
public struct FactContrast: Sendable, Equatable {
  public var positive: [String]
  public var negative: [String]
}

/// Where the sentences of a contrast end, and so where a vector reads their last token.
public enum ContrastEnd: Sendable, CaseIterable {
  /// "We saw the boobook, which is an owl": the value has been said.
  case value
  /// "We saw the boobook, which is an": it is about to be.
  case article
}

extension World {
  /// Sentences in wordings that no training document has.
  ///
  /// - Parameter excluding: a subject that may not stand in them: the one to be steered.
  /// - Throws: `noSuchFact` for a relation or a value that the world lacks.
  public func contrast(
    _ relation: String = "family", positive: String, negative: String, excluding: String,
    end: ContrastEnd = .value
  ) throws(WorldError) -> FactContrast {
    guard let index = relations.firstIndex(where: { $0.id == relation }) else {
      throw .noSuchFact(relation)
    }
    func sentences(_ word: String) throws(WorldError) -> [String] {
      guard let value = relations[index].value(word) else {
        throw .noSuchFact(relation + "/" + word)
      }
      let told = facts.filter {
        $0.relation == index && $0.value == value && $0.subject != excluding
      }
      // Subject by subject with all wordings, so that both halves stay balanced when cut.
      return told.flatMap { fact in
        relations[index].contrasts.map { wording in
          let sentence = wording.filled(fact.subject, phrase(fact))
          return end == .value ? sentence : String(sentence.dropLast(phrase(fact).count + 1))
        }
      }
    }
    return FactContrast(
      positive: try sentences(positive), negative: try sentences(negative))
  }
}
