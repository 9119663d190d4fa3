import Foundation
import LeewayBase
import LeewayTokenizer
import Testing

/// What stands around a text, beside what `Tools/special_tokens.py` found with both versions of the
/// reference. Leeway goes by `tokenizer.json` alone, as version 5 does.
@Suite("Tokens around a text")
struct SpecialTokenTests {
  struct Case {
    var name: String
    var processor: String
    var flags: JSONValue
    var around: String
  }

  static func cases(_ version: String) throws -> [Case] {
    try #require(try Golden.json("special-tokens.json")[version]?["cases"]?.array).map {
      Case(
        name: try #require($0["class"]?.text), processor: try #require($0["processor"]?.text),
        flags: try #require($0["flags"]), around: try #require($0["around"]?.text))
    }
  }

  /// In a folder whose configuration says what the case has it say.
  private func around(_ given: Case) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-special-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let golden = try Golden.json("special-tokens.json")
    let file = try #require(golden["tokenizers"]?[given.processor])
    let config = given.flags.setting("tokenizer_class", JSONValue(given.name))
      .setting("bos_token", "<s>").setting("eos_token", "</s>")
    try AtomicFile.write(file.canonicalBytes, to: folder + "/tokenizer.json")
    try AtomicFile.write(config.canonicalBytes, to: folder + "/tokenizer_config.json")
    let ids = try Tokenizer(path: folder).encode(try #require(golden["text"]?.text))
    return [ids.first == 1 ? "first" : nil, ids.last == 2 ? "last" : nil].compactMap { $0 }
      .joined(separator: " ")
  }

  /// In all classes but one: for GPT-NeoX the reference builds its tokenizer without the file's
  /// processor, and then drops the flags that would stand in for it, so that a folder whose file and
  /// flags both ask for a first token gets none. There too Leeway goes by the file.
  @Test func theFileDecidesAsInVersion5() throws {
    let cases = try Self.cases("5")
    #expect(cases.count == 112)
    for given in cases {
      let expected =
        given.name == "GPTNeoXTokenizerFast"
        ? ["first": "first", "both": "first last"][given.processor] ?? "" : given.around
      #expect(try around(given) == expected, "\(given)")
      if given.name == "GPTNeoXTokenizerFast" { #expect(given.around == "") }
    }
  }

  /// Three classes went by the flags in version 4, and only they: a folder whose file and flags agree
  /// means the same to both versions and to Leeway.
  @Test func version4AgreesWhereFileAndFlagsAgree() throws {
    var others: Set<String> = []
    for given in try Self.cases("4") where try around(given) != given.around {
      others.insert(given.name)
      let first = given.flags["add_bos_token"]?.bool ?? !given.name.contains("NeoX")
      let last = given.flags["add_eos_token"]?.bool ?? false
      let flags = [first ? "first" : nil, last ? "last" : nil].compactMap { $0 }
      #expect(given.around == flags.joined(separator: " "), "\(given)")
    }
    #expect(
      others == [
        "GPTNeoXTokenizerFast", "GemmaTokenizerFast", "LlamaTokenizer", "LlamaTokenizerFast",
      ])
  }
}
