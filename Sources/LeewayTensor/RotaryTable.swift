import Foundation
import Synchronization

/// Cosines and sines of the rotary position embedding, `[position][rotaryWidth / 2]`, made only as far
/// as texts have reached: a context of 131,072 positions costs nothing until it is used.
///
/// As the reference framework does: f32 inverse frequencies, f32 angles, then cosine and sine of
/// those, so long contexts carry the same rounding of the angle.
public final class RotaryTable: Sendable {
  public let headWidth: Int
  /// The first `rotaryWidth` numbers of a head turn, the rest stay.
  public let rotaryWidth: Int
  public let maxPositions: Int
  /// Radians per position of each pair.
  private let frequencies: [Float]
  /// On cosines and sines.
  private let factor: Float
  /// -1 where this table turns back what another turned.
  private let sign: Float
  /// What turns texts of more than `original` positions; nil where this table serves them all.
  private let longer: RotaryTable?
  private let original: Int
  private let angles = Mutex(Angles())

  /// Those of the first `positions` positions.
  private struct Angles: Sendable {
    var positions = 0
    var cosines: [Float] = []
    var sines: [Float] = []
  }

  public convenience init(
    headWidth: Int, rotaryWidth: Int, base: Double, maxPositions: Int,
    scaling: RotaryScaling = .none
  ) {
    precondition(rotaryWidth % 2 == 0 && rotaryWidth <= headWidth, "pairs within a head turn")
    let longer = scaling.longFrequencies(base: base, width: rotaryWidth).map { frequencies in
      RotaryTable(
        headWidth: headWidth, rotaryWidth: rotaryWidth, maxPositions: maxPositions,
        frequencies: frequencies, factor: scaling.attention, sign: 1, longer: nil,
        original: maxPositions)
    }
    self.init(
      headWidth: headWidth, rotaryWidth: rotaryWidth, maxPositions: maxPositions,
      frequencies: scaling.frequencies(base: base, width: rotaryWidth), factor: scaling.attention,
      sign: 1, longer: longer, original: scaling.original ?? maxPositions)
  }

  private init(
    headWidth: Int, rotaryWidth: Int, maxPositions: Int, frequencies: [Float], factor: Float,
    sign: Float, longer: RotaryTable?, original: Int
  ) {
    precondition(frequencies.count == rotaryWidth / 2, "one frequency a pair")
    self.headWidth = headWidth
    self.rotaryWidth = rotaryWidth
    self.maxPositions = maxPositions
    self.frequencies = frequencies
    self.factor = factor
    self.sign = sign
    self.longer = longer
    self.original = original
  }

  /// Turns back what this table turned: the same angles with the other sign.
  package var reversed: RotaryTable {
    RotaryTable(
      headWidth: headWidth, rotaryWidth: rotaryWidth, maxPositions: maxPositions,
      frequencies: frequencies, factor: factor, sign: -sign, longer: longer?.reversed,
      original: original)
  }

  /// The table for a text with these positions: its last one decides for all, as in the reference.
  package func serving(_ positions: [Int32]) -> RotaryTable {
    guard let longer, positions.contains(where: { Int($0) >= original }) else { return self }
    return longer
  }

  /// Positions whose angles are held.
  package var heldPositions: Int { angles.withLock { $0.positions } }

  /// Calls `body` with the cosines and the sines of the positions up to `last`.
  func withAngles(
    through last: Int, _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?) -> Void
  ) {
    // Whoever makes the table longer meanwhile leaves these arrays as they are.
    let held = angles.withLock { angles in
      if last >= angles.positions { extend(&angles, through: last) }
      return angles
    }
    held.cosines.withUnsafeBufferPointer { cosines in
      held.sines.withUnsafeBufferPointer { sines in body(cosines.baseAddress, sines.baseAddress) }
    }
  }

  private func extend(_ angles: inout Angles, through last: Int) {
    // At least twice as far as before: a text that grows by single tokens computes each angle once
    // and moves it rarely.
    let end = min(maxPositions, max(last + 1, 2 * angles.positions, 64))
    angles.cosines.reserveCapacity(end * frequencies.count)
    angles.sines.reserveCapacity(end * frequencies.count)
    for position in angles.positions..<end {
      for frequency in frequencies {
        let angle = Double(Float(position) * frequency)
        angles.cosines.append(Float(cos(angle)) * factor)
        angles.sines.append(Float(sin(angle)) * factor * sign)
      }
    }
    angles.positions = end
  }
}
