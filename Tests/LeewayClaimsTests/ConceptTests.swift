import Foundation
import LeewayBase
import LeewayClaims
import Testing

/// The ontology's curves away from the printed numbers, by other ways.
@Suite("Concepts") struct ConceptTests {
  /// Every assignment of attributes is listed, and the best answer to each taken.
  @Test(arguments: [(1, 3, 0.2), (2, 0, 0.1), (2, 5, 0.05), (3, 4, 0.3), (2, 6, 0.5)])
  func theBestConceptIsTheBestOfAll(_ described: Int, _ attributes: Int, _ flip: Double) {
    let found = CoarseConcept(described: described, attributes: attributes, flip: flip)
    var accuracy = 0.0
    var claims = [Double](repeating: 0, count: 1 << described)
    for reading in 0..<1 << attributes {
      let chances = (0..<1 << described).map { pattern in
        (0..<attributes).reduce(1.0) { chance, attribute in
          let isRight = pattern >> (attribute % described) & 1 == reading >> attribute & 1
          return chance * (isRight ? 1 - flip : flip)
        }
      }
      let inside = chances[chances.count - 1] / Double(chances.count)
      let all = chances.reduce(0, +) / Double(chances.count)
      accuracy += max(inside, all - inside)
      if inside > all - inside {
        for pattern in claims.indices { claims[pattern] += chances[pattern] }
      }
    }
    #expect(abs(found.accuracy - accuracy) < 1e-12)
    for item in 0..<1 << described + 1 {
      #expect(abs(found.claims(item) - claims[item % claims.count]) < 1e-12)
    }
    if flip == 0.5 { #expect(abs(found.accuracy - 0.75) < 1e-12) }
  }

  @Test func fewestConjunctionsByTryingAll() {
    var stream = NamedStream("dnf")
    for _ in 0..<30 {
      let bits = 3
      let members = Set((0..<1 << bits).filter { _ in stream.below(2) == 0 })
      let list = Conjunctions(bits: bits, members: members)
      // All 27 conjunctions, those within the members, and all sets of them.
      let cubes = (0..<1 << bits).flatMap { mask in
        (0..<1 << bits).filter { $0 & ~mask == 0 }.map { value in
          Set((0..<1 << bits).filter { $0 & mask == value })
        }
      }.filter { $0.isSubset(of: members) }
      func best(_ count: Int, _ first: Int, _ held: Set<Int>) -> Double {
        guard count > 0, first < cubes.count else {
          return held.sorted().reduce(0) { $0 + Double(1 + $1 % 3) }
        }
        return max(
          best(count, first + 1, held), best(count - 1, first + 1, held.union(cubes[first])))
      }
      let whole = members.sorted().reduce(0) { $0 + Double(1 + $1 % 3) }
      let values = (0...3).map { best($0, 0, []) }
      for (terms, value) in values.enumerated() {
        #expect(list.covered(by: terms) { Double(1 + $0 % 3) } == value)
        #expect((list.length <= terms) == (value == whole))
      }
    }
    #expect(Conjunctions(bits: 4, members: []).length == 0)
    #expect(Conjunctions(bits: 4, members: Set(0..<16)).length == 1)
    // The parity of four bits has no shorter description than its items.
    let parity = Set((0..<16).filter { $0.nonzeroBitCount.isMultiple(of: 2) })
    #expect(Conjunctions(bits: 4, members: parity).length == 8)
  }

  @Test(arguments: [(5, 2, 3, 1), (6, 2, 8, 0), (6, 3, 4, 2), (4, 1, 4, 0), (7, 2, 10, 1)])
  func itemsApartTakeAConjunctionEach(_ bits: Int, _ described: Int, _ count: Int, _ shared: Int)
    throws
  {
    let flipped = try #require(
      FeltWorld.scattered(count, bits: bits, described: described, shared: shared))
    let world = FeltWorld(bits: bits, described: described, flipped: flipped, protection: 7)
    #expect(flipped.count == count && flipped.isDisjoint(with: world.concept))
    let list = Conjunctions(bits: bits, members: world.list)
    #expect(list.length == 1 + count)
    // One conjunction says the concept or an item and what it shares with it, whichever weighs more.
    #expect(world.matcherHarm(list, terms: 1 + count) == 0)
    let whole = Double(world.concept.count + 7 * count)
    let one = max(Double(world.concept.count), shared == described - 1 ? 8 : 7)
    #expect(world.matcherHarm(list, terms: 1) == whole - one)
    // Who follows the description errs on the protected and on nothing else.
    let follower = world.harm { world.isDescribed($0) ? 1 : 0 }
    #expect(follower.all == Double(7 * count) && follower.protected == Double(count))
  }

  @Test func aSharperConceptSparesFewerOfTheProtected() throws {
    let flipped = try #require(FeltWorld.scattered(4, bits: 6, described: 2, shared: 1))
    let world = FeltWorld(bits: 6, described: 2, flipped: flipped, protection: 10)
    let harms = [0.28, 0.2, 0.1, 0].map { flip in
      world.harm(CoarseConcept(described: 2, attributes: 2, flip: flip).claims).protected
    }
    #expect(harms == harms.sorted())
    // (1 - e) e of an item with one of the two bits is claimed.
    #expect(abs(harms[1] - 4 * (1 - 0.2 * 0.8)) < 1e-12 && harms[3] == 4)
  }

  @Test func verdictsGoEitherWay() throws {
    let claim = try Claims.named("concept-ontology")
    let none = try claim.run(["flipped=0", "kept=0"], tools: ClaimTools()).findings
    #expect(none.verdict.outcome == .refuted && none.value("follower-harm") == 0)
    #expect(none.value("length") == 1)
    // Without a wrong copy the attributes are the concept: no learner is too coarse.
    let exact = try claim.run(["flip=0"], tools: ClaimTools()).findings
    #expect(exact.verdict.outcome == .undecided && exact.value("coarse-harm") == 40)
    let blind = try claim.run(["flip=0", "attributes=1"], tools: ClaimTools()).findings
    #expect(blind.verdict.outcome == .supported)
    for findings in [none, exact] {
      #expect(findings.value("simulator-error") == 0)
      #expect(!findings.pictures.contains { "\($0)".contains("nan") })
    }
    #expect(exact.value("simulator-reflection") == 2)
    let many = try claim.run(
      ["bits=7", "described=3", "shared=0", "flipped=8"], tools: ClaimTools()
    ).findings
    #expect(many.verdict.outcome == .supported && many.value("length") == 9)
    #expect(many.value("unrelated-accuracy") == 0.875)
    for settings in [["bits=3", "described=3"], ["flipped=9"], ["kept=5"], ["shared=2"]] {
      #expect(throws: ClaimError.self) { try claim.run(settings, tools: ClaimTools()) }
    }
  }
}
