import Foundation
import LeewayBase

/// The recipes of a folder, by name: `fledgling/m` stands in `fledgling-m.yaml`.
public struct RecipeBook: Sendable, Hashable {
  public var folder: String

  public init(folder: String = "Recipes") { self.folder = folder }

  /// As they are asked for.
  public var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.sorted().map { file in
      var name = Array(file.dropLast(".yaml".count))
      if let first = name.firstIndex(of: "-") { name[first] = "/" }
      return String(name)
    }
  }

  /// - Parameter name: a path, if a file stands there, or else a recipe's name, with a slash or as its
  ///   file has it.
  /// - Throws: `unknownName` with the names that there are.
  public func file(_ name: String, _ settings: [RecipeSetting] = []) throws(RecipeError)
    -> RecipeFile
  {
    try RecipeFile(path: try path(name)).setting(settings)
  }

  private func path(_ name: String) throws(RecipeError) -> String {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue {
      return name
    }
    // Whoever writes the ending means a file.
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return name }
    let known = names
    if let found = known.first(where: { Self.plain($0) == Self.plain(name) }) {
      return "\(folder)/\(Self.plain(found)).yaml"
    }
    throw .unknownName(
      name, folder: folder, known: known, nearest: Spelling.nearest(to: name, among: known))
  }

  private static func plain(_ name: String) -> String { name.replacing("/", with: "-") }
}
