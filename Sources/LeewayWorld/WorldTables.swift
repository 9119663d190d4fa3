/// The tables of the world as they stand in the package.
package struct WorldTables {
  package var relations: [Relation] = []
  package var facts: [Fact] = []

  init() throws(WorldError) {
    try self.init(
      wordings: Self.text(PackageResources.wordings_txt),
      tables: [
        "birds": Self.text(PackageResources.birds_txt),
        "animals": Self.text(PackageResources.animals_txt),
        "countries": Self.text(PackageResources.countries_txt),
      ])
  }

  package init(wordings: String, tables: [String: String]) throws(WorldError) {
    relations = try WordingReader.read(wordings)
    for index in relations.indices {
      let name = relations[index].table
      guard let table = tables[name] else {
        throw .noTable(relation: relations[index].id, table: name)
      }
      try addFacts(of: index, Self.rows(table, name), name)
    }
  }

  private mutating func addFacts(of index: Int, _ rows: [[String]], _ table: String)
    throws(WorldError)
  {
    let column = relations[index].column
    var seen: Set<String> = []
    for row in rows {
      guard seen.insert(row[0]).inserted else { throw .duplicate(table: table, name: row[0]) }
      guard column < row.count else {
        throw .badLine(table: table, line: 1, expected: "\(column + 1) columns")
      }
      if relations[index].isOpen {
        relations[index].values.append(Relation.Value(row[column], phrase: row[column]))
      }
      guard let value = relations[index].value(row[column]) else {
        throw .unknownValue(relation: relations[index].id, subject: row[0], value: row[column])
      }
      facts.append(
        Fact(
          relation: index, subject: row[0], value: value, id: relations[index].id + "/" + row[0]))
    }
  }

  /// Fields between spaces; every line has as many as the first.
  private static func rows(_ text: String, _ name: String) throws(WorldError) -> [[String]] {
    var rows: [[String]] = []
    for (number, line) in numbered(text) {
      let fields = line.split(separator: " ").map(String.init)
      guard fields.count >= 2, rows.first.map({ $0.count == fields.count }) ?? true else {
        throw .badLine(table: name, line: number, expected: "\(rows.first?.count ?? 2) fields")
      }
      rows.append(fields)
    }
    return rows
  }

  /// Lines that hold something, comments left out.
  static func numbered(_ text: String) -> [(number: Int, line: Substring)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return zip(1..., lines).filter { !$1.isEmpty && $1.first != "#" }.map { ($0, $1) }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
