import LeewayClaims

/// The whole ledger as one HTML page: each sentence, its verdict and its key number.
public enum ClaimIndexPage {
  /// Entries with a record link to `CLAIM.html` beside the page, and to the pages of their sweeps.
  public static func html(_ entries: [ClaimEntry]) -> String {
    PageFrame.html(
      title: "The ledger of claims",
      body: """
        <header>
        <p class="eyebrow">leeway claims</p>
        <h1>The ledger of claims</h1>
        <p class="answer">\(Markup.text(sentence(entries)))</p>
        <p class="lead">Each claim is a sentence of the essay that Leeway grew out of, made testable. \
        Verdicts may go either way; a target is a number that a right implementation must give.</p>
        </header>
        \(Markup.section("claims", "The claims", html: table(entries)))
        """, footer: ClaimPage.footer, css: ClaimStyle.colors + ClaimStyle.page)
  }

  private static func sentence(_ entries: [ClaimEntry]) -> String {
    let records = entries.compactMap(\.record)
    let parts = Findings.Verdict.Outcome.allCases.compactMap { outcome -> String? in
      let count = records.count { $0.findings.verdict.outcome == outcome }
      return count > 0 ? "\(count) \(ClaimWords.outcome(outcome))" : nil
    }
    let failed = records.flatMap(\.failed).count
    let targets = records.flatMap(\.checks).count
    let claims = entries.count == 1 ? "1 claim" : "\(entries.count) claims"
    return "\(claims), \(records.count) measured"
      + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")) + "."
      + (targets == 0 ? "" : " \(targets - failed) of \(targets) targets hold.")
  }

  private static func table(_ entries: [ClaimEntry]) -> String {
    Markup.table(
      "ledger", head: ["the sentence, and what was asked", "verdict", "key number", "targets"],
      rows: entries.map { (style: "", cells: cells($0)) }, words: [1, 2, 3])
  }

  private static func cells(_ entry: ClaimEntry) -> [String] {
    let claim = entry.claim
    let quote = "<q>\(Markup.text(claim.sentence))</q>"
    guard let record = entry.record else {
      let why = ClaimWords.status(entry.status)
      return [
        quote + Markup.text(claim.title) + sweeps(entry),
        "<span class=\"outcome o-none\">\(why)</span><small>"
          + "\(Markup.text(ClaimWords.cost(claim.cost)))</small>",
        Markup.missing(why), Markup.missing(why),
      ]
    }
    let verdict = record.findings.verdict
    return [
      quote + "<a href=\"\(Escaping.html(claim.id)).html\">\(Markup.text(claim.title))</a>"
        + sweeps(entry),
      "<span class=\"outcome o-\(verdict.outcome.rawValue)\">"
        + "\(ClaimWords.outcome(verdict.outcome))</span>"
        + "<small>\(Markup.text(verdict.because))</small>",
      key(record), targets(entry, record),
    ]
  }

  private static func sweeps(_ entry: ClaimEntry) -> String {
    let links = entry.sweeps.map { parameters in
      let page = SweepPage.name(entry.claim.id, over: parameters) + ".html"
      return "<a href=\"\(Escaping.html(page))\">"
        + "\(Markup.text(parameters.joined(separator: " and ")))</a>"
    }
    return links.isEmpty ? "" : "<small>swept over \(links.joined(separator: ", "))</small>"
  }

  private static func key(_ record: ClaimRecord) -> String {
    guard let (value, check) = record.key else { return Markup.missing("no number was measured") }
    let interval = ClaimWords.interval(value.low, value.high).map {
      "<small>\(Markup.number($0))</small>"
    }
    return Markup.number(
      ClaimWords.value(value, beside: check?.target), orMissing: "could not be measured")
      + (interval ?? "") + "<small>\(Markup.text(value.label))</small>"
  }

  private static func targets(_ entry: ClaimEntry, _ record: ClaimRecord) -> String {
    switch entry.status {
    case .otherParameters: return Markup.missing("measured away from the default parameters")
    case .targetsFailed(let failed, let all):
      return "<span class=\"failed\">\(failed) of \(all) failed</span>"
    case .done, .notRun, .unreadable:
      return record.checks.isEmpty
        ? Markup.missing("no value was expected beforehand")
        : "<span class=\"held\">\(record.checks.count) of \(record.checks.count) hold</span>"
    }
  }
}
