import LeewayBase
import LeewayYAML

/// A recipe as it stands in a file.
public struct RecipeFile: Sendable, Hashable {
  public var path: String
  /// The file as written.
  public var text: String
  public var recipe: Recipe

  /// What the recipe's files are relative to.
  public var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

  /// Where a file that the recipe names stands.
  func place(_ name: String) -> String { name.hasPrefix("/") ? name : folder + "/" + name }

  /// - Throws: every mistake at once, each with its line and the nearest known name.
  public init(path: String) throws(RecipeError) {
    let text: String
    do { text = try TextFile.read(path) } catch { throw .file(error) }
    try self.init(text: text, path: path)
  }

  /// - Parameter path: where the text is said to stand.
  public init(text: String, path: String) throws(RecipeError) {
    self.path = path
    self.text = text
    let noted = IssueList()
    let document: YAMLCursor?
    do { document = try YAMLCursor.document(text, issues: noted) } catch {
      throw .notYAML(path: path, line: error.line, column: error.column, problem: error.problem)
    }
    guard let document else {
      throw .invalid(path: path, issues: [YAMLIssue(path: "", line: 1, problem: .empty)])
    }
    let read = RecipeReader().recipe(document)
    let issues = noted.issues.enumerated().sorted {
      ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset)
    }.map(\.element)
    guard let read, issues.isEmpty else { throw .invalid(path: path, issues: issues) }
    recipe = read
  }
}

/// What can be wrong with a recipe as a file.
public enum RecipeError: Error, Equatable, Sendable {
  case file(FileError)
  /// Not YAML at all; `problem` is the parser's.
  case notYAML(path: String, line: Int, column: Int, problem: String)
  /// Every mistake, in the order of lines.
  case invalid(path: String, issues: [YAMLIssue])
  /// Mistakes of values set beside the file, which is without them alone.
  case settings(path: String, issues: [YAMLIssue])
  /// No file stands there and no recipe of the folder is called so.
  case unknownName(String, folder: String, known: [String], nearest: String?)
}
