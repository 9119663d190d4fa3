import LeewayModel

/// How a direction is applied to an activation h with unit direction v.
///
/// Strength says how much of the move is made; at 0 every operator leaves each bit as it was.
public protocol SteeringOperator: Sendable {
  /// The name in study files and on the command line.
  static var id: String { get }
  /// What one unit of dose means.
  static var doseUnit: DoseUnit { get }
  /// False where v and -v do the same, so that a reversed vector is no control.
  static var seesSign: Bool { get }
  /// Names of the operator's own constants, as study files and errors say them.
  static var constants: [String] { get }
  /// The constants by name (`value` of `clamp`), lengths as shares of the median residual norm; unknown
  /// or missing names are errors.
  init(parameters: [String: Double]) throws(SteeringError)
  /// - Parameters:
  ///   - strength: in the unit of `doseUnit`.
  ///   - residualMedian: median norm of the stream at the site.
  func edit(direction: [Float], strength: Double, residualMedian: Double) -> any SiteEdit
}

extension SteeringOperator {
  public static var seesSign: Bool { true }
  public static var constants: [String] { [] }
}

public enum DoseUnit: String, Sendable, Codable {
  /// strength = dose × median residual norm: the length of what is added.
  case residualNorm = "residual-norm"
  /// strength = dose: the share of the full move.
  case fraction
}

/// Every operator; a new one is a file in `Operators/` and a line here.
public enum SteeringOperators {
  public static let all: [any SteeringOperator.Type] = [
    Add.self, Clamp.self, ProjectOut.self,
  ]

  public static func named(_ id: String, parameters: [String: Double] = [:])
    throws(SteeringError) -> any SteeringOperator
  {
    guard let type = all.first(where: { $0.id == id }) else {
      throw .unknownName(kind: "operator", name: id, known: all.map { $0.id })
    }
    return try type.init(parameters: parameters)
  }

  /// Whether an operator knows the constants it was given, and they are numbers.
  static func check(_ parameters: [String: Double], of type: any SteeringOperator.Type)
    throws(SteeringError)
  {
    let (known, id) = (type.constants, type.id)
    for key in parameters.keys.sorted() where !known.contains(key) {
      throw .badParameter(
        of: id, key: key, expected: known.isEmpty ? "no parameters" : known.joined(separator: ", "),
        found: "\(parameters[key] ?? 0)")
    }
    for (key, value) in parameters.sorted(by: { $0.key < $1.key }) where !value.isFinite {
      throw .badParameter(of: id, key: key, expected: "a finite number", found: "\(value)")
    }
  }
}

/// h · v in one fixed order.
func projection(_ h: UnsafeMutableBufferPointer<Float>, _ v: [Float]) -> Float {
  var sum: Float = 0
  for index in h.indices { sum += h[index] * v[index] }
  return sum
}

/// g − share · (g · v) v: how a gradient passes an edit that takes a share of h along v away.
func removeShare(
  _ share: Float, along v: [Float], from gradient: UnsafeMutableBufferPointer<Float>
) {
  guard share != 0 else { return }
  let along = share * projection(gradient, v)
  for index in gradient.indices { gradient[index] -= along * v[index] }
}
