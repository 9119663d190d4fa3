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
  /// The base grows with a text that is longer than the model's context. Leeway reads no such text,
  /// so nothing is scaled.
  case dynamic(factor: Float)
  /// Waves that turn less than `slow` times in the original context are stretched whole, those that
  /// turn more than `fast` times not at all, with a ramp between; what is turned also grows by
  /// `attention`. Peng et al. 2023, arXiv:2309.00071.
  case yarn(
    factor: Float, fast: Double, slow: Double, original: Double, attention: Float, whole: Bool)
  /// Each frequency is divided by its own number: one of `short` in texts of up to `original`
  /// positions, one of `long` in longer ones; what is turned also grows by `attention`. Ding et al.
  /// 2024, arXiv:2402.13753.
  case longRope(short: [Float], long: [Float], attention: Float, original: Int)

  /// The longest text that `frequencies` serve, where longer ones turn by `longFrequencies`.
  public var original: Int? {
    if case .longRope(_, _, _, let original) = self { original } else { nil }
  }

  /// Factor on cosines and sines.
  var attention: Float {
    switch self {
    case .yarn(_, _, _, _, let attention, _), .longRope(_, _, let attention, _):
      attention
    default: 1
    }
  }

  /// Wavelengths of the pairs of `width` numbers, over a full turn.
  private static func plain(base: Double, width: Int) -> [Float] {
    (0..<width / 2).map { Float(pow(base, Double(Float(2 * $0) / Float(width)))) }
  }

  /// Radians per position of each pair in texts that are longer than `original`.
  func longFrequencies(base: Double, width: Int) -> [Float]? {
    guard case .longRope(_, let long, _, _) = self else { return nil }
    return zip(long, Self.plain(base: base, width: width)).map { 1 / ($0 * $1) }
  }

  /// Radians per position of each pair of `width` numbers.
  func frequencies(base: Double, width: Int) -> [Float] {
    let plain = Self.plain(base: base, width: width)
    switch self {
    case .none, .dynamic: return plain.map { 1 / $0 }
    case .linear(let factor): return plain.map { 1 / $0 / factor }
    case .llama3(let factor, let low, let high, let original):
      return plain.map {
        let frequency = 1 / $0
        let wave = 2 * Float.pi / frequency
        if wave > original / low { return frequency / factor }
        if wave < original / high { return frequency }
        let smooth = (original / wave - low) / (high - low)
        return (1 - smooth) * (frequency / factor) + smooth * frequency
      }
    case .yarn(let factor, let fast, let slow, let original, _, let whole):
      // The pair that turns so often in the original context.
      func pair(_ turns: Double) -> Double {
        Double(width) * log(original / (turns * 2 * .pi)) / (2 * log(base))
      }
      let low = max(whole ? pair(fast).rounded(.down) : pair(fast), 0)
      var high = min(whole ? pair(slow).rounded(.up) : pair(slow), Double(width - 1))
      if low == high { high += 0.001 }
      return plain.enumerated().map { index, power in
        let ramp = (Float(index) - Float(low)) / Float(high - low)
        let kept = 1 - min(max(ramp, 0), 1)
        return 1 / (factor * power) * (1 - kept) + 1 / power * kept
      }
    case .longRope(let short, _, _, _): return zip(short, plain).map { 1 / ($0 * $1) }
    }
  }
}
