import LeewayBase
import LeewayTokenizer
import Testing

/// Every name of a way to cut words against the ids that llama.cpp gives under it, as
/// `Tools/gguf_cuts.py` wrote them down.
@Suite struct GGUFCutsTests {
  private static func json() throws -> JSONValue { try Golden.json("gguf-cuts.json") }

  private static func table(_ json: JSONValue, _ name: String) -> PieceTable {
    let pieces = (json["pieces"] ?? .null).strings.map { Array($0.utf8) }
    return PieceTable(
      model: "gpt2", preTokenizer: name, pieces: pieces + [Array("<|between|>".utf8)],
      kinds: .init(repeating: .normal, count: pieces.count) + [.control],
      merges: (json["merges"] ?? .null).strings.map { Array($0.utf8) }, begin: pieces.count,
      end: pieces.count)
  }

  /// `qwen2.5` is a name that other writers give; llama.cpp has none of its own for it.
  @Test func everyNameIsHeld() throws {
    let json = try Self.json()
    let held = Set((json["names"]?.members ?? []).map { String(decoding: $0.key, as: UTF8.self) })
    do {
      _ = try Tokenizer(Self.table(json, "unheard-of"), path: "x.gguf")
      Issue.record("a name that no one gave")
    } catch {
      guard case .unsupported(_, _, "unheard-of", let known) = error else {
        Issue.record(error)
        return
      }
      #expect(Set(known) == held.union(["qwen2.5"]))
    }
  }

  /// Where the model's own patterns cut otherwise than llama.cpp, Leeway keeps to the model: cases of
  /// all letters and not of A to Z alone in the ways of GPT-4o and Tekken, composed texts in those of
  /// Qwen, ranges that hold other spaces in that of DeepSeek Coder.
  @Test func idsAreThoseOfLlamaCppOrOfTheModelItself() throws {
    let json = try Self.json()
    let texts = (json["texts"] ?? .null).strings
    let base = (json["base"]?.array ?? []).map(\.ints)
    let kinds = json["kinds"]?.array ?? []
    #expect(texts.count > 100 && base.count == texts.count)
    var approximated: Set<String> = []
    for member in json["names"]?.members ?? [] {
      let name = String(decoding: member.key, as: UTF8.self)
      let kind = kinds[try #require(member.value.int)]
      let tokenizer = try Tokenizer(Self.table(json, name), path: "x.gguf")
      for (index, text) in texts.enumerated() {
        let theirs = kind["differs"]?["\(index)"]?.ints ?? base[index]
        let own = kind["own"]?["\(index)"]?.ints
        if own != nil { approximated.insert(name) }
        #expect(
          tokenizer.encode(text, addSpecial: false) == own ?? theirs,
          "\(name): \(text.debugDescription)")
      }
      #expect(tokenizer.encode("").isEmpty != (kind["begins"] == true), "\(name)")
    }
    #expect(
      approximated == [
        "deepseek-coder", "deepseek-r1-qwen", "gpt-4o", "kanana2", "llama4", "minimax-m2", "qwen2",
        "qwen35", "talkie", "tekken",
      ])
  }
}
