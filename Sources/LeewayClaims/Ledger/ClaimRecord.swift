import LeewayBase

/// A claim's findings beside what was expected, as they are kept and shown.
public struct ClaimRecord: Sendable, Codable, Equatable {
  public var claim: String
  public var title: String
  public var sentence: String
  public var hypothesis: String
  public var experiment: String
  public var parameters: [Setting]
  public var findings: Findings
  /// What held of the targets; empty away from the default parameters.
  public var checks: [Check]
  public var beside: [Claim.Beside]
  public var engine: String

  public struct Setting: Sendable, Codable, Equatable {
    public var name: String
    public var meaning: String
    public var value: Claim.Value
    public var isStandard: Bool
  }

  public struct Check: Sendable, Codable, Equatable {
    public var target: Claim.Target
    public var label: String
    public var found: Double?
    public var holds: Bool
  }

  public var isStandard: Bool { parameters.allSatisfy(\.isStandard) }

  /// Nothing but chance differs from the defaults.
  public var hasTargets: Bool {
    parameters.allSatisfy { $0.isStandard || $0.name == Claim.Parameter.seed }
  }

  /// The first measured value, beside its target if it has one.
  public var key: (value: Findings.Measured, check: Check?)? {
    findings.values.first.map { value in (value, checks.first { $0.target.id == value.id }) }
  }
}

extension Claim {
  /// Measures with the given parameters; the rest stand at their defaults.
  ///
  /// - Parameters:
  ///   - settings: `NAME=VALUE`.
  ///   - engine: the version that is recorded.
  public func run(_ settings: [String] = [], engine: String = "", tools: ClaimTools) throws
    -> ClaimRecord
  {
    let values = try values(settings)
    let findings = try measure(ClaimRun(claim: id, values: values, tools: tools))
    let shown = parameters.map { parameter in
      let value = values[parameter.name] ?? parameter.standard
      return ClaimRecord.Setting(
        name: parameter.name, meaning: parameter.meaning, value: value,
        isStandard: value == parameter.standard)
    }
    var record = ClaimRecord(
      claim: id, title: title, sentence: sentence, hypothesis: hypothesis, experiment: experiment,
      parameters: shown, findings: findings, checks: [], beside: beside, engine: engine)
    // A target is a number at the default parameters, whatever is drawn.
    if record.hasTargets { record.checks = checks(findings) }
    return record
  }

  private func checks(_ findings: Findings) -> [ClaimRecord.Check] {
    targets.map { target in
      let measured = findings.values.first { $0.id == target.id }
      return ClaimRecord.Check(
        target: target, label: measured?.label ?? target.id, found: measured?.value,
        holds: measured?.value.map(target.holds) ?? false)
    }
  }

  /// - Throws: `unknownParameter`, `badValue` or `badSetting`.
  package func values(_ settings: [String]) throws(ClaimError) -> [String: Value] {
    var values: [String: Value] = [:]
    for parameter in parameters { values[parameter.name] = parameter.standard }
    for setting in settings {
      guard let equals = setting.firstIndex(of: "=") else { throw .badSetting(setting) }
      let name = String(setting[..<equals])
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        throw .unknownParameter(claim: id, name: name, known: parameters.map(\.name))
      }
      values[name] = try parameter.value(
        String(setting[setting.index(after: equals)...]), claim: id)
    }
    return values
  }
}
