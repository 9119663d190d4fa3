import LeewayBase
import Yams

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
    let issues = IssueList()
    guard let node = try Self.compose(text, path: path) else {
      throw .invalid(file: path, issues: [StudyIssue(path: "", line: 1, problem: .empty)])
    }
    let cursor = YAMLCursor(node: node, path: "", issues: issues)
    let reader = StudyReader(folder: folder)
    let read = reader.study(cursor)
    models = reader.models(cursor) ?? []
    if let read {
      for issue in read.issues() {
        issues.add(issue.path, Self.line(of: issue.path, in: node), issue.problem)
      }
    }
    let found = issues.issues.enumerated().sorted {
      ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset)
    }.map(\.element)
    guard let read, found.isEmpty else { throw .invalid(file: path, issues: found) }
    study = read
    models = models.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
    study.model = models.first ?? ""
  }

  private static func compose(_ text: String, path: String) throws(StudyError) -> Node? {
    do { return try Yams.compose(yaml: text) } catch {
      switch error as? YamlError {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw .notYAML(path: path, line: mark.line, column: mark.column, problem: problem)
      default:
        throw .notYAML(path: path, line: 1, column: 1, problem: "\(error)")
      }
    }
  }

  /// The line on which a path as `capability[1].name` stands.
  private static func line(of path: String, in root: Node) -> Int? {
    var node = root
    for part in path.replacing("[", with: ".").replacing("]", with: "").split(separator: ".") {
      if case .sequence(let list) = node, let index = Int(part), list.indices.contains(index) {
        node = list[index]
      } else if case .mapping(let mapping) = node, let next = mapping[String(part)] {
        node = next
      } else {
        break
      }
    }
    return node.mark?.line
  }
}
