import Foundation

/// How the learning rate goes over a training: up from 0 over the warm-up, then down to a share of
/// its peak.
public struct Schedule: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case constant, linear, cosine
  }
  public var kind: Kind
  /// Steps on the way up.
  public var warmUp: Int
  /// The share of the peak that is left at the last step.
  public var final: Double

  public init(kind: Kind = .cosine, warmUp: Int = 0, final: Double = 0.1) {
    self.kind = kind
    self.warmUp = warmUp
    self.final = final
  }

  /// The share of the peak rate in a step, counted from 0, of a training of `steps`.
  public func share(step: Int, of steps: Int) -> Double {
    if step < warmUp { return Double(step + 1) / Double(warmUp) }
    let left = max(1, steps - warmUp - 1)
    let way = min(1, Double(step - warmUp) / Double(left))
    switch kind {
    case .constant: return 1
    case .linear: return 1 - (1 - final) * way
    case .cosine: return final + (1 - final) * 0.5 * (1 + cos(.pi * way))
    }
  }
}
