/// Pieces of HTML that every section uses. Arguments called `text` are escaped here; arguments
/// called `html` are markup already.
package enum Markup {
  package static func section(_ id: String, _ title: String, lead: String = "", html: String)
    -> String
  {
    let lead = lead.isEmpty ? "" : "<p class=\"lead\">\(Escaping.html(lead))</p>\n"
    return """
      <section id="\(id)">
      <h2>\(Escaping.html(title))</h2>
      \(lead)\(html)</section>

      """
  }

  /// A drawing that scrolls sideways where the screen is narrower than its text can bear.
  package static func figure(_ svg: String, caption html: String) -> String {
    """
    <figure><div class="scroll">
    \(svg)</div>
    <figcaption>\(html)</figcaption></figure>

    """
  }

  package static func text(_ text: String) -> String { Escaping.html(text) }

  /// A number for people: escaped, with a true minus sign.
  package static func number(_ text: String) -> String {
    Escaping.html(NumberText.typeset(text))
  }

  /// The dash of a missing number, with the reason in its tooltip and for screen readers.
  package static func missing(_ reason: String) -> String {
    let reason = Escaping.html(reason)
    return "<span class=\"missing\" title=\"\(reason)\" aria-label=\"missing: \(reason)\">"
      + NumberText.missing + "</span>"
  }

  /// The number, or the dash with its reason.
  package static func number(_ value: String?, orMissing reason: String) -> String {
    guard let value, value != NumberText.missing else { return missing(reason) }
    return number(value)
  }

  /// Cells are markup. The first cell of a row is its heading.
  ///
  /// - Parameter words: columns that are marked as words; numbers stand at the right.
  package static func table(
    _ style: String, groups: String = "", head: [String],
    rows: [(style: String, cells: [String])], words: Set<Int> = []
  ) -> String {
    func word(_ column: Int) -> String { words.contains(column) ? " class=\"word\"" : "" }
    var html = "<div class=\"scroll\"><table class=\"\(style)\">\n<thead>\(groups)<tr>"
    for (place, cell) in head.enumerated() {
      html += "<th scope=\"col\"\(word(place))>\(cell)</th>"
    }
    html += "</tr></thead>\n<tbody>\n"
    for row in rows {
      html += row.style.isEmpty ? "<tr>" : "<tr class=\"\(row.style)\">"
      for (place, cell) in row.cells.enumerated() {
        html += place == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td\(word(place))>\(cell)</td>"
      }
      html += "</tr>\n"
    }
    return html + "</tbody></table></div>\n"
  }
}
