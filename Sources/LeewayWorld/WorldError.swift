/// What is wrong in the tables of the world.
public enum WorldError: Error, Equatable {
  /// - Parameter line: from 1.
  case badLine(table: String, line: Int, expected: String)
  case duplicate(table: String, name: String)
  case unknownValue(relation: String, subject: String, value: String)
  /// The section lacks lines of a kind.
  case tooFew(relation: String, kind: String, expected: Int, found: Int)
  case noTable(relation: String, table: String)
  case noSuchFact(String)
}
