import LeewayBase

/// What models cost a million tokens, with a date and a source for each row.
package struct PriceList: Sendable, Equatable {
  package var rows: [Row]

  package struct Row: Sendable, Equatable {
    package var model: String
    /// Year and month, as `2025-08`.
    package var released: String
    package var size: Size
    /// Whether it thinks before it answers unless that is turned off.
    package var thinks: Bool
    /// Dollars a million tokens.
    package var input, output: Double
    /// When the price was read: a year, month or day.
    package var date: String
    package var source: String

    /// Dollars for one transcript.
    package func cost(input tokens: Double, answer: Double, thinking: Double) -> Double {
      (input * tokens + output * (answer + (thinks ? thinking : 0))) / 1e6
    }
  }

  package enum Size: String, Sendable, CaseIterable { case full, small }

  package static let columns = [
    "model", "released", "size", "thinks", "input", "output", "date", "source",
  ]

  /// The prices that come with Leeway.
  package static func standard() throws(ClaimError) -> PriceList {
    try PriceList(
      text: String(decoding: PackageResources.prices_csv, as: UTF8.self), path: "prices.csv")
  }

  /// These rows with those of another list in the place of the same models, and beside the rest.
  package func overridden(by other: PriceList) -> PriceList {
    var merged = rows
    for row in other.rows {
      if let place = merged.firstIndex(where: { $0.model == row.model }) {
        merged[place] = row
      } else {
        merged.append(row)
      }
    }
    var list = self
    list.rows = merged
    return list
  }

  /// Comma-separated, under a line with the columns' names in any order; a field may stand in double
  /// quotes.
  package init(path: String) throws {
    try self.init(text: try TextFile.read(path), path: path)
  }

  package init(text: String, path: String) throws(ClaimError) {
    rows = []
    var header: [String]?
    var models: [String: Int] = [:]
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (place, content) in lines.enumerated() where !content.allSatisfy(\.isWhitespace) {
      guard let fields = CSVText.fields(content) else {
        throw .badFile(
          path: path, line: place + 1,
          problem: CSVText.unclosed)
      }
      guard let names = header else {
        try Self.check(fields, path: path, line: place + 1)
        header = fields
        continue
      }
      let line = Line(path: path, number: place + 1, names: names, fields: fields)
      let row = try line.row()
      if let first = models.updateValue(place + 1, forKey: row.model) {
        throw line.fault(
          "\(row.model.prefix(40)) stands on line \(first) already; leave one of the two out")
      }
      rows.append(row)
    }
    guard !rows.isEmpty else {
      throw .badFile(
        path: path, line: max(1, lines.count),
        problem: "holds no price; write \(Self.columns.joined(separator: ",")) and a line a model")
    }
  }

  /// What a message can hold of a field.
  private static func spelt(_ text: String) -> String {
    "\"" + (text.count > 40 ? text.prefix(40) + "..." : text) + "\""
  }

  private static func check(_ names: [String], path: String, line: Int) throws(ClaimError) {
    func fault(_ problem: String) -> ClaimError {
      .badFile(path: path, line: line, problem: problem)
    }
    for name in names where !columns.contains(name) {
      // What is much longer is no other spelling, and slow to compare.
      let near = name.utf8.count > 40 ? nil : Spelling.nearest(to: name, among: columns)
      throw fault(
        "no column is called \(spelt(name))" + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
    }
    for name in columns where names.count(where: { $0 == name }) != 1 {
      throw fault("needs the column \"\(name)\" once; columns: " + columns.joined(separator: ","))
    }
  }

  private struct Line {
    var path: String
    var number: Int
    var names: [String]
    var fields: [String]

    func fault(_ problem: String) -> ClaimError {
      .badFile(path: path, line: number, problem: problem)
    }

    func row() throws(ClaimError) -> Row {
      guard fields.count == names.count else {
        throw fault(
          "has \(fields.count) fields, the first line \(names.count); a field that holds a comma stands"
            + " in double quotes")
      }
      let size = try field("size")
      guard let size = Size(rawValue: size) else {
        throw fault("size is \(spelt(size)); expected full or small")
      }
      let thinks = try field("thinks")
      guard ["yes", "no"].contains(thinks) else {
        throw fault("thinks is \(spelt(thinks)); expected yes or no")
      }
      let released = try field("released")
      guard released.count == 7, Self.isDate(released) else {
        throw fault("released is \(spelt(released)); expected a year and month, as 2025-08")
      }
      let date = try field("date")
      guard Self.isDate(date) else {
        throw fault(
          "date is \(spelt(date)); expected the day, month or year of the price, as 2026-03-31")
      }
      return Row(
        model: try field("model"), released: released, size: size, thinks: thinks == "yes",
        input: try price("input"), output: try price("output"), date: date,
        source: try field("source"))
    }

    /// Whether there is such a year, month or day.
    private static func isDate(_ text: String) -> Bool {
      guard let parts = text.wholeMatch(of: /([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?/),
        let year = Int(parts.1), let month = Int(parts.2 ?? "1"), let day = Int(parts.3 ?? "1"),
        (1...12).contains(month)
      else { return false }
      let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
      let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      return (1...days[month - 1]).contains(day)
    }

    private func spelt(_ text: String) -> String { PriceList.spelt(text) }

    private func field(_ name: String) throws(ClaimError) -> String {
      guard let place = names.firstIndex(of: name), !fields[place].isEmpty else {
        throw fault("\(name) is empty; write it, for a price without its source is hearsay")
      }
      return fields[place]
    }

    private func price(_ name: String) throws(ClaimError) -> Double {
      let text = try field(name)
      guard let value = DecimalText.number(text), value.sign == .plus, value <= 1e9 else {
        throw fault("\(name) is \(spelt(text)); expected dollars a million tokens, as 1.25")
      }
      return value
    }
  }
}
