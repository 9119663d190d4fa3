import LeewayBase

/// The last letter of a list.
package enum Last: WorldTask {
  package static let id = "last"
  package static let levels = 3...5

  package static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let letters = WorldTasks.letters(level, using: &stream)
    return TaskItem(
      question: "Last of \(WorldTasks.list(letters)).", answer: WorldTasks.list(letters.suffix(1)))
  }
}
