import Foundation
import LeewayBase
import LeewayModel
import LeewayTokenizer

/// Which set of continuations the model holds more probable right after the prompt.
///
/// Each continuation is tokenised together with its prompt, and all are scored from the first
/// token in which any of them leaves the prompt: so answers of several tokens, and tokens that
/// reach across the prompt's end, are compared on the same condition. `numbers` are the
/// log-probabilities of the two sets; `label` is "neither" when the most probable next token
/// begins none of them.
public struct NextToken: Scorer {
  public static let id = "next-token"
  public static let version = 1
  public var prompts: [String]
  public var answers: Answers
  private var asked: [Asked]

  struct Asked: Sendable {
    /// What all continuations share.
    var stem: [Int]
    /// Tokens after the stem, targets first.
    var continuations: [[Int]]
    /// Whether the prompt's own last tokens change when an answer follows.
    var cut: Bool
  }

  public init(prompts: [String], answers: Answers, tokenizer: Tokenizer) {
    self.prompts = prompts
    self.answers = answers
    asked = prompts.enumerated().map { index, prompt in
      let whole = (answers.target(index) + answers.original(index)).map {
        Self.withoutEnd(tokenizer.encode(prompt + $0), tokenizer)
      }
      let alone = Self.withoutEnd(tokenizer.encode(prompt), tokenizer)
      var shared = alone.count
      for tokens in whole {
        shared = min(shared, zip(alone, tokens).prefix { $0 == $1 }.count, tokens.count - 1)
      }
      shared = max(shared, 1)
      return Asked(
        stem: Array(alone.prefix(shared)), continuations: whole.map { Array($0.dropFirst(shared)) },
        cut: shared < alone.count)
    }
  }

  /// Templates that close a text with a special token would hide the answer behind it.
  private static func withoutEnd(_ tokens: [Int], _ tokenizer: Tokenizer) -> [Int] {
    var tokens = tokens
    while tokens.count > 1, let last = tokens.last, tokenizer.isSpecial(last) {
      tokens.removeLast()
    }
    return tokens
  }

  /// Prompts whose last token changes when an answer follows.
  var unclean: Int { asked.count { $0.cut } }
  /// Prompts under which two answers begin with the same token.
  var ambiguous: Int {
    asked.indices.count { index in
      let firsts = asked[index].continuations.map { $0.first ?? -1 }
      let targets = answers.target(index).count
      return !Set(firsts.prefix(targets)).isDisjoint(with: firsts.dropFirst(targets))
    }
  }

  public var identity: JSONValue {
    [
      "prompts": .strings(prompts), "target": answers.targetIdentity,
      "original": answers.originalIdentity,
    ]
  }
  public var sequences: Int { asked.reduce(0) { $0 + $1.continuations.count + 1 } }
  public var tokens: Int {
    asked.reduce(0) { sum, asked in
      asked.continuations.filter { $0.count > 1 }.reduce(sum + asked.stem.count) {
        $0 + $1.count + asked.stem.count
      }
    }
  }

  public func run(_ batch: ScorerBatch) throws -> [[Trial]] {
    let firsts = try batch.executor.nextToken(
      NextTokenJob(
        prompts: asked.map(\.stem), candidates: asked.map { $0.continuations.map { $0[0] } },
        variants: batch.variants))
    // Answers of one token are already scored; only longer ones need their own sequence.
    var places: [(prompt: Int, answer: Int)] = []
    var sequences: [ScoringJob.Sequence] = []
    for (prompt, asked) in asked.enumerated() {
      for (answer, tokens) in asked.continuations.enumerated() where tokens.count > 1 {
        places.append((prompt, answer))
        sequences.append(
          ScoringJob.Sequence(
            tokens: asked.stem + tokens, scoredFrom: asked.stem.count,
            promptLength: asked.stem.count))
      }
    }
    let longer =
      sequences.isEmpty
      ? batch.variants.map { _ in [] }
      : try batch.executor.score(ScoringJob(sequences: sequences, variants: batch.variants))
    return zip(firsts, longer).map { first, longer in
      var logProbs = first.map { $0.logProbs.map(Double.init) }
      for (place, scores) in zip(places, longer) {
        logProbs[place.prompt][place.answer] = scores.reduce(0) { $0 + Double($1) }
      }
      return prompts.indices.map { trial($0, logProbs[$0], top: first[$0].top) }
    }
  }

  private func trial(_ prompt: Int, _ logProbs: [Double], top: Int) -> Trial {
    func total(_ values: ArraySlice<Double>) -> Double {
      let most = values.max() ?? -.infinity
      guard most.isFinite else { return most }
      return most + log(values.reduce(0) { $0 + exp($1 - most) })
    }
    let targets = answers.target(prompt).count
    let one = total(logProbs[..<targets])
    let other = total(logProbs[targets...])
    let begins = asked[prompt].continuations.contains { $0.first == top }
    let label = !begins ? "neither" : one > other ? "target" : "original"
    return .scored(
      item: prompt, label == "target" ? 1 : 0, numbers: [one, other], label: label)
  }
}
