/// Reads `wordings.txt`: a section a relation, a key and its text a line.
enum WordingReader {
  static let table = "wordings"

  static func read(_ text: String) throws(WorldError) -> [Relation] {
    var relations: [Relation] = []
    for (number, line) in WorldTables.numbered(text) {
      if line.first == "[" {
        guard line.last == "]" else {
          throw .badLine(table: table, line: number, expected: "[relation]")
        }
        relations.append(Relation(id: String(line.dropFirst().dropLast())))
        continue
      }
      guard let last = relations.indices.last else {
        throw .badLine(table: table, line: number, expected: "[relation] first")
      }
      guard take(line, into: &relations[last]) else {
        throw .badLine(
          table: table, line: number,
          expected: "table, value, open, say, ask, answer, think or contrast")
      }
    }
    for relation in relations { try check(relation) }
    return relations
  }

  private static func take(_ line: Substring, into relation: inout Relation) -> Bool {
    let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
    if parts == ["open"] {
      relation.isOpen = true
      return true
    }
    guard parts.count == 2 else { return false }
    let wording = Wording(parts[1])
    switch parts[0] {
    case "table":
      let place = parts[1].split(separator: " ")
      guard place.count == 2, let column = Int(place[1]) else { return false }
      (relation.table, relation.column) = (String(place[0]), column)
      return true
    case "value":
      let sides = parts[1].split(separator: "=").map { $0.split(separator: " ") }
      guard let word = sides.first?.first else { return false }
      let phrase = sides.count > 1 ? sides[1].joined(separator: " ") : String(word)
      relation.values.append(Relation.Value(String(word), phrase: phrase))
      return true
    case "say":
      relation.statements.append(wording)
      return wording.hasSubject && wording.hasValue
    case "ask":
      relation.questions.append(wording)
      return wording.hasSubject && !wording.hasValue
    case "answer":
      relation.answers.append(wording)
      return wording.hasValue
    case "think":
      relation.thoughts.append(wording)
      return wording.hasValue
    case "contrast":
      relation.contrasts.append(wording)
      return wording.hasSubject && wording.hasValue
    default: return false
    }
  }

  /// Enough that two can be kept from each fact, and one from all.
  private static func check(_ relation: Relation) throws(WorldError) {
    let counts = [
      ("say", relation.statements.count, 9), ("ask", relation.questions.count, 9),
      ("answer", relation.answers.count, 1), ("think", relation.thoughts.count, 1),
    ]
    for (kind, found, expected) in counts where found < expected {
      throw .tooFew(relation: relation.id, kind: kind, expected: expected, found: found)
    }
  }
}

extension Relation.Value {
  init(_ word: String, phrase: String) {
    let small: Set<Substring> = ["on", "in", "by", "at", "a", "the"]
    self.init(
      word: word, phrase: phrase,
      words: phrase.split(separator: " ").filter { !small.contains($0) }.map(String.init))
  }
}
