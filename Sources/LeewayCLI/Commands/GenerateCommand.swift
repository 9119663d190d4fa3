import ArgumentParser
import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTokenizer

/// A steered continuation, told as it comes.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Continue a prompt, steered or not.",
    discussion: """
        leeway generate --model DIR --prompt "Once upon a time"
        leeway generate --model DIR --prompt "Once" --vector boy.safetensors --strength 4
        leeway generate --model DIR --chat --system "You are a gull." --prompt "Who are you?"
      """)

  @Option(help: "Checkpoint folder.") var model: String
  // A text may begin with a dash.
  @Option(parsing: .unconditional, help: "Text to continue.") var prompt: String
  @Option(help: "A steering vector's file.") var vector: String?
  @Option(
    parsing: .unconditional,
    help: "Strength in multiples of the median residual norm over the prompt.")
  var dose: Double?
  @Option(parsing: .unconditional, help: "Strength in the stream's own unit.") var strength: Double?
  @Option(help: "Apply at this site instead of the vector's own.") var site: String?
  @Option(help: "all, prompt, response or last.") var positions: Positions = .all
  @Option(name: .customLong("operator"), help: "add, project-out or clamp.") var operation = "add"
  @Option(help: "Constant of clamp, as a share of the median residual norm.") var value: Double?
  @Option(help: "New tokens at most.") var tokens = 64
  @Option(help: "0 is greedy.") var temperature = 0.0
  @Option(name: .customLong("top-k"), help: "Keep the k most probable tokens.") var topK = 0
  @Option(name: .customLong("top-p"), help: "Keep the most probable tokens up to this mass.")
  var topP = 1.0
  @Option(name: .customLong("min-p"), help: "Drop tokens below this share of the best.")
  var minP = 0.0
  @Option(help: "Name of the random stream.") var seed = 0
  @Flag(name: .customLong("no-special"), help: "Add no special tokens.") var noSpecial = false
  @OptionGroup var chat: ChatOptions
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    guard !chat.chat || !noSpecial else {
      throw ValidationError("--no-special is not for --chat: the template writes special tokens")
    }
    guard tokens >= 1 else { throw ValidationError("--tokens should be 1 or more") }
    guard dose == nil || strength == nil else {
      throw ValidationError("give either --dose or --strength")
    }
    guard (dose ?? 0).magnitude < 1e30, (strength ?? 0).magnitude < 1e30 else {
      throw ValidationError("--dose and --strength should be numbers below 1e30")
    }
    guard vector != nil || dose == nil && strength == nil && site == nil && value == nil else {
      throw ValidationError("nothing is steered without --vector FILE")
    }
    guard temperature >= 0, topK >= 0, topP > 0, topP <= 1, minP >= 0, minP <= 1 else {
      throw ValidationError(
        "expected --temperature >= 0, --top-k >= 0, --top-p in (0, 1], --min-p in [0, 1]")
    }
  }

  func run() throws {
    try reporting {
      let opened = try engine.open(model)
      let tokenizer = try Tokenizer(path: model)
      let executor = NaiveExecutor(model: opened.transformer, kernels: engine.kernels())
      let chat = chat.chat ? try chat.prompt(prompt, model: model, tokenizer) : nil
      let ids = chat?.ids ?? tokenizer.encode(prompt, addSpecial: !noSpecial)
      let variant = try variant(opened, executor, ids)
      var streamer = Tokenizer.Streamer(tokenizer, after: ids)
      // Told with the first token, so that an error stands alone. Of a chat, only the answer is told.
      var opening = chat == nil ? prompt : self.chat.answer ?? ""
      _ = try executor.stream(
        ids, stream: "generate \(seed)", variant: variant, maxTokens: tokens,
        sampling: Sampling(temperature: temperature, topK: topK, topP: topP, minP: minP),
        stopTokens: opened.endTokens.union(chat?.endTokens ?? [])
      ) { token in
        tell(opening + streamer.append(token))
        opening = ""
        return true
      }
      tell(opening + streamer.finish() + "\n")
    }
  }

  private func tell(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  private func variant(
    _ opened: OpenedModel, _ executor: NaiveExecutor, _ ids: [Int]
  ) throws -> Variant {
    guard let path = vector else { return .baseline }
    var vector = try SteeringVector(path: path)
    if let name = site {
      guard let site = Site(name) else { throw CommandError.unknownSite(name) }
      vector.site = site
    }
    let width = opened.config.width(of: vector.site.kind)
    guard vector.direction.count == width else {
      throw SteeringError.wrongWidth(
        site: vector.site, expected: width, found: vector.direction.count)
    }
    let steering = try SteeringOperators.named(
      operation, parameters: value.map { ["value": $0] } ?? [:])
    let norms = try executor.residualNorms(of: [ids].filter { !$0.isEmpty }, sites: [vector.site])
    let median = norms[0]?.median ?? 1
    let made: Double
    switch (strength, dose) {
    case (let strength?, _): made = strength
    case (nil, let dose?):
      made = type(of: steering).doseUnit == .residualNorm ? dose * median : dose
    case (nil, nil): throw CommandError.needsDoseOrStrength
    }
    return Variant([
      Intervention(
        site: vector.site, positions: positions,
        edit: steering.edit(
          direction: vector.direction, strength: made, residualMedian: median))
    ])
  }
}
