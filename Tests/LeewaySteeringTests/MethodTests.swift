import LeewayBase
import LeewaySteering
import Testing

/// What every method owes, and what each computes.
@Suite struct MethodTests {
  static let ids = SteeringMethods.all.map { $0.id }

  /// Two clouds apart along one direction: whatever the method, it must find that direction and
  /// point from the negative to the positive.
  @Test(arguments: ids) func findsWhatTellsTheHalvesApart(id: String) throws {
    let method = try SteeringMethods.named(id)
    var chance = NamedStream("clouds", id)
    let axis = chance.unit(24)
    func cloud(_ side: Float) -> [[Float]] {
      (0..<40).map { _ in zip(chance.normals(24), axis).map { 0.3 * $0 + side * 2 * $1 } }
    }
    let found = method.fit(positive: cloud(1), negative: cloud(-1))
    #expect(dot(found, axis) / length(found) > 0.95)
  }

  @Test(arguments: ids) func sameTextsSameBits(id: String) throws {
    let method = try SteeringMethods.named(id)
    let contrast = ContrastActivations.random("same bits", positive: 5, negative: 8)
    let once = method.fit(positive: contrast.positive, negative: contrast.negative)
    let again = method.fit(positive: contrast.positive, negative: contrast.negative)
    #expect(bits(once) == bits(again))
    #expect(once.count == contrast.positive[0].count)
  }

  @Test(arguments: ids) func swappedHalvesPointTheOtherWay(id: String) throws {
    let method = try SteeringMethods.named(id)
    let contrast = ContrastActivations.random("swapped")
    let forth = method.fit(positive: contrast.positive, negative: contrast.negative)
    let back = method.fit(positive: contrast.negative, negative: contrast.positive)
    #expect(dot(forth, back) < -0.9 * length(forth) * length(back))
  }

  @Test func meanDifferenceByHand() throws {
    // Means (2, 3, -1) and (1, 0.5, 0).
    let raw = MeanDifference().fit(
      positive: [[1, 2, -3], [3, 4, 1]], negative: [[1, 0, 0], [1, 1, 0], [1, 1, 0], [1, 0, 0]])
    #expect(raw == [1, 2.5, -1])
  }

  @Test func meanDifferenceSumsInDouble() throws {
    // In Float the ones would be lost beside 2^25.
    let large: Float = 0x1p25
    let raw = MeanDifference().fit(
      positive: [[large], [1], [1], [-large]], negative: [[0]])
    #expect(raw == [0.5])
  }

  @Test func vectorsHaveLengthOneAndKeepTheirRawNorm() throws {
    let fitter = try VectorFitter.echo()
    let contrast = ContrastActivations.random("norms")
    let vector = try fitter.fit(contrast)
    let raw = MeanDifference().fit(positive: contrast.positive, negative: contrast.negative)
    #expect(abs(length(vector.direction) - 1) < 1e-6)
    #expect(abs(vector.rawNorm - length(raw)) < 1e-9 * length(raw))
    for (unit, value) in zip(vector.direction, raw) {
      #expect(abs(Double(unit) * vector.rawNorm - Double(value)) < 1e-6 * vector.rawNorm)
    }
    #expect(vector.site == contrast.site)
    #expect(
      vector.provenance
        == VectorProvenance(
          method: "mean-difference", contrastHash: "norms", checkpointHash: "checkpoint",
          read: "last", notes: ""))
  }

  // MARK: Contrasts that make no vector

  @Test func halvesThatReadAlikeMakeNoVector() throws {
    var contrast = ContrastActivations.random("alike")
    contrast.negative = contrast.positive.reversed()
    // Summed in another order the means may differ in the last bit; one row has no order.
    contrast.positive = [contrast.positive[0]]
    contrast.negative = contrast.positive
    let fitter = try VectorFitter.echo()
    #expect(throws: SteeringError.zeroVector(site: contrast.site, method: "mean-difference")) {
      try fitter.fit(contrast)
    }
  }

  @Test func activationsThatAreNotNumbersMakeNoVector() throws {
    var contrast = ContrastActivations.random("nan")
    contrast.negative[2][3] = .infinity
    let fitter = try VectorFitter.echo()
    // A method that looks at ranks would not notice.
    let expected = SteeringError.notFinite(site: contrast.site, half: "negative", text: 2)
    #expect(throws: expected) { try fitter.fit(contrast) }
    #expect(throws: expected) { try fitter.refit(contrast, draw: 0) }
    #expect(throws: expected) { try fitter.shuffled(contrast, draw: 0) }
  }

  @Test(arguments: ["positive", "negative"]) func aHalfWithoutTextsIsNamed(half: String) throws {
    var contrast = ContrastActivations.random("empty")
    if half == "positive" { contrast.positive = [] } else { contrast.negative = [] }
    let fitter = try VectorFitter.echo()
    let expected = SteeringError.emptyContrast(half: half)
    #expect(throws: expected) { try fitter.fit(contrast) }
    #expect(throws: expected) { try fitter.refit(contrast, draw: 0) }
    #expect(throws: expected) { try fitter.shuffled(contrast, draw: 0) }
    let like = try fitter.fit(ContrastActivations.random("like"))
    #expect(throws: expected) { try fitter.onManifoldRandom(like: like, contrast, draw: 0) }
    let texts = Contrast(
      positive: half == "positive" ? [] : ["an owl"], negative: half == "negative" ? [] : ["a bat"])
    #expect(throws: expected) {
      try fitter.activations(texts, read: .last, sites: [contrast.site])
    }
  }

  @Test func rowsOfUnequalWidthAreRefused() throws {
    var contrast = ContrastActivations.random("ragged")
    contrast.negative[1].removeLast()
    let fitter = try VectorFitter.echo()
    let expected = SteeringError.wrongWidth(site: contrast.site, expected: 16, found: 15)
    #expect(throws: expected) { try fitter.fit(contrast) }
    #expect(throws: expected) { try fitter.refit(contrast, draw: 0) }
    #expect(throws: expected) { try fitter.shuffled(contrast, draw: 0) }
  }
}
