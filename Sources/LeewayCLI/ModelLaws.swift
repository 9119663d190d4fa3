import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor

/// Laws that must hold on any checkpoint, tried on this one.
struct ModelLaws {
  let model: Transformer
  let kernels: Kernels
  private let prompts: [[Int]]
  private let newTokens: Int
  private let site: Site
  private let direction: [Float]

  init(_ model: Transformer, kernels: Kernels) {
    self.model = model
    self.kernels = kernels
    let config = model.config
    var stream = NamedStream("doctor")
    newTokens = max(1, min(6, config.maxPositions / 2))
    let length = max(2, min(12, config.maxPositions - newTokens))
    let head = (0..<max(1, length / 3)).map { _ in stream.below(config.vocabulary) }
    prompts = (0..<4).map { index in
      head + (0..<max(1, length / 2 - index % 2)).map { _ in stream.below(config.vocabulary) }
    }
    site = Site(.residPost, layer: config.layers / 2)
    direction = (0..<config.width).map { _ in
      Float(stream.normal()) / Float(config.width).squareRoot()
    }
  }

  /// Tells each law's outcome; returns how many failed.
  func check(_ tell: (String, Bool, String) -> Void) throws -> Int {
    var failed = 0
    func law(_ name: String, _ holds: Bool, _ note: String = "") {
      if !holds { failed += 1 }
      tell(name, holds, note)
    }
    let exact = Kernels(set: kernels.set, precision: .exact, pool: kernels.pool)
    let naive = NaiveExecutor(model: model, kernels: exact)
    let planner = SweepPlanner(model: model, kernels: exact)
    let start = ContinuousClock.now
    let job = scoring(.all)
    let reference = try naive.score(job)
    law("planned sweep equals the naive one, bit for bit", try planner.score(job) == reference)
    law(
      "prompts in a batch equal prompts alone", try planner.score(one(job)) == [[reference[0][0]]])
    law("strength 0 changes no bit", reference[0] == reference[1])
    let generation = GenerationJob(
      prompts: prompts, streams: prompts.map { _ in "doctor" }, variants: job.variants,
      maxTokens: newTokens)
    let written = try planner.generate(generation)
    law("decoding with a cache equals the naive one", try naive.generate(generation) == written)
    law("a cached continuation is what prefill would choose", try greedy(written, planner))
    for set in KernelSet.available where set != kernels.set && set.name != "portable" {
      let other = SweepPlanner(model: model, kernels: Kernels(set: set))
      law("kernel set \(set.name) gives the same bits", try other.score(job) == reference)
    }
    let meter = HookMeter()
    _ = try planner.score(scoring(.last, meter: meter))
    law(
      "interventions made equal interventions due", meter.made == meter.due && meter.due > 0,
      "\(meter.made) of \(meter.due)")
    let fast = try SweepPlanner(
      model: model, kernels: Kernels(set: kernels.set, precision: .fast, pool: kernels.pool)
    ).score(job)
    let pairs = zip(reference.joined().joined(), fast.joined().joined())
    let gap = pairs.map { abs($0 - $1) }.max() ?? 0
    law("fast precision is near exact", gap < 0.5, "log-probabilities differ by at most \(gap)")
    let elapsed = (ContinuousClock.now - start).components
    let tokens = naive.meter.count.useful
    tell(
      "speed", true,
      String(
        format: "%.2f s for these checks, %.1f M multiply-adds naive",
        Double(elapsed.seconds)
          + Double(elapsed.attoseconds) * 1e-18, Double(tokens) / 1e6))
    return failed
  }

  private func edit(_ strength: Double, _ positions: Positions, _ meter: HookMeter?) -> Variant {
    guard let add = try? Add() else { return .baseline }
    return Variant([
      Intervention(
        site: site, positions: positions,
        edit: add.edit(direction: direction, strength: strength, residualMedian: 1), meter: meter)
    ])
  }

  private func scoring(_ positions: Positions, meter: HookMeter? = nil) -> ScoringJob {
    ScoringJob(
      // A text's last token is predicted and never fed: a prompt that ends before it leaves
      // something to do at every choice of positions.
      sequences: prompts.map {
        ScoringJob.Sequence(tokens: $0, scoredFrom: 1, promptLength: max(1, $0.count / 2))
      },
      variants: [.baseline, edit(0, positions, nil), edit(2, positions, meter)])
  }

  private func one(_ job: ScoringJob) -> ScoringJob {
    ScoringJob(sequences: [job.sequences[0]], variants: [job.variants[0]])
  }

  private func greedy(_ written: [[Continuation]], _ planner: SweepPlanner) throws -> Bool {
    for (index, prompt) in prompts.enumerated() {
      let tokens = written[0][index].tokens
      for count in tokens.indices {
        let next = try planner.nextToken(
          NextTokenJob(
            prompts: [prompt + tokens[..<count]], candidates: [[0]], variants: [.baseline]))
        if next[0][0].top != tokens[count] { return false }
      }
    }
    return true
  }
}
