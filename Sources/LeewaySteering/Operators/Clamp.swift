import LeewayModel

/// h + strength · (value − h · v) v: at strength 1 the projection on v is `value`, whatever it was.
/// `value` is a share of the median residual norm. Templeton et al. 2024.
public struct Clamp: SteeringOperator {
  public static let id = "clamp"
  public static let doseUnit = DoseUnit.fraction
  public static let constants = ["value"]
  public let value: Double

  public init(value: Double) { self.value = value }

  public init(parameters: [String: Double]) throws(SteeringError) {
    try SteeringOperators.check(parameters, of: Self.self)
    guard let value = parameters["value"] else {
      throw .badParameter(
        of: Self.id, key: "value", expected: "a share of the median residual norm",
        found: "nothing")
    }
    self.value = value
  }

  public func edit(direction: [Float], strength: Double, residualMedian: Double) -> any SiteEdit {
    Move(
      direction: direction, strength: Float(strength), value: Float(value * residualMedian))
  }

  private struct Move: DifferentiableEdit {
    let direction: [Float]
    let strength: Float
    let value: Float
    func apply(to activation: UnsafeMutableBufferPointer<Float>) {
      guard strength != 0 else { return }
      let move = strength * (value - projection(activation, direction))
      for index in activation.indices { activation[index] += move * direction[index] }
    }
    func pullBack(_ gradient: UnsafeMutableBufferPointer<Float>) {
      removeShare(strength, along: direction, from: gradient)
    }
  }
}
