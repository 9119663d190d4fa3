/// Outlines of marks, so that colour alone tells nothing apart.
enum Mark {
  /// Square, diamond, triangle up, triangle down; then from the start again.
  static func outline(_ index: Int, _ x: Double, _ y: Double, _ size: Double)
    -> [(x: Double, y: Double)]
  {
    let far = size * 1.3
    return switch index % 4 {
    case 0:
      [(x - size, y - size), (x + size, y - size), (x + size, y + size), (x - size, y + size)]
    case 1: [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
    case 2: [(x, y - far), (x + far, y + size), (x - far, y + size)]
    default: [(x, y + far), (x + far, y - size), (x - far, y - size)]
    }
  }
}
