import LeewayBase
import LeewayYAML

/// Another value for one key of a recipe: `seed=2`, `model.layers=9`.
public struct RecipeSetting: Sendable, Hashable {
  /// With the keys around it: `schedule.warm-up`.
  public var key: String
  public var value: String

  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }

  /// - Parameter text: `KEY=VALUE`; nil where it is not that.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
    self.init(String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  /// How it stands in a name: `seed2`, `layers9`.
  var slug: String {
    let last = key.split(separator: ".").last ?? ""
    return String((last + value).map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
  }
}

extension RecipeFile {
  /// The recipe with other values, as if its file said so: read by the same reader, refused with the
  /// same sentences. Its name tells them, in the order of keys, unless `name` is one of them.
  ///
  /// - Throws: every mistake of the settings at once.
  public func setting(_ settings: [RecipeSetting]) throws(RecipeError) -> RecipeFile {
    guard !settings.isEmpty else { return self }
    let settings = settings.sorted { ($0.key, $0.value) < ($1.key, $1.value) }
    let noted = IssueList()
    for (one, next) in zip(settings, settings.dropFirst()) where one.key == next.key {
      noted.add(one.key, nil, .duplicateKey(key: one.key))
    }
    var edits = settings.map { YAMLEdit(path: $0.key, value: $0.value) }
    if !settings.contains(where: { $0.key == "name" }) {
      let name = ([recipe.name] + settings.map(\.slug)).joined(separator: "-")
      edits.append(YAMLEdit(path: "name", value: name))
    }
    let edited: String?
    do { edited = try YAMLCursor.edited(text, edits, issues: noted) } catch {
      throw .notYAML(path: path, line: error.line, column: error.column, problem: error.problem)
    }
    // They stand in no line of the file.
    func wrong(_ issues: [YAMLIssue]) -> RecipeError {
      .settings(path: path, issues: issues.map { YAMLIssue(path: $0.path, problem: $0.problem) })
    }
    guard noted.issues.isEmpty else { throw wrong(noted.issues) }
    let told = settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    do {
      return try RecipeFile(text: "# \(recipe.name) with \(told)\n" + (edited ?? ""), path: path)
    } catch {
      // The file alone was read before: what is wrong now is the settings' doing.
      guard case .invalid(_, let issues) = error else { throw error }
      throw wrong(issues)
    }
  }
}
