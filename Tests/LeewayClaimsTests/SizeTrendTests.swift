import LeewayClaims
import LeewayStatistics
import Testing

@Suite("Size trend") struct SizeTrendTests {
  @Test func aWidthKnowsOnWhichSideItIsOpen() {
    func width(_ onset: Crossing, _ ceiling: Crossing) -> PushCurve.Width? {
      PushCurve.width(onset: onset, ceiling: ceiling)
    }
    #expect(width(.at(0.5), .at(2)) == .exactly(2))
    #expect(width(.at(2), .at(0.5)) == .exactly(-2))
    #expect(width(.above(4), .at(1)) == .atMost(-2))
    #expect(width(.at(1), .above(4)) == .atLeast(2))
    #expect(width(.above(4), .above(4)) == nil)
  }

  /// Two sizes, one seed: it runs, says that this says nothing, and a second run asks no model.
  @Test func fewModelsAreUndecidedAndAStoppedRunGoesOn() throws {
    let notebook = MemoryNotebook()
    let settings = [
      "sizes=xs,s", "variants=none", "seeds=1", "facts=4", "random=1",
    ]
    let first = try Claims.named("size-trend").run(
      settings, tools: ClaimTools(notebook: notebook, models: Committed()))
    #expect(first.findings.verdict.outcome == .undecided)
    #expect(first.findings.value("facts") == 4)
    #expect(first.findings.value("width-slope") != nil)
    #expect(first.findings.tables[0].rows.count == 2)
    #expect(first.findings.pictures.count == 3)
    let again = try Claims.named("size-trend").run(
      settings, tools: ClaimTools(notebook: notebook, models: NoFledglings()))
    #expect(first == again)
    let threaded = try Claims.named("size-trend").run(
      settings, tools: ClaimTools(kernels: .init(pool: .init(threads: 2)), models: Committed()))
    #expect(first == threaded)
  }

  @Test func withoutModelsItSaysWhatIsMissing() {
    #expect(throws: ClaimError.self) { try Claims.named("size-trend").run(tools: ClaimTools()) }
  }
}
