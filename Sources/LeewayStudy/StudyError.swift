import LeewayBase
import LeewayTemplate
import LeewayYAML

/// One mistake in a study, found while reading it or while holding it against a model.
public struct StudyIssue: Error, Equatable, Sendable {
  public enum Problem: Equatable, Sendable {
    case unknownKey(key: String, known: [String], nearest: String?)
    case missingKey(key: String)
    case duplicateKey(key: String)
    case wrongType(expected: String, found: String)
    case badValue(expected: String, found: String)
    /// A name that no list has: a site, method, operator, scorer.
    case unknownName(kind: String, name: String, known: [String], nearest: String?)
    case empty
    case overlap(words: [String])
    case noSuchLayer(site: String, layers: Int)
    case notEditable(site: String)
    /// `more` tokens would follow the text.
    case tooLong(text: String, tokens: Int, more: Int, limit: Int)
    /// A contrast text lacks the word that is to be read.
    case wordNotFound(word: String, text: String)
    case file(FileError)
    /// The model's chat template cannot put the questions.
    case template(TemplateError)
  }
  /// Where in the study: `sweep.doses[2]`.
  public var path: String
  /// 1-based line of the file; nil when the study came as a value.
  public var line: Int?
  public var problem: Problem

  public init(path: String, line: Int? = nil, problem: Problem) {
    self.path = path
    self.line = line
    self.problem = problem
  }

  /// A mistake of the file's form, found by the reader that all files share.
  public init(_ issue: YAMLIssue) {
    let problem: Problem =
      switch issue.problem {
      case .unknownKey(let key, let known, let nearest):
        .unknownKey(key: key, known: known, nearest: nearest)
      case .missingKey(let key): .missingKey(key: key)
      case .duplicateKey(let key): .duplicateKey(key: key)
      case .wrongType(let expected, let found): .wrongType(expected: expected, found: found)
      case .badValue(let expected, let found): .badValue(expected: expected, found: found)
      case .unknownName(let kind, let name, let known, let nearest):
        .unknownName(kind: kind, name: name, known: known, nearest: nearest)
      case .empty: .empty
      case .file(let error): .file(error)
      }
    self.init(path: issue.path, line: issue.line, problem: problem)
  }
}

extension StudyIssue {
  /// Mistakes in the order of lines, each once: what a first reading found, and what a second one
  /// found elsewhere.
  static func tidied(_ first: [StudyIssue], _ second: [StudyIssue]) -> [StudyIssue] {
    func concern(_ a: String, _ b: String) -> Bool {
      // What is wrong with the whole file is wrong with every part.
      a == b || a.isEmpty || a.hasPrefix(b + ".") || a.hasPrefix(b + "[") || b.hasPrefix(a + ".")
        || b.hasPrefix(a + "[")
    }
    var found = first
    for issue in second {
      // An empty part is one that could not be read; texts may serve two ends.
      let known = found.contains {
        concern($0.path, issue.path)
          || $0.problem == issue.problem && issue.path.hasPrefix("neutral")
      }
      if !known { found.append(issue) }
    }
    // A key that is misspelt is not missing too.
    let misspelt = found.compactMap { issue -> String? in
      guard case .unknownKey(let key, _, let nearest?) = issue.problem else { return nil }
      return issue.path.dropLast(key.count) + nearest
    }
    found.removeAll { issue in
      if case .missingKey = issue.problem { misspelt.contains(issue.path) } else { false }
    }
    return found.enumerated().sorted {
      ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset)
    }.map(\.element)
  }
}

/// What keeps a study from being read, run or reported. Values only.
public enum StudyError: Error, Equatable, Sendable {
  case file(FileError)
  /// Not YAML at all; `problem` is the parser's.
  case notYAML(path: String, line: Int, column: Int, problem: String)
  /// Every mistake, in the order of lines.
  case invalid(file: String?, issues: [StudyIssue])
  /// Stopped between batches on request; what is done is kept.
  case cancelled(done: Int, total: Int)
  /// The ledger lacks conditions of the plan.
  case incomplete(missing: Int)
  case noSuchPlan(hash: String)
  /// A stored plan that this version cannot read.
  case unreadablePlan(hash: String, reason: String)
  case nothingMeasured(site: String)
}
