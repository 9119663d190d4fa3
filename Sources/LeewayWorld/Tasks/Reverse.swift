import LeewayBase

/// A list of letters from its end.
package enum Reverse: WorldTask {
  package static let id = "reverse"
  package static let levels = 3...5

  package static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let letters = WorldTasks.letters(level, using: &stream)
    return TaskItem(
      question: "Reverse \(WorldTasks.list(letters)).", answer: WorldTasks.list(letters.reversed())
    )
  }
}
