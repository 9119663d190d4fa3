import Foundation

/// Which doses to add: a pure function of the finished grid.
public struct Refinement: Sendable, Hashable, Codable {
  /// Rounds of halving.
  public var rounds: Int
  /// Doses added in all, at most.
  public var cap: Int

  public init(rounds: Int = 2, cap: Int = 12) {
    self.rounds = rounds
    self.cap = cap
  }

  /// Midpoints (in log2 dose) of every pair of neighbours between which the effect crosses its
  /// criterion or a capability its floor, raw or fitted; ascending, the cap counted from below.
  public func next(_ arm: ArmTrials, criterion: Double, added: Int) -> [Double] {
    let curves = Curves(arm)
    guard curves.x.count > 1, added < cap else { return [] }
    var pairs: Set<Int> = []
    func bracket(_ values: [Double], _ level: Double) {
      for index in 1..<values.count
      where (values[index - 1] >= level) != (values[index] >= level) { pairs.insert(index) }
    }
    bracket(curves.effect, criterion)
    bracket(curves.effectFit, criterion)
    for (index, floor) in curves.floors.enumerated() {
      bracket(curves.kept[index], floor)
      bracket(curves.keptFit[index], floor)
    }
    let doses = pairs.sorted().map { exp2((curves.x[$0 - 1] + curves.x[$0]) / 2) }
    return Array(doses.prefix(cap - added))
  }
}

/// A dose grid in log2.
public enum DoseGrid {
  /// `perOctave` doses an octave from `low` on, in equal steps of log2 dose, up to the one that is
  /// nearest to `high`. `low` alone where there is no step; empty where an end is no dose.
  public static func doses(from low: Double, to high: Double, perOctave: Int) -> [Double] {
    guard low > 0, low.isFinite, high.isFinite, perOctave > 0 else { return [] }
    guard high > low else { return [low] }
    let (first, last) = (log2(low), log2(high))
    let steps = Int(((last - first) * Double(perOctave)).rounded())
    return (0...steps).map { exp2(first + Double($0) / Double(perOctave)) }
  }
}
