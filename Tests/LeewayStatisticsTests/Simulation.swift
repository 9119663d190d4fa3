import Foundation
import LeewayBase
import LeewayStatistics

/// A study with a known window: prompts that flip and items that break at thresholds of their own.
struct Simulation {
  var prompts = 24
  var seeds = 2
  var items = 24
  /// log2 dose at which half of the population flips.
  var onset = -3.0
  /// log2 dose at which half of the items are lost; the floor 0.5 is crossed there.
  var ceiling = 0.0
  /// Spread of thresholds over prompts and items, and slope of a single trial, in octaves.
  var spread = 1.0
  var slope = 0.3
  /// Spread of the whole curve over fitted vectors.
  var vectorSpread = 0.0
  var refits = 0

  var truth: Double { ceiling - onset }

  private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// Trials at any dose are drawn from streams of their own, so refinement does not disturb them.
  struct Subject {
    var flip: [Double]
    var lose: [Double]
    var shift: Double
  }

  func subject(_ name: String) -> Subject {
    var stream = NamedStream("subject", name)
    return Subject(
      flip: (0..<prompts).map { _ in onset + spread * stream.normal() },
      lose: (0..<items).map { _ in ceiling + spread * stream.normal() },
      shift: vectorSpread * stream.normal())
  }

  func trials(_ subject: Subject, doses: [Double], name: String, shift: Double) -> ArmTrials {
    func draw(_ kind: String, _ dose: Double, _ a: Int, _ b: Int) -> Double {
      var stream = NamedStream(name, kind, "\(dose)", "\(a)", "\(b)")
      return stream.uniform()
    }
    let effect = doses.map { dose in
      (0..<prompts).map { prompt in
        (0..<seeds).map { seed in
          draw("flip", dose, prompt, seed)
            < logistic((log2(dose) - subject.flip[prompt] - shift) / slope) ? 1.0 : 0.0
        }
      }
    }
    let scores = doses.map { dose in
      (0..<items).map { item in
        draw("keep", dose, item, 0)
          < logistic((subject.lose[item] - log2(dose)) / slope) ? 1.0 : 0.0
      }
    }
    return ArmTrials(
      doses: doses, effect: effect,
      baselineEffect: Array(repeating: Array(repeating: 0, count: seeds), count: prompts),
      capabilities: [
        CapabilityTrials(
          name: "tasks", floor: 0.5,
          outcome: .score(
            scores: scores, baseline: Array(repeating: 1, count: items), chance: 0))
      ])
  }

  /// The whole plan, grid and refinement, as a study runs it.
  func run(_ name: String) -> (arm: ArmTrials, refits: [ArmTrials]) {
    let subject = subject(name)
    var doses = DoseGrid.doses(from: 1.0 / 128, to: 2, perOctave: 2)
    let refinement = Refinement(rounds: 2, cap: 12)
    var added = 0
    var arm = trials(subject, doses: doses, name: name, shift: subject.shift)
    for _ in 0..<refinement.rounds {
      let more = refinement.next(arm, criterion: 0.5, added: added)
      added += more.count
      doses = (doses + more).sorted()
      arm = trials(subject, doses: doses, name: name, shift: subject.shift)
    }
    var stream = NamedStream("refits", name)
    let again = (0..<refits).map { index in
      trials(
        subject, doses: doses, name: "\(name) refit \(index)",
        shift: subject.shift + vectorSpread * stream.normal())
    }
    return (arm, again)
  }

  /// Share of simulated studies whose interval of the width holds the truth.
  func coverage(studies: Int, draws: Int, label: String) -> Double {
    var hits = 0
    for index in 0..<studies {
      let name = "\(label) \(index)"
      let (arm, refits) = run(name)
      let analysis = WindowAnalysis(criterion: 0.5, draws: draws, seed: name)
      let width = analysis.estimate(arm, refits: refits).octavesInterval
      if let width, width.low <= truth, truth <= width.high { hits += 1 }
    }
    return Double(hits) / Double(studies)
  }
}
