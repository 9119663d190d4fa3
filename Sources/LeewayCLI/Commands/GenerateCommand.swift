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
        leeway generate --model FILE.gguf --prompt "Once" --vector happy.gguf --blocks 9-14 --scale 2

      A file of several vectors is applied whole, each at its own block, as llama.cpp does; --blocks \
      or --site chooses among them.
      """)

  @Option(help: "Checkpoint folder or GGUF file.") var model: String
  // A text may begin with a dash.
  @Option(parsing: .unconditional, help: "Text to continue.") var prompt: String
  @Option(help: "A file of steering vectors.") var vector: String?
  @Option(
    parsing: .unconditional,
    help: "Strength in multiples of the median residual norm over the prompt.", transform: decimal)
  var dose: Double?
  @Option(
    parsing: .unconditional, help: "Strength in the stream's own unit.", transform: decimal)
  var strength: Double?
  @Option(
    parsing: .unconditional,
    help: "Strength in multiples of the vector as its file stores it, as llama.cpp counts.",
    transform: decimal)
  var scale: Double?
  @Option(help: "Apply at this site: of several vectors the one there, else the one moved there.")
  var site: String?
  @Option(help: "Apply the file's vectors of these blocks only, such as 3-9,12.")
  var blocks: BlockList?
  @Option(help: "all, prompt, response or last.") var positions: Positions = .all
  @Option(
    name: .customLong("operator"),
    help: "\(SteeringOperators.all.map { $0.id }.joined(separator: ", ")).")
  var operation = Add.id
  @Option(
    help: "Constant of clamp, as a share of the median residual norm.", transform: decimal)
  var value: Double?
  @Option(help: "New tokens at most.") var tokens = 64
  @Option(help: "0 is greedy.", transform: decimal) var temperature = 0.0
  @Option(name: .customLong("top-k"), help: "Keep the k most probable tokens.") var topK = 0
  @Option(
    name: .customLong("top-p"), help: "Keep the most probable tokens up to this mass.",
    transform: decimal)
  var topP = 1.0
  @Option(
    name: .customLong("min-p"), help: "Drop tokens below this share of the best.",
    transform: decimal)
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
    let strengths = [dose, strength, scale].compactMap { $0 }
    guard strengths.count < 2 else {
      throw ValidationError("give one of --dose, --strength and --scale")
    }
    guard strengths.allSatisfy({ $0.magnitude < 1e30 }) else {
      throw ValidationError("--dose, --strength and --scale should be numbers below 1e30")
    }
    guard site == nil || blocks == nil else {
      throw ValidationError("give either --site or --blocks")
    }
    guard
      vector != nil || strengths.isEmpty && site == nil && value == nil && blocks == nil
    else {
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
      let tokenizer = try Tokenizer(path: opened.checkpoint.folder)
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
    let vectors = try chosen(try VectorFile(telling: path))
    for vector in vectors {
      let width = opened.config.width(of: vector.site.kind)
      guard vector.direction.count == width else {
        throw SteeringError.wrongWidth(
          site: vector.site, expected: width, found: vector.direction.count)
      }
    }
    let steering = try SteeringOperators.named(
      operation, parameters: value.map { ["value": $0] } ?? [:])
    let medians = try executor.residualNorms(
      of: [ids].filter { !$0.isEmpty }, sites: vectors.map(\.site))
    return try Variant(
      zip(vectors, medians).map { vector, norms in
        let median = norms?.median ?? 1
        let made: Double
        switch (strength, scale, dose) {
        case (let strength?, _, _): made = strength
        case (_, let scale?, _): made = scale * vector.rawNorm
        case (_, _, let dose?): made = steering.strength(dose: dose, residualMedian: median)
        case (nil, nil, nil): throw CommandError.needsDoseOrStrength
        }
        return Intervention(
          site: vector.site, positions: positions,
          edit: steering.edit(
            direction: vector.direction, strength: made, residualMedian: median))
      })
  }

  private func chosen(_ file: VectorFile) throws -> [SteeringVector] {
    guard let name = site else { return try file.keeping(blocks).vectors }
    guard let site = Site(name) else { throw CommandError.unknownSite(name) }
    if let vector = file.vectors.first(where: { $0.site == site }) { return [vector] }
    guard file.vectors.count == 1, var vector = file.vectors.first else {
      throw CommandError.noVectorAt(site: name, known: file.vectors.map { "\($0.site)" })
    }
    vector.site = site
    return [vector]
  }
}
