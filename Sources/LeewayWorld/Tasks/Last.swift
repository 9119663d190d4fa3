import LeewayBase

/// The last letter of a list.
enum Last: WorldTask {
  static let id = "last"
  static let levels = 3...5

  static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let letters = WorldTasks.letters(level, using: &stream)
    return TaskItem(
      question: "Last of \(WorldTasks.list(letters)).", answer: WorldTasks.list(letters.suffix(1)))
  }
}
