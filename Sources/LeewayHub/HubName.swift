import Foundation

/// `ORG/NAME`, a model on a hub, at a revision: a branch, a tag or a commit.
public struct HubName: Equatable, Sendable, CustomStringConvertible {
  public static let mainRevision = "main"
  public let organisation: String
  public let name: String
  public let revision: String

  public init(_ text: String, revision: String = mainRevision) throws(HubError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy(Self.isName) else { throw .badName(text) }
    guard !revision.isEmpty, revision.utf8.count <= 200,
      revision.split(separator: "/", omittingEmptySubsequences: false)
        .allSatisfy({ Self.isName(String($0)) })
    else { throw .badName(text + "@" + revision) }
    organisation = parts[0]
    name = parts[1]
    self.revision = revision
  }

  /// As typed where a model's path is expected: `ORG/NAME` or `ORG/NAME@REVISION`.
  public init(place: String) throws(HubError) {
    let parts = place.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    try self.init(
      String(parts[0]), revision: parts.count == 2 ? String(parts[1]) : Self.mainRevision)
  }

  public var description: String { organisation + "/" + name }

  /// Its folder below the cache's `models`. Revisions do not share one: their shards would mix.
  public var folder: String {
    guard revision != Self.mainRevision else { return description }
    return description + "@" + revision.replacingOccurrences(of: "/", with: "%2F")
  }

  private static func isName(_ part: String) -> Bool {
    !part.isEmpty && part.utf8.count <= 100 && !part.hasPrefix(".")
      && part.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
