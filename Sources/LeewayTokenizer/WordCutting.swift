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

  /// What llama.cpp takes, with a warning, for a file that names none.
  static let standard = "default"

  static let all: [WordCutting] = [
    WordCutting(
      names: [standard],
      patterns: [
        #"[\p{P}\$\+<=>\^~\|]+"#, SplitPattern.gpt2Text, #"\p{N}+"#, "[0-9][0-9][0-9]",
      ]),
    WordCutting(
      names: [
        "a.x-4.0", "exaone4", "gigachat", "gpt-2", "granite-docling", "jais", "jina-de", "jina-es",
        "jina-v1-en", "jina-v2-code", "jina-v2-de", "jina-v2-es", "mellum", "modern-bert", "mpt",
        "olmo", "phi-2", "roberta-bpe", "trillion",
      ], patterns: [SplitPattern.gpt2Text]),
    WordCutting(
      names: [
        "falcon-h1", "falcon3", "jina-v5-nano", "lfm2", "llama-bpe", "llama-v3", "llama3",
        "midm-2.0", "pixtral",
      ], patterns: [SplitPattern.llama3Text], wholeWords: true, begins: true),
    WordCutting(
      names: ["chatglm-bpe", "dbrx", "smaug-bpe"], patterns: [SplitPattern.llama3Text]),
    WordCutting(names: ["glm4", "glm5"], patterns: [SplitPattern.llama3Text], wholeWords: true),
    WordCutting(
      names: ["deepseek-r1-qwen", "qwen2", "qwen2.5"], patterns: [SplitPattern.qwen2Text],
      composes: true),
    WordCutting(
      names: [
        "f2llmv2", "grok-2", "hunyuan", "kormo", "megrez", "solar-open", "stablelm2",
      ], patterns: [SplitPattern.qwen2Text]),
    WordCutting(
      names: ["qwen35"],
      patterns: [
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      ], composes: true),
    WordCutting(
      names: [
        "codeshell", "command-r", "exaone", "mellum2", "minerva-7b", "refact", "smollm",
        "starcoder",
      ], patterns: [#"\p{N}"#, SplitPattern.gpt2Text]),
    WordCutting(
      names: ["falcon"],
      patterns: [#"[\p{P}\$\+<=>\^~\|`]+"#, SplitPattern.gpt2Text, "[0-9][0-9][0-9]"]),
    WordCutting(
      names: ["deepseek-coder"],
      patterns: [
        #"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#,
        "[\u{4E00}-\u{9FA5}\u{800}-\u{4E00}\u{AC00}-\u{D7FF}]+",
        #"\p{N}"#,
      ]),
    WordCutting(
      names: ["deepseek-v3", "hunyuan-dense", "hy_v4", "joyai-llm"],
      patterns: [
        #"\p{N}{1,3}"#, "[\u{4E00}-\u{9FA5}\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+",
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"##,
      ]),
    WordCutting(
      names: ["gpt-4o", "kanana2", "llama4", "minimax-m2", "talkie"],
      patterns: [
        #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      ]),
    WordCutting(
      names: ["tekken"],
      patterns: [
        #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      ], wholeWords: true, begins: true),
    WordCutting(
      names: ["seed-coder"],
      patterns: [
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"#
      ]),
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
