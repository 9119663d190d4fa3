import Foundation
import LeewayHub
import LeewayModel

/// Where a model is, by what was typed.
enum ModelPlace {
  /// A path that is here stays as it is; otherwise `ORG/NAME` is looked for among those fetched.
  static func path(_ typed: String) throws -> String {
    let manager = FileManager.default
    guard !manager.fileExists(atPath: typed), let name = try? HubName(place: typed) else {
      return typed
    }
    switch ModelCache().content(name) {
    case .model(let path)?: return path
    case .several(let files)?: throw CommandError.severalModels(typed, files)
    case .unfinished?: throw CommandError.halfPulled(typed)
    case nil: break
    }
    // A folder of that name here: the rest was misspelt, and the path's own error says so.
    guard !manager.fileExists(atPath: name.organisation) else { return typed }
    throw CommandError.notPulled(typed)
  }
}

extension Checkpoint {
  /// Scratch of a batch of 96 rows, in bytes.
  var batchBytes: Int {
    96 * 4 * (8 * config.width + 3 * config.mlpWidth + config.vocabulary)
  }
}

/// Sizes for people.
enum ByteText {
  static func of(_ bytes: Int) -> String {
    if bytes < 1_000_000 { return String(format: "%.0f kB", Double(bytes) / 1e3) }
    if bytes < 10 << 20 { return String(format: "%.1f MB", Double(bytes) / 1e6) }
    return "\(bytes / 1_000_000) MB"
  }

  /// Large ones in GB.
  static func short(_ bytes: Int) -> String {
    bytes < 1_000_000_000 ? of(bytes) : String(format: "%.1f GB", Double(bytes) / 1e9)
  }
}
