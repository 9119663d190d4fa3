import LeewayBase

/// A list of letters, said again.
enum Copy: WorldTask {
  static let id = "copy"
  static let levels = 3...5

  static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let list = WorldTasks.list(WorldTasks.letters(level, using: &stream))
    return TaskItem(question: "Copy \(list).", answer: list)
  }
}
