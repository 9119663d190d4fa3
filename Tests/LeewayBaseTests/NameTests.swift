import LeewayBase
import Testing

@Suite("Spelling and hashes")
struct NameTests {
  @Test("The nearest known name")
  func spelling() {
    let known = ["strength", "steering", "doses", "seed", "layers"]
    #expect(Spelling.nearest(to: "strenght", among: known) == "strength")
    #expect(Spelling.nearest(to: "dose", among: known) == "doses")
    #expect(Spelling.nearest(to: "SEED", among: known) == "seed")
    #expect(Spelling.nearest(to: "lyaers", among: known) == "layers")
    #expect(Spelling.nearest(to: "seed", among: known) == "seed")
    #expect(Spelling.nearest(to: "temperature", among: known) == nil)
    #expect(Spelling.nearest(to: "", among: known) == nil)
    #expect(Spelling.nearest(to: "x", among: []) == nil)
    #expect(Spelling.nearest(to: "a", among: [""]) == "")
    // Of names equally near, the first by letters: the order given does not matter.
    #expect(Spelling.nearest(to: "cab", among: ["car", "cat"]) == "car")
    #expect(Spelling.nearest(to: "cab", among: ["cat", "car"]) == "car")
  }

  @Test("SHA-256 as its standard prints it")
  func hashes() {
    #expect(
      ContentHash.sha256([])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      ContentHash.sha256("abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      ContentHash.sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      ContentHash.sha256([UInt8](repeating: 0x61, count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    // Equal to Swift, different in bytes.
    #expect(ContentHash.sha256("\u{e9}") != ContentHash.sha256("e\u{301}"))
  }

  @Test("What git calls a file")
  func blobs() {
    func blob(_ text: String) -> String {
      Array(text.utf8).withUnsafeBytes { ContentHash.gitBlob($0) }
    }
    #expect(blob("") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    #expect(blob("hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a")
  }

  @Test("Numbers that people write")
  func decimals() {
    for (text, value) in [
      ("0", 0), ("-0.5", -0.5), ("+2", 2), ("1e-3", 0.001), ("1E3", 1000), (".5", 0.5), ("3.", 3),
    ] {
      #expect(DecimalText.number(text) == value, "\(text)")
    }
    for text in [
      "", "0x10", "0x1p3", "nan", "inf", "-infinity", "1e999", "1_000", "1,5", " 1", "1 ", "e",
      "--1",
      "1e", "٣", "½",
    ] {
      #expect(DecimalText.number(text) == nil, "\(text)")
    }
  }
}
