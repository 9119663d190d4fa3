import Foundation

/// Where models that were fetched lie: plain folders, `models/ORG/NAME` below one root.
public struct ModelCache: Sendable {
  public let root: String

  /// `LEEWAY_CACHE`, or `~/.cache/leeway`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    if let told = environment["LEEWAY_CACHE"], !told.isEmpty {
      root = told
    } else {
      let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
      root = home + "/.cache/leeway"
    }
  }

  public init(root: String) { self.root = root }

  public func folder(_ name: HubName) -> String { root + "/models/" + name.folder }

  /// What a folder of the cache holds.
  public enum Content: Equatable, Sendable {
    /// What opens: the folder, or the GGUF file that is all it holds.
    case model(path: String)
    /// Files that are each a model, by their paths.
    case several([String])
    /// A pull began and did not end, and nothing opens yet.
    case unfinished
  }

  /// Nil where a model is not here.
  public func content(_ name: HubName) -> Content? { Self.content(folder(name)) }

  static func content(_ folder: String) -> Content? {
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    // A pull that ended before its first byte leaves its lock.
    guard files.contains(where: { !$0.hasPrefix(".") }) else { return nil }
    guard !files.contains("config.json") else { return .model(path: folder) }
    let models = models(files).map { folder + "/" + $0 }.sorted()
    if models.count > 1 { return .several(models) }
    if let file = models.first { return .model(path: file) }
    return files.contains { $0.hasSuffix(".part") } ? .unfinished : .model(path: folder)
  }

  /// The path that opens as the model in a folder with these files.
  public static func model(in folder: String, _ names: [String]) -> String {
    guard !names.contains("config.json") else { return folder }
    let files = models(names)
    return files.count == 1 ? folder + "/" + files[0] : folder
  }

  /// GGUF files; of a model in parts, the first.
  private static func models(_ names: [String]) -> [String] {
    names.filter { name in
      name.hasSuffix(".gguf") && (!name.contains("-of-") || name.contains("-00001-of-"))
    }
  }

  /// Every model here, by name, in order.
  public var models: [(name: String, content: Content, folder: String)] {
    let manager = FileManager.default
    func inside(_ folder: String) -> [String] {
      ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }
        .sorted()
    }
    let models = root + "/models"
    return inside(models).flatMap { organisation in
      inside(models + "/" + organisation).compactMap { name in
        let folder = "\(models)/\(organisation)/\(name)"
        let told = organisation + "/" + name.replacingOccurrences(of: "%2F", with: "/")
        return Self.content(folder).map { (name: told, content: $0, folder: folder) }
      }
    }
  }
}
