import Foundation
import LeewayBase
import LeewayStatistics

/// Four kinds of targets side by side: does the false fact need the largest dose?
struct KindComparison {
  /// All models together, in octaves by kind.
  private let octaves: [TargetKind: [Double]]
  private let never: [TargetKind: Int]

  init(_ models: [[KindFlips]]) {
    var octaves: [TargetKind: [Double]] = [:]
    var never: [TargetKind: Int] = [:]
    for kind in models.flatMap({ $0 }) {
      octaves[kind.kind, default: []] += kind.octaves
      never[kind.kind, default: 0] += kind.never
    }
    self.octaves = octaves
    self.never = never
  }

  private func median(_ kind: TargetKind) -> Double? { Quantiles.at(0.5, octaves[kind] ?? []) }

  /// Median dose of the false fact against another kind's, octaves; targets are resampled.
  private func against(_ kind: TargetKind) -> (gap: Double, interval: Interval)? {
    guard let own = octaves[.falseFact], let other = octaves[kind], !own.isEmpty, !other.isEmpty,
      let gap = zip2(median(.falseFact), median(kind)).map({ $0 - $1 })
    else { return nil }
    var stream = NamedStream("target-kinds", kind.rawValue)
    let drawn = (0..<FalseFactReading.draws).map { _ -> Double in
      let a = own.map { _ in own[stream.below(own.count)] }
      let b = other.map { _ in other[stream.below(other.count)] }
      return (Quantiles.at(0.5, a) ?? 0) - (Quantiles.at(0.5, b) ?? 0)
    }
    return (gap, Quantiles.interval(drawn))
  }

  private func zip2(_ a: Double?, _ b: Double?) -> (Double, Double)? {
    if let a, let b { (a, b) } else { nil }
  }

  private var others: [TargetKind] { TargetKind.allCases.filter { $0 != .falseFact } }

  var values: [Findings.Measured] {
    others.compactMap { kind in
      against(kind).map { found in
        Findings.Measured(
          "false-against-" + kind.rawValue.replacingOccurrences(of: ", ", with: "-"),
          "dose of a false fact against: \(kind.rawValue)", found.gap, low: found.interval.low,
          high: found.interval.high, unit: "octaves")
      }
    }
  }

  var table: Findings.Table {
    Findings.Table(
      "Four kinds of targets, one construction",
      caption: """
        Eight sentences against eight, the same site, all models without MLP-drop. The dose at which \
        half of the questions give the target; where it never comes, the grid's end.
        """,
      columns: ["kind", "targets", "never", "median dose", "middle half"],
      rows: TargetKind.allCases.map { kind in
        let all = octaves[kind] ?? []
        func dose(_ share: Double) -> Double? { Quantiles.at(share, all).map { exp2($0) } }
        let half: Findings.Cell =
          zip2(dose(0.25), dose(0.75)).map {
            .text(String(format: "%.2f to %.2f", $0.0, $0.1))
          } ?? .missing
        return [
          .text(kind.rawValue), .number(Double(all.count), 0),
          .number(Double(never[kind] ?? 0), 0), .number(dose(0.5), 2), half,
        ]
      })
  }

  /// Whether a false fact is the hardest.
  var sentence: String {
    let gaps = others.compactMap { against($0) }
    guard gaps.count == others.count, !gaps.isEmpty else {
      return "The kinds of targets could not all be compared."
    }
    if gaps.allSatisfy({ $0.interval.low > 0 }) {
      return "Of the four kinds of targets the false fact needs the largest dose."
    }
    let harder = zip(others, gaps).filter { $0.1.interval.high < 0 }.map { $0.0.rawValue }
    if !harder.isEmpty {
      return "A false fact is not the hardest target here: harder still is "
        + harder.joined(separator: " and ") + "."
    }
    return "Whether a false fact is the hardest of the four kinds of targets stays undecided."
  }
}
