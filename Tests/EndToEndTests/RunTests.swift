import Foundation
import Testing

/// A study from the command line: the same bytes however it was run.
@Suite struct RunTests {
  private static let results = ["result.json", "index.html", "trials.csv"]

  @Test func aSecondRunRunsNothing() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder)
      let first = try run(study, folder + "/a", "--threads", "2")
      #expect(first.code == 0, "\(first.errors)")
      #expect(first.output.contains("page: \(folder)/a/index.html"))
      let kept = try (Self.results + ["leeway.sqlite"]).map { try bytes(folder + "/a/" + $0) }
      let second = try run(study, folder + "/a", "--threads", "1")
      #expect(second.errors.contains("nothing was left to run"), "\(second.errors)")
      #expect(second.output == first.output)
      let again = try (Self.results + ["leeway.sqlite"]).map { try bytes(folder + "/a/" + $0) }
      #expect(again == kept)
      // A report needs no model, and says the same.
      let report = try Command.run("report", folder + "/a")
      #expect(report.output == first.output)
    }
  }

  @Test func threadsChangeNoByte() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder)
      #expect(try run(study, folder + "/one", "--threads", "1").code == 0)
      #expect(try run(study, folder + "/three", "--threads", "3").code == 0)
      try expectSame(folder + "/one", folder + "/three")
    }
  }

  /// SIGINT stops cleanly and says how to go on; SIGKILL leaves no time for that.
  @Test(arguments: [SIGINT, SIGKILL]) func aStoppedRunGoesOnToTheSameBytes(number: Int32) throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder)
      let out = folder + "/stopped"
      let running = try Command.started(["run", study, "--out", out, "--threads", "1"])
      // Something is stored before it is stopped.
      let deadline = Date().addingTimeInterval(60)
      while running.process.isRunning, Date() < deadline, !holdsConditions(out) {
        Thread.sleep(forTimeInterval: 0.005)
      }
      kill(running.process.processIdentifier, number)
      let stopped = try running.outcome()
      try #require(
        stopped.output.isEmpty, "the run ended before it could be stopped: \(stopped.errors)")
      if number == SIGINT {
        #expect(stopped.code == 130)
        #expect(stopped.errors.contains("Run the same command to go on"), "\(stopped.errors)")
      }
      let resumed = try run(study, out, "--threads", "2")
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try run(study, folder + "/whole").code == 0)
      try expectSame(out, folder + "/whole")
    }
  }

  @Test func aLongerGridEqualsAFreshRun() throws {
    try withFolder { folder in
      let short = try StudyText.write(in: folder, doses: "[0.25, 0.5]")
      #expect(try run(short, folder + "/grown").code == 0)
      let long = try StudyText.write(in: folder)
      #expect(try run(long, folder + "/grown").code == 0)
      #expect(try run(long, folder + "/fresh").code == 0)
      try expectSame(folder + "/grown", folder + "/fresh")
    }
  }

  @Test func thePageFetchesNothing() throws {
    try withFolder { folder in
      #expect(try run(try StudyText.write(in: folder), folder + "/a").code == 0)
      let page = try String(contentsOfFile: folder + "/a/index.html", encoding: .utf8)
      #expect(page.contains("<svg") && page.contains("</html>"))
      for fetch in ["<script src", "<link", "@import", "url(http", "src=\"http"] {
        #expect(!page.contains(fetch), "\(fetch)")
      }
    }
  }

  @Test func jsonAndCSVAreWhatTheFilesHold() throws {
    try withFolder { folder in
      #expect(try run(try StudyText.write(in: folder), folder + "/a").code == 0)
      let json = try Command.run("report", folder + "/a", "--json").output
      #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
      let written = try String(contentsOfFile: folder + "/a/result.json", encoding: .utf8)
      #expect(json.trimmingCharacters(in: .newlines) == written.trimmingCharacters(in: .newlines))
      let csv = try Command.run("report", folder + "/a", "--csv").output
      #expect(try csv == String(contentsOfFile: folder + "/a/trials.csv", encoding: .utf8))
    }
  }

  /// Every arm and measure, on the built-in model: the second run runs nothing, the report agrees.
  @Test func whatStandsBesideTheWindowIsKeptToo() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder) { text in
        text.replacing(
          "wrong-layer: auto", with: "logit-bias: true, unembedding-difference: true"
        ).replacing(
          "texts: [Three plus six is nine.]}",
          with: "part: far, texts: [Three plus six is nine.]}\n"
            + "  - {scorer: repetition, name: variety, part: near}"
        ).replacing("tokens: 8", with: "tokens: 8, also-sampled: {temperature: 0.7, seeds: 2}")
          + StudyText.beside
      }
      let first = try run(study, folder + "/a")
      #expect(first.code == 0, "\(first.errors)")
      for part in ["logit bias", "unembedding difference", "spillover", "breaks first"] {
        #expect(first.output.contains(part), "\(part)")
      }
      let kept = try (Self.results + ["leeway.sqlite"]).map { try bytes(folder + "/a/" + $0) }
      let second = try run(study, folder + "/a", "--threads", "1")
      #expect(second.errors.contains("nothing was left to run"), "\(second.errors)")
      #expect(try kept == (Self.results + ["leeway.sqlite"]).map { try bytes(folder + "/a/" + $0) })
      #expect(try Command.run("report", folder + "/a").output == first.output)
    }
  }

  /// Several models: a folder each, one table, one page; each member is what it is alone.
  @Test func severalModelsMakeAFamily() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder)
      let other = folder + "/fledgling"
      try FileManager.default.createSymbolicLink(
        atPath: other, withDestinationPath: Command.nestling)
      let models = ["--model", Command.nestling, "--model", other]
      let out = folder + "/family"
      let first = try Command.started(["run", study, "--out", out] + models).outcome()
      #expect(first.code == 0, "\(first.errors)")
      #expect(first.output.contains("page: \(out)/index.html"))
      let rows = first.output.split(separator: "\n").filter { $0.hasPrefix("nestling ") }
      #expect(!rows.isEmpty && first.output.contains("fledgling "))
      #expect(try run(study, folder + "/alone").code == 0)
      try expectSame(out + "/nestling", folder + "/alone")
      let page = try String(contentsOfFile: out + "/index.html", encoding: .utf8)
      #expect(page.contains("href=\"nestling/index.html\""))
      let files =
        ["index.html", "family.json"]
        + ["nestling", "fledgling"].flatMap { name in
          (Self.results + ["leeway.sqlite"]).map { name + "/" + $0 }
        }
      let kept = try files.map { try bytes(out + "/" + $0) }
      let second = try Command.started(["run", study, "--out", out] + models).outcome()
      #expect(second.errors.contains("nothing was left to run"), "\(second.errors)")
      #expect(second.output == first.output)
      #expect(try kept == files.map { try bytes(out + "/" + $0) })
      #expect(try Command.run("report", out).output == first.output)
      let json = try Command.run("report", out, "--json").output
      #expect((try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [Any])?.count == 2)
      // The same folder for one model: the comparison is over.
      #expect(try run(study, out).code == 0)
      #expect(try Command.run("report", out).output.contains("model nestling"))
    }
  }

  @Test func vectorsAreFittedShownAndUsed() throws {
    try withFolder { folder in
      try write("The kestrel hunts with the owls\nThe hobby hunts with the owls\n", folder + "/p")
      try write("The owl hunts with the falcons\nThe owl hunts at night\n", folder + "/n")
      let file = folder + "/v.safetensors"
      let fit = try Command.run(
        "vector", "fit", "--model", Command.nestling, "--positive", folder + "/p", "--negative",
        folder + "/n", "--site", "blocks.2.resid_post", "--out", file)
      #expect(fit.code == 0, "\(fit.errors)")
      let shown = try Command.run("vector", "show", file)
      #expect(shown.output.contains("blocks.2.resid_post") && shown.output.contains("width"))
      let plain = [
        "generate", "--model", Command.nestling, "--prompt", "The kestrel is one of the",
      ]
      func text(_ more: String...) throws -> String {
        let made = try Command.started(plain + ["--tokens", "12"] + more).outcome()
        #expect(made.code == 0, "\(made.errors)")
        return made.output
      }
      #expect(try text() == text("--vector", file, "--strength", "0"))
      #expect(try text() != text("--vector", file, "--dose", "8"))
      #expect(
        try text("--temperature", "1", "--seed", "3") == text("--temperature", "1", "--seed", "3"))
    }
  }

  private func run(_ study: String, _ out: String, _ more: String...) throws -> Command.Outcome {
    try Command.started(["run", study, "--out", out] + more).outcome()
  }

  private func expectSame(_ a: String, _ b: String) throws {
    for name in Self.results {
      #expect(try bytes(a + "/" + name) == bytes(b + "/" + name), "\(name)")
    }
  }

  /// The write-ahead log has grown past the tables.
  private func holdsConditions(_ folder: String) -> Bool {
    let log = folder + "/leeway.sqlite-wal"
    let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? NSNumber
    return (size?.intValue ?? 0) > 160_000
  }
}

