import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor
import Synchronization
import Testing

/// Laws compare bits: with `==` on numbers, 0 equals -0 and a NaN equals nothing.
func bits(_ values: some Sequence<Float>) -> [UInt32] { values.map(\.bitPattern) }
func bits(_ values: [[[Float]]]) -> [[[UInt32]]] { values.map { $0.map { bits($0) } } }
func bits(_ answers: [[NextTokenAnswer]]) -> [[[UInt32]]] {
  answers.map { $0.map { bits($0.logProbs) + [UInt32($0.top)] } }
}
func bits(_ heard: [[Activations]]) -> [[[UInt32]]] { heard.map { $0.map { bits($0.values) } } }

/// Questions about a model that a seed chooses: the same seed, the same questions.
struct RandomJobs {
  let model: Transformer
  var chance: NamedStream

  init(_ model: Transformer, _ names: String...) {
    self.model = model
    chance = NamedStream(names: ["random-jobs"] + names)
  }

  private var config: TransformerConfig { model.config }

  mutating func tokens(_ count: Int) -> [Int] {
    (0..<count).map { _ in chance.below(config.vocabulary) }
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[chance.below(elements.count)]
  }

  /// Prompts that share beginnings, are beginnings of one another, or stand twice.
  mutating func prompts(_ count: Int, longest: Int = 11) -> [[Int]] {
    var prompts = [tokens(1 + chance.below(longest))]
    while prompts.count < count {
      let other = pick(prompts)
      switch chance.below(5) {
      case 0: prompts.append(tokens(1 + chance.below(longest)))
      case 1: prompts.append(other)
      case 2: prompts.append(Array(other.prefix(1 + chance.below(other.count))))
      default:
        let shared = other.prefix(1 + chance.below(other.count))
        let room = longest - shared.count
        prompts.append(shared + tokens(room > 0 ? chance.below(room + 1) : 0))
      }
    }
    return prompts
  }

  /// Some scored tails, some sequences scored from their second token on.
  mutating func sequences(_ count: Int) -> [ScoringJob.Sequence] {
    prompts(count).map { prompt in
      let all = prompt + tokens(1 + chance.below(5))
      return ScoringJob.Sequence(
        tokens: all, scoredFrom: chance.below(3) == 0 ? 1 : prompt.count,
        promptLength: chance.below(4) == 0 ? nil : prompt.count)
    }
  }

  static let sampling = [
    Sampling(temperature: 1), Sampling(temperature: 0.7, topK: 7),
    Sampling(temperature: 1.3, topP: 0.8),
    Sampling(temperature: 1, topK: 20, topP: 0.9, minP: 0.05),
  ]

  mutating func direction(_ kind: Site.Kind) -> [Float] {
    let raw = (0..<config.width(of: kind)).map { _ in Float(chance.normal()) }
    let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return raw.map { $0 / length }
  }

  /// Every site that can be edited.
  static let kinds = Site.Kind.allCases.filter { $0 != .finalNorm }

  mutating func intervention(
    kinds: [Site.Kind] = RandomJobs.kinds, strength: Double? = nil
  ) throws -> Intervention {
    func blocks(_ kind: Site.Kind) -> [Int] {
      (0..<config.layers).filter { config.has(Site(kind, layer: $0)) }
    }
    let kind = pick(kinds.filter { !blocks($0).isEmpty })
    let name = pick(["add", "add", "project-out", "clamp"])
    let steering = try SteeringOperators.named(
      name, parameters: name == "clamp" ? ["value": 0.5] : [:])
    return Intervention(
      site: Site(kind, layer: pick(blocks(kind))),
      positions: pick(Positions.allCases + [.only(1..<3)]),
      edit: steering.edit(
        direction: direction(kind), strength: strength ?? pick([-2, 0, 0.5, 1, 3]),
        residualMedian: 2), meter: HookMeter())
  }

  /// The baseline and others: some with several interventions, some at the same place as another.
  mutating func variants(_ count: Int) throws -> [Variant] {
    var variants = [Variant.baseline]
    while variants.count < count {
      if chance.below(2) == 0, let place = pick(variants).interventions.first {
        var other = try intervention(kinds: [place.site.kind])
        other.site = place.site
        other.positions = place.positions
        variants.append(Variant([other]))
        continue
      }
      let number = [1, 1, 2, 2, 3][chance.below(5)]
      variants.append(Variant(try (0..<number).map { _ in try intervention() }))
    }
    chance.shuffle(&variants)
    return variants
  }

  /// Asks all five questions; the answers as bits, by question.
  mutating func answers(
    _ executors: [any JobExecutor], prompts count: Int = 6, variants number: Int = 7
  ) throws -> [(question: String, answers: [[[[UInt32]]]])] {
    let (prompts, sequences) = (prompts(count), sequences(count))
    let variants = try variants(number)
    let next = NextTokenJob(
      prompts: prompts, candidates: prompts.map { _ in tokens(3) }, variants: variants)
    let score = ScoringJob(sequences: sequences, variants: variants)
    let texts = (0..<number).map { _ in self.sequences(2) }
    let divergence = DivergenceJob(sequences: texts, variants: variants)
    let capture = CaptureJob(
      prompts: prompts, sites: config.sites, variant: variants[chance.below(number)])
    let streams = prompts.indices.map { "prompt \($0)" }
    var found = [
      (question: "next token", answers: try executors.map { bits(try $0.nextToken(next)) }),
      ("score", try executors.map { bits(try $0.score(score)) }),
      ("divergence", try executors.map { bits(try $0.divergence(divergence)) }),
      ("capture", try executors.map { bits(try $0.capture(capture)) }),
    ]
    for sampling in [.greedy, pick(Self.sampling)] {
      let job = GenerationJob(
        prompts: prompts, streams: streams, variants: variants, maxTokens: 1 + chance.below(8),
        sampling: sampling, stopTokens: Set(tokens(chance.below(4))))
      found.append(
        (
          "generate at temperature \(sampling.temperature)",
          try executors.map { executor in
            try executor.generate(job).map {
              $0.map { $0.tokens.map(UInt32.init) + [$0.stopped ? 1 : 0] }
            }
          }
        ))
    }
    return found
  }
}

/// An edit that changes nothing and remembers what it saw.
final class Watcher: SiteEdit {
  private let seen = Mutex<[[UInt32]]>([])
  var rows: [[UInt32]] { seen.withLock { $0 } }
  func apply(to activation: UnsafeMutableBufferPointer<Float>) {
    let row = bits(activation)
    seen.withLock { $0.append(row) }
  }
}
