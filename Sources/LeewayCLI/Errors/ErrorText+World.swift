import LeewayWorld

extension ErrorText {
  static func sentence(_ error: WorldError) -> String {
    switch error {
    case .badLine(let table, let line, let expected):
      "\(table).txt:\(line): expected \(expected)"
    case .duplicate(let table, let name): "\(table).txt: \(name) stands twice; keep one"
    case .unknownValue(let relation, let subject, let value):
      "\(relation) of \(subject): no value is called \"\(value)\"; add it to wordings.txt"
    case .tooFew(let relation, let kind, let expected, let found):
      "wordings.txt: [\(relation)] has \(found) lines of \(kind); expected at least \(expected)"
    case .noTable(let relation, let table):
      "wordings.txt: [\(relation)] names the table \"\(table)\", which is not there"
    case .noSuchFact(let id): "the world has no \(id)"
    }
  }
}
