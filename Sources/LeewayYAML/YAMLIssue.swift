import LeewayBase

/// One mistake in a file that people write: a study, a recipe.
public struct YAMLIssue: Error, Equatable, Sendable {
  public enum Problem: Equatable, Sendable {
    case unknownKey(key: String, known: [String], nearest: String?)
    case missingKey(key: String)
    case duplicateKey(key: String)
    case wrongType(expected: String, found: String)
    case badValue(expected: String, found: String)
    /// A name that no list has.
    case unknownName(kind: String, name: String, known: [String], nearest: String?)
    case empty
    case file(FileError)
  }
  /// Where: `sweep.doses[2]`.
  public var path: String
  /// 1-based line of the file.
  public var line: Int?
  public var problem: Problem

  public init(path: String, line: Int? = nil, problem: Problem) {
    self.path = path
    self.line = line
    self.problem = problem
  }
}
