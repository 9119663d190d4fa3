import Foundation
import LeewayBase
import LeewayWorld
import Testing

@Suite struct TaskTests {
  let world: World
  init() throws { world = try World() }

  /// What a question asks for, worked out from its words.
  private func solve(_ question: String) -> String {
    let words = question.dropLast().split(separator: " ").map(String.init)
    let list = words.filter { $0.count == 1 }
    let next = list.map { ((Int($0) ?? 0) + 1) % 10 }
    func joined(_ items: [Int]) -> String { items.map { "\($0)" }.joined(separator: " ") }
    switch words.filter({ $0.count > 1 && $0 != "of" && $0 != "in" }).joined(separator: " ") {
    case "Copy": return list.joined(separator: " ")
    case "Reverse": return list.reversed().joined(separator: " ")
    case "Last": return list[list.count - 1]
    case "Largest": return list.max() ?? ""
    case "Next": return joined(next)
    case "Count": return "\(list.dropFirst().count { $0 == list[0] })"
    case "Sum": return "\(list.compactMap { Int($0) }.reduce(0, +) % 10)"
    case "Last next": return joined(next.suffix(1))
    case "Largest next": return joined([next.max() ?? 0])
    case "Reverse next": return joined(next.reversed())
    default: return "not a task: \(question)"
    }
  }

  @Test func everyItemIsRight() {
    var stream = NamedStream("items")
    for task in WorldTasks.all {
      for level in task.levels {
        for _ in 0..<200 {
          let item = task.item(level: level, using: &stream)
          #expect(item.answer == solve(item.question), "\(item.question)")
          #expect(item.isRight(item.document.response))
          #expect(!item.isRight(" " + item.answer + " 1."))
          #expect(!item.isRight(""))
        }
      }
    }
  }

  @Test func aSumIsWorkedOutInSteps() {
    var stream = NamedStream("sums")
    let item = Sum.item(level: 4, using: &stream)
    let sums = (item.thought ?? "").split(separator: " ").compactMap { Int($0) }
    let digits = item.question.compactMap { $0.wholeNumberValue }
    #expect(sums.count == 4 && digits.count == 4)
    for place in 1..<4 { #expect(sums[place] == (sums[place - 1] + digits[place]) % 10) }
    #expect(item.prompt.hasSuffix(" Think first.<assistant>"))
  }

  @Test func aTenthIsHeldOut() {
    var stream = NamedStream("shares")
    for task in WorldTasks.all {
      let held = (0..<4000).count { _ in
        world.isHeldOut(task.item(level: task.levels.upperBound, using: &stream), of: task)
      }
      #expect((260..<560).contains(held), "\(task.id): \(held)")
    }
  }

  @Test func theExamHasItems() {
    for task in WorldTasks.all {
      for level in task.levels {
        let items = world.items(task, level: level, count: 60)
        #expect(items.count == 60, "\(task.id) \(level)")
        #expect(Set(items.map(\.question)).count == items.count)
        for item in items { #expect(world.isHeldOut(item, of: task)) }
      }
    }
  }
}

@Suite struct TaskListTests {
  @Test func everyTasksFileIsListed() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let files = try FileManager.default
      .contentsOfDirectory(atPath: root + "/Sources/LeewayWorld/Tasks").sorted()
    #expect(files == WorldTasks.all.map { "\($0).swift" })
  }
}
