import LeewayStatistics

/// One row of the result for each dose of an arm.
struct PointWriter {
  let reader: ArmReader
  private var plan: PlanRecord { reader.plan }

  init(reader: ArmReader) { self.reader = reader }

  func strength(_ arm: PlanRecord.Arm, _ dose: Double) -> Double {
    arm.points.first { $0.dose == dose }?.strength ?? 0
  }

  /// Dose 0 first.
  func points(_ arm: PlanRecord.Arm, _ trials: ArmTrials, isMain: Bool) throws -> [DosePoint] {
    let baseline = PlanRecord.Point(
      dose: 0, strength: 0, refined: false, conditions: plan.baseline)
    let measured = arm.points.enumerated()
    let samples = isMain ? 4 : 1
    return [try point(baseline, nil, trials, samples)]
      + (try measured.map { try point($0.element, $0.offset, trials, samples) })
  }

  private func point(
    _ point: PlanRecord.Point, _ dose: Int?, _ trials: ArmTrials, _ samples: Int
  ) throws -> DosePoint {
    let records = try point.conditions.map { try reader.record($0) }
    func found(_ role: PlanRecord.Role) -> [Trial]? {
      reader.place(role).flatMap { records.indices.contains($0) ? records[$0].trials : nil }
    }
    let answers = found(.answer) ?? []
    let shifts = (found(.shift) ?? []).flatMap(\.numbers).sorted()
    let means = (found(.shift) ?? []).compactMap(\.value)
    let angles = (found(.angle) ?? []).compactMap(\.value)
    func share(_ label: String) -> Double {
      Double(answers.count { $0.label == label }) / Double(max(answers.count, 1))
    }
    let target = share("target")
    let original = share("original")
    return DosePoint(
      dose: point.dose, strength: point.strength, angle: mean(angles) ?? 0, shift: mean(means),
      shiftP50: quantile(shifts, 0.5), shiftP95: quantile(shifts, 0.95),
      effect: Proportion(share: target, count: plan.reporting.count), originalShare: original,
      neitherShare: max(0, 1 - target - original),
      capabilities: trials.capabilities.map { capability in
        CapabilityPoint(
          score: dose.map { capability.score(at: $0) } ?? capability.baselineScore,
          relative: dose.map { capability.relative(at: $0) } ?? 1, interval: nil)
      },
      sampled: try reader.shares(.sampled, point.conditions),
      spillover: try reader.shares(.spillover, point.conditions),
      entailment: try reader.shares(.entailment, point.conditions),
      samples: self.samples(found(.generation) ?? [], answers, samples),
      additionsMade: records.reduce(0) { $0 + $1.additionsMade },
      additionsExpected: records.reduce(0) { $0 + $1.additionsExpected }, refined: point.refined)
  }

  /// A text with the most frequent answer first, so that one text alone shows what most do; then
  /// one with each other answer, then the rest in the order of prompts.
  private func samples(_ written: [Trial], _ answers: [Trial], _ count: Int) -> [Sample] {
    struct Place: Hashable {
      var item: Int
      var seed: Int
    }
    let labels = Dictionary(
      answers.map { (Place(item: $0.item, seed: $0.seed), $0.label ?? "neither") },
      uniquingKeysWith: { first, _ in first })
    let all = written.compactMap { trial -> Sample? in
      guard let text = trial.text, plan.reporting.indices.contains(trial.item) else { return nil }
      // Answers by the next token have no seed of their own.
      let label =
        labels[Place(item: trial.item, seed: trial.seed)]
        ?? labels[Place(item: trial.item, seed: 0)]
      return Sample(
        prompt: plan.study.prompts[plan.reporting[trial.item]], seed: trial.seed, text: text,
        label: label ?? "neither")
    }
    let names = ["target", "original", "neither"]
    let counts = names.map { name in all.count { $0.label == name } }
    // Ties stand in the order of names.
    let order = names.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
    let first = order.compactMap { place in all.firstIndex { $0.label == names[place] } }
    let rest = all.indices.filter { !first.contains($0) }
    return (first + rest).prefix(count).map { all[$0] }
  }

  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  private func quantile(_ sorted: [Double], _ share: Double) -> Double? {
    guard let last = sorted.indices.last else { return nil }
    let at = share * Double(last)
    let low = Int(at)
    return sorted[low] + (at - Double(low)) * (sorted[min(low + 1, last)] - sorted[low])
  }
}
