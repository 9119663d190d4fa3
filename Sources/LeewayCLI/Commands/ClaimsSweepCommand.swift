import ArgumentParser
import Foundation
import LeewayBase
import LeewayClaims
import LeewayReport

/// Claims at a grid of parameter values.
struct ClaimsSweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Measure a claim over one or two of its parameters.",
    discussion: """
        leeway claims sweep reward-pools --over cost=0.5:2.5:9
        leeway claims sweep simulator-trap --over noise=0,0.2 --over revision=0:1:5
        leeway claims sweep all --over seed=1,2,3

      Tells where the verdict turns, and writes NAME-by-PARAMETER.html and .csv. Values are a list \
      (1,2,5), a range in equal steps (FROM:TO:COUNT) or in equal ratios (FROM:TO:COUNT:log). Finished \
      points are kept: repeat the command to go on after Ctrl-C. Over seed alone the targets apply, \
      and the exit code is 1 where one is missed.
      """)

  @Argument(help: "Claims by name, or all that take seconds and have the parameter.")
  var names: [String]
  @Option(
    name: .customLong("over"), parsing: .singleValue,
    help: ArgumentHelp(
      "A parameter and its values; a second one makes a map.", valueName: "parameter=values"))
  var over: [String]
  @Option(
    name: .customLong("value"), parsing: .singleValue,
    help: ArgumentHelp(
      "What to show, by its id in the CSV; the first three if absent. Repeat.", valueName: "id"))
  var shown: [String] = []
  @OptionGroup var ledger: ClaimOptions
  @Flag(help: "Print the sweeps as JSON.") var json = false

  func validate() throws {
    guard !names.isEmpty else { throw ValidationError("name a claim, or all") }
    guard (1...2).contains(over.count) else {
      throw ValidationError(
        over.isEmpty
          ? "--over PARAMETER=VALUES is missing" : "--over can be given twice, for a map; not more")
    }
  }

  func run() throws {
    try reporting {
      let chosen = try chosen()
      let axes = try chosen.map { claim in try over.map { try claim.axis($0) } }
      for (claim, axes) in zip(chosen, axes) { try claim.checkSweep(axes, ledger.settings) }
      let desk = try ledger.desk()
      var sweeps: [ClaimSweep] = []
      for (index, claim) in chosen.enumerated() {
        desk.line.begin(claim, index + 1, of: chosen.count, cost: nil)
        let sweep = try claim.sweep(
          over: axes[index], settings: ledger.settings, engine: Leeway.engineVersion,
          tools: desk.tools, describe: { ErrorText.of($0).lines.joined(separator: " ") })
        desk.line.finish()
        try save(sweep, try values(sweep), desk)
        sweeps.append(sweep)
      }
      desk.finish()
      if json { try tellJSON(sweeps) }
      if sweeps.contains(where: { $0.checks.contains { !$0.holds } }) { throw ExitCode(1) }
    }
  }

  /// With `all`, claims that lack the parameter are left out.
  private func chosen() throws -> [Claim] {
    let wanted = over.compactMap { $0.split(separator: "=").first.map(String.init) }
    let all = Claims.all.filter { claim in
      claim.cost.isQuick
        && wanted.allSatisfy { name in claim.parameters.contains { $0.name == name } }
    }
    let chosen = try ledger.chosen(names, all: all)
    guard !chosen.isEmpty else {
      throw ValidationError(
        "--over: no claim that takes seconds has \(wanted.joined(separator: " and "))")
    }
    return chosen
  }

  private func values(_ sweep: ClaimSweep) throws -> [String] {
    let known = sweep.valueIDs
    if let odd = shown.first(where: { !known.contains($0) }) {
      throw ValidationError(
        "--value \(odd): \(sweep.claim) measures \(known.joined(separator: ", "))")
    }
    return shown.isEmpty ? Array(known.prefix(3)) : shown
  }

  private func save(_ sweep: ClaimSweep, _ ids: [String], _ desk: ClaimDesk) throws {
    let page = try desk.place.save(sweep, values: ids, in: desk.ledger)
    guard !json else { return }
    print(
      SweepTable.text(
        sweep, values: ids, columns: Terminal.columns, color: Terminal.isOutput),
      terminator: "")
    print("page: \(page)\n")
  }
}
