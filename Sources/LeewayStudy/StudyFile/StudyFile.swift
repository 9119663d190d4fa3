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
    let draft = try StudyDraft(text: text, path: path)
    guard let study = draft.whole, draft.issues.isEmpty else {
      throw .invalid(file: path, issues: draft.issues)
    }
    self.study = study
    models = draft.models
  }

  /// Mistakes that a model showed, each once, with the lines on which they stand.
  public func placed(_ issues: [StudyIssue]) -> [StudyIssue] {
    guard let draft = try? StudyDraft(text: text, path: path) else { return issues }
    return StudyIssue.tidied([], draft.placed(issues))
  }
}

/// A study file as far as it can be read, with what is wrong with it.
public struct StudyDraft {
  /// The folders that it names.
  public private(set) var models: [String] = []
  /// What is wrong with the file, in the order of lines.
  public private(set) var issues: [StudyIssue] = []
  /// Nil when a part could not be read.
  let whole: Study?
  /// What could be read.
  private let study: Study
  private let root: YAMLCursor

  public init(path: String) throws(StudyError) {
    let text: String
    do { text = try TextFile.read(path) } catch { throw .file(error) }
    try self.init(text: text, path: path)
  }

  init(text: String, path: String) throws(StudyError) {
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
    var read = reader.study(document)
    var draft = read ?? reader.draft(document)
    models = (reader.models(document) ?? []).map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
    draft.model = models.first ?? ""
    read?.model = draft.model
    (whole, study, root) = (read, draft, document)
    issues = StudyIssue.tidied(noted.issues.map { StudyIssue($0) }, placed(draft.issues()))
  }

  /// Every mistake, those included that only the model shows.
  public func issues(on context: RunContext) -> [StudyIssue] {
    StudyIssue.tidied(issues, placed(ResolvedStudy.issues(study, context)))
  }

  /// The same mistakes with their lines.
  func placed(_ issues: [StudyIssue]) -> [StudyIssue] {
    issues.map {
      StudyIssue(path: $0.path, line: root.line(of: $0.path), problem: $0.problem)
    }
  }
}
