import LeewayBase
import LeewayFuzzing
import LeewayTemplate
import Testing

@Suite("TemplateFuzz")
struct TemplateFuzzTests {
  private static let seeds: [[UInt8]] = {
    let chats = (try? Golden.json("chats.json"))?["templates"]?.members ?? []
    let constructs = (try? Golden.json("constructs.json"))?["cases"]?.array ?? []
    return chats.compactMap(\.value.bytes) + constructs.compactMap { $0.array?.first?.bytes }
  }()
  private static let variables: [(name: String, value: JSONValue)] =
    ((try? Golden.json("constructs.json"))?["variables"]?.members ?? []).map {
      (name: String(decoding: $0.key, as: UTF8.self), value: $0.value)
    }
  private static let parts = [
    "{%", "%}", "{{", "}}", "{#", "#}", "-%}", "{%-", "if ", "for x in list", "endfor", "endif",
    "else", "set x = ", "macro m(a)", "endmacro", "call m()", "endcall", "| map('m')", "|tojson",
    "namespace(", "range(", "99999999", "9223372036854775807", "-1", "[::-1]", "[1:", " ~ ", " ** ",
    " in ", " is ", "not ", ".split('", "*", "(", ")", "[", "]", "loop.last", "messages", "\u{E9}",
    "'",
  ].map { Array($0.utf8) }

  @Test("Whatever the template: a prompt, the same one twice, or an error with its place")
  func template() throws {
    let seeds = Self.seeds
    try #require(seeds.count > 1000)
    try Fuzzer("Template").run { stream in
      let base = Mutation.pick(seeds, &stream)
      guard stream.below(2) == 0 else {
        return Mutation.bytes(base, others: seeds + Self.parts, &stream)
      }
      var text = base
      for _ in 0...stream.below(4) {
        let part = Mutation.pick(Self.parts, &stream)
        text.insert(contentsOf: part, at: stream.below(text.count + 1))
      }
      return text
    } check: { input, _ in
      let source = String(decoding: input, as: UTF8.self)
      let lines = input.count { $0 == 0x0A || $0 == 0x0D } + 1
      let first = Result { () throws(TemplateError) in
        try ChatTemplate(source, name: "t").render(Self.variables)
      }
      let second = Result { () throws(TemplateError) in
        try ChatTemplate(source, name: "t").render(Self.variables)
      }
      try #require(first == second)
      if case .failure(.fault(_, let line, _)) = first {
        try #require((1...lines).contains(line))
        return false
      }
      if case .failure = first { return false }
      return true
    }
  }
}
