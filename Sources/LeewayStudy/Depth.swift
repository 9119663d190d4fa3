import LeewayModel

/// A place by relative depth, so that models of unlike depth are pushed at the like place:
/// `depth:0.6` is the stream after 60 % of the blocks.
///
/// It rounds to the nearest whole number of blocks, halves up, at least one: of 5 blocks `depth:0.6`
/// is the stream after the third, `blocks.2.resid_post`; of 4, after the second (2.4 rounds to 2).
public struct Depth: Sendable, Hashable {
  static let prefix = "depth:"
  /// Above 0, at most 1.
  public let share: Double

  /// `depth:0.6`; nil when the share is none, not above 0 or above 1.
  public init?(_ name: String) {
    guard name.hasPrefix(Self.prefix),
      let share = Double(name.dropFirst(Self.prefix.count).filter { $0 != " " }), share > 0,
      share <= 1
    else { return nil }
    self.share = share
  }

  /// - Parameter share: above 0, at most 1.
  package init(share: Double) { self.share = share }

  public var name: String { "\(Self.prefix)\(share)" }

  public func site(of layers: Int) -> Site {
    let blocks = (share * Double(layers)).rounded(.toNearestOrAwayFromZero)
    return Site(.residPost, layer: max(1, min(layers, Int(blocks))) - 1)
  }
}
