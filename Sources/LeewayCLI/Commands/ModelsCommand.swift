import ArgumentParser
import Foundation
import LeewayHub
import LeewayModel

/// Models that are here: those fetched and those in `Models/`.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the models here, and what of them can be run.",
    discussion: """
      Memory is the weights as they are packed, scratch for a batch, and keys and values of one text \
      as long as the context (of 4096 tokens at most).
      """)

  func run() throws {
    try reporting {
      let cache = ModelCache()
      let rows = cache.models.flatMap(Self.rows) + Self.local.map { Row($0, $0) }
      guard !rows.isEmpty else {
        return print(
          "no models in Models/ or \(cache.root)/models; fetch one: leeway pull ORG/NAME")
      }
      let head = ["model", "family", "params", "on disk", "memory", ""]
      let lines = [head] + rows.map(\.cells)
      let widths = (0..<5).map { column in lines.map { $0[column].count }.max() ?? 0 }
      for line in lines {
        let cells = line.indices.map { column -> String in
          guard column < 5 else { return line[column] }
          let gap = String(repeating: " ", count: widths[column] - line[column].count)
          return column < 2 ? line[column] + gap : gap + line[column]
        }
        print(cells.joined(separator: "  ").trimmingTrailingSpaces)
      }
    }
  }

  /// Those of this folder that look like models; a tokenizer alone is none.
  private static var local: [String] {
    let manager = FileManager.default
    let names = ((try? manager.contentsOfDirectory(atPath: "Models")) ?? []).sorted()
    return names.compactMap { name in
      let path = "Models/" + name
      if name.hasSuffix(".gguf") { return path }
      let inside = (try? manager.contentsOfDirectory(atPath: path)) ?? []
      if inside.contains("config.json") { return path }
      let file = ModelCache.model(in: path, inside)
      return file == path ? nil : file
    }
  }

  /// Under the name that other commands take.
  private static func rows(_ name: String, _ content: ModelCache.Content, _ folder: String) -> [Row]
  {
    switch content {
    case .model(let path): [Row(name, path)]
    case .several(let files): files.map { Row($0, $0) }
    case .unfinished: [Row(unfinished: name, folder)]
    }
  }

  private struct Row {
    var cells: [String]

    init(unfinished name: String, _ folder: String) {
      let disk = ByteText.short(Self.bytes(folder))
      cells = [name, "-", "-", disk, "-", "unfinished; go on with: \(ErrorText.pull(name))"]
    }

    init(_ name: String, _ path: String) {
      let disk = ByteText.short(Self.bytes(path))
      do {
        let checkpoint = try Checkpoint(folder: path)
        let parameters = Double(checkpoint.parameters)
        let (scale, unit) =
          parameters < 1e6 ? (1e3, "k") : parameters < 1e9 ? (1e6, "M") : (1e9, "G")
        let places = parameters / scale < 100 ? 1 : 0
        cells = [
          name, checkpoint.architecture.modelType,
          String(format: "%.\(places)f %@", parameters / scale, unit), disk,
          ByteText.short(checkpoint.memory), "supported",
        ]
      } catch {
        cells = [name, "-", "-", disk, "-", ErrorText.of(error).lines.joined(separator: "; ")]
      }
    }

    /// All that lies in the folder, or the file.
    private static func bytes(_ path: String) -> Int {
      let manager = FileManager.default
      func size(_ path: String) -> Int {
        let found = try? manager.attributesOfItem(atPath: path)
        guard found?[.type] as? FileAttributeType == .typeRegular else { return 0 }
        return (found?[.size] as? NSNumber)?.intValue ?? 0
      }
      let inside = manager.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
      return size(path) + inside.reduce(0) { $0 + size(path + "/" + $1) }
    }
  }
}

extension Checkpoint {
  /// In bytes: weights, a batch, and keys and values of one long text.
  fileprivate var memory: Int {
    let positions = min(config.maxPositions, 4096)
    return weightBytes + batchBytes + 8 * config.layers * config.kvWidth * positions
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
