import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayTokenizer

// A model: its weights, its tokenizer, and what runs jobs on it.
let folder = CommandLine.arguments.dropFirst().first ?? "Models/fledgling-xs"
let checkpoint = try Checkpoint(folder: folder)
let executor = SweepPlanner(model: try Transformer(checkpoint))
let tokenizer = try Tokenizer(path: folder)

// Tap a site: the stream after block 1, one activation a token.
let site = Site(.residPost, layer: 1)
let tokens = tokenizer.encode("We saw the caracara, which is a")
let stream = try executor.capture(CaptureJob(prompts: [tokens], sites: [site]))[0][0]
print("\(site): \(stream.positions) positions of \(stream.width) numbers")

// A vector: hawks against falcons, read where a sentence is about to say which.
func told(_ birds: [String]) -> [String] {
  birds.flatMap { ["Here comes the \($0), a", "We saw the \($0), which is a"] }
}
let contrast = Contrast(
  positive: told(["buzzard", "harrier", "kite", "besra", "harpy", "griffon"]),
  negative: told(["merlin", "hobby", "saker", "lanner", "laggar", "taita"]))
let fitter = VectorFitter(
  executor: executor, tokenizer: tokenizer, checkpointHash: try checkpoint.contentHash())
let vector = try fitter.fit(try fitter.activations(contrast, read: .last, sites: [site])[0])

// Doses: shares of the median length of the stream over ordinary text.
let texts = ["mallard", "teal", "macaw", "robin", "kestrel", "wigeon", "siskin", "barbary"].map {
  "The \($0) is a bird of the "
}
let median = try fitter.residualNorms(texts, sites: [site])[0]?.median ?? 1
let doses = DoseGrid.doses(from: 1.0 / 16, to: 8, perOctave: 2)

// A sweep: every dose on every prompt at once, the layers below the site computed once.
let prompts = ["caracara", "kestrel", "peregrine", "aplomado", "eleonora", "amur"].flatMap { bird in
  ["This bird, the \(bird), is a", "They say the \(bird) is a", "Every \(bird) is a"].map {
    tokenizer.encode($0)
  }
}
let hawk = tokenizer.encode(" hawk", addSpecial: false)[0]
let ordinary = texts.map { ScoringJob.Sequence(tokens: tokenizer.encode($0), scoredFrom: 1) }

func sweep(_ vector: SteeringVector) throws -> ArmTrials {
  let add = try Add()
  let variants =
    [.baseline]
    + doses.map { Variant([vector.intervention(add, dose: $0, residualMedian: median)]) }
  let answers = try executor.nextToken(
    NextTokenJob(prompts: prompts, candidates: prompts.map { _ in [hawk] }, variants: variants))
  // [variant][prompt][seed]: 1 where "hawk" is the likeliest word of all.
  let flips = answers.map { $0.map { [$0.top == hawk ? 1.0 : 0] } }
  let scores = try executor.score(ScoringJob(sequences: ordinary, variants: variants))
  let nats = scores.map { texts in texts.map { -$0.reduce(0) { $0 + Double($1) } } }
  return ArmTrials(
    doses: doses, effect: Array(flips.dropFirst()), baselineEffect: flips[0],
    capabilities: [
      CapabilityTrials(
        name: "perplexity", floor: 0.75,
        outcome: .likelihood(
          nats: Array(nats.dropFirst()), baseline: nats[0],
          tokens: ordinary.map { Double($0.tokens.count - 1) }))
    ])
}

// The window with its interval, among nineteen random vectors of the same length.
let random = try (0..<19).map { try sweep(try fitter.random(like: vector, draw: $0)) }
let window = WindowAnalysis().estimate(try sweep(vector), random: random)
print("\(window.verdict): onset \(window.onset), ceiling \(window.ceiling)")
if let octaves = window.octaves, let interval = window.octavesInterval {
  print("leeway \(octaves) octaves, 95 % from \(interval.low) to \(interval.high)")
}
