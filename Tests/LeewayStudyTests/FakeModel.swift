import Foundation
import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayStudy
import LeewayTokenizer
import Synchronization

/// A model of one thought: how far its stream lies along the first axis. It says "girl" at rest,
/// "boy" once pushed beyond a threshold that differs from prompt to prompt, and babbles beyond 4.
final class FakeModel: JobExecutor {
  static let width = 4
  let tokenizer: Tokenizer
  /// Jobs, and variants with an intervention that they ran.
  let calls = Mutex((jobs: 0, variants: 0))
  /// Answers NaN beyond this push.
  let failsBeyond: Float

  init(_ tokenizer: Tokenizer, failsBeyond: Float = .infinity) {
    self.tokenizer = tokenizer
    self.failsBeyond = failsBeyond
  }

  var jobs: Int { calls.withLock { $0.jobs } }
  var variants: Int { calls.withLock { $0.variants } }

  private func note(_ variants: [Variant]) {
    calls.withLock {
      $0.jobs += 1
      $0.variants += variants.count { !$0.interventions.isEmpty }
    }
  }

  static let vocabulary = 70
  /// Height of its highest logit above the mean, whatever it reads.
  static let height = 1.9

  private func push(_ variant: Variant) -> Float {
    var stream = [Float](repeating: 0, count: Self.width)
    for intervention in variant.interventions where intervention.site.kind != .logits {
      stream.withUnsafeMutableBufferPointer { intervention.edit.apply(to: $0) }
    }
    return stream[0] + wordPush(variant)
  }

  /// A push on the logits moves the word alone: by the margin between "b" and "g".
  private func wordPush(_ variant: Variant) -> Float {
    var logits = [Float](repeating: 0, count: Self.vocabulary)
    for intervention in variant.interventions where intervention.site.kind == .logits {
      logits.withUnsafeMutableBufferPointer { intervention.edit.apply(to: $0) }
    }
    func logit(_ letter: String) -> Float {
      logits[tokenizer.encode(letter, addSpecial: false)[0]]
    }
    return logit("b") - logit("g")
  }

  func unembedding(of tokens: [Int]) -> [[Float]] {
    let towards = Set(tokenizer.encode("bh", addSpecial: false))
    let away = Set(tokenizer.encode("gs", addSpecial: false))
    return tokens.map { token in
      [towards.contains(token) ? 1 : away.contains(token) ? -1 : 0, 0.1, 0, 0]
    }
  }

  /// Prompts that begin with "Bed" ask what follows, with "Cat" about another; "Boys" tells it.
  private func text(_ prompt: [Int], _ variant: Variant, _ sampling: Sampling) -> String {
    let asked = (try? tokenizer.decode(prompt, skipSpecial: true)) ?? ""
    let push = push(variant)
    let threshold = threshold(prompt) + (sampling.temperature > 0 ? 0.5 : 0)
    if push > 4 { return " oto oto" }
    if asked.hasPrefix("Bed") { return push - wordPush(variant) > threshold ? " blue" : " pink" }
    if asked.hasPrefix("Cat") { return push > threshold + 2 ? " boy" : " cat" }
    return push > threshold || asked.hasPrefix("Boys") ? " boy. he ran" : " girl. she ran"
  }

  private func threshold(_ prompt: [Int]) -> Float {
    0.75 + Float(prompt.reduce(0) { ($0 &* 31 &+ $1) % 1000 }) / 2000
  }

  func nextToken(_ job: NextTokenJob) -> [[NextTokenAnswer]] {
    note(job.variants)
    return job.variants.map { variant in
      let push = push(variant)
      return zip(job.prompts, job.candidates).map { prompt, candidates in
        let logProbs = candidates.indices.map {
          ($0 == 0 ? push : threshold(prompt)) - 2 + (push > failsBeyond ? .nan : 0)
        }
        return NextTokenAnswer(logProbs: logProbs, top: candidates[0])
      }
    }
  }

  func score(_ job: ScoringJob) -> [[[Float]]] {
    note(job.variants)
    return job.variants.map { variant in
      let push = push(variant)
      return job.sequences.map { sequence in
        (sequence.scoredFrom..<sequence.tokens.count).map { index in
          push > failsBeyond
            ? .nan : -1 - push * push / 20 - Float(sequence.tokens[index] % 7) / 10
        }
      }
    }
  }

  func generate(_ job: GenerationJob) -> [[Continuation]] {
    note(job.variants)
    return job.variants.map { variant in
      job.prompts.map { prompt in
        let tokens = tokenizer.encode(text(prompt, variant, job.sampling), addSpecial: false)
        return Continuation(tokens: Array(tokens.prefix(job.maxTokens)), stopped: false)
      }
    }
  }

  func divergence(_ job: DivergenceJob) -> [[[Float]]] {
    note(job.variants)
    return zip(job.variants, job.sequences).map { variant, sequences in
      let push = push(variant)
      return sequences.map { sequence in
        (sequence.scoredFrom..<sequence.tokens.count).map { _ in push * push / 2 }
      }
    }
  }

