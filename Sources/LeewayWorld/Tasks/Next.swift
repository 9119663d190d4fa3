import LeewayBase

/// Each digit's successor; 0 follows 9.
package enum Next: WorldTask {
  package static let id = "next"
  package static let levels = 3...5

  package static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let digits = WorldTasks.digits(level, using: &stream)
    return TaskItem(
      question: "Next of \(WorldTasks.list(digits)).",
      answer: WorldTasks.list(digits.map { ($0 + 1) % 10 }))
  }
}
