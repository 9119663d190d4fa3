import Foundation
import LeewayStatistics

extension Claim {
  /// The seed's headline: does the window of a false fact close as models grow?
  static let sizeTrend = Claim(
    id: "size-trend",
    title: "Does the window of a false fact close as models grow?",
    sentence: "It's the relative difficulty of steering the Gemma models that actually worries me.",
    hypothesis: """
      The leeway of a false fact, in octaves between the dose at which it takes over and the dose at \
      which unrelated tasks fail, falls with the number of parameters.
      """,
    experiment: """
      One recipe, several sizes, several training seeds a size. Each model is asked for the family of \
      birds that every one of them knows (p at least 0.9), while a vector pushes each bird towards \
      another family. The vector is the mean difference of sentences about other birds, added at the \
      same relative depth everywhere; in a second reading the depth is chosen for each model on half of \
      the birds and reported on the other half. The onset is where the false family is the most \
      probable next piece in half of eleven questions and beats random directions; the ceiling is where \
      copying, reversing and small list programs fall to three quarters. Where an end lies outside of \
      the grid the width is a bound, and the line is fitted with bounds. Training seeds are resampled \
      first, then birds.
      """,
    cost: .full(minutes: 40),
    parameters: [
      .words(
        "sizes", ["xs", "s", "m", "l"], of: ["xs", "s", "m", "l", "xl"], "sizes that are compared"),
      .words(
        "variants", ["xs-deep", "xs-wide", "s-deep", "s-wide"],
        of: ["xs-deep", "xs-wide", "s-deep", "s-wide", "moe"],
        "models shown beside: one size made as large as the next by depth or by width only"),
      .integer("seeds", 3, 1...9, "training seeds a size"),
      .integer("facts", 24, 4...120, "birds, at most"),
      .number("depth", 0.75, 0.05...1, "relative depth of the push; the seed pushed at about 0.75"),
      .number("floor", 0.75, 0.1...0.99, "share of the unrelated tasks that counts as whole"),
      .integer("random", 5, 0...40, "random directions a model"),
    ],
    beside: SeedWindows.published,
    measure: { run in try SizeTrendExperiment(run).findings() })
}

/// The seed's own table. https://raw.githubusercontent.com/jonathanbostock/activation-steering-sweep
enum SeedWindows {
  static let published: [Claim.Beside] = [
    ("gemma-3-1b-it", "6.3"), ("gemma-3-4b-it", "1.0"), ("gemma-3-12b-it", "0 (never flips)"),
    ("gemma-3-27b-it", "about 0 (one point)"),
  ].map { model, window in
    Claim.Beside(
      "window, in multiples of the raw vector", window, system: model,
      source:
        "https://raw.githubusercontent.com/jonathanbostock/activation-steering-sweep/main/README.md"
    )
  }
}
