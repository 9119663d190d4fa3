import Foundation
import LeewayBase
import Testing

/// The ledger of claims from the command line.
@Suite struct ClaimsTests {
  private static let models = Command.root + "/Models"

  /// A claim small enough to be measured here, on a model that comes with Leeway.
  private func small(_ out: String, models: String = Self.models, facts: Int = 4)
    -> [String]
  {
    [
      "claims", "run", "size-trend", "--out", out, "--models", models, "--cache", out + "/models",
      "--set", "sizes=xs", "--set", "variants=none", "--set", "seeds=1", "--set",
      "facts=\(facts)",
      "--set", "random=0",
    ]
  }

  /// Beside the recipes by which models are found.
  private func run(_ arguments: [String]) throws -> Command.Outcome {
    try Command.started(arguments, in: Command.root).outcome()
  }

  @Test func listsAndShows() throws {
    try withFolder { folder in
      let list = try Command.run("claims", "--out", folder + "/none")
      #expect(list.code == 0, "\(list.errors)")
      #expect(list.output.contains("size-trend") && list.output.contains("not run"))
      for line in list.output.split(separator: "\n") { #expect(line.count <= 110) }
      #expect(!FileManager.default.fileExists(atPath: folder + "/none"), "a list makes nothing")
      let show = try Command.run("claims", "show", "size-trend", "--out", folder + "/none")
      #expect(show.code == 0 && show.output.contains("relative difficulty of steering"))
      #expect(show.output.contains("seeds=3") && show.output.contains("not run: leeway claims run"))
      let help = try Command.run("--help")
      #expect(help.output.contains("claims"))
    }
  }

  @Test func mistakesAreTold() throws {
    let name = try Command.run("claims", "run", "size-tend")
    #expect(name.code == 2)
    #expect(name.errors.contains("no claim is called \"size-tend\"; did you mean \"size-trend\"?"))
    #expect(try Command.run("claims", "show", "size-tend").code == 2)
    let both = try Command.run(
      "claims", "run", "size-trend", "--set", "seds=2", "--set", "depth=7", "--set", "x")
    #expect(both.code == 2)
    #expect(both.errors.contains("no parameter is called \"seds\"; did you mean \"seeds\"?"))
    #expect(both.errors.contains("depth is \"7\"; expected a number from 0.05 to 1"))
    #expect(both.errors.contains("--set \"x\": expected PARAMETER=VALUE"))
    #expect(try Command.run("claims", "run").code == 64)
  }

  /// Where no recipe says how to have the models.
  @Test func aClaimThatFailsIsNamedAndTheRestGoesOn() throws {
    try withFolder { folder in
      let outcome = try Command.started(small(folder + "/out")).outcome()
      #expect(outcome.code == 1 && outcome.output.contains("ledger: \(folder)/out/index.html"))
      #expect(outcome.errors.contains("leeway: size-trend: "), "\(outcome.errors)")
    }
  }

  @Test func aMeasuredClaimIsKept() throws {
    try withFolder { folder in
      let out = folder + "/out"
      let first = try run(small(out))
      #expect(first.code == 0, "\(first.errors)")
      #expect(first.output.contains("undecided: "), "\(first.output)")
      #expect(first.output.contains("page: \(out)/size-trend.html"))
      let page = String(decoding: try bytes(out + "/size-trend.html"), as: UTF8.self)
      #expect(page.contains("--set sizes=xs --set variants=none --set seeds=1"))
      #expect(page.contains("no target applies") && page.contains("<svg"))
      let picture = try bytes(out + "/size-trend.svg")
      #expect(String(decoding: picture, as: UTF8.self).contains("xmlns="))
      #expect(
        String(decoding: try bytes(out + "/index.html"), as: UTF8.self)
          .contains("href=\"size-trend.html\""))
      let list = try Command.run("claims", "--out", out)
      #expect(list.output.contains("undecided") && list.output.contains("other param"))
      let shown = try Command.run("claims", "show", "size-trend", "--out", out, "--json")
      let json = try JSONValue.parse(Array(shown.output.utf8), path: "show")
      #expect(json["claim"]?.text == "size-trend")
      let record = try #require(json["record"])
      // Again, with models that are not there: every step is kept.
      let again = try run(small(out, models: folder) + ["--json"])
      #expect(again.code == 0, "\(again.errors)")
      #expect(try JSONValue.parse(Array(again.output.utf8), path: "run") == .array([record]))
    }
  }

  @Test func aClaimIsSwept() throws {
    try withFolder { folder in
      let sweep = [
        "claims", "sweep", "concept-ontology", "--over", "flipped=0,2:6:3", "--out",
        folder + "/out",
      ]
      let first = try run(sweep)
      #expect(first.code == 0, "\(first.errors)")
      let path = folder + "/out/concept-ontology-by-flipped"
      #expect(first.output.contains("page: \(path).html"))
      let csv = String(decoding: try bytes(path + ".csv"), as: UTF8.self)
      #expect(csv.split(separator: "\n").count == 5 && csv.hasPrefix("flipped,verdict,"))
      #expect(String(decoding: try bytes(path + ".html"), as: UTF8.self).contains("<svg"))
      let index = String(decoding: try bytes(folder + "/out/index.html"), as: UTF8.self)
      #expect(index.contains("swept over <a href=\"concept-ontology-by-flipped.html\">flipped</a>"))
      #expect(try run(sweep).output == first.output)
      let json = try run(sweep + ["--json"])
      #expect(
        try JSONValue.parse(Array(json.output.utf8), path: "sweep").array?.first?["claim"]?.text
          == "concept-ontology")
      // No record of a claim comes from a sweep.
      #expect(try Command.run("claims", "--out", folder + "/out").output.contains("not run"))
      let odd = try run(sweep + ["--value", "nothing"])
      #expect(odd.code != 0 && odd.errors.contains("--value nothing: concept-ontology measures"))
    }
    for (over, told) in [
      ("fliped=1,2", "did you mean \"flipped\"?"), ("flipped=1", "expected 2 to 1000 different"),
      ("flipped=1:9", "\"1:9\" is no range"), ("flipped", "expected PARAMETER=VALUES"),
    ] {
      let wrong = try Command.run("claims", "sweep", "concept-ontology", "--over", over)
      #expect(wrong.code == 2 && wrong.errors.contains(told), "\(wrong.errors)")
    }
    #expect(try Command.run("claims", "sweep", "concept-ontology").code == 64)
  }

  @Test func aStoppedRunGoesOn() throws {
    try withFolder { folder in
      let out = folder + "/out"
      let running = try Command.started(small(out, facts: 12), in: Command.root)
      let deadline = Date().addingTimeInterval(60)
      while running.process.isRunning, Date() < deadline,
        !FileManager.default.fileExists(atPath: out + "/leeway.sqlite")
      {
        Thread.sleep(forTimeInterval: 0.002)
      }
      Thread.sleep(forTimeInterval: 0.1)
      kill(running.process.processIdentifier, SIGINT)
      let stopped = try running.outcome()
      try #require(!stopped.output.contains("undecided"), "it ended before it could be stopped")
      #expect(stopped.code == 130)
      #expect(stopped.errors.contains("Run the same command to go on"), "\(stopped.errors)")
      #expect(!FileManager.default.fileExists(atPath: out + "/size-trend.html"))
      #expect(try run(small(out, facts: 12)).code == 0)
      #expect(try run(small(folder + "/whole", facts: 12)).code == 0)
      #expect(try bytes(out + "/size-trend.html") == bytes(folder + "/whole/size-trend.html"))
    }
  }
}
