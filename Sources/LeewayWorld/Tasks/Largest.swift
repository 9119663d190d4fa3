import LeewayBase

/// The largest digit of a list.
package enum Largest: WorldTask {
  package static let id = "largest"
  package static let levels = 3...5

  package static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let digits = WorldTasks.digits(level, using: &stream)
    return TaskItem(
      question: "Largest of \(WorldTasks.list(digits)).", answer: "\(digits.max() ?? 0)")
  }
}
