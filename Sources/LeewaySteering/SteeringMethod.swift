/// How a direction is found from the activations of a contrast at one site.
public protocol SteeringMethod: Sendable {
  /// The name in study files.
  static var id: String { get }
  init()
  /// - Parameters: rows of equal width, one a text.
  /// - Returns: the raw vector, not yet of unit length.
  func fit(positive: [[Float]], negative: [[Float]]) -> [Float]
}

/// Every method; a new one is a file in `Methods/` and a line here.
public enum SteeringMethods {
  public static let all: [any SteeringMethod.Type] = [MeanDifference.self]

  public static func named(_ id: String) throws(SteeringError) -> any SteeringMethod {
    guard let type = all.first(where: { $0.id == id }) else {
      throw .unknownName(kind: "method", name: id, known: all.map { $0.id })
    }
    return type.init()
  }
}
