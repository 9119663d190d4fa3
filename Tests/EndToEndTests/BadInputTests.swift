import Foundation
import LeewayBase
import Testing

/// Bad input gets a sentence that names the file and the key, an exit code, and loses nothing.
@Suite struct BadInputTests {
  /// What was typed into the study, and what must be said.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var find: String
    var replace: String
    var says: [String]
    var testDescription: String { replace }
  }

  static let mistakes = [
    Mistake(
      find: "sweep:", replace: "sweeep:",
      says: ["study.yaml:12", "sweeep", "did you mean \"sweep\"?"]),
    Mistake(find: "rounds: 1", replace: "round: 1", says: ["round", "did you mean \"rounds\"?"]),
    Mistake(
      find: "blocks.2.resid_post", replace: "blocks.9.resid_post",
      says: ["blocks.9.resid_post", "4 blocks"]),
    Mistake(
      find: "blocks.2.resid_post", replace: "blocks.2.resid_pots",
      says: ["resid_pots", "resid_post"]),
    Mistake(
      find: "method: mean-difference", replace: "method: mean-diference",
      says: ["mean-diference", "mean-difference"]),
    Mistake(
      find: "scorer: perplexity-ratio", replace: "scorer: perplexity",
      says: ["perplexity", "perplexity-ratio"]),
    Mistake(
      find: "positive: [The eagle owl is one of the owls, The barn owl is one of the owls]",
      replace: "positive: []", says: ["vector.contrast.positive", "empty"]),
    Mistake(find: "original: [falcons]", replace: "original: [owls]", says: ["owls", "flip"]),
    Mistake(
      find: "texts: [Three", replace: "texts: {file: no-such.txt}, neutral: [Three",
      says: ["no-such.txt"]),
    Mistake(find: "[0.25, 0.5, 1]", replace: "[-1]", says: ["sweep.doses", "-1"]),
    Mistake(
      find: "The hobby is", replace: String(repeating: "The hobby and ", count: 60) + "is",
      says: ["prompts[1]", "context is 128"]),
    Mistake(find: "name: small", replace: "name: [small", says: ["not YAML"]),
  ]

  @Test(arguments: mistakes) func studiesAreChecked(mistake: Mistake) throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder) { text in
        let changed = text.replacingOccurrences(of: mistake.find, with: mistake.replace)
        #expect(changed != text, "nothing was changed")
        return changed
      }
      for command in [["check", study], ["run", study, "--out", folder + "/out"]] {
        let result = try Command.started(command).outcome()
        expect(result, code: 2, says: mistake.says + ["study.yaml"])
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/out/index.html"))
    }
  }

  @Test func allMistakesAreToldAtOnce() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder) {
        $0.replacingOccurrences(of: "effect:", with: "efect:")
          .replacingOccurrences(of: "refine:", with: "refin:")
          .replacingOccurrences(of: "tokens: 8", with: "tokens: eight")
      }
      expect(
        try Command.run("check", study), code: 2, says: ["efect", "refin", "eight"])
    }
  }

  /// Those of the file, of its contrast, of the model and of the tokens, in one go.
  @Test func mistakesOfEveryKindAreToldAtOnce() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder) {
        $0.replacingOccurrences(of: "question:", with: "quesion:")
          .replacingOccurrences(of: "blocks.2.resid_post", with: "blocks.9.resid_post")
          .replacingOccurrences(
            of: "negative: [The kestrel is one of the falcons, The merlin is one of the falcons]",
            with: "negative: []"
          )
          .replacingOccurrences(
            of: "The hobby is", with: String(repeating: "The hobby and ", count: 60) + "is"
          )
          .replacingOccurrences(of: "tokens: 8", with: "tokens: eight")
      }
      for command in [["check", study], ["run", study, "--out", folder + "/out"]] {
        let result = try Command.started(command).outcome()
        expect(
          result, code: 2,
          says: [
            "study.yaml:3: quesion", "study.yaml:13: sweep.sites[1]: blocks.9", "negative",
            "prompts[1]", "eight",
          ])
        #expect(result.errors.split(separator: "\n").count == 5, "\(result.errors)")
      }
      // A model that cannot be opened is one mistake more.
      let without = try Command.run("check", study, "--model", folder)
      expect(
        without, code: 2, says: ["quesion", "negative", "eight", folder + ": holds no config"])
    }
  }

  // MARK: Checkpoints

  /// The built-in model with one file changed.
  private func damaged(
    _ file: String, in folder: String, _ change: (inout Data) throws -> Void
  ) throws -> String {
    let copy = folder + "/model"
    try FileManager.default.copyItem(atPath: Command.nestling, toPath: copy)
    var data = try bytes(copy + "/" + file)
    try change(&data)
    try data.write(to: URL(fileURLWithPath: copy + "/" + file))
    return copy
  }

  private func replace(_ data: inout Data, _ old: String, _ new: String) throws {
    let range = try #require(data.range(of: Data(old.utf8)), "\(old) is not in the file")
    data.replaceSubrange(range, with: Data(new.utf8))
  }

  private func expectTrace(
    _ file: String, says: [String], _ change: (inout Data) throws -> Void
  ) throws {
    try withFolder { folder in
      let model = try damaged(file, in: folder, change)
      expect(
        try Command.run("trace", "--model", model, "--ids", "1 2"), code: 2, says: says + [file])
    }
  }

  @Test func damagedWeightsAreNamed() throws {
    let weights = "model.safetensors"
    try expectTrace(weights, says: ["cut short"]) { $0 = $0.prefix($0.count - 100) }
    try expectTrace(weights, says: ["header claims"]) { $0[6] = 1 }
    try expectTrace(weights, says: ["too few for a header"]) { $0 = Data() }
    try expectTrace(weights, says: []) {
      try replace(&$0, "\"data_offsets\":[0,", "\"data_offsets\":[2,")
    }
    try withFolder { folder in
      let model = try damaged(weights, in: folder) { data in
        for index in data.count - 4..<data.count { data[index] = 0xFF }
      }
      expect(
        try Command.run("trace", "--model", model, "--ids", "1 2"), code: 2, says: ["NaN", model])
    }
  }

  @Test func configurationsAreAccountedFor() throws {
    let file = "config.json"
    try expectTrace(file, says: ["num_hidden_layers", "missing"]) {
      try replace(&$0, "\"num_hidden_layers\": 4,", "")
    }
    try expectTrace(file, says: ["attn_temperature", "--ignore-key"]) {
      try replace(&$0, "\"vocab_size\"", "\"attn_temperature\": 2.0, \"vocab_size\"")
    }
    try expectTrace(file, says: ["mamba", "llama"]) {
      try replace(&$0, "\"model_type\": \"llama\"", "\"model_type\": \"mamba\"")
    }
    try expectTrace(file, says: ["not JSON"]) { $0 = $0.prefix(100) }
    try withFolder { folder in
      let model = try damaged(file, in: folder) {
        try replace(&$0, "\"intermediate_size\": 128", "\"intermediate_size\": 96")
      }
      expect(
        try Command.run("trace", "--model", model, "--ids", "1"), code: 2, says: ["shape", "96"])
    }
  }

  static let values: [(key: String, value: JSONValue, says: String)] = [
    ("rms_norm_eps", -1, "rms_norm_eps"),
    ("eos_token_id", [2, "x"], "eos_token_id"),
    ("rope_parameters", 2, "rope_parameters"),
    ("rope_parameters", ["rope_type": "mystery"], "rope_type default, linear, dynamic, llama3"),
    ("rope_parameters", ["rope_type": "yarn"], "rope_parameters.factor"),
    (
      "rope_parameters", ["rope_type": "longrope", "short_factor": [1], "long_factor": [1]],
      "numbers above 0"
    ),
    ("rope_parameters", ["rope_theta": "big"], "rope_parameters.rope_theta"),
    ("rope_parameters", ["rope_type": "linear", "factor": 2, "base": 3], "no keys but"),
    ("rope_scaling", ["type": "linear"], "rope_scaling.factor"),
    ("model_type", 5, "model_type"),
  ]

  @Test(arguments: values.indices) func valuesOfTheConfigurationAreChecked(index: Int) throws {
    let (key, value, says) = Self.values[index]
    try expectTrace("config.json", says: [says]) { data in
      let config = try JSONValue.parse(Array(data), path: "config.json")
      guard case .object(let members) = config else { return }
      let kept = members.filter { $0.key != Array(key.utf8) }
      let changed = JSONMember(key: Array(key.utf8), value: value)
      data = Data(JSONValue.object(kept + [changed]).canonicalBytes)
    }
  }

  @Test func harmlessKeysAreWarnedOf() throws {
    try withFolder { folder in
      let model = try damaged("config.json", in: folder) {
        try replace(&$0, "\"vocab_size\"", "\"attn_temperature\": null, \"vocab_size\"")
      }
      let result = try Command.run("trace", "--model", model, "--ids", "1", "--json")
      #expect(result.code == 0 && result.errors.contains("attn_temperature"), "\(result.errors)")
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    try withFolder { folder in
      expect(
        try Command.run("trace", "--model", folder, "--ids", "1"), code: 2, says: ["config.json"])
      expect(
        try Command.run("trace", "--model", Command.golden + "/gpt2-bare", "--prompt", "x"),
        code: 2,
        says: ["tokenizer.json", "--ids"])
      expect(try Command.run("run", "no-such-study"), code: 2, says: ["no-such-study"])
      expect(try Command.run("report", folder), code: 2, says: [folder, "leeway run"])
      expect(try Command.run("vector", "show", folder + "/v"), code: 2, says: [folder + "/v"])
    }
  }

  @Test func whatWasTypedIsChecked() throws {
    let model = Command.nestling
    expect(try Command.run("trace", "--model", model, "--ids", "1 x"), code: 2, says: ["1 x"])
    expect(
      try Command.run("trace", "--model", model, "--ids", "99999"), code: 2, says: ["99999", "447"])
    expect(
      try Command.run("trace", "--model", model, "--ids", String(repeating: "1 ", count: 200)),
      code: 2, says: ["200", "128"])
    expect(
      try Command.run("trace", "--model", model, "--ids", "1", "--add", "blocks.1.resid_post:4"),
      code: 2, says: ["dim="])
    expect(
      try Command.run(
        "trace", "--model", model, "--ids", "1", "--add", "blocks.1.resid_post:dim=48:1"),
      code: 2, says: ["48", "47"])
    expect(
      try Command.run(
        "trace", "--model", model, "--ids", "1", "--add", "blocks.7.resid_post:dim=0:1"),
      code: 2, says: ["blocks.7.resid_post", "4 blocks"])
    expect(try Command.run("trace", "--model", model), code: 64, says: ["--ids"])
    expect(
      try Command.run("tokenize", "--model", model, "--decode", input: "1 x\n"), code: 2,
      says: ["\"1 x\""])
    // The prompt is told with the first token only: an error stands alone.
    let long = try Command.run(
      "generate", "--model", model, "--prompt", "The owl", "--tokens", "5000")
    expect(long, code: 2, says: ["context is 128"])
    #expect(long.output.isEmpty)
    for more in [["--dose", "1"], ["--dose", "nan"], ["--dose", "1", "--strength", "1"]] {
      let result = try Command.started(
        ["generate", "--model", model, "--prompt", "The owl"] + more
      ).outcome()
      #expect(result.code == 64, "\(more)")
    }
    let bad = try Command.run(["tokenize", "--model", model], input: Data([65, 0xFF, 66]))
    expect(bad, code: 2, says: ["byte 1", "UTF-8"])
  }

  // MARK: Results

  @Test func aNewerDatabaseStaysAsItIs() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder)
      let path = folder + "/leeway.sqlite"
      #expect(try Command.run("run", study, "--out", folder).code == 0)
      var data = try bytes(path)
      // PRAGMA user_version lies at byte 60 of the file, big-endian.
      data.replaceSubrange(60..<64, with: [0, 0, 0, 99])
      try data.write(to: URL(fileURLWithPath: path))
      expect(
        try Command.run("run", study, "--out", folder), code: 2, says: [path, "99", "newer"])
      #expect(try bytes(path) == data)
    }
  }

  @Test func aForeignDatabaseIsRefused() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder)
      try write(String(repeating: "no database ", count: 99), folder + "/leeway.sqlite")
      expect(
        try Command.run("run", study, "--out", folder), code: 2, says: ["leeway.sqlite", "--out"])
    }
  }

  @Test func aDatabaseOfAnotherProgramStaysAsItIs() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder)
      let path = folder + "/leeway.sqlite"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      expect(
        try Command.run("run", study, "--out", folder), code: 2, says: ["leeway.sqlite", "--out"])
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFileInTheWayOfTheFolderIsNamed() throws {
    try withFolder { folder in
      let study = try StudyText.write(in: folder)
      expect(
        try Command.run("run", study, "--out", "/dev/full/out"), code: 1, says: ["/dev/full/out"])
    }
  }

  private func expect(_ result: Command.Outcome, code: Int32, says: [String]) {
    #expect(result.code == code, "\(result.errors)")
    for part in says { #expect(result.errors.contains(part), "\(part) in: \(result.errors)") }
    #expect(!result.errors.contains("unexpected:"), "\(result.errors)")
  }

  @Test func aCommandThatIsMisspeltIsTold() throws {
    let near = try Command.run("chek", "study.yaml")
    #expect(near.code == 64 && near.errors.contains("did you mean \"check\"?"), "\(near.errors)")
    let far = try Command.run("frobnicate")
    #expect(far.code == 64 && far.errors.contains("no command \"frobnicate\""))
    #expect(try Command.run("help", "run").code == 0)
  }
}
