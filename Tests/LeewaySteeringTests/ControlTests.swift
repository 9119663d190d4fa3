import LeewayBase
import LeewayModel
import LeewaySteering
import Testing

/// Refits and the vectors that a study holds its own against.
@Suite struct ControlTests {
  /// Tells how it was asked: the sizes of the halves, and sums that a permutation cannot change.
  private struct Census: SteeringMethod {
    static let id = "census"
    func fit(positive: [[Float]], negative: [[Float]]) -> [Float] {
      let all = positive + negative
      return [Float(positive.count), Float(negative.count), all.reduce(0) { $0 + $1[0] }]
    }
  }

  private func raw(_ vector: SteeringVector) -> [Double] {
    vector.direction.map { (Double($0) * vector.rawNorm).rounded() }
  }

  /// Whole numbers, so that sums are exact: row i of the pool reads [2^i].
  private func numbered(_ positive: Int, _ negative: Int) -> ContrastActivations {
    func rows(_ range: Range<Int>) -> [[Float]] { range.map { [Float(1 << $0)] } }
    return ContrastActivations(
      site: ContrastActivations.place, positive: rows(0..<positive),
      negative: rows(positive..<positive + negative), contrastHash: "numbered", read: "last")
  }

  // MARK: Refits

  @Test func refitsAreReproducibleAndDiffer() throws {
    let fitter = try VectorFitter.echo()
    for (positive, negative) in [(6, 6), (6, 9)] {
      let contrast = ContrastActivations.random("refits", positive: positive, negative: negative)
      let draws = try (0..<8).map { try fitter.refit(contrast, draw: $0) }
      let again = try (0..<8).map { try fitter.refit(contrast, draw: $0) }
      #expect(draws == again)
      #expect(Set(draws.map { bits($0.direction) }).count > 6)
      #expect(draws.map(\.provenance.notes) == (0..<8).map { "refit \($0)" })
      #expect(draws.allSatisfy { $0.provenance.method == "mean-difference" })
      // Another contrast draws otherwise, even from the same rows.
      var renamed = contrast
      renamed.contrastHash = "other"
      #expect(try fitter.refit(renamed, draw: 0).direction != draws[0].direction)
    }
  }

  @Test func refitsKeepTheSizesOfTheHalves() throws {
    let fitter = try VectorFitter.echo()
    let found = try fitter.refit(numbered(5, 3), draw: 2, method: Census())
    #expect(raw(found).prefix(2) == [5, 3])
  }

  /// Rows x and x + d, paired: whichever pairs are drawn, the difference of the means is d.
  @Test func matchedTextsAreDrawnAsPairs() throws {
    var chance = NamedStream("pairs")
    let shift = chance.normals(16)
    var contrast = ContrastActivations.random("pairs")
    contrast.positive = contrast.negative.map { zip($0, shift).map { $0 + $1 } }
    let fitter = try VectorFitter.echo()
    for draw in 0..<6 {
      let vector = try fitter.refit(contrast, draw: draw)
      #expect(dot(vector.direction, shift) > (1 - 1e-6) * length(shift))
    }
  }

