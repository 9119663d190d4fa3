import Foundation
import LeewayBase
import Testing

/// The two commands that others script against, in their exact forms.
@Suite struct TraceTests {
  struct Trace: Decodable {
    var ids: [Int]
    var top: [[Double]]
    var norms: [String: Double]
  }

  private func trace(_ arguments: String...) throws -> (text: String, trace: Trace) {
    let result = try Command.started(["trace"] + arguments + ["--json"]).outcome()
    #expect(result.code == 0, "\(result.errors)")
    return (
      result.output, try JSONDecoder().decode(Trace.self, from: Data(result.output.utf8))
    )
  }

  @Test(arguments: ["llama-grouped", "gpt2-bare", "gpt2-bf16", "llama-sharded"])
  func tellsTheReferencesNumbers(name: String) throws {
    // These folders have no tokenizer.
    let folder = Command.golden + "/" + name
    let file = try SafeTensors(path: folder + "/expected.safetensors")
    let manifest = try JSONValue.parse(
      Array(try bytes(folder + "/manifest.json")), path: "manifest.json")
    let ids = try #require(manifest["prompts"]?.array?[1]["ids"]?.array).compactMap(\.int)
    func last(_ site: String) throws -> [Double] {
      let tensor = try #require(file.tensors.first { $0.name == "1/" + site })
      return tensor.floats().suffix(tensor.shape[1]).map(Double.init)
    }
    let found = try trace(
      "--model", folder, "--ids", ids.map(String.init).joined(separator: " "), "--top", "5"
    ).trace
    #expect(found.ids == ids)
    let logits = try last("logits")
    let best = logits.indices.sorted { logits[$0] > logits[$1] }.prefix(5)
    #expect(found.top.map { Int($0[0]) } == Array(best))
    let scale = logits.map(abs).max() ?? 1
    for entry in found.top { #expect(abs(entry[1] - logits[Int(entry[0])]) < 1e-4 * scale) }
    let blocks = file.tensors.filter { $0.name.hasPrefix("1/") && $0.name.hasSuffix("resid_post") }
    #expect(found.norms.count == blocks.count + 1)
    for (name, norm) in found.norms {
      let row = try last(name == "embed" ? "blocks.0.resid_pre" : name)
      let expected = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(norm - expected) < 1e-4 * expected, "\(name)")
    }
  }

  @Test func printsOneLineInTheAgreedOrder() throws {
    let (text, _) = try trace("--model", Command.nestling, "--ids", "5 9", "--top", "2")
    let form =
      #/\{"ids":\[5,9\],"top":\[\[\d+,-?[\d.e-]+\],\[\d+,-?[\d.e-]+\]\],"norms":\{"embed":[\d.e-]+(,"blocks\.\d\.resid_post":[\d.e-]+){4}\}\}\n/#
    #expect(try form.wholeMatch(in: text) != nil, "\(text)")
    #expect(try trace("--model", Command.nestling, "--ids", "5 9", "--top", "0").trace.top == [])
  }

  @Test func addsToOneDimensionAtEveryPosition() throws {
    let place = ["--model", Command.nestling, "--ids", "5 9 14"]
    let plain = try trace(place[0], place[1], place[2], place[3]).trace
    let added = try trace(
      place[0], place[1], place[2], place[3], "--add", "blocks.1.resid_post:dim=0:400"
    ).trace
    for name in ["embed", "blocks.0.resid_post"] { #expect(plain.norms[name] == added.norms[name]) }
    #expect(abs(try #require(added.norms["blocks.1.resid_post"]) - 400) < 40)
    #expect(plain.top != added.top)
    // Twice half is once whole; adding nothing changes nothing.
    let halves = try trace(
      place[0], place[1], place[2], place[3], "--add", "blocks.1.resid_post:dim=0:200", "--add",
      "blocks.1.resid_post:dim=0:200"
    ).trace
    #expect(halves.top == added.top)
    let none = try trace(
      place[0], place[1], place[2], place[3], "--add", "blocks.1.resid_post:dim=0:0")
    #expect(none.trace.top == plain.top && none.trace.norms == plain.norms)
  }

  @Test(arguments: ["The kestrel is one of the", "- an owl", "--top"])
  func promptsAreTokenizedAsByTokenize(text: String) throws {
    for flag in [[], ["--no-special"]] {
      let ids = try Command.started(
        ["tokenize", "--model", Command.nestling, "--json"] + flag, input: text
      ).outcome()
      let traced = try Command.started(
        ["trace", "--model", Command.nestling, "--prompt", text, "--json"] + flag
      ).outcome()
      #expect(ids.code == 0 && traced.code == 0)
      #expect(traced.output.hasPrefix(ids.output.dropLast(2)), "\(ids.output) \(traced.output)")
    }
  }

  @Test func tokenizeReadsByteForByteAndBack() throws {
    for text in ["The owl.", " two\n\nlines \n", "ünïcödé 🦉\t猫", ""] {
      let ids = try Command.run(
        "tokenize", "--model", Command.nestling, "--json", "--no-special", input: text)
      #expect(ids.output.hasPrefix("{\"ids\":[") && ids.output.hasSuffix("]}\n"))
      for place in [Command.nestling, Command.nestling + "/tokenizer.json"] {
        let back = try Command.run("tokenize", "--model", place, "--decode", input: ids.output)
        #expect(back.output == text + "\n", "\(ids.output)")
      }
    }
  }
}
