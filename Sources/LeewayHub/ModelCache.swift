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

  /// What opens as the model: the folder, or the GGUF file that is all it holds; nil if it is not
  /// here.
  public func path(_ name: HubName) -> String? {
    let folder = folder(name)
    guard let found = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      return nil
    }
    return Self.model(in: folder, found)
  }

  /// The path that opens as the model in a folder.
  public static func model(in folder: String, _ names: [String]) -> String {
    guard !names.contains("config.json") else { return folder }
    // Of a model in parts, the first.
    let files = names.filter { name in
      name.hasSuffix(".gguf")
        && (!name.contains("-of-") || name.contains("-00001-of-"))
    }
    return files.count == 1 ? folder + "/" + files[0] : folder
  }

  /// Every model here, by name, in order.
  public var models: [(name: String, path: String)] {
    let manager = FileManager.default
    func inside(_ folder: String) -> [String] {
      ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }
        .sorted()
    }
    let models = root + "/models"
    return inside(models).flatMap { organisation in
      inside(models + "/" + organisation).map { name in
        let folder = "\(models)/\(organisation)/\(name)"
        return (
          name: organisation + "/" + name.replacingOccurrences(of: "%2F", with: "/"),
          path: Self.model(in: folder, inside(folder))
        )
      }
    }
  }
}
