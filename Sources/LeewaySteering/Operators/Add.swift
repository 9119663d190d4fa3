import LeewayModel

/// h + strength · v. Turner et al. 2023, arXiv:2308.10248; Rimsky et al. 2024, arXiv:2312.06681.
public struct Add: SteeringOperator {
  public static let id = "add"
  public static let doseUnit = DoseUnit.residualNorm

  public init(parameters: [String: Double] = [:]) throws(SteeringError) {
    try SteeringOperators.check(parameters, of: Self.self)
  }

  public func edit(direction: [Float], strength: Double, residualMedian: Double) -> any SiteEdit {
    Move(delta: direction.map { Float(strength) * $0 }, strength: strength)
  }

  private struct Move: DifferentiableEdit {
    let delta: [Float]
    let strength: Double
    func apply(to activation: UnsafeMutableBufferPointer<Float>) {
      guard strength != 0 else { return }
      for index in activation.indices { activation[index] += delta[index] }
    }
    /// What is added does not depend on what was there.
    func pullBack(_ gradient: UnsafeMutableBufferPointer<Float>) {}
  }
}