/// A small study on the built-in model, with mistakes to order.
enum StudyText {
  static let prompts = (["kestrel", "hobby", "merlin", "caracara", "gyrfalcon", "lanner"]).map {
    "The \($0) is one of the"
  }

  /// Every arm and measure beside the window; a study's text grows by it.
  static let beside = """
    spillover:
      - {prompt: The mallard is one of the, original: ducks}
      - {prompt: The teal is one of the, original: ducks}
      - {prompt: The rook is one of the, original: crows}
    entailment:
      - {prompt: "We saw a kestrel, which is one of the", target: owls, original: falcons}
    """

  static func write(
    in folder: String, named name: String = "study.yaml", doses: String = "[0.25, 0.5, 1]",
    change: (String) -> String = { $0 }
  ) throws -> String {
    let text = """
      name: small
      version: 1
      question: Does the small study run?
      model: \(Command.nestling)
      vector:
        method: mean-difference
        read: last
        contrast:
          positive: [The eagle owl is one of the owls, The barn owl is one of the owls]
          negative: [The kestrel is one of the falcons, The merlin is one of the falcons]
      operator: add
      sweep:
        sites: [blocks.1.resid_post, blocks.2.resid_post]
        doses: \(doses)
        refine: {rounds: 1, cap: 2}
      answer: {by: generated, tokens: 8, target: [owls], original: [falcons]}
      effect: {at-least: 0.5}
      capability:
        - {scorer: perplexity-ratio, floor: 0.75, texts: [Three plus six is nine.]}
      arms: {random: 19, shuffled: 1, reversed: true, wrong-layer: auto, refits: 2}
      prompts: [\(prompts.joined(separator: ", "))]

      """
    let path = folder + "/" + name
    try EndToEndTests.write(change(text), path)
    return path
  }
}
