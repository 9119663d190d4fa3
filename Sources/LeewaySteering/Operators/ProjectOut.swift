import LeewayModel

/// h − strength · (h · v) v; at strength 1 nothing is left along v.
/// Arditi et al. 2024, arXiv:2406.11717.
public struct ProjectOut: SteeringOperator {
  public static let id = "project-out"
  public static let doseUnit = DoseUnit.fraction
  public static let seesSign = false

  public init(parameters: [String: Double] = [:]) throws(SteeringError) {
    try SteeringOperators.check(parameters, of: Self.self)
  }

  public func edit(direction: [Float], strength: Double, residualMedian: Double) -> any SiteEdit {
    Move(direction: direction, strength: Float(strength))
  }

  private struct Move: DifferentiableEdit {
    let direction: [Float]
    let strength: Float
    func apply(to activation: UnsafeMutableBufferPointer<Float>) {
      guard strength != 0 else { return }
      let along = strength * projection(activation, direction)
      for index in activation.indices { activation[index] -= along * direction[index] }
    }
    func pullBack(_ gradient: UnsafeMutableBufferPointer<Float>) {
      removeShare(strength, along: direction, from: gradient)
    }
  }
}
