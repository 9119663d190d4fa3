/// How byte-level tokenizers cut words, by the names that GGUF files give them.
struct WordCutting: Sendable {
  var names: [String]
  /// Regular expressions, one after the other, each on the pieces of the one before.
  var patterns: [String]
  /// Texts are composed first (NFC).
  var composes = false
  /// A word that is a piece is that piece, whatever the merges say.
  var wholeWords = false
  /// Texts begin with the begin token unless the file says otherwise.
  var begins = false

  static let all: [WordCutting] = [
    WordCutting(
      names: ["gpt-2", "phi-2", "mpt", "olmo", "jina-es", "jina-de", "gigachat", "roberta-bpe"],
      patterns: [SplitPattern.gpt2Text]),
    WordCutting(
      names: ["llama3", "llama-v3", "llama-bpe", "falcon3"], patterns: [SplitPattern.llama3Text],
      wholeWords: true, begins: true),
    WordCutting(names: ["dbrx", "smaug-bpe"], patterns: [SplitPattern.llama3Text]),
    WordCutting(
      names: ["qwen2", "qwen2.5", "deepseek-r1-qwen"], patterns: [SplitPattern.qwen2Text],
      composes: true),
    WordCutting(names: ["stablelm2"], patterns: [SplitPattern.qwen2Text]),
    WordCutting(
      names: ["starcoder", "refact", "command-r", "smollm", "codeshell", "exaone"],
      patterns: [#"\p{N}"#, SplitPattern.gpt2Text]),
    WordCutting(
      names: ["gpt-4o", "llama4"],
      patterns: [
        #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      ]),
    WordCutting(
      names: ["tekken"],
      patterns: [
        #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      ], wholeWords: true, begins: true),
  ]

  static func named(_ name: String) -> WordCutting? { all.first { $0.names.contains(name) } }

  func steps(_ path: String) throws(TokenizerError) -> [PreTokenizer] {
    var steps: [PreTokenizer] = []
    for text in patterns {
      if let known = SplitPattern(text: text) {
        steps.append(.split(.pattern(known), .isolated, invert: false))
      } else if let expression = Expression(text) {
        steps.append(.split(.expression(expression), .isolated, invert: false))
      } else {
        throw .unsupported(path: path, component: "pattern", kind: text, known: [])
      }
    }
    return steps
  }
}
