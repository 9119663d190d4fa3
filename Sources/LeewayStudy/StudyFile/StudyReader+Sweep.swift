import LeewayBase
import LeewayModel
import LeewayStatistics
import LeewayYAML

extension StudyReader {
  func sweep(_ cursor: YAMLCursor) -> SweepSpec? {
    guard let keys = cursor.keys(Self.sweepKeys) else { return nil }
    let sites = keys.required("sites").flatMap(sites)
    let doses = keys.required("doses").flatMap(doses)
    let refine = keys["refine"].map(refine) ?? Refinement()
    let positions =
      keys["positions"].map {
        $0.choice("positions", Positions.allCases.map(\.rawValue)).flatMap(Positions.init)
      } ?? .all
    let seeds = keys["seeds"].map(seeds) ?? [0]
    guard let sites, let doses, let refine, let positions, let seeds else { return nil }
    return SweepSpec(
      sites: sites, doses: doses, refine: refine, positions: positions, seeds: seeds)
  }

  func sites(_ cursor: YAMLCursor) -> [String]? {
    guard let list = cursor.list() else { return nil }
    if list.isEmpty { cursor.fail(.empty) }
    let names = list.map { item -> String? in
      guard let name = item.string() else { return nil }
      if name.hasPrefix(Depth.prefix) {
        if let depth = Depth(name) { return depth.name }
        item.fail(.badValue(expected: "depth: and a share above 0, at most 1", found: name))
        return nil
      }
      // The star is tried as block 0.
      guard let site = Site(name.replacing("blocks.*.", with: "blocks.0.")) else {
        let kinds = Site.Kind.allCases.filter {
          Site($0).layer >= 0 || Site($0, layer: 0).layer == 0
        }
        .map { "blocks.*.\($0.rawValue)" }
        item.fail(
          .unknownName(
            kind: "site", name: name, known: kinds,
            nearest: Spelling.nearest(to: name, among: kinds)))
        return nil
      }
      return name.contains("*") ? "\(site)".replacing("blocks.0.", with: "blocks.*.") : "\(site)"
    }
    return names.contains(nil) ? nil : names.compactMap { $0 }
  }

  /// A list, or from, to and per-octave.
  func doses(_ cursor: YAMLCursor) -> [Double]? {
    if case .mapping = cursor.node {
      guard let keys = cursor.keys(["from", "to", "per-octave"]) else { return nil }
      let low = keys.required("from")?.dose()
      let high = keys.required("to")?.dose()
      let steps = keys["per-octave"].map { $0.integer(1...64) } ?? 2
      guard let low, let high, let steps else { return nil }
      guard low < high else {
        cursor.fail(.badValue(expected: "from below to", found: "\(low) and \(high)"))
        return nil
      }
      return DoseGrid.doses(from: low, to: high, perOctave: steps).map { Dose($0).value }
    }
    guard let list = cursor.list() else { return nil }
    let doses = list.map { $0.dose() }
    guard !doses.contains(nil) else { return nil }
    if list.isEmpty { cursor.fail(.empty) }
    let sorted = doses.compactMap { $0 }.sorted()
    if Set(sorted).count < sorted.count {
      cursor.fail(.badValue(expected: "each dose once", found: "\(sorted)"))
      return nil
    }
    return sorted
  }

  private func refine(_ cursor: YAMLCursor) -> Refinement? {
    guard let keys = cursor.keys(["rounds", "cap"]) else { return nil }
    let standard = Refinement()
    let rounds = keys["rounds"].map { $0.integer(0...8) } ?? standard.rounds
    let cap = keys["cap"].map { $0.integer(0...200) } ?? standard.cap
    guard let rounds, let cap else { return nil }
    return Refinement(rounds: rounds, cap: cap)
  }

  private func seeds(_ cursor: YAMLCursor) -> [Int]? {
    guard let list = cursor.list() else { return nil }
    let seeds = list.map { $0.integer(0...Int(Int32.max)) }
    guard !seeds.contains(nil) else { return nil }
    if list.isEmpty { cursor.fail(.empty) }
    return seeds.compactMap { $0 }
  }

  func answer(_ cursor: YAMLCursor) -> AnswerSpec? {
    guard let keys = cursor.keys(Self.answerKeys) else { return nil }
    let readings = AnswerSpec.Reading.allCases.map(\.rawValue)
    let by = keys.required("by")?.choice("answer.by", readings)
      .flatMap(AnswerSpec.Reading.init(rawValue:))
    let target = keys.required("target").flatMap(words)
    let original = keys.required("original").flatMap(words)
    let tokens = keys["tokens"].map { $0.integer(1...4096) } ?? 32
    let sampling = keys["sampling"].map(sampling) ?? .greedy
    let also = keys["also-sampled"].map(alsoSampled)
    guard let by, let target, let original, let tokens, let sampling, also != .some(nil) else {
      return nil
    }
    return AnswerSpec(
      by: by, target: target, original: original, tokens: tokens, sampling: sampling,
      alsoSampled: also ?? nil)
  }

  /// One word or a list.
  func words(_ cursor: YAMLCursor) -> [String]? {
    if case .scalar = cursor.node { return cursor.string().map { [$0] } }
    guard let list = cursor.list() else { return nil }
    let words = list.map { $0.string() }
    guard !words.contains(nil) else { return nil }
    if list.isEmpty { cursor.fail(.empty) }
    return words.compactMap { $0 }
  }

  private static let samplingKeys = ["temperature", "top-k", "top-p", "min-p"]

  private func sampling(_ cursor: YAMLCursor) -> Sampling? {
    cursor.keys(Self.samplingKeys).flatMap(sampling)
  }

  /// `{temperature: 0.7, seeds: 4}`: seeds as a number or as a list.
  private func alsoSampled(_ cursor: YAMLCursor) -> AlsoSampled? {
    guard let keys = cursor.keys(Self.samplingKeys + ["seeds"]) else { return nil }
    let sampling = sampling(keys)
    var found: [Int]? = Array(0..<4)
    if let seeds = keys["seeds"] {
      if case .scalar = seeds.node {
        found = seeds.integer(1...1000).map { Array(0..<$0) }
      } else {
        found = self.seeds(seeds)
      }
    }
    guard let sampling, let found else { return nil }
    return AlsoSampled(sampling: sampling, seeds: found)
  }

  private func sampling(_ keys: YAMLKeys) -> Sampling? {
    let temperature = keys["temperature"].map { $0.number(0...100) } ?? 1
    let topK = keys["top-k"].map { $0.integer(0...1_000_000) } ?? 0
    let topP = keys["top-p"].map { $0.number(0...1) } ?? 1
    let minP = keys["min-p"].map { $0.number(0...1) } ?? 0
    guard let temperature, let topK, let topP, let minP else { return nil }
    return Sampling(temperature: temperature, topK: topK, topP: topP, minP: minP)
  }
}
