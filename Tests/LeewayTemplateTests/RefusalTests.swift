import Foundation
import LeewayBase
import LeewayTemplate
import Testing

@Suite("Chat templates that are refused, and where they are found")
struct RefusalTests {
  private func refuses(
    _ source: String, _ fault: TemplateFault, line: Int = 1,
    variables: [(name: String, value: JSONValue)] = [], at place: SourceLocation = #_sourceLocation
  ) {
    #expect(
      throws: TemplateError.fault(template: "t", line: line, fault), sourceLocation: place
    ) { try ChatTemplate(source, name: "t").render(variables) }
  }

  @Test("What is not known is named with its line")
  func unknown() {
    refuses("a\n{% include 'x' %}", .unsupported(kind: "tag", name: "include"), line: 2)
    refuses("\n\n{{ 'a' | urlize }}", .unsupported(kind: "filter", name: "urlize"), line: 3)
    refuses("{{ 'a' is filter }}", .unsupported(kind: "test", name: "filter"))
    refuses("{{ 'a'.expandtabs() }}", .unsupported(kind: "method", name: "expandtabs"))
    refuses("{{ lipsum() }}", .unsupported(kind: "function", name: "lipsum"))
    refuses("{{ '%5d' % 3 }}", .unsupported(kind: "format", name: "%5"))
    refuses("{{ '{:>5}'.format(3) }}", .unsupported(kind: "format", name: "{:>5}"))
    refuses("{{ '%(a)s' % {'a': 1} }}", .unsupported(kind: "operator", name: "% of a mapping"))
    refuses("{{ '\\N{DASH}' }}", .unsupported(kind: "escape", name: "\\N"))
    refuses("{{ 7[1:] }}", .unsupported(kind: "slice", name: "of a number"))
    refuses(
      "{% set x = 7 %}{{ x.real }}", .unsupported(kind: "attribute of a number", name: "real"))
    refuses("{{ 7 | round(-1) }}", .unsupported(kind: "argument", name: "precision"))
    refuses("{{ 0x10 }}", .unsupported(kind: "number", name: "0"))
    // In a branch that is not taken it does no harm.
    #expect(throws: Never.self) {
      try ChatTemplate("{% if false %}{{ 'a' | urlize }}{% endif %}", name: "t").render([])
    }
  }

  @Test("Mistakes of a template")
  func mistakes() {
    refuses(
      "{{ a b }}", .syntax(expected: "}}", found: "b"))
    refuses(
      "x\n{% if a %}\n",
      .syntax(
        expected: "{% elif %} or {% else %} or {% endif %}",
        found: "the end of the template"), line: 2)
    refuses("{{ x.y }}", .undefined(name: "x"))
    refuses("\n{{ 'a' + 1 }}", .wrongKind(operation: "+", found: "a text and a number"), line: 2)
    refuses("{{ raise_exception('No tools.') }}", .refused(message: "No tools."))
  }

  @Test("Work, memory and depth have an end")
  func limits() {
    let loop = "{% for a in range(100000) %}"
    refuses(
      loop + loop + "{% endfor %}{% endfor %}", .tooMuch("work"))
    refuses("{{ 'ab' * 1000000000 }}", .tooMuch("work"))
    refuses("{{ [1] * 9223372036854775807 }}", .tooMuch("work"))
    let grow = "{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}"
    refuses("{% set ns = namespace(x='ab') %}" + grow, .tooMuch("work"))
    refuses(
      "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}"
        + "{% endfor %}{{ ns.x }}", .tooMuch("work"))
    refuses("{{ 'a' | indent(9223372036854775807) }}", .tooMuch("work"))
    refuses("{{ [1] | tojson(indent=9223372036854775807) }}", .tooMuch("work"))
    refuses("{{ ('a' * 99999).replace('', 'a' * 99999) }}", .tooMuch("work"))
    refuses("{{ range(100002) }}", .tooMuch("range"))
    refuses("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", .tooMuch("nesting"))
    refuses(
      "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", .tooMuch("nesting"))
    refuses(
      "{% set ns = namespace(x=[1]) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}"
        + "{{ ns.x | tojson }}", .tooMuch("nesting"))
    refuses("{{ 9223372036854775807 + 1 }}", .tooMuch("numbers"))
    for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("{1: ", "}")] {
      let deep = String(repeating: open, count: 5000) + "1" + String(repeating: close, count: 5000)
      refuses("{{ \(deep) }}", .tooMuch("nesting"))
    }
    for chain in ["+ 1 ", "and 1 ", "| trim ", "~ 1 if 1 ", "** 1 "] {
      let long = "1 " + String(repeating: chain, count: 9999)
      #expect(throws: TemplateError.self) { try ChatTemplate("{{ \(long) }}", name: "t") }
    }
    let nested = String(repeating: "{% if 1 %}", count: 5000)
    refuses(nested + String(repeating: "{% endif %}", count: 5000), .tooMuch("nesting"))
  }

  // MARK: Folders

  private func withFolder(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-template-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files { try AtomicFile.write(Array(text.utf8), to: folder + "/" + name) }
    try body(folder)
  }

  @Test("A folder's template, by file, by key, by name")
  func folders() throws {
    let config = #"""
      {"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}, "pad_token": null,
       "chat_template": "{{ bos_token }}A{{ eos_token }}{{ pad_token }}"}
      """#
    func expect(
      _ folder: String, _ text: String, variant: String? = nil,
      at place: SourceLocation = #_sourceLocation
    ) throws {
      let rendered = try ChatTemplate(folder: folder, variant: variant).render([])
      #expect(rendered == text, sourceLocation: place)
    }
    try withFolder(["tokenizer_config.json": config]) {
      try expect($0, "<s>A</s>")
    }
    try withFolder(["tokenizer_config.json": config, "chat_template.jinja": "B{{ bos_token }}\n"]) {
      try expect($0, "B<s>")
    }
    let several = #"""
      {"chat_template": [{"name": "default", "template": "D"}, {"name": "rag", "template": "R"}]}
      """#
    try withFolder(["tokenizer_config.json": several]) { folder in
      try expect(folder, "D")
      try expect(folder, "R", variant: "rag")
      #expect(
        throws: TemplateError.unknownTemplate(
          path: folder + "/tokenizer_config.json", name: "x", known: ["default", "rag"])
      ) { try ChatTemplate(folder: folder, variant: "x") }
    }
    try withFolder(["tokenizer_config.json": #"{"chat_template": [{"name": 1}]}"#]) { folder in
      #expect(
        throws: TemplateError.wrongValue(
          path: folder + "/tokenizer_config.json", key: "chat_template",
          expected: "a template, or a list of named ones", found: #"[{"name":1}]"#)
      ) { try ChatTemplate(folder: folder) }
    }
    try withFolder([:]) { folder in
      #expect(throws: TemplateError.missing(folder: folder)) { try ChatTemplate(folder: folder) }
    }
  }

  // MARK: Chats

  @Test("A day is told when it is given, and no clock is read")
  func date() throws {
    let source =
      "{{ strftime_now('%d %b %Y, %A %B %y-%m %%') if strftime_now is defined else 'no day' }}"
    let template = try ChatTemplate(source, name: "t")
    #expect(try template.render([]) == "no day")
    let day = try #require(TemplateDate("2026-11-25"))
    #expect(try template.render([], date: day) == "25 Nov 2026, Wednesday November 26-11 %")
    for bad in ["2026-13-01", "2026-02-29", "2026-1", "x", "0-1-1"] {
      #expect(TemplateDate(bad) == nil)
    }
    #expect(TemplateDate("2024-02-29") != nil)
  }

  @Test("A thought is told under the names that templates ask for, and what is null not at all")
  func thoughts() throws {
    let template = try ChatTemplate(
      "{% for m in messages %}{{ m | tojson }}{% endfor %}", name: "t")
    func shown(_ more: [(String, JSONValue)]) throws -> String {
      let members = more.map { JSONMember(key: Array($0.0.utf8), value: $0.1) }
      let message = ChatMessage(role: "assistant", content: "a", more: members)
      return try template.render(ChatRequest([message], ending: .messages))
    }
    let head = #""role": "assistant", "content": "a""#
    #expect(try shown([("name", .null), ("n", 1)]) == "{\(head), \"n\": 1}")
    for name in ["reasoning", "reasoning_content"] {
      let own = name == "reasoning" ? #", "reasoning": "r""# : ""
      #expect(
        try shown([(name, "r")])
          == #"{"thinking": "r", \#(head)\#(own), "reasoning_content": "r"}"#)
    }
    #expect(
      try shown([("reasoning_content", "r"), ("x", 2), ("thinking", "t")])
        == #"{"thinking": "t", \#(head), "reasoning_content": "r", "x": 2}"#)
    #expect(
      try shown([("thinking", "t"), ("reasoning_content", .null)])
        == #"{"thinking": "t", \#(head), "reasoning_content": "t"}"#)
  }

  @Test("Going on within the last message")
  func continuing() throws {
    func prompt(_ source: String, _ text: String) throws -> String {
      try ChatTemplate(source, name: "t")
        .render(ChatRequest([.user("q"), .assistant(text)], ending: .lastMessage))
    }
    let plain = "{% for m in messages %}<{{ m.content }}>{% endfor %}"
    let trimmed = "{% for m in messages %}<{{ m.content | trim }}>{% endfor %}"
    #expect(try prompt(plain, "so ") == "<q><so ")
    #expect(try prompt(trimmed, "so ") == "<q><so")
    #expect(throws: TemplateError.nothingToContinue(template: "t")) {
      try prompt("{{ messages[0].content }}", "so")
    }
    #expect(throws: TemplateError.nothingToContinue(template: "t")) {
      try ChatTemplate(plain, name: "t").render(ChatRequest([], ending: .lastMessage))
    }
  }
}
