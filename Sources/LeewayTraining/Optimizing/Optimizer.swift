import LeewayModel
import LeewayTensor

/// How weights follow their gradients.
public enum OptimizerKind: Sendable, Hashable {
  /// Decoupled weight decay. Loshchilov and Hutter 2019, arXiv:1711.05101.
  case adamW(beta1: Double, beta2: Double, epsilon: Double)
  /// Gradient descent; decay is added to the gradient.
  case sgd(momentum: Double)

  public static let standard = OptimizerKind.adamW(beta1: 0.9, beta2: 0.95, epsilon: 1e-8)

  var name: String {
    switch self {
    case .adamW: "adamw"
    case .sgd: "sgd"
    }
  }
}

/// An optimiser with its memory of past gradients.
package final class Optimizer {
  package let kind: OptimizerKind
  /// Of matrices; norms, biases and embeddings do not decay.
  package let decay: Double
  /// The mean of gradients, or the speed.
  package let first: FloatMemory
  /// The mean of their squares.
  package let second: FloatMemory?
  package var step = 0

  package init(_ kind: OptimizerKind, decay: Double, count: Int) {
    self.kind = kind
    self.decay = decay
    first = FloatMemory(count: count)
    if case .adamW = kind { second = FloatMemory(count: count) } else { second = nil }
  }

  /// Bytes for each weight.
  package static func bytesPerWeight(_ kind: OptimizerKind) -> Int {
    if case .adamW = kind { return 8 }
    return 4
  }

  /// One step on all weights.
  ///
  /// - Parameter factor: on every gradient; what clipping left of it.
  package func advance(_ model: Trainee, rate: Double, factor: Double) {
    step += 1
    for tensor in model.table.tensors {
      let decay = tensor.role == .matrix ? decay : 0
      func part(_ memory: FloatMemory) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: memory.floats[tensor.range])
      }
      switch kind {
      case .adamW(let beta1, let beta2, let epsilon):
        guard let second else { continue }
        model.kernels.adamW(
          part(model.weights), gradient: part(model.gradients), first: part(first),
          second: part(second),
          .init(
            rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay, step: step,
            factor: factor))
      case .sgd(let momentum):
        model.kernels.descend(
          part(model.weights), gradient: part(model.gradients), speed: part(first), rate: rate,
          momentum: momentum, decay: decay, factor: factor)
      }
    }
  }
}

extension Trainee {
  /// The length of the whole gradient.
  package func gradientNorm() -> Double {
    kernels.squares(gradients.floats).squareRoot()
  }
}
