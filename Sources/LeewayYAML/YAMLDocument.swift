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
      case .reader(let problem, _, _, _):
        throw YAMLSyntaxError(line: 1, column: 1, problem: problem)
      // Its own description holds the whole file.
      case .duplicatedKeysInMapping(let keys, let context):
        let names = keys.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        throw YAMLSyntaxError(
          line: context.mark.line, column: context.mark.column,
          problem: "a key stands twice: \(names)")
      default:
        throw YAMLSyntaxError(line: 1, column: 1, problem: "\(error)")
      }
    }
  }

  /// The line of a part (`sweep.doses[2]`), or of the innermost around it that stands here.
  package func line(of part: String) -> Int? {
    var node = self.node
    for step in part.split(whereSeparator: { ".[".contains($0) }) {
      switch node {
      case .mapping(let mapping):
        guard let next = mapping[String(step)] else { return node.mark?.line }
        node = next
      case .sequence(let sequence):
        guard let index = Int(step.dropLast()), sequence.indices.contains(index) else {
          return node.mark?.line
        }
        node = sequence[index]
      default: return node.mark?.line
      }
    }
    return node.mark?.line
  }
}
