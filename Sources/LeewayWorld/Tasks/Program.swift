import LeewayBase

/// Two steps in one: a list is mapped and then read. The level is the number of digits.
package enum Program: WorldTask {
  package static let id = "program"
  package static let levels = 3...5

  package static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let digits = WorldTasks.digits(level, using: &stream)
    let list = WorldTasks.list(digits)
    let next = digits.map { ($0 + 1) % 10 }
    switch stream.below(3) {
    case 0: return TaskItem(question: "Last of next of \(list).", answer: "\(next.last ?? 0)")
    case 1: return TaskItem(question: "Largest of next of \(list).", answer: "\(next.max() ?? 0)")
    default:
      return TaskItem(
        question: "Reverse next of \(list).", answer: WorldTasks.list(next.reversed()))
    }
  }
}
