import Yams

/// Text that is not YAML at all; `problem` is the parser's.
package struct YAMLSyntaxError: Error, Equatable {
  package var line: Int
  package var column: Int
  package var problem: String
}

extension YAMLCursor {
  /// The whole document; nil where the text holds none.
  package static func document(_ text: String, issues: IssueList) throws(YAMLSyntaxError)
    -> YAMLCursor?
  {
    do {
      return try Yams.compose(yaml: text).map {
        YAMLCursor(node: $0, path: "", issues: issues)
      }
    } catch {
      switch error as? YamlError {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw YAMLSyntaxError(line: mark.line, column: mark.column, problem: problem)
      default:
        throw YAMLSyntaxError(line: 1, column: 1, problem: "\(error)")
      }
    }
  }

  /// The line on which a dotted path stands, from here.
  package func line(of path: String) -> Int? {
    var node = self.node
    for part in path.split(separator: ".") {
      guard case .mapping(let mapping) = node, let next = mapping[String(part)] else { break }
      node = next
    }
    return node.mark?.line
  }
}
