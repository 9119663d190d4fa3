import Foundation

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
    let frequencies = scaling.frequencies(base: base, width: rotaryWidth)
    precondition(frequencies.count == half, "one frequency a pair")
    let factor = scaling.attention
    var cosines = [Float](repeating: 0, count: maxPositions * half)
    var sines = cosines
    for position in 0..<maxPositions {
      for index in 0..<half {
        let angle = Double(Float(position) * frequencies[index])
        cosines[position * half + index] = Float(cos(angle)) * factor
        sines[position * half + index] = Float(sin(angle)) * factor
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
