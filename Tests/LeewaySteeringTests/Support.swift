import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTokenizer
import Testing

/// Folders of the package, found from this file.
enum PackagePlace {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Names of the Swift files in a folder of the sources, without their extension, sorted.
  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root + "/Sources/" + folder)
      .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }.sorted()
  }
}

/// A folder of its own, gone after `body`.
func withFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("leeway-steering-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func bits(_ values: some Sequence<Float>) -> [UInt32] { values.map(\.bitPattern) }

/// Sums in Double, so that a test's arithmetic is not what it tests.
func dot(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Double {
  zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
func length(_ a: some Sequence<Float>) -> Double { dot(Array(a), Array(a)).squareRoot() }

extension NamedStream {
  mutating func normals(_ count: Int) -> [Float] { (0..<count).map { _ in Float(normal()) } }

  mutating func unit(_ count: Int) -> [Float] {
    let raw = normals(count)
    return raw.map { Float(Double($0) / length(raw)) }
  }
}

extension SiteEdit {
  /// What the edit makes of an activation.
  func applied(to activation: [Float]) -> [Float] {
    var copy = activation
    copy.withUnsafeMutableBufferPointer { apply(to: $0) }
    return copy
  }
}

/// A vocabulary of letters, one word (`owl`) that is one token, and three special tokens: `<s>`
/// before every text, `</s>` after it, `<|turn|>` where it is written.
enum ToyTokenizer {
  static let letters = Array("abcdefghijklmnopqrstuvwxyz .猫は")
  static let merges = [("o", "w"), ("ow", "l")]
  static let begin = letters.count + 2
  static let end = letters.count + 3
  static let turn = letters.count + 4
  static let vocabulary = letters.count + 5

  /// - Parameter bare: without the tokens around a text.
  static func make(bare: Bool = false) throws -> Tokenizer {
    let pieces = letters.map(String.init) + merges.map { $0.0 + $0.1 } + specials
    let vocab = pieces.enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
    let added = specials.enumerated().map {
      """
      {"id": \(begin + $0), "content": "\($1)", "single_word": false, "lstrip": false,
       "rstrip": false, "normalized": false, "special": true}
      """
    }.joined(separator: ", ")
    let json = """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [\(added)],
       "normalizer": null, "pre_tokenizer": null, "decoder": null,
       "post_processor": \(bare ? "null" : template),
       "model": {"type": "BPE", "dropout": null, "unk_token": null,
        "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
        "byte_fallback": false, "ignore_merges": false, "vocab": {\(vocab)},
        "merges": ["o w", "ow l"]}}
      """
    return try Tokenizer(json: Array(json.utf8), path: "toy")
  }

  private static let template = """
    {"type": "TemplateProcessing",
     "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
      {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
     "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
     "special_tokens": {"<s>": {"id": "<s>", "ids": [\(begin)], "tokens": ["<s>"]},
      "</s>": {"id": "</s>", "ids": [\(end)], "tokens": ["</s>"]}}}
    """
  private static let specials = ["<s>", "</s>", "<|turn|>"]

  static func id(_ letter: Character) -> Int { letters.firstIndex(of: letter) ?? -1 }
  static let owl = letters.count + 1
}

/// Tells tokens and positions as activations, so that a reading can be checked by hand: at layer n
/// position p of a prompt reads `[token, p, n]`.
struct EchoExecutor: JobExecutor {
  func capture(_ job: CaptureJob) throws -> [[Activations]] {
    job.prompts.map { prompt in
      job.sites.map { site in
        Activations(
          width: 3,
          values: prompt.enumerated().flatMap { [Float($1), Float($0), Float(site.layer)] })
      }
    }
  }
  func nextToken(_ job: NextTokenJob) throws -> [[NextTokenAnswer]] { [] }
  func score(_ job: ScoringJob) throws -> [[[Float]]] { [] }
  func generate(_ job: GenerationJob) throws -> [[Continuation]] { [] }
  func divergence(_ job: DivergenceJob) throws -> [[[Float]]] { [] }
  func unembedding(of tokens: [Int]) throws -> [[Float]] {
    tokens.map { [Float($0), Float($0 * $0), 1] }
  }
}

extension VectorFitter {
  /// For tests that read nothing, or read echoes.
  static func echo() throws -> VectorFitter {
    VectorFitter(
      executor: EchoExecutor(), tokenizer: try ToyTokenizer.make(), checkpointHash: "checkpoint")
  }
}

extension ContrastActivations {
  static let place = Site(.residPost, layer: 1)

  /// Random rows around two centres.
  static func random(
    _ name: String, positive: Int = 6, negative: Int = 6, width: Int = 16
  ) -> ContrastActivations {
    var chance = NamedStream("activations", name)
    let centre = chance.normals(width)
    return ContrastActivations(
      site: place,
      positive: (0..<positive).map { _ in zip(chance.normals(width), centre).map { $0 + $1 } },
      negative: (0..<negative).map { _ in zip(chance.normals(width), centre).map { $0 - $1 } },
      contrastHash: name, read: "last")
  }
}
