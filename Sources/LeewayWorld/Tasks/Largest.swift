import LeewayBase

/// The largest digit of a list.
enum Largest: WorldTask {
  static let id = "largest"
  static let levels = 3...5

  static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let digits = WorldTasks.digits(level, using: &stream)
    return TaskItem(
      question: "Largest of \(WorldTasks.list(digits)).", answer: "\(digits.max() ?? 0)")
  }
}
