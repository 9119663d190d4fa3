import Foundation
import LeewayBase

/// Communities from CSV files.
///
/// One line a species: its name (may be left out), its capacity K (may be left out, then 1), and its
/// row of alpha. A first line whose cells are no numbers names the columns.
package enum CommunityFile {
  /// - Throws: `ClaimError.badFile`, or what reading throws.
  package static func read(_ path: String) throws -> Community {
    try parse(TextFile.read(path), path: path)
  }

  package static func parse(_ text: String, path: String) throws(ClaimError) -> Community {
    var lines: [(number: Int, cells: [String])] = []
    for (index, line) in text.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() where !line.allSatisfy(\.isWhitespace) {
      guard let cells = CSVText.fields(line) else {
        throw .badFile(path: path, line: index + 1, problem: CSVText.unclosed)
      }
      lines.append((index + 1, cells))
    }
    if let first = lines.first, first.cells.dropFirst().contains(where: { Double($0) == nil }) {
      // Column names; a number that is misspelt in the only row of numbers would be lost as one.
      if first.cells.dropFirst().allSatisfy({ Double($0) == nil }) { lines.removeFirst() }
    }
    let count = lines.count
    guard count >= 2 else {
      throw .badFile(
        path: path, line: lines.first?.number ?? 1,
        problem: "a community has at least two species, each on a line of its own")
    }
    var community = Community(names: [], capacities: [], interactions: [])
    var form: (named: Bool, sized: Bool)?
    for (line, cells) in lines {
      func bad(_ problem: String) -> ClaimError {
        .badFile(path: path, line: line, problem: problem)
      }
      let named = cells.first.map { Double($0) == nil } ?? false
      let numbers = named ? Array(cells.dropFirst()) : cells
      guard numbers.count == count || numbers.count == count + 1 else {
        throw bad(
          "\(numbers.count) numbers; \(count) species need \(count) interactions each, or "
            + "\(count + 1) numbers with the capacity first")
      }
      let sized = numbers.count == count + 1
      if let form, form != (named, sized) {
        throw bad("names and capacities stand in every line or in none")
      }
      form = (named, sized)
      var values: [Double] = []
      for cell in numbers {
        guard let value = DecimalText.number(cell) else {
          throw bad("\"\(cell)\" is not a number in decimal digits")
        }
        values.append(value)
      }
      let species = community.names.count
      let name = named ? cells[0] : "species \(species + 1)"
      guard !name.isEmpty, !community.names.contains(name) else {
        throw bad(name.isEmpty ? "a species has no name" : "\"\(name)\" is named twice")
      }
      let row = sized ? Array(values.dropFirst()) : values
      guard row[species] > -1 else {
        throw bad(
          "\(name) does not limit itself: its alpha with itself is \(row[species]), not > -1")
      }
      community.names.append(name)
      community.capacities.append(sized ? values[0] : 1)
      community.interactions += row
    }
    return community
  }
}
