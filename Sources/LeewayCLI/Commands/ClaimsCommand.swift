import ArgumentParser
import Foundation
import LeewayBase
import LeewayClaims
import LeewayReport
import LeewayStudy

/// The ledger of claims.
struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims", abstract: "The claims that Leeway tests: list, run, sweep, show.",
    discussion: """
        leeway claims                      every claim, what it takes, what came out
        leeway claims run all              those that take seconds
        leeway claims sweep NAME --over P=0:1:9     where a verdict turns
        leeway claims show size-trend      what one says and how it is measured
      """,
    subcommands: [List.self, ClaimsRunCommand.self, ClaimsSweepCommand.self, Show.self],
    defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Every claim: sentence, cost, verdict, key number beside its target.")
    @Option(help: "Folder of the ledger.") var out = ClaimPlace.standard

    func run() throws {
      try reporting {
        let entries = try ClaimPlace(folder: out).entries()
        print(
          ClaimTable.list(entries, columns: Terminal.columns, color: Terminal.isOutput),
          terminator: "")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One claim: sentence, experiment, parameters, targets, and what came out.")
    @Argument(help: "A claim's name.") var name: String
    @Option(help: "Folder of the ledger.") var out = ClaimPlace.standard
    @Flag(help: "Print all of it as JSON.") var json = false

    func run() throws {
      try reporting {
        let claim = try Claims.named(name)
        let place = ClaimPlace(folder: out)
        let entry = try place.entries([claim])[0]
        if json { return try tellJSON(ClaimSheet(claim, record: entry.record)) }
        let (columns, color) = (Terminal.columns, Terminal.isOutput)
        print(ClaimTable.text(claim, columns: columns, color: color))
        guard let record = entry.record else {
          return print(
            entry.isUnreadable
              ? "the kept record is of another version: leeway claims run \(name)"
              : "not run: leeway claims run \(name)")
        }
        print(
          ClaimTable.text(record, wholly: true, columns: columns, color: color), terminator: "")
        print("page: \(place.page(name))")
      }
    }
  }
}

func tellJSON(_ value: some Encodable) throws {
  let json = try CanonicalCoder.encode(value, pretty: true) + [0x0A]
  FileHandle.standardOutput.write(Data(json))
}

/// A claim as JSON: what it says, and its record.
struct ClaimSheet: Encodable {
  struct Parameter: Encodable {
    var name: String
    var meaning: String
    var standard: Claim.Value
    var expected: String
  }
  var claim: String
  var title: String
  var sentence: String
  var hypothesis: String
  var experiment: String
  var seconds: Double
  var quick: Bool
  var parameters: [Parameter]
  var targets: [Claim.Target]
  var beside: [Claim.Beside]
  var record: ClaimRecord?

  init(_ claim: Claim, record: ClaimRecord?) {
    self.claim = claim.id
    title = claim.title
    sentence = claim.sentence
    hypothesis = claim.hypothesis
    experiment = claim.experiment
    seconds = claim.cost.seconds
    quick = claim.cost.isQuick
    parameters = claim.parameters.map {
      Parameter(
        name: $0.name, meaning: $0.meaning, standard: $0.standard, expected: $0.expected)
    }
    targets = claim.targets
    beside = claim.beside
    self.record = record
  }
}
