import Foundation
import LeewayModel
import LeewayStatistics
import LeewaySteering
import LeewayStudy
import Testing

private let whole = """
  name: owls
  question: How far?
  model: models/small
  vector:
    read: "word: owl"
    contrast:
      positive: [the owl sat, an owl flew]
      negative: [the owl hid, one owl fell]
  operator: {id: clamp, value: 1.5}
  sweep:
    sites: [blocks.0.resid_post, blocks.*.hook_resid_mid]
    doses: {from: 2^-2, to: 1, per-octave: 1}
    refine: {rounds: 1, cap: 3}
    positions: response
    seeds: [1, 2]
  prompts: [a, b, c]
  answer:
    by: generated
    target: boy
    original: [girl, she]
    tokens: 8
    sampling: {temperature: 0.8, top-k: 5}
  effect: {at-least: 0.6}
  capability:
    - {scorer: perplexity-ratio, texts: [one two, three four], floor: 0.9}
    - scorer: exact-match
      chance: 0.25
      items: [{prompt: "2 + 2 =", answer: "4"}]
  arms: {random: 3, wrong-layer: blocks.1.resid_post, reversed: false, refits: 0}
  """

@Suite struct StudyFileTests {
  @Test func fileEqualsValue() throws {
    let file = try StudyFile(text: whole, path: "/studies/owls.yaml")
    let value = Study(
      name: "owls", question: "How far?", model: "/studies/models/small",
      vector: VectorSpec(
        read: "word: owl",
        contrast: Contrast(
          positive: ["the owl sat", "an owl flew"], negative: ["the owl hid", "one owl fell"])),
      steering: OperatorSpec(id: "clamp", parameters: ["value": 1.5]),
      sweep: SweepSpec(
        sites: ["blocks.0.resid_post", "blocks.*.resid_mid"], doses: [0.25, 0.5, 1],
        refine: Refinement(rounds: 1, cap: 3), positions: .response, seeds: [1, 2]),
      prompts: ["a", "b", "c"],
      answer: AnswerSpec(
        by: .generated, target: ["boy"], original: ["girl", "she"], tokens: 8,
        sampling: Sampling(temperature: 0.8, topK: 5)),
      effectAtLeast: 0.6,
      capability: [
        CapabilitySpec(scorer: "perplexity-ratio", floor: 0.9, texts: ["one two", "three four"]),
        CapabilitySpec(
          scorer: "exact-match", floor: 0.75, items: [.init(prompt: "2 + 2 =", answer: "4")],
          chance: 0.25),
      ],
      arms: ArmsSpec(random: 3, reversed: false, wrongLayer: "blocks.1.resid_post", refits: 0))
    #expect(file.study == value)
    let json = try value.canonicalJSON
    #expect(try CanonicalCoder.decode(Study.self, from: Array(json.utf8)) == value)
    #expect(value.issues().isEmpty)
  }

  private func issues(_ text: String) -> [StudyIssue] {
    do {
      _ = try StudyFile(text: text, path: "s.yaml")
      return []
    } catch {
      guard case .invalid(_, let issues) = error else {
        Issue.record("\(error)")
        return []
      }
      return issues
    }
  }

