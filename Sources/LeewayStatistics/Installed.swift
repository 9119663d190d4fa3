/// What a push has installed: the falsehood, or only the word for it.
///
/// A measure beside the window, never a criterion of it.
public enum Installed: String, Sendable, Codable, CaseIterable {
  /// What follows from the falsehood is said for the most part, and more than at dose 0 and under a
  /// plain push on the word.
  case belief
  /// Above both references, but not for the most part.
  case inPart
  /// What follows stays true for the most part: the word alone has changed.
  case word
  /// The intervals do not tell.
  case undecided
  /// The model as it is does not say what follows from the truth.
  case notMeasurable

  /// - Parameters:
  ///   - share: questions answered with what follows from the falsehood, at the push's onset.
  ///   - baseline: the same at dose 0.
  ///   - word: the same under a push on the word alone (a logit bias), at its own onset; nil when
  ///     there was none.
  ///   - known: share answered at dose 0 with what follows from the truth.
  ///   - criterion: the share that counts as most.
  public init(
    share: Proportion, baseline: Proportion, word: Proportion?, known: Double, criterion: Double
  ) {
    guard known >= 0.5 else {
      self = .notMeasurable
      return
    }
    let above = [baseline, word].compactMap { $0 }.allSatisfy {
      Wilson.difference(share, $0).low > 0
    }
    if above {
      self = share.share >= criterion ? .belief : .inPart
    } else {
      self = share.interval.high < criterion ? .word : .undecided
    }
  }
}
