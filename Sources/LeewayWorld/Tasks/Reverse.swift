import LeewayBase

/// A list of letters from its end.
enum Reverse: WorldTask {
  static let id = "reverse"
  static let levels = 3...5

  static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let letters = WorldTasks.letters(level, using: &stream)
    return TaskItem(
      question: "Reverse \(WorldTasks.list(letters)).", answer: WorldTasks.list(letters.reversed())
    )
  }
}