  @Test func everyMistakeIsToldWithItsLine() {
    let text =
      whole
      .replacing("question:", with: "quesion:")
      .replacing("id: clamp, value: 1.5", with: "id: clmp")
      .replacing("blocks.0.resid_post", with: "blocks.0.resid_pots")
      .replacing("from: 2^-2", with: "from: -2")
      .replacing("tokens: 8", with: "tokens: many")
      .replacing("seeds: [1, 2]", with: "seeds: [1, x]")
      .replacing("scorer: exact-match", with: "scorer: exact-mach")
      .replacing("floor: 0.9", with: "floor: 9")
    let found = issues(text)
    let paths = Set(found.map(\.path))
    #expect(
      paths == [
        "quesion", "operator.id", "sweep.sites[0]", "sweep.doses.from",
        "answer.tokens", "sweep.seeds[1]", "capability[1].scorer", "capability[0].floor",
      ])
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for issue in found {
      let line = issue.line.flatMap { lines.indices.contains($0 - 1) ? lines[$0 - 1] : nil } ?? ""
      switch issue.problem {
      case .unknownKey(let key, _, let nearest):
        #expect(line.contains(key))
        #expect(nearest == "question")
      case .unknownName(_, let name, _, let nearest):
        #expect(line.contains(name))
        #expect(["clamp", "exact-match", "blocks.*.resid_post", nil].contains(nearest))
      case .wrongType(_, let found), .badValue(_, let found):
        #expect(line.contains(found.trimmingCharacters(in: ["“", "”"]).prefix(1)))
      default: Issue.record("\(issue)")
      }
    }
    #expect(found.map { $0.line ?? 0 } == found.map { $0.line ?? 0 }.sorted())
  }

  @Test func valuesThatContradictAreTold() {
    let overlap = issues(whole.replacing("original: [girl, she]", with: "original: [Boy, she]"))
    #expect(overlap.map(\.problem) == [.overlap(words: ["boy"])])
    #expect(overlap.first?.line == 19)
    let empty = issues(whole.replacing("prompts: [a, b, c]", with: "prompts: []"))
    #expect(empty.contains { $0.path == "prompts" && $0.problem == .empty })
    let twice = issues(whole.replacing("prompts: [a, b, c]", with: "prompts: [a, b, a]"))
    #expect(twice.map(\.path) == ["prompts"])
  }

  @Test func aPartWithAMistakeHidesNoOther() {
    // The seeds cannot be read, nor the length of texts: what stands beside them is judged.
    let found = issues(
      whole.replacing("seeds: [1, 2]", with: "seeds: [x]")
        .replacing("tokens: 8", with: "tokens: many")
        .replacing("original: [girl, she]", with: "original: [Boy]")
        .replacing("doses: {from", with: "dozes: {from")
        .replacing("negative: [the owl hid, one owl fell]", with: "negative: []"))
    #expect(
      found.map(\.path) == [
        "vector.contrast.negative", "sweep.dozes", "sweep.seeds[0]", "answer.target",
        "answer.tokens",
      ])
    #expect(found.map { $0.line ?? 0 } == [8, 12, 15, 19, 21])
    // The same texts in another order are no contrast.
    let same = issues(
      whole.replacing("[the owl hid, one owl fell]", with: "[an owl flew, the owl sat]"))
    #expect(same.map(\.path) == ["vector.contrast"])
    // Results go to a folder of that name.
    #expect(issues(whole.replacing("name: owls", with: "name: ../owls")).map(\.path) == ["name"])
    // Nothing is steered before the next token is read.
    #expect(
      issues(whole.replacing("by: generated", with: "by: next-token")).map(\.path) == [
        "sweep.positions"
      ])
    #expect(
      throws: StudyError.notYAML(
        path: "s.yaml", line: 1, column: 1, problem: "a key stands twice: \"name\"")
    ) { try StudyFile(text: whole + "\nname: again", path: "s.yaml") }
  }

  @Test func brokenYAMLSaysWhere() {
    #expect {
      try StudyFile(text: "name: [a\nquestion: b", path: "s.yaml")
    } throws: { error in
      if case .notYAML("s.yaml", let line, _, _)? = error as? StudyError {
        line >= 1
      } else {
        false
      }
    }
    #expect(issues("").map(\.problem) == [.empty])
    #expect(issues("just text").count == 1)
  }

  @Test func textsMayStandInAFile() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("leeway-texts").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "one line\n\nanother line\n".write(
      toFile: folder + "/p.txt", atomically: true, encoding: .utf8)
    let text = whole.replacing("prompts: [a, b, c]", with: "prompts: {file: p.txt}")
    let file = try StudyFile(text: text, path: folder + "/s.yaml")
    #expect(file.study.prompts == ["one line", "another line"])
    let missing = whole.replacing("prompts: [a, b, c]", with: "prompts: {file: q.txt}")
    #expect {
      try StudyFile(text: missing, path: folder + "/s.yaml")
    } throws: { error in
      guard case .invalid(_, let issues)? = error as? StudyError else { return false }
      return issues.map(\.problem) == [.file(.notFound(path: folder + "/q.txt"))]
    }
  }

  private static let further = """
    spillover:
      - {prompt: The hen is, original: a fowl}
      - {prompt: The duck is, original: [a fowl, a swimmer]}
    entailment:
      - {prompt: It eats, target: [mice], original: fish}
    """

  @Test func measuresBesideTheWindowAreRead() throws {
    let text =
      whole
      .replacing("wrong-layer: blocks.1.resid_post", with: "wrong-layer: none, logit-bias: true")
      .replacing("reversed: false", with: "unembedding-difference: true, prompt-baseline: Owls!")
      .replacing("tokens: 8", with: "tokens: 8\n  also-sampled: {temperature: 0.7, seeds: 3}")
      .replacing("chance: 0.25", with: "chance: 0.25\n    name: sums\n    part: far\n    stop: .")
      .replacing("sites: [blocks.0.resid_post, ", with: "sites: [depth:0.6, ")
      + "\n" + Self.further
    let study = try StudyFile(text: text, path: "/studies/owls.yaml").study
    #expect(study.arms.logitBias && study.arms.unembeddingDifference && study.arms.reversed)
    #expect(study.arms.promptBaseline == "Owls!")
    #expect(study.arms.unrelated == nil)
    #expect(study.sweep.sites[0] == "depth:0.6")
    #expect(
      study.answer.alsoSampled
        == AlsoSampled(sampling: Sampling(temperature: 0.7), seeds: [0, 1, 2]))
    #expect(study.capability[1].name == "sums" && study.capability[1].part == .far)
    #expect(study.capability[1].stop == ".")
    #expect(
      study.spillover == [
        Question(prompt: "The hen is", original: ["a fowl"]),
        Question(prompt: "The duck is", original: ["a fowl", "a swimmer"]),
      ])
    #expect(
      study.entailment == [Question(prompt: "It eats", target: ["mice"], original: ["fish"])])
    let json = try study.canonicalJSON
    #expect(try CanonicalCoder.decode(Study.self, from: Array(json.utf8)) == study)
    // Off unless asked for.
    let plain = try StudyFile(text: whole, path: "/s.yaml").study
    #expect(!plain.arms.logitBias && !plain.arms.unembeddingDifference)
    #expect(plain.spillover.isEmpty && plain.entailment.isEmpty && plain.answer.alsoSampled == nil)
  }

  @Test func mistakesInMeasuresAreTold() {
    func paths(_ change: (String) -> String) -> [String] {
      issues(change(whole + "\n" + Self.further)).map(\.path)
    }
    #expect(paths { $0 }.isEmpty)
    #expect(paths { $0.replacing("spillover", with: "spilover") } == ["spilover"])
    // One mistake is told once, however many prompts it touches.
    #expect(paths { $0.replacing("target: boy", with: "tarrget: boy") } == ["answer.tarrget"])
    #expect(
      paths { $0.replacing("target: [mice]", with: "targt: mice") }.contains("entailment[0].targt"))
    #expect(
      paths { $0.replacing("original: fish", with: "original: Mice") } == ["entailment[0].original"]
    )
    #expect(
      paths { $0.replacing("original: a fowl}", with: "original: boy}") } == [
        "spillover[0].original"
      ])
    #expect(paths { $0.replacing("The duck is", with: "The hen is") } == ["spillover[1].prompt"])
    #expect(paths { $0.replacing("random: 3", with: "logit-bais: true") } == ["arms.logit-bais"])
    #expect(paths { $0.replacing("random: 3", with: "logit-bias: 3") } == ["arms.logit-bias"])
    #expect(
      paths { $0.replacing("random: 3", with: "unrelated: {positive: [a]}") } == [
        "arms.unrelated.negative"
      ])
    #expect(
      paths { $0.replacing("tokens: 8", with: "also-sampled: {temperature: 0}") } == [
        "answer.also-sampled"
      ])
    #expect(
      paths { $0.replacing("chance: 0.25", with: "name: perplexity-ratio") } == [
        "capability[1].name"
      ])
    #expect(paths { $0.replacing("chance: 0.25", with: "part: middle") } == ["capability[1].part"])
    #expect(
      paths { $0.replacing("blocks.0.resid_post", with: "depth:1.5") } == ["sweep.sites[0]"])
    // The line is that of the question, not of the list.
    let found = issues(
      (whole + "\n" + Self.further).replacing("original: fish", with: "original: mice"))
    let lines = (whole + "\n" + Self.further).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(found.first?.line.map { lines[$0 - 1].contains("It eats") } == true)
  }

  @Test func severalModelsMayBeNamed() throws {
    let text = whole.replacing("model: models/small", with: "models: [models/small, /far/large]")
    let file = try StudyFile(text: text, path: "/studies/owls.yaml")
    #expect(file.models == ["/studies/models/small", "/far/large"])
    #expect(file.study.model == "/studies/models/small")
    #expect(
      try StudyFile(text: whole, path: "/studies/owls.yaml").models == ["/studies/models/small"])
    #expect(issues(text + "\nmodel: a").map(\.path) == ["models"])
    #expect(issues(text.replacing("/far/large", with: "models/small")).map(\.path) == ["models"])
    #expect(
      issues(whole.replacing("model: models/small", with: "models: []")).map(\.path) == ["models"])
    #expect(issues(whole.replacing("model: models/small\n", with: "")).map(\.path) == ["model"])
  }

  @Test func questionsMayStandInAFile() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("leeway-rows").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func write(_ text: String, _ name: String) throws {
      try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }
    try write("2 + 2 =\t4\n\n3 + 3 =\t6\n", "sums.tsv")
    try write("The hen is\ta fowl\tpoultry\n", "others.tsv")
    try write("It eats\tmice\tfish\n", "follows.tsv")
    let text =
      whole.replacing(
        "items: [{prompt: \"2 + 2 =\", answer: \"4\"}]", with: "items: {file: sums.tsv}")
      + "\nspillover: {file: others.tsv}\nentailment: {file: follows.tsv}\n"
    let study = try StudyFile(text: text, path: folder + "/s.yaml").study
    #expect(
      study.capability[1].items == [
        .init(prompt: "2 + 2 =", answer: "4"), .init(prompt: "3 + 3 =", answer: "6"),
      ])
    #expect(study.spillover == [Question(prompt: "The hen is", original: ["a fowl", "poultry"])])
    #expect(
      study.entailment == [Question(prompt: "It eats", target: ["mice"], original: ["fish"])])
    try write("2 + 2 = 4\n", "sums.tsv")
    #expect {
      try StudyFile(text: text, path: folder + "/s.yaml")
    } throws: { error in
      guard case .invalid(_, let issues)? = error as? StudyError else { return false }
      return issues.map(\.path) == ["capability[1].items"]
    }
  }
}
