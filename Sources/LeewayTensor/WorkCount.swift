/// Multiply-adds done: those that were asked for, and those spent on rows and outputs that only
/// fill up a tile.
public struct WorkCount: Sendable, Equatable {
  public var useful: Int
  public var padding: Int

  public init(useful: Int = 0, padding: Int = 0) {
    self.useful = useful
    self.padding = padding
  }
}
