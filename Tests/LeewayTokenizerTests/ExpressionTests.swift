import LeewayBase
import LeewayTokenizer
import Testing

@Suite("Expressions that texts are cut with")
struct ExpressionTests {
  /// Cuts a text of `a`, `b` and `c`, whose pairs merge where no cut parts them.
  private func pieces(_ text: String, _ pattern: String, _ behavior: JSONValue = "Isolated") throws
    -> [String]
  {
    let root: JSONValue = [
      "model": [
        "type": "BPE", "vocab": ["a": 0, "b": 1, "c": 2, "aa": 3, "ab": 4, "ba": 5, "bb": 6],
        "merges": [["a", "a"], ["a", "b"], ["b", "a"], ["b", "b"]],
      ],
      "pre_tokenizer": [
        "type": "Split", "pattern": ["Regex": JSONValue(pattern)], "behavior": behavior,
      ],
    ]
    let tokenizer = try Tokenizer(json: root.canonicalBytes, path: "t.json")
    return tokenizer.encode(text).compactMap { id in
      tokenizer.bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  @Test("A match of no width parts what stands beside it")
  func widthless() throws {
    #expect(try pieces("abab", "c") == ["ab", "ab"])
    #expect(try pieces("abab", "(?=b)") == ["a", "ba", "b"])
    #expect(try pieces("aaaa", "(?=(?:aaa)+(?!a))") == ["a", "aa", "a"])
    #expect(try pieces("aabb", "(?<=a)(?=b)") == ["aa", "bb"])
  }

  @Test(
    "A loop that could be gone through in endless ways is done in time",
    arguments: ["(?:a|aa)+b", "(?:a+)+b", "(?:(?:a|aa)+c?)+b", "(?:a|aa)+?b"])
  func loops(_ pattern: String) throws {
    let text = String(repeating: "a", count: 119)
    #expect(try pieces(text, pattern).count == 60)
    #expect(try pieces(text + "b", pattern).last == "ab")
  }

  @Test("What a loop has tried in one match it tries again in the next")
  func loopsAgain() throws {
    // The loop takes nothing before `b`, and what is nothing keeps the rest of the pattern from it.
    #expect(try pieces("aab", "(?:a)*|b", "Removed") == ["b"])
  }
}
