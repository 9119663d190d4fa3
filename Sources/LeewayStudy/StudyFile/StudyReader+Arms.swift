import LeewayModel
import LeewaySteering
import LeewayYAML

extension StudyReader {
  func arms(_ cursor: YAMLCursor) -> ArmsSpec? {
    let known = [
      "random", "on-manifold-random", "shuffled", "reversed", "wrong-layer", "refits",
      "unembedding-difference", "logit-bias", "unrelated", "prompt-baseline",
    ]
    guard let keys = cursor.keys(known) else { return nil }
    func count(_ key: String, _ fallback: Int) -> Int? {
      keys[key].map { $0.integer(0...1000) } ?? fallback
    }
    func flag(_ key: String, _ fallback: Bool) -> Bool? {
      keys[key].map { $0.flag() } ?? fallback
    }
    let standard = ArmsSpec()
    let random = count("random", standard.random)
    let manifold = count("on-manifold-random", standard.onManifoldRandom)
    let shuffled = count("shuffled", standard.shuffled)
    let refits = count("refits", standard.refits)
    let reversed = flag("reversed", standard.reversed)
    let wrong = keys["wrong-layer"].map(wrongLayer) ?? standard.wrongLayer
    let unembedding = flag("unembedding-difference", standard.unembeddingDifference)
    let bias = flag("logit-bias", standard.logitBias)
    let unrelated = keys["unrelated"].map { contrast($0) }
    let prompt = keys["prompt-baseline"].map { $0.string() }
    guard let random, let manifold, let shuffled, let refits, let reversed, let wrong,
      let unembedding, let bias, unrelated != .some(nil), prompt != .some(nil)
    else { return nil }
    return ArmsSpec(
      random: random, onManifoldRandom: manifold, shuffled: shuffled, reversed: reversed,
      wrongLayer: wrong, refits: refits, unembeddingDifference: unembedding, logitBias: bias,
      unrelated: unrelated ?? nil, promptBaseline: prompt ?? nil)
  }

  func contrast(_ cursor: YAMLCursor) -> Contrast? {
    let halves = cursor.keys(Self.halves)
    let positive = halves?.required("positive").flatMap(texts)
    let negative = halves?.required("negative").flatMap(texts)
    guard let positive, let negative else { return nil }
    return Contrast(positive: positive, negative: negative)
  }

  private func wrongLayer(_ cursor: YAMLCursor) -> String? {
    guard let text = cursor.string() else { return nil }
    if ["auto", "none"].contains(text) { return text }
    guard let site = Site(text) else {
      cursor.fail(.badValue(expected: "auto, none or a site", found: text))
      return nil
    }
    return "\(site)"
  }

  // MARK: Questions beside the study's own

  /// A list of `{prompt, original}`, or a file of prompt and originals parted by tabs.
  func spillover(_ cursor: YAMLCursor) -> [Question]? {
    if case .mapping = cursor.node {
      return rows(cursor, "prompt and original, a tab between them") { fields in
        fields.count < 2 ? nil : Question(prompt: fields[0], original: Array(fields[1...]))
      }
    }
    return entries(cursor, ["prompt", "original"]) { keys in
      let prompt = keys.required("prompt")?.string()
      let original = keys.required("original").flatMap(words)
      guard let prompt, let original else { return nil }
      return Question(prompt: prompt, original: original)
    }
  }

  /// A list of `{prompt, target, original}`, or a file of the three parted by tabs.
  func entailment(_ cursor: YAMLCursor) -> [Question]? {
    if case .mapping = cursor.node {
      return rows(cursor, "prompt, target and original, tabs between them") { fields in
        fields.count == 3
          ? Question(prompt: fields[0], target: [fields[1]], original: [fields[2]]) : nil
      }
    }
    return entries(cursor, ["prompt", "target", "original"]) { keys in
      let prompt = keys.required("prompt")?.string()
      let target = keys.required("target").flatMap(words)
      let original = keys.required("original").flatMap(words)
      guard let prompt, let target, let original else { return nil }
      return Question(prompt: prompt, target: target, original: original)
    }
  }
}
