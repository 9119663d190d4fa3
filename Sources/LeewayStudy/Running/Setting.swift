import LeewayBase
import LeewayModel
import LeewaySteering

/// How a model is pushed: vector, operator, positions and dose. Nil stands for the baseline, which
/// all arms and sites share.
struct Setting: Sendable {
  var vector: SteeringVector
  var vectorHash: String
  var steering: OperatorSpec
  var made: any SteeringOperator
  var positions: Positions
  var dose: Dose
  var residualMedian: Double

  /// In the operator's unit.
  var strength: Double { made.strength(dose: dose.value, residualMedian: residualMedian) }

  func edit() -> any SiteEdit {
    made.edit(
      direction: vector.direction, strength: strength, residualMedian: residualMedian)
  }

  func variant(_ meter: HookMeter) -> Variant {
    Variant([Intervention(site: vector.site, positions: positions, edit: edit(), meter: meter)])
  }

  var identity: JSONValue {
    let parameters = steering.parameters.keys.sorted().map {
      JSONMember(key: Array($0.utf8), value: .real(steering.parameters[$0] ?? 0))
    }
    return [
      "vector": JSONValue(vectorHash), "site": JSONValue("\(vector.site)"),
      "operator": JSONValue(steering.id), "parameters": .object(parameters),
      "positions": JSONValue(positions.rawValue), "dose": JSONValue(dose.name),
      "residualMedian": .real(residualMedian),
    ]
  }
}
