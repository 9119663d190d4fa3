import LeewayBase
import Yams

/// Mistakes found so far: reading goes on after each.
package final class IssueList {
  package private(set) var issues: [YAMLIssue] = []
  package init() {}
  package func add(_ path: String, _ line: Int?, _ problem: YAMLIssue.Problem) {
    issues.append(YAMLIssue(path: path, line: line, problem: problem))
  }
}

/// A place in a YAML document. Every getter notes what is wrong and returns nil.
package struct YAMLCursor {
  package var node: Node
  package var path: String
  package var issues: IssueList

  package var line: Int? { node.mark?.line }

  package init(node: Node, path: String, issues: IssueList) {
    self.node = node
    self.path = path
    self.issues = issues
  }

  package func fail(_ problem: YAMLIssue.Problem) { issues.add(path, line, problem) }

  package var kind: String {
    switch node {
    case .scalar(let scalar): "“\(scalar.string)”"
    case .mapping: "keys"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  package func string() -> String? {
    guard case .scalar(let scalar) = node else {
      fail(.wrongType(expected: "text", found: kind))
      return nil
    }
    return scalar.string
  }

  package func integer(_ range: ClosedRange<Int>) -> Int? {
    guard case .scalar(let scalar) = node, let value = Int(scalar.string) else {
      fail(.wrongType(expected: "a whole number", found: kind))
      return nil
    }
    guard range.contains(value) else {
      fail(.badValue(expected: "\(range.lowerBound) to \(range.upperBound)", found: "\(value)"))
      return nil
    }
    return value
  }

  package func number(_ range: ClosedRange<Double>) -> Double? {
    guard case .scalar(let scalar) = node, let value = Double(scalar.string), value.isFinite else {
      fail(.wrongType(expected: "a number", found: kind))
      return nil
    }
    guard range.contains(value) else {
      fail(.badValue(expected: "\(range.lowerBound) to \(range.upperBound)", found: "\(value)"))
      return nil
    }
    return value
  }

  package func flag() -> Bool? {
    guard case .scalar(let scalar) = node,
      let value = ["true": true, "false": false][scalar.string]
    else {
      fail(.wrongType(expected: "true or false", found: kind))
      return nil
    }
    return value
  }

  package func choice(_ name: String, _ known: [String]) -> String? {
    guard let text = string() else { return nil }
    guard known.contains(text) else {
      fail(
        .unknownName(
          kind: name, name: text, known: known, nearest: Spelling.nearest(to: text, among: known)))
      return nil
    }
    return text
  }

  package func list() -> [YAMLCursor]? {
    guard case .sequence(let sequence) = node else {
      fail(.wrongType(expected: "a list", found: kind))
      return nil
    }
    return sequence.enumerated().map {
      YAMLCursor(node: $0.element, path: "\(path)[\($0.offset)]", issues: issues)
    }
  }

  /// A mapping whose keys are all known.
  package func keys(_ known: [String]) -> YAMLKeys? {
    guard case .mapping(let mapping) = node else {
      fail(.wrongType(expected: "keys (\(known.joined(separator: ", ")))", found: kind))
      return nil
    }
    var members: [String: YAMLCursor] = [:]
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else {
        issues.add(path, key.mark?.line, .wrongType(expected: "a key", found: "a collection"))
        continue
      }
      let name = scalar.string
      let place = path.isEmpty ? name : "\(path).\(name)"
      if !known.contains(name) {
        let nearest = Spelling.nearest(to: name, among: known)
        issues.add(
          place, key.mark?.line, .unknownKey(key: name, known: known, nearest: nearest))
      } else if members[name] != nil {
        issues.add(place, key.mark?.line, .duplicateKey(key: name))
      } else {
        members[name] = YAMLCursor(node: value, path: place, issues: issues)
      }
    }
    return YAMLKeys(members: members, cursor: self)
  }
}

extension YAMLCursor {
  /// The members of these names; what else stands here is for another reader to judge.
  package func members(_ names: [String]) -> YAMLKeys? {
    guard case .mapping(let mapping) = node else { return nil }
    var members: [String: YAMLCursor] = [:]
    for name in names {
      guard let value = mapping[name] else { continue }
      members[name] = YAMLCursor(
        node: value, path: path.isEmpty ? name : "\(path).\(name)", issues: issues)
    }
    return YAMLKeys(members: members, cursor: self)
  }
}

/// The members of a mapping, each once.
package struct YAMLKeys {
  package var members: [String: YAMLCursor]
  package var cursor: YAMLCursor

  /// Nil, silently, for a key that is absent or empty.
  package subscript(key: String) -> YAMLCursor? {
    guard let member = members[key] else { return nil }
    if case .scalar(let scalar) = member.node, scalar.string.isEmpty, scalar.style == .plain {
      return nil
    }
    return member
  }

  package func required(_ key: String) -> YAMLCursor? {
    if let member = self[key] { return member }
    let place = cursor.path.isEmpty ? key : "\(cursor.path).\(key)"
    cursor.issues.add(place, cursor.line, .missingKey(key: key))
    return nil
  }
}
