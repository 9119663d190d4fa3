import Foundation
import LeewayStatistics
import LeewayStudy
import Testing

/// The guides' examples are real.
@Suite struct GuideTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test func theGuideQuotesTheScorer() throws {
    let file = try text("Tests/LeewayStudyTests/GuideScorer.swift")
    let from = try #require(file.range(of: "from the next line on.\n")).upperBound
    #expect(try text("Documentation/AddAMethod.md").contains("```swift\n\(file[from...])```"))
  }

  @Test func textsThatEndAreCounted() throws {
    let tokenizer = try Fake.tokenizer()
    let generation = Generation(
      prompts: ["a", "b"], promptTokens: [[0], [1]], seeds: [0, 1], maxTokens: 3,
      sampling: .greedy, endTokens: [7])
    let scorer = Ending(
      CapabilitySpec(scorer: "ending", floor: 0.5),
      asked: AskedContext(
        tokenizer: tokenizer, positions: .all, generation: generation, endTokens: [7]))
    func trials(_ texts: [[Int]]) -> [Trial] {
      texts.enumerated().map { Trial(item: $0.offset / 2, seed: $0.offset % 2, tokens: $0.element) }
    }
    let scored = scorer.run(
      ScorerBatch(
        executor: FakeModel(tokenizer), tokenizer: tokenizer, variants: [.baseline, .baseline],
        edits: [nil, nil],
        written: [
          trials([[1, 7], [7], [2, 3, 7], [4, 7]]), trials([[1, 2, 3], [7], [], [5, 7]]),
        ]))
    let outcome = Ending.outcome(
      baseline: scored[0], doses: [scored[1]], spec: CapabilitySpec(scorer: "ending", floor: 0.5))
    #expect(outcome == .score(scores: [[0.5, 0.5]], baseline: [1, 1], chance: 0))
  }

  /// The example of a study is one: every mistake but its files, which are not here.
  @Test func theGuidesStudyIsOne() throws {
    let guide = try text("Documentation/WriteAStudy.md")
    let from = try #require(guide.range(of: "```yaml\n")).upperBound
    let end = try #require(guide.range(of: "\n```", range: from..<guide.endIndex)).lowerBound
    let draft = try #require(
      try? StudyDraft(path: written(String(guide[from..<end]))))
    #expect(draft.models.map { $0.hasSuffix("checkpoints/story") } == [true])
    for issue in draft.issues {
      guard case .file = issue.problem else {
        Issue.record("\(issue)")
        continue
      }
    }
    #expect(draft.issues.count == 4)
  }

  private func written(_ text: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-guide-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/study.yaml"))
    return folder + "/study.yaml"
  }
}
