import LeewayBase

/// A list of letters, said again.
package enum Copy: WorldTask {
  package static let id = "copy"
  package static let levels = 3...5

  package static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let list = WorldTasks.list(WorldTasks.letters(level, using: &stream))
    return TaskItem(question: "Copy \(list).", answer: list)
  }
}
