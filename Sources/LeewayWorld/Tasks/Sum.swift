import LeewayBase

/// The last digit of a sum, by way of the running sums.
package enum Sum: WorldTask {
  package static let id = "sum"
  package static let levels = 3...5

  package static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let digits = WorldTasks.digits(level, using: &stream)
    var sums: [Int] = []
    for digit in digits { sums.append(((sums.last ?? 0) + digit) % 10) }
    return TaskItem(
      question: "Sum \(WorldTasks.list(digits)).", thought: WorldTasks.list(sums),
      answer: "\(sums.last ?? 0)")
  }
}
