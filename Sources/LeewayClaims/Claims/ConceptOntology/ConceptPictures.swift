import Foundation

extension ConceptOntology {
  private static let flips = (0...50).map { Double($0) / 100 }

  /// Accuracy by how well attributes copy, for more and more of them.
  var capacity: Picture {
    let counts = [1, 2, 4, 8, 16]
    return .chart(
      Chart(
        "How well the concept can be formed",
        caption: "Attributes are wrong copies of the concept's bits, dealt in turn.",
        x: .init("rate at which an attribute is wrong", low: 0, high: 0.5),
        y: .init("best accuracy on the concept"),
        series: counts.map { attributes in
          .init(
            "\(attributes) attribute\(attributes == 1 ? "" : "s")", .line,
            Self.flips.map {
              .init(
                $0,
                CoarseConcept(described: world.described, attributes: attributes, flip: $0)
                  .accuracy)
            })
        },
        rules: [
          .init(
            .y, max(exp2(-Double(world.described)), 1 - exp2(-Double(world.described))),
            "without any")
        ]))
  }

  /// Harm by the same knob: of everything, and the share of protected items.
  var harms: Picture {
    let attributes = run.integer("attributes")
    let found = Self.flips.map { flip in
      (
        flip,
        world.harm(
          CoarseConcept(described: world.described, attributes: attributes, flip: flip).claims)
      )
    }
    // In order: sums of a set's own order would differ in the last bit from run to run.
    let most = world.list.sorted().reduce(0) { $0 + world.weight($1) }
    return .chart(
      Chart(
        "Harm, from too coarse to exact",
        caption: """
          Harm as a share of that of caring for nothing; protected items as a share of all of them. \
          \(attributes) attributes.
          """,
        x: .init("rate at which an attribute is wrong", low: 0, high: 0.5),
        y: .init("share", low: 0),
        series: [
          .init("harm, weighted", .line, found.map { .init($0.0, $0.1.all / most) }),
          .init(
            "protected items harmed", .line,
            found.map { .init($0.0, $0.1.protected / Double(max(1, world.flipped.count))) }),
          .init(
            "harm by what is described", .dashed,
            Self.flips.map {
              .init($0, world.protection * Double(world.flipped.count) / most)
            }),
        ], rules: [.init(.x, run.number("flip"), "this run")]))
  }

  /// Conjunctions by the number of contradictions, apart and drawn at random.
  func lengths() throws -> Picture {
    let (bits, described) = (world.bits, world.described)
    // Complete searches: more items drawn at random can take long.
    let most = min(1 << (bits - described - 1), 16)
    let drawn = try run.once("lengths \(bits) \(described) \(most) \(run.integer("seed")) 1") {
      var stream = run.stream("protected", "\(run.integer("seed"))")
      let outside = world.items.filter { !world.isDescribed($0) }
      return (0...most).map { count -> Double in
        let draws = 10
        let sum = (0..<draws).reduce(0) { sum, _ in
          var items = outside
          stream.shuffle(&items)
          let members = world.concept.union(items.prefix(count))
          return sum + Conjunctions(bits: bits, members: members).length
        }
        return Double(sum) / Double(draws)
      }
    }
    let apart = (0...most).compactMap { count in
      FeltWorld.scattered(count, bits: bits, described: described, shared: run.integer("shared"))
    }.map { Conjunctions(bits: bits, members: world.concept.union($0)).length }
    return .chart(
      Chart(
        "No clean abstraction",
        caption:
          "The least number of conjunctions that say the list; drawn at random: mean of ten.",
        x: .init("protected items outside the concept", low: 0),
        y: .init("conjunctions", low: 0),
        series: [
          .init("apart", .line, apart.enumerated().map { .init(Double($0), Double($1)) }),
          .init("drawn at random", .dots, drawn.enumerated().map { .init(Double($0), $1) }),
        ], rules: [.init(.x, Double(world.flipped.count), "this run")]))
  }

  /// What a matcher of the list harms with fewer conjunctions than it takes.
  func terms(_ length: Int) -> Picture {
    let shown = min(length, 8)
    return .chart(
      Chart(
        "A matcher that may say little",
        caption:
          "The best that so many conjunctions say without claiming anything beyond the list.",
        x: .init("conjunctions", low: 0), y: .init("harm", low: 0),
        series: [
          .init(
            "list matcher", .line,
            (0...shown).map { .init(Double($0), world.matcherHarm(list, terms: $0)) })
        ], rules: [.init(.x, Double(run.integer("terms")), "this run")]))
  }
}
