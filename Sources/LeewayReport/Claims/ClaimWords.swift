import Foundation
import LeewayClaims

/// Claims as people read them: one spelling for the pages and for the terminal.
package enum ClaimWords {
  package static func outcome(_ outcome: Findings.Verdict.Outcome) -> String {
    switch outcome {
    case .supported: "supported"
    case .refuted: "refuted"
    case .undecided: "undecided"
    }
  }

  /// A measured number; enough digits to tell it from its target.
  package static func number(_ value: Double, beside target: Claim.Target? = nil) -> String {
    if abs(value) < 1e9, abs(value) >= 1e4, value == value.rounded() {
      return NumberText.grouped(Int(value))
    }
    return NumberText.significant(value, digits(target))
  }

  private static func digits(_ target: Claim.Target?) -> Int {
    guard let target, case .absolute(let gap) = target.tolerance, gap > 0, target.expected != 0,
      gap.isFinite, target.expected.isFinite
    else { return 3 }
    return min(6, max(3, Int(log10(abs(target.expected) / gap).rounded(.down)) + 2))
  }

  /// Nil where nothing was measured.
  package static func value(_ value: Findings.Measured, beside target: Claim.Target? = nil)
    -> String?
  {
    value.value.map { number($0, beside: target) + (value.unit.isEmpty ? "" : " " + value.unit) }
  }

  /// `0.27 to 0.36`; nil without an interval. A lone bound is of a half-line.
  package static func interval(_ low: Double?, _ high: Double?) -> String? {
    func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    return switch (finite(low), finite(high)) {
    case (nil, nil): nil
    case (let low?, nil): number(low) + " to ∞"
    case (nil, let high?): "-∞ to " + number(high)
    case (let low?, let high?): number(low) + " to " + number(high)
    }
  }

  /// `0.5 ± 0.02`, `exactly 0`, `8 within a factor of 1.5`.
  package static func target(_ target: Claim.Target) -> String {
    switch target.tolerance {
    case .absolute(0): "exactly " + number(target.expected)
    case .absolute(let gap):
      number(target.expected, beside: target) + " ± " + NumberText.significant(gap)
    case .factor(let most):
      number(target.expected) + " within a factor of " + NumberText.significant(most)
    }
  }

  package static func source(_ source: Claim.Source) -> String {
    switch source {
    case .analytic: "follows from the equations"
    case .measured: "an independent simulation"
    }
  }

  /// `the share is 0.7; expected 0.5 ± 0.02`.
  package static func failure(_ check: ClaimRecord.Check) -> String {
    let found = check.found.map { "is " + number($0, beside: check.target) } ?? "was not measured"
    return "\(check.label) \(found); expected \(target(check.target))"
  }

  package static func cost(_ cost: Claim.Cost) -> String {
    "about " + duration(cost.seconds)
  }

  package static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "1 s"
    case ..<100: "\(Int(seconds.rounded())) s"
    case ..<7200: "\(Int((seconds / 60).rounded())) min"
    default: NumberText.significant(seconds / 3600, 2) + " h"
    }
  }

  package static func status(_ status: ClaimEntry.Status) -> String {
    switch status {
    case .notRun: "not run"
    case .unreadable: "run it again"
    case .done: "done"
    case .otherParameters: "other parameters"
    case .targetsFailed(let failed, let all): "\(failed) of \(all) targets failed"
    }
  }

  /// What measures this record again.
  package static func command(_ record: ClaimRecord) -> String {
    let set = record.parameters.filter { !$0.isStandard }.map { " --set \($0.name)=\($0.value)" }
    return "leeway claims run \(record.claim)" + set.joined()
  }

  package static func cell(_ cell: Findings.Cell) -> String? {
    switch cell {
    case .text(let text): text
    case .number(let value, let places):
      value.isFinite ? NumberText.fixed(value, min(12, max(0, places))) : nil
    case .missing: nil
    }
  }
}
