extension Claim {
  /// Parts A, A1, A3 and A4 of the seed's thread on steering: why should a false fact be hard?
  static let falseFact = Claim(
    id: "false-fact",
    title: "Do spread and redundant recall circuits make a larger model harder to push?",
    sentence: """
      I actually suspect the effect I've seen with Gemma is (mostly) the result of larger models just \
      having more powerful factual recall circuits which are distributed across a larger number of \
      layers and more redundant to noise, which are therefore harder to override with a simple \
      steering vector.
      """,
    hypothesis: """
      The dose that flips a fact rises with size; it rises with redundancy at one size; and the effect \
      of size shrinks by more than half when redundancy is held beside it.
      """,
    experiment: """
      Redundancy is made a cause: each size is trained with MLPs dropped at random in 0, 10 and 30 % of \
      sequences, several seeds each, so that models of one size differ in how spread their recall is. \
      In each model the same known birds are pushed towards a false family, and beside the dose that \
      flips them stand: over how many sublayers the answer's margin is written, how many MLPs and how \
      much noise cost half of the recall, what later sublayers make good when one is silenced (with the \
      final norm held still, and free), and what they write back against a push. Doses are compared at \
      a common margin between truth and falsehood. Besides: where the fact comes from (causal trace), \
      two rival accounts of a push while later MLPs are knocked out, four kinds of targets with one \
      construction, and one size before and after a training on corrected answers.
      """,
    cost: .full(minutes: 40),
    parameters: [
      .words("sizes", ["xs", "s", "m"], of: ["xs", "s", "m", "l"], "sizes"),
      .words("drops", ["0", "0.1", "0.3"], of: ["0", "0.1", "0.3"], "chances to drop an MLP"),
      .integer("seeds", 3, 1...9, "training seeds of each"),
      .integer("facts", 20, 4...120, "birds, at most"),
      .integer("draws", 4, 1...50, "sets of MLPs and noises of each size"),
      .number("depth", 0.75, 0.05...1, "relative depth of the push; the seed pushed at about 0.75"),
      .number("early", 0.25, 0.05...1, "relative depth of the push under knock-outs"),
      .integer("post-training", 1, 0...1, "1 compares size m before and after post-training"),
    ],
    targets: [
      Target("margin-error", 0, within: .absolute(1e-4)),
      Target("dose-0-difference", 0, within: .absolute(0)),
      Target("nothing-taken-difference", 0, within: .absolute(0)),
    ],
    beside: SeedWindows.published,
    measure: { run in try FalseFactExperiment(run).findings() })
}