  @Test func aRefitDrawsFromItsOwnHalf() throws {
    // Positives read 1 and negatives 0: any mixing would change the difference of the means.
    var contrast = numbered(7, 4)
    contrast.positive = contrast.positive.map { _ in [1] }
    contrast.negative = contrast.negative.map { _ in [0] }
    let fitter = try VectorFitter.echo()
    for draw in 0..<6 { #expect(try fitter.refit(contrast, draw: draw).rawNorm == 1) }
  }

  // MARK: Shuffled

  @Test func shufflingKeepsSizesAndTexts() throws {
    let fitter = try VectorFitter.echo()
    for (positive, negative) in [(4, 4), (2, 7), (9, 1)] {
      for draw in 0..<4 {
        let contrast = numbered(positive, negative)
        let found = try fitter.shuffled(contrast, draw: draw, method: Census())
        let all = Double(1 << (positive + negative)) - 1
        #expect(raw(found) == [Double(positive), Double(negative), all])
      }
    }
  }

  @Test func shufflingMovesTextsBetweenTheHalves() throws {
    let fitter = try VectorFitter.echo()
    let contrast = ContrastActivations.random("shuffled", positive: 20, negative: 20)
    let vector = try fitter.fit(contrast)
    let draws = try (0..<6).map { try fitter.shuffled(contrast, draw: $0) }
    #expect(Set(draws.map { bits($0.direction) }).count == 6)
    // The halves are far apart; mixed, the distance goes.
    for draw in draws { #expect(draw.rawNorm < 0.6 * vector.rawNorm) }
    #expect(try fitter.shuffled(contrast, draw: 3) == draws[3])
    #expect(draws[3].provenance.method == "shuffled")
    #expect(draws[3].provenance.notes == "draw 3")
  }

  // MARK: Random

  @Test func randomVectorsAreUnitAndReproducible() throws {
    let fitter = try VectorFitter.echo()
    let vector = try fitter.fit(ContrastActivations.random("random", width: 300))
    let draws = try (0..<20).map { try fitter.random(like: vector, draw: $0) }
    #expect(try (0..<20).map { try fitter.random(like: vector, draw: $0) } == draws)
    #expect(Set(draws.map { bits($0.direction) }).count == 20)
    for draw in draws {
      #expect(abs(length(draw.direction) - 1) < 1e-6)
      #expect(draw.site == vector.site)
      #expect(draw.rawNorm == vector.rawNorm, "the length that it is held against")
      #expect(draw.provenance.method == "random")
    }
    // Cosines of random directions are about 1 / sqrt(300); five of those is never.
    for (index, one) in draws.enumerated() {
      for other in draws[..<index] { #expect(abs(dot(one.direction, other.direction)) < 0.29) }
      #expect(abs(dot(one.direction, vector.direction)) < 0.29)
    }
    let elsewhere = vector.moved(to: Site(.residPost, layer: 2))
    #expect(try fitter.random(like: elsewhere, draw: 0).direction != draws[0].direction)
  }

  @Test func onManifoldVectorsAreDifferencesOfTwoTexts() throws {
    let fitter = try VectorFitter.echo()
    let contrast = ContrastActivations.random("manifold", positive: 4, negative: 3)
    let pool = contrast.positive + contrast.negative
    let vector = try fitter.fit(contrast)
    var pairs: Set<[Int]> = []
    for draw in 0..<40 {
      let made = try fitter.onManifoldRandom(like: vector, contrast, draw: draw)
      #expect(try fitter.onManifoldRandom(like: vector, contrast, draw: draw) == made)
      #expect(made.rawNorm == vector.rawNorm)
      let found = pool.indices.flatMap { one in pool.indices.map { [one, $0] } }.filter { pair in
        let difference = zip(pool[pair[0]], pool[pair[1]]).map { $0 - $1 }
        return pair[0] != pair[1]
          && dot(difference, made.direction) > (1 - 1e-6) * length(difference)
      }
      #expect(found.count == 1, "draw \(draw) is no difference of two texts")
      pairs.formUnion(found)
    }
    #expect(pairs.count > 20, "42 pairs, 40 draws")
    #expect(pairs.contains { $0[0] < 4 && $0[1] < 4 }, "labels do not matter")
  }

  @Test func textsThatReadAlikeAreNoDifference() throws {
    let fitter = try VectorFitter.echo()
    var contrast = ContrastActivations.random("doubled", positive: 5, negative: 5)
    let vector = try fitter.fit(contrast)
    // Nine rows alike and one other: every draw must find the other.
    contrast.positive = Array(repeating: contrast.positive[0], count: 5)
    contrast.negative = Array(repeating: contrast.positive[0], count: 4) + [contrast.negative[0]]
    for draw in 0..<12 {
      let made = try fitter.onManifoldRandom(like: vector, contrast, draw: draw)
      #expect(abs(length(made.direction) - 1) < 1e-6)
    }
    contrast.negative = contrast.positive
    #expect(throws: SteeringError.zeroVector(site: contrast.site, method: "on-manifold-random")) {
      try fitter.onManifoldRandom(like: vector, contrast, draw: 0)
    }
  }

  // MARK: Reversed and moved

  @Test func reversedPointsTheOtherWay() throws {
    let vector = try VectorFitter.echo().fit(ContrastActivations.random("reversed"))
    let other = vector.reversed()
    #expect(other.direction == vector.direction.map { -$0 })
    #expect(other.rawNorm == vector.rawNorm)
    #expect(other.hash != vector.hash)
    #expect(bits(other.reversed().direction) == bits(vector.direction))
  }

  @Test func movedKeepsTheDirection() throws {
    let vector = try VectorFitter.echo().fit(ContrastActivations.random("moved"))
    let site = Site(.residPost, layer: 9)
    let other = vector.moved(to: site)
    #expect(bits(other.direction) == bits(vector.direction))
    #expect(other.site == site)
    #expect(other.provenance.notes == "fitted at blocks.1.resid_post")
    #expect(other.hash != vector.hash, "a vector elsewhere does something else")
  }

  // MARK: Norms

  @Test func normsLeaveOutTheFirstFourPositionsOfLongTexts() throws {
    // Layer 0 of the echo: position p reads [token, p, 0]; the token of "a" is 0.
    let site = Site(.residPre, layer: 0)
    let a = String(repeating: "a", count: 8)
    let norms = try VectorFitter.echo().residualNorms([a], sites: [site])
    let found = try #require(norms[0])
    // <s> and eight letters and </s>: ten positions, of which 4...9 are measured.
    #expect(found.count == 6)
    let edge = (Double(ToyTokenizer.end * ToyTokenizer.end) + 81).squareRoot()
    #expect(abs(found.mean - (4 + 5 + 6 + 7 + 8 + edge) / 6) < 1e-9)
    #expect(abs(found.median - 6.5) < 1e-9)
    // A short text is measured whole.
    #expect(try VectorFitter.echo().residualNorms(["aa"], sites: [site])[0]?.count == 4)
  }

  @Test func quantilesByHand() throws {
    let norms = try #require(ResidualNorms((0...20).reversed().map(Double.init)))
    #expect(norms == ResidualNorms((0...20).map(Double.init)))
    #expect([norms.p5, norms.median, norms.p95, norms.mean] == [1, 10, 19, 10])
    let one = try #require(ResidualNorms([3]))
    #expect([one.p5, one.median, one.p95, one.mean] == [3, 3, 3, 3])
    let two = try #require(ResidualNorms([1, 2]))
    #expect(two.median == 1.5)
    #expect(ResidualNorms([]) == nil)
    #expect(try VectorFitter.echo().residualNorms([], sites: [Site(.residPre, layer: 0)]) == [nil])
  }

  // MARK: Pushes on tokens

  @Test func theUnembeddingDifferenceIsThatOfMeanRows() throws {
    let site = Site(.residPost, layer: 1)
    let made = try VectorFitter.echo().unembeddingDifference(
      at: site, target: [1, 3], original: [4])
    // Rows [t, t², 1]: the means [2, 5, 1] minus [4, 16, 1].
    #expect(made.site == site)
    #expect(abs(made.rawNorm - 125.0.squareRoot()) < 1e-6)
    for (value, wanted) in zip(made.direction, [-2, -11, 0] as [Float]) {
      #expect(abs(value * Float(made.rawNorm) - wanted) < 1e-5)
    }
    #expect(made.provenance.method == "unembedding-difference")
    #expect(throws: SteeringError.emptyContrast(half: "target")) {
      try VectorFitter.echo().unembeddingDifference(at: site, target: [], original: [1])
    }
    #expect(throws: SteeringError.zeroVector(site: site, method: "unembedding-difference")) {
      try VectorFitter.echo().unembeddingDifference(at: site, target: [2], original: [2])
    }
  }

