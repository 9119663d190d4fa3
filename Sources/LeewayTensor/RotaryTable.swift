import Foundation

/// How the frequencies of the rotary embedding are stretched for contexts longer than those of the
/// first training.
public enum RotaryScaling: Sendable, Equatable {
  case none
  /// Every frequency is divided. Chen et al. 2023, arXiv:2306.15595.
  case linear(factor: Float)
  /// Waves longer than `original / low` positions are stretched whole, those shorter than
  /// `original / high` not at all, with a ramp between. Llama 3.1, arXiv:2407.21783.
  case llama3(factor: Float, low: Float, high: Float, original: Float)

  /// - Parameter frequency: radians per position.
  func scaled(_ frequency: Float) -> Float {
    switch self {
    case .none: return frequency
    case .linear(let factor): return frequency / factor
    case .llama3(let factor, let low, let high, let original):
      let wave = 2 * Float.pi / frequency
      if wave > original / low { return frequency / factor }
      if wave < original / high { return frequency }
      let smooth = (original / wave - low) / (high - low)
      return (1 - smooth) * (frequency / factor) + smooth * frequency
    }
  }
}

/// Cosines and sines of the rotary position embedding, `[position][rotaryWidth / 2]`.
///
/// As the reference framework does: f32 inverse frequencies, f32 angles, then cosine and sine of
/// those, so long contexts carry the same rounding of the angle.
public struct RotaryTable: Sendable {
  public let headWidth: Int
  /// The first `rotaryWidth` numbers of a head turn, the rest stay.
  public let rotaryWidth: Int
  public let maxPositions: Int
  let cosines: [Float]
  let sines: [Float]

  public init(
    headWidth: Int, rotaryWidth: Int, base: Double, maxPositions: Int,
    scaling: RotaryScaling = .none
  ) {
    precondition(rotaryWidth % 2 == 0 && rotaryWidth <= headWidth, "pairs within a head turn")
    self.headWidth = headWidth
    self.rotaryWidth = rotaryWidth
    self.maxPositions = maxPositions
    let half = rotaryWidth / 2
    let frequencies = (0..<half).map { index -> Float in
      let exponent = Float(2 * index) / Float(rotaryWidth)
      return scaling.scaled(1 / Float(pow(base, Double(exponent))))
    }
    var cosines = [Float](repeating: 0, count: maxPositions * half)
    var sines = cosines
    for position in 0..<maxPositions {
      for index in 0..<half {
        let angle = Double(Float(position) * frequencies[index])
        cosines[position * half + index] = Float(cos(angle))
        sines[position * half + index] = Float(sin(angle))
      }
    }
    self.cosines = cosines
    self.sines = sines
  }

  /// Turns back what this table turned: the same angles with the other sign.
  package var reversed: RotaryTable {
    RotaryTable(self, sines: sines.map { -$0 })
  }

  private init(_ other: RotaryTable, sines: [Float]) {
    headWidth = other.headWidth
    rotaryWidth = other.rotaryWidth
    maxPositions = other.maxPositions
    cosines = other.cosines
    self.sines = sines
  }
}
