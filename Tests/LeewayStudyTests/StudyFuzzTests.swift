import Foundation
import LeewayFuzzing
import LeewayStudy
import Testing

@Suite("StudyFuzz")
struct StudyFuzzTests {
  private static let seed = """
    name: owls
    version: 2
    question: How far?
    model: models/small
    vector: {method: mean-difference, read: "word: owl",
      contrast: {positive: [the owl sat, an owl flew], negative: [the owl hid, one owl fell]}}
    operator: {id: clamp, value: 1.5}
    sweep:
      sites: [blocks.0.resid_post, blocks.*.resid_mid]
      doses: {from: 2^-2, to: 1, per-octave: 1}
      refine: {rounds: 1, cap: 3}
      positions: all
      seeds: [1, 2]
    prompts: [a, b, c]
    answer: {by: generated, target: boy, original: [girl, she], tokens: 8,
      sampling: {temperature: 0.8, top-k: 5, top-p: 0.9, min-p: 0}}
    effect: {at-least: 0.6}
    capability:
      - {scorer: perplexity-ratio, texts: [one two, three four], floor: 0.9}
      - scorer: exact-match
        items: [{prompt: "2 + 2 =", answer: "4"}]
    arms: {random: 3, shuffled: 1, wrong-layer: auto, reversed: false, refits: 0}
    neutral: {file: /dev/null}
    precision: exact

    """

  private static let parts = [
    ":", "- ", "  ", "\n", "\t", "{", "}", "[", "]", "&a ", "*a", "!!str ", "!!binary ", "|", ">",
    "? ", "<<: ", "---\n", "...\n", "#", "\"", "'", "\\", "2^-99999", "2^", "1e999", ".inf", ".nan",
    "9223372036854775807", "-0", "0x10", "~", "null", "blocks.*.", "blocks.99999999999.resid_post",
    "doses: [1, 1]", "{file: /}", "{file: .}", "%YAML 1.1\n", "\u{FEFF}", "\u{85}", "\u{2028}",
    "\0",
  ].map { Array($0.utf8) }

  @Test("Whatever the text: a study without mistakes, or its mistakes with their lines")
  func text() throws {
    let whole = Array(Self.seed.utf8)
    let lines = whole.split(separator: 0x0A).map { Array($0) + [0x0A] }
    try Fuzzer("Study").run { stream in
      switch stream.below(3) {
      case 0: return Mutation.bytes(whole, others: [whole] + Self.parts, &stream)
      case 1:
        var changed = lines
        let at = stream.below(lines.count)
        changed[at] = Mutation.bytes(lines[at], others: lines + Self.parts, &stream)
        return Array(changed.joined())
      default:
        var changed = whole
        for _ in 0...stream.below(3) {
          changed.insert(
            contentsOf: Mutation.pick(Self.parts, &stream), at: stream.below(changed.count + 1))
        }
        return changed
      }
    } check: { input, _ in
      let text = String(decoding: input, as: UTF8.self)
      do {
        let file = try StudyFile(text: text, path: "/studies/fuzz.yaml")
        try #require(file.study.issues().isEmpty)
        let json = try file.study.canonicalJSON
        try #require(try CanonicalCoder.decode(Study.self, from: Array(json.utf8)) == file.study)
        return true
      } catch let error as StudyError {
        guard case .invalid(_, let issues) = error else { return false }
        try #require(!issues.isEmpty)
        let count = text.unicodeScalars.count { $0.properties.isWhitespace } + 2
        for issue in issues { try #require((1...count).contains(issue.line ?? 1)) }
        return false
      }
    }
  }
}
