/// Comma-separated text (RFC 4180; lines end in a newline alone, and no field holds one when read).
package enum CSVText {
  /// What a line is told of which `fields` makes nothing.
  package static let unclosed =
    "a double quote opens a field and does not close it; write \"\" for one within"

  /// Rows of fields, a line each.
  package static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  /// The fields of a line as spreadsheets write them: one in double quotes may hold commas, and two
  /// quotes for one. Nil where quotes do not enclose a whole field.
  package static func fields(_ line: Substring) -> [String]? {
    var fields: [String] = []
    var rest = line
    while true {
      rest = rest.drop { $0.isWhitespace }
      var field: Substring
      if rest.first == "\"" {
        field = ""
        repeat {
          rest.removeFirst()
          guard let end = rest.firstIndex(of: "\"") else { return nil }
          field += rest[..<end]
          rest = rest[end...].dropFirst()
          if rest.first == "\"" { field += "\"" }
        } while rest.first == "\""
        rest = rest.drop { $0.isWhitespace }
        guard rest.isEmpty || rest.first == "," else { return nil }
      } else {
        let end = rest.firstIndex(of: ",") ?? rest.endIndex
        (field, rest) = (rest[..<end], rest[end...])
      }
      while field.last?.isWhitespace == true { field.removeLast() }
      fields.append(String(field))
      guard rest.first == "," else { return fields }
      rest.removeFirst()
    }
  }
}
