import Foundation
import LeewayBase

/// A file as the hub lists it.
public struct HubFile: Equatable, Sendable {
  /// Below the model's folder; never leaves it.
  public let path: String
  /// In bytes.
  public let size: Int
  /// Nil where the hub tells none: such a file is fetched anew each time.
  public let hash: HubHash?

  package init(path: String, size: Int, hash: HubHash?) {
    self.path = path
    self.size = size
    self.hash = hash
  }

  /// One page of a listing.
  package static func list(_ bytes: [UInt8], url: String, model: String) throws(HubError)
    -> [HubFile]
  {
    let root: JSONValue
    do { root = try JSONValue.parse(bytes, path: url) } catch {
      throw .badListing(url: url, reason: "it is not JSON")
    }
    guard case .array(let entries) = root else {
      throw .badListing(url: url, reason: "it is not a list")
    }
    var files: [HubFile] = []
    for entry in entries where entry["type"]?.text != "directory" {
      guard let path = entry["path"]?.text else {
        throw .badListing(url: url, reason: "an entry has no path")
      }
      guard isSafe(path) else { throw .unsafePath(model: model, path: path) }
      // Large files stand in the repository as pointers; their own size is beside them.
      let large = entry["lfs"].flatMap { $0 == .null ? nil : $0 }
      guard let size = (large?["size"] ?? entry["size"])?.int, size >= 0 else {
        throw .badListing(url: url, reason: "\(path) has no size")
      }
      let told = (large ?? entry)["oid"]?.text
      let hash =
        large == nil ? told.flatMap(HubHash.init(blob:)) : told.flatMap(HubHash.init(large:))
      guard large == nil || hash != nil else {
        throw .badListing(url: url, reason: "\(path) has no SHA-256")
      }
      files.append(HubFile(path: path, size: size, hash: hash))
    }
    return files
  }

  /// Whether a name from outside stays below the folder that it is put in.
  static func isSafe(_ path: String) -> Bool {
    guard !path.isEmpty, path.utf8.count <= 1000,
      !path.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 || $0 == "\\" })
    else { return false }
    return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 200
    }
  }
}
