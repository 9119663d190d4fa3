import LeewayBase
import LeewayModel
import LeewaySteering
import Testing

/// What every operator owes, and what each does, in Double.
@Suite struct OperatorTests {
  static let ids = SteeringOperators.all.map { $0.id }
  static let widths = [1, 2, 7, 64, 301]

  @Test(arguments: ids) func strengthZeroLeavesEveryBit(id: String) throws {
    let steering = try OperatorLaw.named(id)
    var chance = NamedStream("identity", id)
    for width in Self.widths {
      let direction = chance.unit(width)
      for zero in [0.0, -0.0] {
        let edit = steering.edit(direction: direction, strength: zero, residualMedian: 3)
        let plain = chance.normals(width)
        #expect(bits(edit.applied(to: plain)) == bits(plain))
        // Adding 0 would turn -0 to 0 and quieten a signalling NaN.
        for odd in [-0.0, .leastNonzeroMagnitude, .infinity, .nan, .signalingNaN] as [Float] {
          let row = [Float](repeating: odd, count: width)
          #expect(bits(edit.applied(to: row)) == bits(row), "\(odd)")
        }
      }
    }
  }

  @Test(arguments: ids) func strengthMovesWhatItTouches(id: String) throws {
    let steering = try OperatorLaw.named(id)
    var chance = NamedStream("moves", id)
    let (direction, row) = (chance.unit(64), chance.normals(64))
    let edit = steering.edit(direction: direction, strength: 0.5, residualMedian: 3)
    let moved = edit.applied(to: row)
    #expect(moved != row)
    #expect(bits(edit.applied(to: row)) == bits(moved), "the same edit, another result")
    #expect(moved.allSatisfy { $0.isFinite })
  }

  /// h + strength · (full move), the full move as the paper writes it.
  @Test(arguments: ids.filter { OperatorLaw.formulas[$0] != nil })
  func movesByItsFormula(id: String) throws {
    let formula = try #require(OperatorLaw.formulas[id])
    let steering = try OperatorLaw.named(id)
    var chance = NamedStream("formula", id)
    for width in Self.widths {
      for strength in [-3, -0.25, 1e-3, 0.5, 1, 40] {
        let (v, h) = (chance.unit(width), chance.normals(width))
        let median = 0.5 + chance.uniform() * 8
        let full = formula(h.map(Double.init), v.map(Double.init), median)
        let moved = steering.edit(direction: v, strength: strength, residualMedian: median)
          .applied(to: h)
        let scale = length(h) + abs(strength) * (1 + length(h) + median)
        for index in h.indices {
          let expected = Double(h[index]) + strength * full[index]
          #expect(
            abs(Double(moved[index]) - expected) < 4e-6 * scale,
            "width \(width), strength \(strength), index \(index)")
        }
      }
    }
  }

  @Test func everyOperatorHasAFormulaHere() {
    #expect(Self.ids.sorted() == OperatorLaw.formulas.keys.sorted())
  }

  @Test func projectOutLeavesNothingAlong() throws {
    var chance = NamedStream("project-out")
    for width in Self.widths {
      let (v, h) = (chance.unit(width), chance.normals(width))
      let edit = try ProjectOut().edit(direction: v, strength: 1, residualMedian: 3)
      let once = edit.applied(to: h)
      #expect(abs(dot(once, v)) < 1e-5 * (1 + length(h)))
      // What is across stays.
      let across = zip(h, v).map { $0 - Float(dot(h, v)) * $1 }
      #expect(zip(once, across).allSatisfy { abs($0 - $1) < 1e-5 * Float(1 + length(h)) })
    }
  }

  @Test func clampSetsTheProjection() throws {
    var chance = NamedStream("clamp")
    for width in Self.widths {
      for value in [-2, 0, 0.4, 5] {
        let (v, h) = (chance.unit(width), chance.normals(width))
        let edit = Clamp(value: value).edit(direction: v, strength: 1, residualMedian: 2.5)
        let found = dot(edit.applied(to: h), v)
        #expect(abs(found - value * 2.5) < 1e-5 * (1 + length(h) + abs(value) * 2.5))
      }
    }
  }

  @Test func addMovesByTheStrengthWhateverTheStream() throws {
    var chance = NamedStream("add")
    let (v, h) = (chance.unit(64), chance.normals(64))
    for median in [0.1, 1, 90] {
      let moved = try Add().edit(direction: v, strength: 4, residualMedian: median).applied(to: h)
      #expect(abs(length(zip(moved, h).map { $0 - $1 }) - 4) < 1e-4)
    }
  }

  // MARK: Parameters

  @Test(arguments: ids) func unknownParametersAreRefused(id: String) throws {
    let needed = try OperatorLaw.parameters(id)
    let type = try #require(SteeringOperators.all.first { $0.id == id })
    #expect(Set(needed.keys).isSubset(of: type.constants), "\(id): a study could not give them")
    let parameters = needed.merging(["valeu": 2]) { $1 }
    let known = needed.keys.sorted()
    #expect(
      throws: SteeringError.badParameter(
        of: id, key: "valeu",
        expected: known.isEmpty ? "no parameters" : type.constants.joined(separator: ", "),
        found: "2.0")
    ) { try SteeringOperators.named(id, parameters: parameters) }
  }

  @Test func clampNeedsAFiniteValue() {
    #expect(
      throws: SteeringError.badParameter(
        of: "clamp", key: "value", expected: "a share of the median residual norm",
        found: "nothing")
    ) { try SteeringOperators.named("clamp") }
    for (value, found) in [(Double.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")] {
      #expect(
        throws: SteeringError.badParameter(
          of: "clamp", key: "value", expected: "a finite number", found: found)
      ) { try SteeringOperators.named("clamp", parameters: ["value": value]) }
    }
  }
}

/// How the laws make an operator that they know nothing of.
enum OperatorLaw {
  /// The full move, in Double: of h, v and the median norm.
  static let formulas: [String: @Sendable ([Double], [Double], Double) -> [Double]] = [
    "add": { _, v, _ in v },
    "project-out": { h, v, _ in v.map { -along(h, v) * $0 } },
    "clamp": { h, v, median in v.map { (0.75 * median - along(h, v)) * $0 } },
  ]

  private static func along(_ h: [Double], _ v: [Double]) -> Double {
    zip(h, v).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// 0.75 for every parameter that the operator misses, as its errors name them.
  static func parameters(_ id: String) throws -> [String: Double] {
    var parameters: [String: Double] = [:]
    for _ in 0..<8 {
      do {
        _ = try SteeringOperators.named(id, parameters: parameters)
        return parameters
      } catch {
        guard case .badParameter(_, let key, _, let found) = error, found == "nothing" else {
          throw error
        }
        parameters[key] = 0.75
      }
    }
    return parameters
  }

  static func named(_ id: String) throws -> any SteeringOperator {
    try SteeringOperators.named(id, parameters: parameters(id))
  }

  static func make(_ type: any SteeringOperator.Type) throws -> any SteeringOperator {
    try named(type.id)
  }
}
