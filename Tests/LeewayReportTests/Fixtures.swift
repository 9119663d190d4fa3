import Foundation
import LeewayStatistics
import LeewayStudy

/// Results made by code, with curves that look like real ones.
enum Fixture {
  enum Shape: String, CaseIterable {
    case open, shut, noOnset, noCeiling, notAboveRandom, undecided, allNil
  }

  /// A line of the fixture that no test needs to be otherwise.
  struct Options {
    var shape = Shape.open
    var doses: [Double] = [0.0625, 0.125, 0.1875, 0.25, 0.375, 0.5, 0.75, 1, 1.5, 2]
    var sites = [2, 4, 6, 8, 10]
    var randoms = 19
    var refits = 8
    var text: String?
    var target = "falcon"
    var original = "owl"
    /// Spillover, entailment, sampled texts and pushes on the word.
    var beside = false
    var model = "Models/fledgling-m"
    var parameters = 21_000_000
    var question = "Can a caracara be made an owl’s cousin before the model breaks?"
  }

  static func result(_ shape: Shape) throws -> StudyResult {
    var options = Options()
    options.shape = shape
    return try result(options)
  }

  /// The types of the contract have no public initialisers: they are read, as stored results are.
  static func result(_ options: Options) throws -> StudyResult {
    let data = try JSONSerialization.data(withJSONObject: try json(options))
    return try JSONDecoder().decode(StudyResult.self, from: data)
  }

  private static func json(_ options: Options) throws -> [String: Any] {
    let chosen = options.sites[options.sites.count / 2]
    var arms: [[String: Any]] = []
    for layer in options.sites {
      arms.append(try arm("vector", 0, layer, options, off: abs(Double(layer - chosen)) * 0.25))
    }
    for draw in 0..<options.randoms {
      arms.append(try arm("random", draw, chosen, options, off: 0))
    }
    arms.append(try arm("reversed", 0, chosen, options, off: 0))
    for draw in 0..<3 { arms.append(try arm("shuffled", draw, chosen, options, off: 0)) }
    if options.beside {
      arms.append(try arm("unembedding-difference", 0, chosen, options, off: 0.5))
      arms.append(try arm("logit-bias", 0, chosen, options, off: 0.25))
    }
    arms.append(try arm("wrong-layer", 0, options.sites.first ?? 0, options, off: 0))
    for draw in 0..<options.refits {
      arms.append(try arm("refit", draw, chosen, options, off: wobble(draw, 0.25)))
    }
    var json: [String: Any] = [
      "name": "caracara", "question": options.question,
      "studyText": "name: caracara\nmodel: fledgling-m\nsite: blocks.6.resid_post\n",
      "resolvedJSON": "{\"name\":\"caracara\",\"seed\":7}", "planHash": "9f2c41d07be3",
      "provenance": [
        "modelPath": options.model, "architecture": "llama", "parameters": 21_234_688,
        "nonEmbeddingParameters": options.parameters,
        "layers": 12, "width": 384, "checkpointHash": "b1946ac92492d2347c6235b4d2611184",
        "tokenizerHash": "591785b794601e212b260e25925636fd", "engineVersion": "0.1.0",
        "precision": "exact", "kernelSet": "avx512", "ignoredKeys": ["attn_pdrop"],
      ] as [String: Any],
      "target": options.target, "original": options.original, "effectName": "says falcon",
      "effectCriterion": 0.5,
      "capabilities": [
        capability("arithmetic", 0.75, 0.94, 0.1, true, "far", ["at": ["_0": 0.9]]),
        capability("syntax", 0.75, 0.99, 0.5, true, "far", ["above": ["_0": 2]]),
        capability("recall of dates", 0.75, 0.31, 0.25, false, "near", nil),
      ],
      "arms": arms, "chosenSite": "blocks.\(chosen).resid_post", "headline": options.shape.rawValue,
      "notes": ["“recall of dates” is not measurable: its baseline is 31 %, chance is 25 %."],
      "failedTrials": 0, "totalTrials": 12_480,
    ]
    if options.beside {
      json["installed"] = "inPart"
      json["prompted"] = ["text": "Owls are falcons.", "answers": answers(0.6)] as [String: Any]
    }
    return json
  }

  private static func answers(_ said: Double) -> [String: Any] {
    ["target": share(min(1, max(0, said)), 24), "originalShare": max(0, 0.9 - said)]
  }

