import Foundation
import LeewayModel
import LeewayStatistics
import LeewayStudy
import LeewayTokenizer
import Testing

private let model = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
  .deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("shared/models/stories260k-hf").path

/// A real checkpoint beside the repository, when it is there.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: model), "no shared/models"))
struct SharedModelTests {
  @Test func plannerAndNaiveGiveTheSameStudy() throws {
    let transformer = try Transformer(Checkpoint(folder: model))
    let tokenizer = try Tokenizer(path: model)
    func run(_ executor: any JobExecutor) throws -> StudyResult {
      var study = Fake.study(doses: [0.0625, 0.25, 1])
      study.sweep.sites = ["blocks.1.resid_post"]
      study.prompts = ["Once upon a time, there was a little", "Once there was a kind little"]
      study.arms = ArmsSpec(random: 2, shuffled: 1, refits: 1)
      let context = RunContext(
        executor: executor, tokenizer: tokenizer,
        provenance: Provenance(
          modelPath: "m", architecture: "llama", parameters: transformer.parameters,
          layers: transformer.config.layers, width: transformer.config.width, checkpointHash: "c",
          tokenizerHash: tokenizer.contentHash, engineVersion: "1", precision: "exact",
          kernelSet: "any"), maxPositions: transformer.config.maxPositions,
        endTokens: Set(transformer.config.endTokens))
      return try StudyRunner(study: study, context: context, ledger: MemoryLedger()).run()
    }
    let planned = try run(SweepPlanner(model: transformer))
    let naive = try run(NaiveExecutor(model: transformer))
    #expect(try planned.json() == naive.json())
    let main = try #require(planned.arms.first)
    #expect(main.points[0].originalShare == 1)
    #expect(main.points[1].additionsMade > 0)
    #expect(main.points.allSatisfy { $0.additionsMade == $0.additionsExpected })
    #expect(main.points[0].shift == 0)
  }
}
