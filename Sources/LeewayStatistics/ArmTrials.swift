import Foundation

/// One capability's trials, dose by dose. Items (texts, tasks) are what is resampled.
public struct CapabilityTrials: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    /// Scores in 0...1: `scores[dose][item]`, and the score of guessing.
    case score(scores: [[Double]], baseline: [Double], chance: Double)
    /// Negative log-likelihoods in nats, summed per item: what is kept is
    /// exp(−mean rise per token), the ratio of perplexities. An item that is not finite is lost: what
    /// is kept of the others counts by their share. Items that were not finite at dose 0 say nothing.
    case likelihood(nats: [[Double]], baseline: [Double], tokens: [Double])
  }

  public var name: String
  public var floor: Double
  public var outcome: Outcome
  /// False where it is left out of every ceiling although the baseline has it: another model of
  /// the comparison lacks it.
  public var counts = true

  public init(name: String, floor: Double, outcome: Outcome) {
    self.name = name
    self.floor = floor
    self.outcome = outcome
  }

  public var items: Int {
    switch outcome {
    case .score(_, let baseline, _), .likelihood(_, let baseline, _): baseline.count
    }
  }

  /// The raw score at dose 0: mean score, or perplexity.
  public var baselineScore: Double {
    switch outcome {
    case .score(_, let baseline, _): mean(baseline, nil)
    case .likelihood(_, let baseline, let tokens): Self.perplexity(baseline, tokens)
    }
  }

  /// The raw score at a dose.
  public func score(at dose: Int) -> Double {
    switch outcome {
    case .score(let scores, _, _): mean(scores[dose], nil)
    case .likelihood(let nats, _, let tokens): Self.perplexity(nats[dose], tokens)
    }
  }

  /// Of the items that have one; infinite where none has.
  private static func perplexity(_ nats: [Double], _ tokens: [Double]) -> Double {
    let whole = nats.indices.filter { nats[$0].isFinite }
    guard !whole.isEmpty else { return .infinity }
    return exp(
      whole.reduce(0) { $0 + nats[$1] } / max(whole.reduce(0) { $0 + tokens[$1] }, 1))
  }

  public var chance: Double {
    if case .score(_, _, let chance) = outcome { return chance }
    return 0
  }

  /// Whether a ceiling may hang on it.
  var sets: Bool { counts && isMeasurable }

  /// False where the baseline is below chance + half of the way to 1, or half of its items failed: its
  /// loss says nothing.
  public var isMeasurable: Bool {
    switch outcome {
    case .score(_, let baseline, let chance):
      !baseline.isEmpty && mean(baseline, nil) >= chance + (1 - chance) / 2
    case .likelihood(_, let baseline, let tokens):
      !baseline.isEmpty && 2 * baseline.count(where: \.isFinite) > baseline.count
        && tokens.reduce(0, +) > 0
    }
  }

  /// Share of the baseline that is kept at a dose; 1 is unharmed. `weights` count items.
  public func relative(at dose: Int, weights: [Double]? = nil) -> Double {
    switch outcome {
    case .score(let scores, let baseline, let chance):
      let start = mean(baseline, weights) - chance
      // A resample can lose every item that was right at dose 0.
      return start > 0 ? (mean(scores[dose], weights) - chance) / start : 0
    case .likelihood(let nats, let baseline, let tokens):
      var (rise, total) = (0.0, 0.0)
      var (whole, asked) = (0.0, 0.0)
      for item in baseline.indices where baseline[item].isFinite {
        let weight = weights?[item] ?? 1
        asked += weight
        // An item that a resample leaves out must not spoil it: 0 · ∞ is no number.
        guard weight > 0, nats[dose][item].isFinite else { continue }
        whole += weight
        rise += weight * (nats[dose][item] - baseline[item])
        total += weight * tokens[item]
      }
      guard total > 0 else { return 0 }
      return whole / asked * min(exp(-rise / total), 2)
    }
  }

  private func mean(_ values: [Double], _ weights: [Double]?) -> Double {
    guard let weights else { return values.reduce(0, +) / Double(max(values.count, 1)) }
    var sum = 0.0
    var total = 0.0
    for (value, weight) in zip(values, weights) {
      sum += weight * value
      total += weight
    }
    return total > 0 ? sum / total : 0
  }
}

/// One arm at one site. Every dose has the prompts, seeds and items of dose 0, in the same order.
public struct ArmTrials: Sendable, Equatable {
  /// Above 0, ascending.
  public var doses: [Double]
  /// `effect[dose][prompt][seed]` in 0...1.
  public var effect: [[[Double]]]
  /// `baselineEffect[prompt][seed]`, at dose 0.
  public var baselineEffect: [[Double]]
  public var capabilities: [CapabilityTrials]

  public init(
    doses: [Double], effect: [[[Double]]], baselineEffect: [[Double]],
    capabilities: [CapabilityTrials]
  ) {
    self.doses = doses
    self.effect = effect
    self.baselineEffect = baselineEffect
    self.capabilities = capabilities
  }

  public var prompts: Int { baselineEffect.count }
  var logDoses: [Double] { doses.map { log2($0) } }

  /// Mean effect at each dose; `weights[prompt][seed]` count trials.
  public func effectCurve(weights: [[Double]]? = nil) -> [Double] {
    effect.map { Self.mean($0, weights) }
  }

  public func baselineShare(weights: [[Double]]? = nil) -> Double {
    Self.mean(baselineEffect, weights)
  }

  /// Only some of the doses.
  public func keeping(_ keep: (Double) -> Bool) -> ArmTrials {
    let indices = doses.indices.filter { keep(doses[$0]) }
    var arm = self
    arm.doses = indices.map { doses[$0] }
    arm.effect = indices.map { effect[$0] }
    arm.capabilities = capabilities.map { capability in
      var capability = capability
      switch capability.outcome {
      case .score(let scores, let baseline, let chance):
        capability.outcome = .score(
          scores: indices.map { scores[$0] }, baseline: baseline, chance: chance)
      case .likelihood(let nats, let baseline, let tokens):
        capability.outcome = .likelihood(
          nats: indices.map { nats[$0] }, baseline: baseline, tokens: tokens)
      }
      return capability
    }
    return arm
  }

  private static func mean(_ trials: [[Double]], _ weights: [[Double]]?) -> Double {
    var sum = 0.0
    var total = 0.0
    for (prompt, seeds) in trials.enumerated() {
      for (seed, value) in seeds.enumerated() {
        let weight = weights?[prompt][seed] ?? 1
        sum += weight * value
        total += weight
      }
    }
    return total > 0 ? sum / total : 0
  }
}
