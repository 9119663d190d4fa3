import LeewayBase
import Yams

/// A value put into a document at a path: `model.layers` set to `9`.
package struct YAMLEdit: Sendable, Hashable {
  package var path: String
  package var value: String

  package init(path: String, value: String) {
    self.path = path
    self.value = value
  }
}

extension YAMLCursor {
  /// The document with other values, in its own order and styles; comments are left behind, since
  /// they may speak of what is no longer so.
  ///
  /// A key that is not there is put behind those that are, so that the reader of the document judges
  /// it as if it stood there.
  ///
  /// - Returns: nil for no document at all.
  package static func edited(_ text: String, _ edits: [YAMLEdit], issues: IssueList)
    throws(YAMLSyntaxError) -> String?
  {
    guard var node = try document(text, issues: issues)?.node else { return nil }
    for edit in edits {
      let steps = edit.path.split(separator: ".", omittingEmptySubsequences: false)
      node = put(edit, steps.map(String.init)[...], into: node, issues)
    }
    do { return try Yams.serialize(node: node, width: -1, allowUnicode: true) } catch {
      throw YAMLSyntaxError(line: 1, column: 1, problem: "\(error)")
    }
  }

  private static func put(
    _ edit: YAMLEdit, _ steps: ArraySlice<String>, into node: Node, _ issues: IssueList
  ) -> Node {
    guard let step = steps.first else {
      if case .scalar = node { return Node(edit.value) }
      let cursor = YAMLCursor(node: node, path: edit.path, issues: issues)
      cursor.fail(.wrongType(expected: "the path of one value", found: cursor.kind))
      return node
    }
    guard case .mapping(var mapping) = node else {
      let cursor = YAMLCursor(node: node, path: edit.path, issues: issues)
      cursor.fail(.wrongType(expected: "a key that holds keys", found: cursor.kind))
      return node
    }
    let rest = steps.dropFirst()
    let absent = rest.isEmpty ? Node(edit.value) : .mapping(Node.Mapping([], .implicit, .flow))
    mapping[step] = put(edit, rest, into: mapping[step] ?? absent, issues)
    return .mapping(mapping)
  }
}