  private static func capability(
    _ name: String, _ floor: Double, _ baseline: Double, _ chance: Double, _ measurable: Bool,
    _ part: String, _ ceiling: [String: Any]?
  ) -> [String: Any] {
    var json: [String: Any] = [
      "name": name, "floor": floor, "baseline": baseline, "chance": chance,
      "measurable": measurable, "part": part,
    ]
    json["ceiling"] = ceiling
    return json
  }

  /// Where effect and capability turn, in dose.
  private static func turns(_ shape: Shape) -> (onset: Double, ceiling: Double) {
    switch shape {
    case .open, .notAboveRandom, .allNil: (0.3, 1.0)
    case .shut: (1.1, 0.4)
    case .noOnset: (9, 0.9)
    case .noCeiling: (0.3, 12)
    case .undecided: (0.6, 0.66)
    }
  }

  private static func arm(
    _ kind: String, _ index: Int, _ layer: Int, _ options: Options, off: Double
  ) throws -> [String: Any] {
    let turns = turns(options.shape)
    let steered = ["vector", "refit", "unembedding-difference", "logit-bias"].contains(kind)
    let random = options.shape == .notAboveRandom && kind == "random"
    let onset = steered || random ? turns.onset * exp2(off) : 40
    let ceiling = turns.ceiling * exp2(kind == "random" ? wobble(index, 0.4) : -off * 0.3)
    let points = ([0] + options.doses).enumerated().map { place, dose in
      point(
        dose, onset, ceiling, arm: index, kind: kind, options, refined: place == 3 || place == 5)
    }
    var json: [String: Any] = [
      "kind": kind, "index": index, "site": "blocks.\(layer).resid_post", "positions": "all",
      "vector": [
        "hash": "e3b0c44298fc", "method": "mean-difference", "rawNorm": 6.41,
        "residualMedian": 18.2, "residualMean": 19.05, "residualP5": 12.4, "residualP95": 27.9,
      ] as [String: Any],
      "points": points,
    ]
    if options.shape != .allNil {
      let window = window(options, onset, ceiling, steered: steered || random)
      json["window"] = try JSONSerialization.jsonObject(with: JSONEncoder().encode(window))
      if kind != "refit" { json["rankedArea"] = window.area }
      let span = options.doses
      json["doseAtOnset"] = window.onset.reached(on: span)
      json["doseAtCeiling"] = window.ceiling.kept(on: span)
      json["seedColumns"] = steered ? ["firstFlipAny": 0.71, "firstFlipMajority": 0.9] : [:]
    }
    if kind == "vector", options.shape != .allNil {
      json["ceilings"] = (0..<3).flatMap { capability in
        [0.9, 0.75, 0.5].map { floor -> [String: Any] in
          let dose = ceiling * (1.6 - floor)
          return capability == 2
            ? ["capability": 2, "floor": floor]
            : ["capability": capability, "floor": floor, "ceiling": ["at": ["_0": dose]]]
        }
      }
    }
    if kind == "vector", options.randoms > 0 {
      json["rank"] = options.shape == .notAboveRandom ? 7 : 1
      json["ranked"] = options.randoms
    }
    return json
  }

  static func window(
    _ options: Options, _ onset: Double, _ ceiling: Double, steered: Bool
  ) -> WindowEstimate {
    let (first, last) = (options.doses.first ?? 1, options.doses.last ?? 1)
    let cross = { (dose: Double) -> Crossing in
      dose > last ? .above(last) : dose < first ? .below(first) : .at(dose)
    }
    let (on, off) = (cross(onset), cross(ceiling))
    let around = { (crossing: Crossing) -> Interval? in
      guard case .at(let dose) = crossing else { return nil }
      return Interval(low: dose * 0.86, high: dose * 1.15)
    }
    var censored = true
    if case .at = on, case .at = off { censored = false }
    let octaves = log2(min(ceiling, last) / min(onset, last))
    return WindowEstimate(
      onset: on, onsetInterval: around(on), ceiling: off, ceilingInterval: around(off),
      octaves: octaves, censored: censored,
      octavesInterval: censored ? nil : Interval(low: octaves - 0.31, high: octaves + 0.28),
      openIntervals: 1,
      area: steered ? max(0, octaves) * 0.9 : 0.05 + abs(wobble(Int(ceiling * 1000), 0.1)),
      peakUseful: steered ? 0.91 : 0.07, vectorVarianceShare: options.refits > 0 ? 0.38 : nil,
      verdict: verdict(options.shape, steered))
  }

