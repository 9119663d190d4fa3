import LeewayBase
import Yams

/// Mistakes found so far: reading goes on after each.
final class IssueList {
  private(set) var issues: [StudyIssue] = []
  func add(_ path: String, _ line: Int?, _ problem: StudyIssue.Problem) {
    issues.append(StudyIssue(path: path, line: line, problem: problem))
  }
}

/// A place in a YAML document. Every getter notes what is wrong and returns nil.
struct YAMLCursor {
  var node: Node
  var path: String
  var issues: IssueList

  var line: Int? { node.mark?.line }

  func fail(_ problem: StudyIssue.Problem) { issues.add(path, line, problem) }

  var kind: String {
    switch node {
    case .scalar(let scalar): "“\(scalar.string)”"
    case .mapping: "keys"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  func string() -> String? {
    guard case .scalar(let scalar) = node else {
      fail(.wrongType(expected: "text", found: kind))
      return nil
    }
    return scalar.string
  }

  func integer(_ range: ClosedRange<Int>) -> Int? {
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

  func number(_ range: ClosedRange<Double>) -> Double? {
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

  func flag() -> Bool? {
    guard case .scalar(let scalar) = node,
      let value = ["true": true, "false": false][scalar.string]
    else {
      fail(.wrongType(expected: "true or false", found: kind))
      return nil
    }
    return value
  }

  func dose() -> Double? {
    guard case .scalar(let scalar) = node, let dose = Dose(text: scalar.string) else {
      fail(.wrongType(expected: "a dose above 0, as 0.25 or 2^-7", found: kind))
      return nil
    }
    return dose.value
  }

  func choice(_ name: String, _ known: [String]) -> String? {
    guard let text = string() else { return nil }
    guard known.contains(text) else {
      fail(
        .unknownName(
          kind: name, name: text, known: known, nearest: Spelling.nearest(to: text, among: known)))
      return nil
    }
    return text
  }

  func list() -> [YAMLCursor]? {
    guard case .sequence(let sequence) = node else {
      fail(.wrongType(expected: "a list", found: kind))
      return nil
    }
    return sequence.enumerated().map {
      YAMLCursor(node: $0.element, path: "\(path)[\($0.offset)]", issues: issues)
    }
  }

  /// A mapping whose keys are all known.
  func keys(_ known: [String]) -> YAMLKeys? {
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

/// The members of a mapping, each once.
struct YAMLKeys {
  var members: [String: YAMLCursor]
  var cursor: YAMLCursor

  /// Nil, silently, for a key that is absent or empty.
  subscript(key: String) -> YAMLCursor? {
    guard let member = members[key] else { return nil }
    if case .scalar(let scalar) = member.node, scalar.string.isEmpty, scalar.style == .plain {
      return nil
    }
    return member
  }

  func required(_ key: String) -> YAMLCursor? {
    if let member = self[key] { return member }
    let place = cursor.path.isEmpty ? key : "\(cursor.path).\(key)"
    cursor.issues.add(place, cursor.line, .missingKey(key: key))
    return nil
  }
}
