import LeewayBase
extension StudyResult {
  /// Stable bytes: keys sorted, infinities as text.
  public func json() throws -> [UInt8] { try CanonicalCoder.encode(self, pretty: true) + [0x0A] }

  public init(json: [UInt8]) throws { self = try CanonicalCoder.decode(Self.self, from: json) }

  /// One line a dose and arm.
  public func csv() -> String {
    let names = capabilities.indices.flatMap { index in
      let name = capabilities[index].name
      return ["\(name)_\(index)_score", "\(name)_\(index)_kept"]
    }
    let head =
      [
        "arm", "index", "site", "positions", "vector", "dose", "strength", "angle", "shift",
        "shift_p50", "shift_p95", "effect", "effect_low", "effect_high", "original", "neither",
        "sampled", "spillover", "entailment",
      ] + names + ["additions_made", "additions_expected", "refined"]
    var lines = [head]
    for arm in arms {
      for point in arm.points {
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        lines.append(
          [
            arm.kind.rawValue, "\(arm.index)", "\(arm.site)", arm.positions.rawValue,
            arm.vector.hash, text(point.dose), text(point.strength), text(point.angle),
            text(point.shift), text(point.shiftP50), text(point.shiftP95),
            text(point.effect.share), text(point.effect.interval.low),
            text(point.effect.interval.high), text(point.originalShare), text(point.neitherShare),
            text(point.sampled?.target.share), text(point.spillover?.target.share),
            text(point.entailment?.target.share),
          ] + point.capabilities.flatMap { [text($0.score), text($0.relative)] } + [
            "\(point.additionsMade)", "\(point.additionsExpected)", "\(point.refined)",
          ])
      }
    }
    return CSVText.text(lines)
  }
}
