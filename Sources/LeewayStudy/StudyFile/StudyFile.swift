import LeewayBase
import LeewayYAML

/// A study as it stands in a file.
public struct StudyFile: Sendable, Hashable {
  public var path: String
  /// The file as written.
  public var text: String
  /// On the first of its models.
  public var study: Study
  /// Checkpoint folders, in the order of the file; at least one.
  public var models: [String]

  /// - Throws: every mistake at once, each with its line and the nearest known name.
  public init(path: String) throws(StudyError) {
    let text: String
    do { text = try TextFile.read(path) } catch { throw .file(error) }
    try self.init(text: text, path: path)
  }

  /// - Parameter path: where the text is said to stand; texts and models are relative to its folder.
  public init(text: String, path: String) throws(StudyError) {
    self.path = path
    self.text = text
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let noted = IssueList()
    let document: YAMLCursor?
    do { document = try YAMLCursor.document(text, issues: noted) } catch {
      throw .notYAML(path: path, line: error.line, column: error.column, problem: error.problem)
    }
    guard let document else {
      throw .invalid(file: path, issues: [StudyIssue(path: "", line: 1, problem: .empty)])
    }
    let reader = StudyReader(folder: folder)
    let read = reader.study(document)
    models = reader.models(document) ?? []
    var issues = noted.issues.map { StudyIssue($0) }
    for issue in read?.issues() ?? [] {
      issues.append(
        StudyIssue(
          path: issue.path, line: document.line(of: issue.path), problem: issue.problem))
    }
    let found = issues.enumerated().sorted {
      ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset)
    }.map(\.element)
    guard let read, found.isEmpty else { throw .invalid(file: path, issues: found) }
    study = read
    models = models.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
    study.model = models.first ?? ""
  }
}
