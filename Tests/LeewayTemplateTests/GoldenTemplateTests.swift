import Foundation
import LeewayBase
import LeewayTemplate
import Testing

@Suite("Chat templates against the reference")
struct GoldenTemplateTests {
  @Test("Whole chats")
  func chats() throws {
    let golden = try Golden.json("chats.json")
    let cases = try #require(golden["cases"]?.array)
    #expect(cases.count > 100)
    for entry in cases {
      let name = try #require(entry["template"]?.text)
      let source = try #require(golden["templates"]?[name]?.text)
      let template = try ChatTemplate(source, name: name, specialTokens: Golden.tokens)
      var request = Golden.request(
        Golden.messages(entry["messages"]), entry["ending"]?.text, tools: entry["tools"])
      request.thinking = entry["thinking"]?.bool
      let found = Result { () throws(TemplateError) in try template.render(request) }
      let label = entry["name"]?.text ?? ""
      switch (entry["text"]?.text, found) {
      case (let expected?, .success(let text)):
        #expect(Array(text.utf8) == Array(expected.utf8), "\(label)")
      case (nil, .failure): break
      case (let expected, .success(let text)):
        Issue.record("\(label): \(text.debugDescription), not \(expected ?? "an error")")
      case (_, .failure(let error)): Issue.record("\(label): \(error)")
      }
    }
  }

  /// What the reference renders and Leeway names as unknown: never another text.
  private static let unknown = 40

  @Test("Every construct: the reference's text, or an error where it has one")
  func constructs() throws {
    let golden = try Golden.json("constructs.json")
    let cases = try #require(golden["cases"]?.array)
    #expect(cases.count > 4000)
    let variables = (golden["variables"]?.members ?? []).map {
      (name: String(decoding: $0.key, as: UTF8.self), value: $0.value)
    }
    var refused: [String] = []
    for entry in cases {
      let source = try #require(entry.array?.first?.text)
      let expected = entry.array?.last?.text
      do {
        let template = try ChatTemplate(source, name: "t", specialTokens: Golden.tokens)
        let text = try template.render(variables)
        #expect(
          expected.map { Array($0.utf8) } == Array(text.utf8),
          "\(source.debugDescription): \(text.debugDescription), not \(expected.debugDescription)")
      } catch TemplateError.fault(_, let line, .unsupported(let kind, let name)) {
        #expect(line > 0)
        if expected != nil { refused.append("\(source.debugDescription): \(kind) \(name)") }
      } catch TemplateError.fault(_, _, .tooMuch("numbers")) {
        // Whole numbers of Python have no end.
        refused.append("\(source.debugDescription): numbers")
      } catch {
        let told = (expected ?? "").debugDescription
        #expect(expected == nil, "\(source.debugDescription): \(error), not \(told)")
      }
    }
    #expect(refused.count <= Self.unknown, "\(refused.joined(separator: "\n"))")
  }

  static let areHere = FileManager.default.fileExists(atPath: Golden.shared)

  @Test(
    "Templates of real models",
    .enabled(if: areHere, "the folder ../shared is not beside the repository"))
  func real() throws {
    let golden = try Golden.json("shared.json")
    let hashes = try #require(golden["hashes"]?.members)
    #expect(hashes.count > 600)
    var templates: [String: ChatTemplate] = [:]
    for entry in hashes {
      let key = String(decoding: entry.key, as: UTF8.self)
      let words = key.split(separator: " ").map(String.init)
      try #require(words.count == 4)
      let path = Golden.shared + "/" + words[0]
      let known = templates[path]
      let template =
        try known
        ?? ChatTemplate(
          try TextFile.read(path), name: words[0], specialTokens: Golden.tokens)
      templates[path] = template
      let request = Golden.request(
        Golden.messages(golden["chats"]?[words[1]]), words[2],
        tools: words[3] == "tools" ? golden["tools"] : nil)
      do {
        let text = try template.render(request)
        #expect(
          entry.value.text == ContentHash.sha256(Array(text.utf8)),
          "\(key): \(text.debugDescription)")
      } catch {
        #expect(entry.value.text == nil, "\(key): \(error)")
      }
    }
  }
}
