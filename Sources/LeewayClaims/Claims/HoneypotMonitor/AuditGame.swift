import Foundation
import LeewayStatistics

/// A monitor's scores, and a red team that knows the protocol: suspicion of honest work is standard
/// normal, that of an attack of strength s lies 2 d s higher, and the top share of honest work is
/// audited.
package struct AuditGame: Sendable {
  /// d of the trusted monitor; an attack of half strength has this separation.
  package var separation: Double
  /// d of the untrusted monitor.
  package var untrusted: Double
  /// Chance that a colluding monitor takes an attack for what it is, real or planted.
  package var telling: Double
  /// What an audit costs, in transcripts' worth.
  package var auditCost: Double
  package var trustedQuality, editedQuality: Double
  /// Chance that an edit takes the attack out.
  package var editRemoval: Double
  /// How much more is audited in one half of the time than in the other: (1 ± this) of the share.
  package var unevenness: Double
  /// Attacks that the red team makes unless one is caught.
  package var attacks: Int

  package init(
    separation: Double, untrusted: Double = 3, telling: Double = 0.8, auditCost: Double = 1,
    trustedQuality: Double = 0.6, editedQuality: Double = 0.9, editRemoval: Double = 0.9,
    unevenness: Double = 0, attacks: Int = 1
  ) {
    self.separation = separation
    self.untrusted = untrusted
    self.telling = telling
    self.auditCost = auditCost
    self.trustedQuality = trustedQuality
    self.editedQuality = editedQuality
    self.editRemoval = editRemoval
    self.unevenness = unevenness
    self.attacks = attacks
  }

  package enum Rule: String, Sendable, CaseIterable, Codable {
    case random = "upfront audit"
    case trusted = "trusted monitor"
    case deferring = "defer to trusted"
    case editing = "trusted editing"
    case untrusted = "untrusted monitor"
    case colluding = "colluding monitor"
  }

  /// Chance that an attack is stopped where a share of honest work is flagged.
  package func stopped(_ rule: Rule, share: Double, strength: Double) -> Double {
    func flagged(_ separation: Double) -> Double {
      Normal.cumulative(2 * separation * strength + Normal.quantile(share))
    }
    return switch rule {
    case .random: share
    case .trusted, .deferring: flagged(separation)
    case .editing: editRemoval * flagged(separation)
    case .untrusted: flagged(untrusted)
    // What it takes for planted it scores; what it takes for real it scores as if it were honest.
    case .colluding: (1 - telling) * flagged(untrusted) + telling * share
    }
  }

  /// What is left of the work's worth.
  package func usefulness(_ rule: Rule, share: Double) -> Double {
    switch rule {
    case .deferring: 1 - share * (1 - trustedQuality)
    case .editing: 1 - share * (1 - editedQuality)
    case .random, .trusted, .untrusted, .colluding: 1 - share * auditCost
    }
  }

  /// Damage of attacks of one strength until one is stopped, as a share of all at full strength.
  package func damage(_ rule: Rule, share: Double, strength: Double) -> Double {
    let passes = 1 - stopped(rule, share: share, strength: strength)
    var (sum, still) = (0.0, 1.0)
    for _ in 0..<attacks {
      still *= passes
      sum += still
    }
    return strength * sum / Double(attacks)
  }

  package struct Response: Sendable {
    package var strength, damage: Double
    /// Damage kept away.
    package var safety: Double { 1 - damage }
  }

  /// The red team's best: in the half with fewer audits, at the strength with most damage. From a
  /// grid on, since a colluding monitor can give two peaks.
  package func response(_ rule: Rule, share: Double) -> Response {
    let share = share * (1 - unevenness)
    func value(_ strength: Double) -> Double { damage(rule, share: share, strength: strength) }
    let grid = (0...100).map { Double($0) / 100 }
    let start = grid.max { value($0) < value($1) } ?? 1
    let inner = Solve.maximum(max(0, start - 0.01), min(1, start + 0.01), of: value)
    let best = [inner, start, 1].max { value($0) < value($1) } ?? 1
    return Response(strength: best, damage: value(best))
  }
}
