import ArgumentParser
import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor
import LeewayTokenizer

/// What the model thinks at the last position.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Run one prompt and show the stream and the top tokens.",
    discussion: """
      Exact precision. Norms are L2, at the last position; embed is the input of block 0.

        leeway trace --model DIR --prompt "Once upon a time"
        leeway trace --model DIR --ids "1 403 407" --add blocks.1.resid_post:dim=0:4.0 --json
      """)

  @Option(help: "Checkpoint folder or GGUF file.") var model: String
  @Option(parsing: .unconditional, help: "Token ids, separated by spaces.") var ids: String?
  // A text may begin with a dash.
  @Option(parsing: .unconditional, help: "Text; special tokens are added as the tokenizer says.")
  var prompt: String?
  @Flag(name: .customLong("no-special"), help: "Add no special tokens to --prompt.")
  var noSpecial = false
  @Option(help: "SITE:dim=INDEX:AMOUNT, added at every position; may repeat.") var add: [String] =
    []
  @Option(help: "How many of the most probable tokens.") var top = 10
  @Flag(help: "One line of JSON.") var json = false
  @Option(name: .customLong("ignore-key"), help: "A key of config.json to accept unread.")
  var ignoredKeys: [String] = []

  func validate() throws {
    guard (ids == nil) != (prompt == nil) else {
      throw ValidationError("give either --ids or --prompt")
    }
    guard top >= 0 else { throw ValidationError("--top should be 0 or more") }
  }

  func run() throws {
    try reporting {
      let checkpoint = try Checkpoint(telling: model, ignoring: ignoredKeys)
      let tokens = try tokens()
      let transformer = try Transformer(checkpoint)
      let config = checkpoint.config
      let edits = try add.map { try Self.edit($0, config: config) }
      let streams = (0..<config.layers).map { Site(.residPost, layer: $0) }
      let sites = [Site(.residPre, layer: 0)] + streams + [Site(.logits)]
      let read = try NaiveExecutor(model: transformer).capture(
        CaptureJob(prompts: [tokens], sites: sites, variant: Variant(edits)))[0]
      let last = read.map { Array($0.position($0.positions - 1)) }
      let kernels = Kernels()
      let norms = last.dropLast().map { row in
        row.withUnsafeBufferPointer { kernels.norm($0) }
      }
      let logits = last[last.count - 1]
      let best = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }.prefix(top)
      let names = ["embed"] + streams.map(\.description)
      if json {
        printJSON(tokens, best.map { ($0, logits[$0]) }, Array(zip(names, norms)))
      } else {
        try printTable(tokens, best.map { ($0, logits[$0]) }, Array(zip(names, norms)), logits)
      }
    }
  }

  private func tokens() throws -> [Int] {
    if let prompt {
      return try Tokenizer(path: try ModelPlace.path(model)).encode(
        prompt, addSpecial: !noSpecial)
    }
    let parts = (ids ?? "").split { $0 == " " || $0 == "," || $0 == "\n" || $0 == "\t" }
    let tokens = parts.compactMap { Int($0) }
    guard tokens.count == parts.count, !tokens.isEmpty else {
      throw CommandError.badIDs(ids ?? "")
    }
    return tokens
  }

  /// `blocks.1.resid_post:dim=0:4.0`
  private static func edit(_ text: String, config: TransformerConfig) throws -> Intervention {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].hasPrefix("dim="), let dimension = Int(parts[1].dropFirst(4)),
      let amount = DecimalText.number(parts[2]).map({ Float($0) }), amount.isFinite
    else { throw CommandError.badAdd(text) }
    guard let site = Site(String(parts[0])) else {
      throw CommandError.unknownSite(String(parts[0]))
    }
    let width = config.width(of: site.kind)
    guard dimension >= 0, dimension < width else {
      throw CommandError.noDimension(site: "\(site)", dimension: dimension, width: width)
    }
    return Intervention(site: site, edit: AddToDimension(dimension: dimension, amount: amount))
  }

  private func printJSON(
    _ ids: [Int], _ top: [(Int, Float)], _ norms: [(String, Float)]
  ) {
    let top = top.map { "[\($0.0),\(number($0.1))]" }.joined(separator: ",")
    let norms = norms.map { "\"\($0.0)\":\(number($0.1))" }.joined(separator: ",")
    print("{\"ids\":\(list(ids)),\"top\":[\(top)],\"norms\":{\(norms)}}")
  }

  private func number(_ value: Float) -> String { value.isFinite ? "\(value)" : "null" }

  private func printTable(
    _ ids: [Int], _ top: [(Int, Float)], _ norms: [(String, Float)], _ logits: [Float]
  ) throws {
    let tokenizer = try? Tokenizer(path: ModelPlace.path(model))
    let total = logits.withUnsafeBufferPointer { Kernels().logSumExp($0) }
    print("\(ids.count) tokens; the last position:")
    for (name, norm) in norms {
      print("  \(name.padding(toLength: 24, withPad: " ", startingAt: 0)) |h| \(fixed(norm, 3))")
    }
    print("next token:")
    for (id, logit) in top {
      let text = tokenizer.flatMap { try? $0.decode([id]) }.map { "  \"\($0)\"" } ?? ""
      print("  \(id)  logit \(fixed(logit, 3))  p \(fixed(exp(logit - total), 4))\(text)")
    }
  }

  private func fixed(_ value: Float, _ digits: Int) -> String {
    String(format: "%.\(digits)f", Double(value))
  }
}

/// Adds to one number of an activation.
private struct AddToDimension: SiteEdit {
  var dimension: Int
  var amount: Float
  func apply(to activation: UnsafeMutableBufferPointer<Float>) { activation[dimension] += amount }
}

func list(_ ids: [Int]) -> String { "[" + ids.map(String.init).joined(separator: ",") + "]" }