  @Test func aBiasOfItsRawNormMovesTheMarginByOneNat() throws {
    let made = try VectorFitter.echo().logitBias(vocabulary: 6, target: [1, 2], original: [5])
    var logits = [Float](repeating: 7, count: 6)
    let edit = try Add().edit(
      direction: made.direction, strength: made.rawNorm, residualMedian: 1)
    logits.withUnsafeMutableBufferPointer { edit.apply(to: $0) }
    for (value, wanted) in zip(logits, [7, 7.5, 7.5, 7, 7, 6.5] as [Float]) {
      #expect(abs(value - wanted) < 1e-6)
    }
    #expect(made.site == Site(.logits))
  }

  @Test func heightsAreThoseAboveTheMean() throws {
    // Rows [token, position, -1] of a text of two known letters.
    let text = "ab"
    let (heights, width) = try VectorFitter.echo().logitHeights([text])
    #expect(width == 3)
    let tokens = try ToyTokenizer.make().encode(text)
    let rows = tokens.enumerated().map { [Double($1), Double($0), -1] }
    let wanted = rows.map { ($0.max() ?? 0) - $0.reduce(0, +) / 3 }
    let found = try #require(heights)
    #expect(found.count == wanted.count)
    #expect(abs(found.mean - wanted.reduce(0, +) / Double(wanted.count)) < 1e-9)
    #expect(abs(found.scaled(by: 2).median - 2 * found.median) < 1e-12)
    #expect(try VectorFitter.echo().logitHeights([]).heights == nil)
  }
}
