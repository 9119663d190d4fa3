import ArgumentParser
import Foundation
import LeewayBase
import LeewayClaims
import LeewayReport
import LeewayStudy

/// Claims in, verdicts out.
struct ClaimsRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure claims and write their pages.",
    discussion: """
        leeway claims run size-trend --set seeds=2
        leeway claims run all

      Writes leeway.sqlite, index.html, and NAME.html and NAME.svg for each claim. Finished steps are \
      kept: repeat the command to go on after Ctrl-C. A verdict may go either way; the exit code is 1 \
      only where a claim could not be measured, or missed a target that a right implementation hits.
      """)

  @Argument(help: "Claims by name, or all.") var names: [String]
  @Flag(help: "With all: also those that take minutes.") var full = false
  @OptionGroup var ledger: ClaimOptions
  @Flag(help: "Print the records as JSON.") var json = false

  func validate() throws {
    guard !names.isEmpty else { throw ValidationError("name a claim, or all") }
  }

  func run() throws {
    try reporting {
      let chosen = try ledger.chosen(names, all: Claims.all.filter { full || $0.cost.isQuick })
      try check(chosen)
      let desk = try ledger.desk()
      let runner = ClaimRunner(desk: desk, settings: ledger.settings)
      let (records, failed) = try runner.run(chosen) { if !json { tell($0, desk.place) } }
      desk.finish()
      if json { try tellJSON(records) }
      if !json, chosen.count > 1 {
        let entries = try desk.place.entries(chosen)
        print(ClaimTable.list(entries, columns: Terminal.columns, color: Terminal.isOutput))
      }
      tellSkipped()
      if !json, !chosen.isEmpty { print("ledger: \(ledger.out)/index.html") }
      if failed > 0 || records.contains(where: { !$0.failed.isEmpty }) { throw ExitCode(1) }
    }
  }

  private func tell(_ record: ClaimRecord, _ place: ClaimPlace) {
    print(
      ClaimTable.text(
        record, wholly: false, columns: Terminal.columns, color: Terminal.isOutput),
      terminator: "")
    print("page: \(place.page(record.claim))\n")
  }

  /// Every mistake of the settings before anything runs.
  private func check(_ claims: [Claim]) throws {
    var lines: [String] = []
    for claim in claims {
      for setting in ledger.settings {
        do { _ = try claim.values([setting]) } catch {
          lines += ErrorText.of(error).lines.filter { !lines.contains($0) }
        }
      }
    }
    if !lines.isEmpty { throw SeveralMistakes(lines: lines) }
  }

  private func tellSkipped() {
    let skipped =
      names.contains("all") && !full
      ? Claims.all.filter { !$0.cost.isQuick && !names.contains($0.id) } : []
    guard let text = ClaimTable.skipped(skipped) else { return }
    if json { printError("leeway: " + text) } else { print(text) }
  }
}

/// Claims one after another: one that fails does not stop the others.
private struct ClaimRunner {
  var desk: ClaimDesk
  var settings: [String]

  func run(_ claims: [Claim], tell: (ClaimRecord) -> Void) throws -> ([ClaimRecord], failed: Int) {
    let (line, cancellation) = (desk.line, desk.cancellation)
    defer { line.finish() }
    var records: [ClaimRecord] = []
    var failed = 0
    for (index, claim) in claims.enumerated() {
      if cancellation.isCancelled { throw ClaimError.cancelled(claim: claim.id) }
      // What it takes is known at the default parameters only.
      line.begin(
        claim, index + 1, of: claims.count, cost: settings.isEmpty ? ClaimTable.cost(claim) : nil)
      let record: ClaimRecord
      do {
        record = try claim.run(settings, engine: Leeway.engineVersion, tools: desk.tools)
      } catch {
        line.finish()
        if cancellation.isCancelled { throw ClaimError.cancelled(claim: claim.id) }
        failed += 1
        for text in ErrorText.of(error).lines {
          printError("leeway: " + (text.hasPrefix(claim.id + ": ") ? "" : claim.id + ": ") + text)
        }
        continue
      }
      line.finish()
      // A disk that is full for one is full for all.
      try desk.place.save(record, in: desk.ledger)
      records.append(record)
      tell(record)
    }
    return (records, failed)
  }
}