  func capture(_ job: CaptureJob) throws -> [[Activations]] {
    let boy = Set(tokenizer.encode("B", addSpecial: false))
    return job.prompts.map { prompt in
      let lean: Float = prompt.contains(where: boy.contains) ? 1 : -1
      return job.sites.map { site in
        if site.kind == .logits {
          // One peak over a floor that the mean stands on.
          let peak = Float(Self.height) / (1 - 1 / Float(Self.vocabulary))
          let row = [peak] + [Float](repeating: 0, count: Self.vocabulary - 1)
          return Activations(width: Self.vocabulary, values: prompt.flatMap { _ in row })
        }
        let rows = prompt.enumerated().flatMap { place, token -> [Float] in
          let noise = Float((token * 13 + place * 7 + site.layer) % 11) / 50
          return [lean + noise, 0.2 - noise, 0.1, noise]
        }
        return Activations(width: Self.width, values: rows)
      }
    }
  }
}

enum Fake {
  /// One token a character.
  /// - Parameter begins: whether every text begins with `<s>`.
  static func tokenizer(begins: Bool = false) throws -> Tokenizer {
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,!?|:"
    let pieces = letters.enumerated().map { "\"\($0.element)\": \($0.offset)" }
    let mark = #"{"id": 69, "content": "<s>", "special": true, "normalized": false}"#
    let before = """
      {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {}}],
       "special_tokens": {"<s>": {"ids": [69]}}}
      """
    let json = """
      {"version": "1.0", "added_tokens": [\(begins ? mark : "")], "normalizer": null,
       "pre_tokenizer": null, "post_processor": \(begins ? before : "null"),
       "decoder": {"type": "Fuse"},
       "model": {"type": "BPE", "vocab": {\(pieces.joined(separator: ", "))}, "merges": []}}
      """
    return try Tokenizer(json: Array(json.utf8), path: "fake.json")
  }

  static func context(_ model: FakeModel) -> RunContext {
    RunContext(
      executor: model, tokenizer: model.tokenizer,
      provenance: Provenance(
        modelPath: "fake", architecture: "fake", parameters: 100, layers: 3, width: 4,
        checkpointHash: "c", tokenizerHash: "t", engineVersion: "1", precision: "exact",
        kernelSet: "portable"), maxPositions: 200, endTokens: [])
  }

  static func study(doses: [Double] = DoseGrid.doses(from: 0.125, to: 4, perOctave: 1)) -> Study {
    Study(
      name: "fake", question: "How far?", model: "fake",
      vector: VectorSpec(
        contrast: Contrast(
          positive: ["A Boy ran", "The Boy sat", "Boy two"],
          negative: ["A Girl ran", "The Girl sat", "Girl two"])),
      sweep: SweepSpec(
        sites: ["blocks.*.resid_post"], doses: doses, refine: Refinement(rounds: 1, cap: 4)),
      prompts: (0..<40).map { "Story \($0) is about a little" },
      answer: AnswerSpec(
        by: .generated, target: ["boy", "he"], original: ["girl", "she"], tokens: 12),
      capability: [
        CapabilitySpec(
          scorer: "perplexity-ratio", floor: 0.75,
          texts: ["The sun was up.", "It was a cold day.", "They all went home."]),
        CapabilitySpec(scorer: "repetition", floor: 0.5),
        CapabilitySpec(scorer: "coherence", floor: 0.5),
      ],
      arms: ArmsSpec(random: 19, onManifoldRandom: 1, shuffled: 1, refits: 2))
  }

  /// Every arm and every measure there is.
  static func wholeStudy() -> Study {
    var study = study()
    study.arms.unembeddingDifference = true
    study.arms.logitBias = true
    study.arms.unrelated = Contrast(
      positive: ["A dog ran", "The dog sat"], negative: ["A cat hid", "The cat slept"])
    study.arms.promptBaseline = "Boys only."
    study.answer.alsoSampled = AlsoSampled(sampling: Sampling(temperature: 0.7), seeds: [0, 1])
    study.spillover = (0..<20).map {
      Question(prompt: "Cat \($0) is a little", original: ["cat"])
    }
    study.entailment = (0..<20).map {
      Question(prompt: "Bed \($0) is", target: ["blue"], original: ["pink"])
    }
    study.capability[1].name = "variety"
    study.capability[1].part = .near
    study.capability[2].part = .far
    return study
  }

  static func runner(
    _ study: Study, _ model: FakeModel, _ ledger: any Ledger,
    cancellation: Cancellation = Cancellation(), batch: Int = 1024,
    progress: @escaping @Sendable (RunProgress) -> Void = { _ in }
  ) -> StudyRunner {
    StudyRunner(
      study: study, context: context(model), ledger: ledger, cancellation: cancellation,
      batchSequences: batch, progress: progress)
  }
}
