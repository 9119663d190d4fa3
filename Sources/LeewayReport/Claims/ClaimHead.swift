import LeewayClaims

/// The quoted sentence, the question, the verdict, and the numbers that a reader looks for first.
enum ClaimHead {
  static func html(_ record: ClaimRecord) -> String {
    let verdict = record.findings.verdict
    let word = ClaimWords.outcome(verdict.outcome)
    var html = """
      <header>
      <blockquote class="claimed">\(Markup.text(record.sentence))\
      <cite>the claim, in the words of the seed</cite></blockquote>
      <p class="eyebrow">\(Markup.text(record.claim))</p>
      <h1>\(Markup.text(record.title))</h1>
      <p class="answer"><span class="outcome o-\(verdict.outcome.rawValue)">\
      \(word.prefix(1).uppercased() + word.dropFirst()).</span> \(Markup.text(verdict.because))</p>
      \(tiles(record))
      """
    for check in record.failed {
      html += "<p class=\"warning\">Target failed: \(Markup.text(ClaimWords.failure(check))).</p>\n"
    }
    if !record.hasTargets {
      html +=
        "<p class=\"lead\">Measured away from the default parameters: no target applies.</p>\n"
    }
    return html + "</header>\n"
  }

  private static func tiles(_ record: ClaimRecord) -> String {
    let first = record.findings.values.prefix(4)
    guard !first.isEmpty else { return "" }
    return "<dl class=\"tiles\">\n" + first.map { tile($0, record) }.joined() + "</dl>\n"
  }

  private static func tile(_ value: Findings.Measured, _ record: ClaimRecord) -> String {
    let check = record.check(value)
    let number = value.value.map { ClaimWords.number($0, beside: check?.target) }
    let unit =
      value.unit.isEmpty || number == nil
      ? "" : " <span class=\"unit\">\(Markup.text(value.unit))</span>"
    var under = ClaimWords.interval(value.low, value.high).map { [Markup.number($0)] } ?? []
    if let check {
      under.append(
        "target \(Markup.number(ClaimWords.target(check.target))) \(ClaimValues.mark(check))")
    }
    return """
      <div><dt>\(Markup.text(value.label))</dt>\
      <dd><b>\(Markup.number(number, orMissing: "not measured"))</b>\(unit)\
      <span class="under">\(under.joined(separator: "<br>"))</span></dd></div>

      """
  }
}

/// Everything that was measured, beside what was expected.
enum ClaimValues {
  static func html(_ record: ClaimRecord) -> String {
    guard !record.findings.values.isEmpty || !record.checks.isEmpty else {
      return Markup.section(
        "measured", "What was measured", html: "<p>No number was measured.</p>\n")
    }
    let hasTargets = !record.checks.isEmpty
    let head =
      ["", "value", "unit", "95 % interval"]
      + (hasTargets ? ["target", "", "the target"] : [])
    let rows = record.findings.values.map { (style: "", cells: row($0, record, hasTargets)) }
    let lacking = record.unmeasured.map { check in
      let none = (0..<3).map { _ in Markup.missing("not measured") }
      return (style: "", cells: [Markup.text(check.label)] + none + target(check))
    }
    let lead =
      hasTargets
      ? "A target is what must come out of a right implementation at the default parameters; the "
        + "verdict on the sentence is free of them."
      : "No value was expected beforehand: the verdict may go either way."
    return Markup.section(
      "measured", "What was measured", lead: lead,
      html: Markup.table(
        "measured", head: head, rows: rows + lacking, words: hasTargets ? [2, 5, 6] : [2]))
  }

  private static func row(
    _ value: Findings.Measured, _ record: ClaimRecord, _ hasTargets: Bool
  ) -> [String] {
    let check = record.check(value)
    let cells = [
      Markup.text(value.label),
      Markup.number(
        value.value.map { ClaimWords.number($0, beside: check?.target) }, orMissing: "not measured"),
      Markup.text(value.unit),
      Markup.number(
        ClaimWords.interval(value.low, value.high), orMissing: "no interval was computed"),
    ]
    guard hasTargets else { return cells }
    return cells + (check.map(target) ?? ["", "", ""])
  }

  private static func target(_ check: ClaimRecord.Check) -> [String] {
    [
      Markup.number(ClaimWords.target(check.target)), mark(check),
      Markup.text(ClaimWords.source(check.target.source)),
    ]
  }

  static func mark(_ check: ClaimRecord.Check) -> String {
    check.holds
      ? "<span class=\"held\">✓ holds</span>" : "<span class=\"failed\">✗ failed</span>"
  }
}
