import LeewayBase

/// The cluster bootstrap of a window: refits, prompts, seeds within prompts and capability items
/// are drawn again; all doses of a draw share what was drawn.
///
/// Percentiles are expanded for few clusters (`Quantiles`). A draw without a crossing counts as
/// infinitely far, so an interval may be open at an end.
struct Bootstrap {
  var analysis: WindowAnalysis
  var arm: ArmTrials
  var chance: [Double]?
  var refits: [ArmTrials]

  struct Outcome {
    var onset: Interval?
    var ceiling: Interval?
    var octaves: Interval?
    var vectorVarianceShare: Double?
  }

  func run() -> Outcome {
    guard analysis.draws > 0, arm.prompts > 1, !arm.doses.isEmpty else { return Outcome() }
    var stream = NamedStream("bootstrap", analysis.seed)
    let vectors = refits.isEmpty ? [arm] : refits.map(spliced)
    var onsets: [Double] = []
    var ceilings: [Double] = []
    var octaves: [Double] = []
    for _ in 0..<analysis.draws {
      let vector = vectors.count == 1 ? vectors[0] : vectors[stream.below(vectors.count)]
      let curves = draw(vector, &stream)
      let onset = curves.onset(criterion: analysis.criterion, random: chance).value
      let ceiling = curves.ceiling.value
      onsets.append(onset)
      ceilings.append(ceiling)
      octaves.append(difference(ceiling, onset))
    }
    return Outcome(
      onset: percentiles(onsets), ceiling: percentiles(ceilings), octaves: percentiles(octaves),
      vectorVarianceShare: varianceShare(vectors, octaves))
  }

  /// A refit ran at the doses around the crossings only; elsewhere the arm's own trials stand.
  private func spliced(_ refit: ArmTrials) -> ArmTrials {
    var whole = arm
    for (index, dose) in refit.doses.enumerated() {
      guard let place = arm.doses.firstIndex(of: dose) else { continue }
      whole.effect[place] = refit.effect[index]
      for (own, other) in zip(whole.capabilities.indices, refit.capabilities) {
        switch (whole.capabilities[own].outcome, other.outcome) {
        case (.score(var scores, let baseline, let chance), .score(let new, _, _)):
          scores[place] = new[index]
          whole.capabilities[own].outcome = .score(
            scores: scores, baseline: baseline, chance: chance)
        case (.likelihood(var nats, let baseline, let tokens), .likelihood(let new, _, _)):
          nats[place] = new[index]
          whole.capabilities[own].outcome = .likelihood(
            nats: nats, baseline: baseline, tokens: tokens)
        default: break
        }
      }
    }
    return whole
  }

  private func draw(_ vector: ArmTrials, _ stream: inout NamedStream) -> Curves {
    var trials = arm.baselineEffect.map { [Double](repeating: 0, count: $0.count) }
    for _ in 0..<arm.prompts {
      let prompt = stream.below(arm.prompts)
      let seeds = trials[prompt].count
      for _ in 0..<seeds { trials[prompt][seeds == 1 ? 0 : stream.below(seeds)] += 1 }
    }
    let items = arm.capabilities.map { capability in
      // What sets no ceiling draws nothing: asking it too must not move the interval.
      guard capability.sets else { return [Double](repeating: 1, count: capability.items) }
      var weights = [Double](repeating: 0, count: capability.items)
      for _ in 0..<capability.items { weights[stream.below(capability.items)] += 1 }
      return weights
    }
    return Curves(vector, trialWeights: trials, itemWeights: items)
  }

  private func difference(_ ceiling: Double, _ onset: Double) -> Double {
    // No onset and no ceiling: nothing is known; it must not pull either end alone.
    ceiling == onset && !ceiling.isFinite ? 0 : ceiling - onset
  }

  private func percentiles(_ draws: [Double]) -> Interval {
    let clusters = ([arm.prompts] + arm.capabilities.filter(\.sets).map(\.items)).min() ?? 2
    return Quantiles.interval(draws, level: analysis.level, clusters: clusters)
  }

  /// Share of the width's variance that lies between refits.
  private func varianceShare(_ vectors: [ArmTrials], _ octaves: [Double]) -> Double? {
    guard vectors.count > 1 else { return nil }
    let between = vectors.map { vector in
      let curves = Curves(vector)
      return difference(
        curves.ceiling.value, curves.onset(criterion: analysis.criterion, random: chance).value)
    }.filter(\.isFinite)
    let all = octaves.filter(\.isFinite)
    guard between.count > 1, all.count > 1 else { return nil }
    func variance(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
    let total = variance(all)
    return total > 0 ? min(1, variance(between) / total) : nil
  }
}
