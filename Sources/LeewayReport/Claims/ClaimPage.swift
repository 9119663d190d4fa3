import LeewayClaims

/// A measured claim as one HTML file that needs nothing outside itself, for someone who has read
/// only the sentence.
public enum ClaimPage {
  static let footer =
    "Measured by Leeway on models and simulations of its own. They are toys: what holds for them is "
    + "said of no other system."

  public static func html(_ record: ClaimRecord) -> String {
    PageFrame.html(
      title: record.title,
      body: ClaimHead.html(record) + pictures(record) + ClaimValues.html(record) + tables(record)
        + notes(record) + beside(record) + method(record) + parameters(record) + end(record),
      footer: footer, css: ClaimStyle.chart + ClaimStyle.page)
  }

  private static func pictures(_ record: ClaimRecord) -> String {
    let pictures = record.findings.pictures
    guard !pictures.isEmpty else { return "" }
    return Markup.section(
      "pictures", pictures.count == 1 ? "The picture" : "Pictures",
      html: pictures.map(ClaimPicture.figure).joined())
  }

  private static func tables(_ record: ClaimRecord) -> String {
    let tables = record.findings.tables
    guard !tables.isEmpty else { return "" }
    return Markup.section("tables", "Tables", html: tables.map(table).joined())
  }

  private static func table(_ table: Findings.Table) -> String {
    // A column of words stands at the left, numbers at the right.
    let words = Set(
      table.columns.indices.filter { column in
        let cells = table.rows.compactMap { $0.indices.contains(column) ? $0[column] : nil }
        return !cells.contains { if case .number = $0 { true } else { false } }
      })
    func cell(_ cell: Findings.Cell) -> String {
      switch cell {
      case .text(let text): Markup.text(text)
      case .number, .missing: Markup.number(ClaimWords.cell(cell), orMissing: "not measured")
      }
    }
    var html = "<h3>\(Markup.text(table.title))</h3>\n"
    if !table.caption.isEmpty { html += "<p class=\"lead\">\(Markup.text(table.caption))</p>\n" }
    return html
      + Markup.table(
        "found", head: table.columns.map(Markup.text),
        rows: table.rows.map { (style: "", cells: $0.map(cell)) }, words: words)
  }

  private static func notes(_ record: ClaimRecord) -> String {
    guard !record.findings.notes.isEmpty else { return "" }
    let items = record.findings.notes.map { "<li>\(Markup.text($0))</li>\n" }.joined()
    return Markup.section(
      "notes", "What to know beside", html: "<ul class=\"notes\">\n\(items)</ul>\n")
  }

  private static func beside(_ record: ClaimRecord) -> String {
    guard !record.beside.isEmpty else { return "" }
    let rows = record.beside.map { other in
      (
        style: "",
        cells: [
          Markup.text(other.what), Markup.text(other.value), Markup.text(other.system),
          source(other.source),
        ]
      )
    }
    return Markup.section(
      "beside", "What others published: other systems, not targets",
      lead: "Read these beside the numbers above. None of them was expected of what was measured "
        + "here, and none decided the verdict.",
      html: Markup.table("others", head: ["what", "value", "system", "source"], rows: rows))
  }

  /// A link that is followed only by whoever clicks it: the page loads nothing.
  private static func source(_ address: String) -> String {
    guard !address.isEmpty else { return Markup.missing("recalled, without an address") }
    let known = ["https://", "http://"].first { address.hasPrefix($0) }
    guard let known else { return Markup.text(address) }
    let host = address.dropFirst(known.count).prefix { $0 != "/" }
    return "<a href=\"\(Escaping.html(address))\" rel=\"noreferrer\">"
      + "\(Markup.text(String(host)))</a>"
  }

  private static func method(_ record: ClaimRecord) -> String {
    Markup.section(
      "method", "How it was measured",
      html: "<h3>If the sentence is so</h3>\n"
        + "<p class=\"text\">\(Markup.text(record.hypothesis))</p>\n"
        + "<h3>The experiment</h3>\n<p class=\"text\">\(Markup.text(record.experiment))</p>\n"
        + chosen(record))
  }

  /// The experiment's text tells of the defaults.
  private static func chosen(_ record: ClaimRecord) -> String {
    guard !record.hasTargets else { return "" }
    let settings = record.parameters.filter { !$0.isStandard }.map { "\($0.name) = \($0.value)" }
    return "<p class=\"lead\">A number in this text is the default parameter's. Here "
      + "\(Markup.text(settings.joined(separator: ", "))).</p>\n"
  }

  private static func parameters(_ record: ClaimRecord) -> String {
    guard !record.parameters.isEmpty else { return "" }
    let rows = record.parameters.map { parameter in
      (
        style: parameter.isStandard ? "" : "chosen",
        cells: [
          "<code>\(Markup.text(parameter.name))</code>", Markup.text("\(parameter.value)"),
          parameter.isStandard ? "default" : "set", Markup.text(parameter.meaning),
        ]
      )
    }
    return Markup.section(
      "parameters", "Parameters",
      html: Markup.table(
        "parameters", head: ["name", "value", "", "what it is"], rows: rows, words: [1, 2, 3]))
  }

  private static func end(_ record: ClaimRecord) -> String {
    Markup.section(
      "command", "Measure it again",
      html: "<pre>\(Markup.text(ClaimWords.command(record)))</pre>\n"
        + (record.engine.isEmpty
          ? "" : "<p class=\"lead\">Measured by \(Markup.text(record.engine)).</p>\n"))
  }
}
