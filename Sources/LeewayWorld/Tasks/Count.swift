import LeewayBase

/// How often a letter stands in a list.
package enum Count: WorldTask {
  package static let id = "count"
  package static let levels = 3...5

  package static func item(level: Int, using stream: inout NamedStream) -> TaskItem {
    let letter = WorldTasks.letters(1, using: &stream)[0]
    // All counts equally often, so that no guess is good.
    let count = stream.below(level + 1)
    var list = [String](repeating: letter, count: count)
    while list.count < level {
      let other = WorldTasks.letters(1, using: &stream)[0]
      if other != letter { list.append(other) }
    }
    stream.shuffle(&list)
    return TaskItem(
      question: "Count \(letter) in \(WorldTasks.list(list)).", answer: "\(count)")
  }
}