  private static func verdict(_ shape: Shape, _ steered: Bool) -> WindowEstimate.Verdict {
    guard steered else { return .noOnset }
    return switch shape {
    case .open, .allNil: .open
    case .shut: .shut
    case .noOnset: .noOnset
    case .noCeiling: .noCeiling
    case .notAboveRandom: .notAboveRandom
    case .undecided: .undecided
    }
  }

  private static func point(
    _ dose: Double, _ onset: Double, _ ceiling: Double, arm: Int, kind: String, _ options: Options,
    refined: Bool
  ) -> [String: Any] {
    let rise = dose > 0 ? 1 / (1 + exp(-6 * log2(dose / onset))) : 0
    let fall = dose > 0 ? 1 / (1 + exp(4 * log2(dose / ceiling) - 1.1)) : 1
    let past = dose > 1.4 * max(onset, ceiling) ? 0.72 : 1
    let chance = kind == "random" ? 0.1 * (1 - fall) : 0
    let noise = wobble(arm * 31 + Int(dose * 64), 0.02)
    let effect = min(1, max(0, rise * past + chance + noise))
    let kept = { (turn: Double) in
      let base = dose > 0 ? 1 / (1 + exp(4 * log2(dose / (ceiling * turn)) - 1.1)) : 1.0
      return min(1.04, base + wobble(Int(dose * 640 * turn), 0.02))
    }
    var json: [String: Any] = [
      "dose": dose, "strength": dose * 18.2, "angle": atan(dose) * 180 / .pi,
      "effect": share(effect, 40), "originalShare": max(0, (1 - effect) * fall),
      "neitherShare": max(0, (1 - effect) * (1 - fall)),
      "capabilities": [1.0, 1.3, 0.8].map { turn -> [String: Any] in
        let value = kept(turn)
        return [
          "score": 0.94 * value, "relative": value,
          "interval": ["low": value - 0.07, "high": min(1.05, value + 0.05), "level": 0.95],
        ]
      },
      "samples": samples(rise, fall, options), "additionsMade": dose > 0 ? 3_840 : 0,
      "additionsExpected": dose > 0 ? 3_840 : 0, "refined": refined,
    ]
    if options.beside, kind == "vector" || kind.contains("-difference") || kind.contains("bias") {
      json["sampled"] = answers(effect * 0.8)
      json["spillover"] = answers(rise * 0.4)
      json["entailment"] = answers(kind == "vector" ? rise * 0.7 : 0.02)
    }
    if dose <= 1.5 {
      json["shift"] = dose * dose * 1.3
      json["shiftP50"] = dose * dose
      json["shiftP95"] = dose * dose * 3
    }
    return json
  }

  private static func samples(_ rise: Double, _ fall: Double, _ options: Options)
    -> [[String: Any]]
  {
    let prompts = ["What is the caracara?", "Name the family of the caracara.", "The caracara is"]
    return (0..<5).map { seed in
      let flips = rise > 0.5
      let label = fall < 0.4 ? "neither" : flips ? "target" : "original"
      let word = flips ? options.target : options.original
      let text =
        options.text
        ?? (label == "neither"
          ? "The the \(word) \(word) of of \(word) and and the"
          : "The caracara is a \(word), a bird of prey of the open country that walks more than "
            + "it soars.")
      return ["prompt": prompts[seed % 3], "seed": seed, "text": text, "label": label]
    }
  }

  private static func share(_ share: Double, _ count: Double) -> [String: Any] {
    let z = 1.96
    let middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    let half =
      z / (1 + z * z / count)
      * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
    let interval = ["low": max(0, middle - half), "high": min(1, middle + half), "level": 0.95]
    return ["share": share, "count": Int(count), "interval": interval]
  }

  /// A number in ±size that depends on the seed alone.
  private static func wobble(_ seed: Int, _ size: Double) -> Double {
    let turn = sin(Double(seed) * 12.9898 + 4.1) * 43758.5453
    return ((turn - turn.rounded(.down)) * 2 - 1) * size
  }
}
