import LeewayBase

/// How a training went, step by step.
public struct TrainingCurve: Sendable, Hashable {
  public struct Evaluation: Sendable, Hashable {
    /// Steps done before it.
    public var step: Int
    /// Nats per prediction.
    public var loss: Float

    public init(step: Int, loss: Float) {
      self.step = step
      self.loss = loss
    }
  }
  /// Nats per prediction of each step's batch, before the step.
  public var losses: [Float] = []
  /// The gradient's length before clipping.
  public var norms: [Float] = []
  public var evaluations: [Evaluation] = []

  public init() {}

  /// Mean of the last losses, for people.
  public func recent(_ count: Int = 20) -> Double {
    let last = losses.suffix(count)
    return last.isEmpty ? .nan : last.reduce(0.0) { $0 + Double($1) } / Double(last.count)
  }
}
