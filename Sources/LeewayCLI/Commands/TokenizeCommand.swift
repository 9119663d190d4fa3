import ArgumentParser
import Foundation
import LeewayBase
import LeewayTokenizer

/// Text to ids and back, byte for byte.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Turn standard input into token ids, or ids into text.",
    discussion: """
        echo -n "Once upon a time" | leeway tokenize --model DIR --json
        echo "403 407" | leeway tokenize --model DIR --decode
        echo -n "Who are you?" | leeway tokenize --model DIR --chat --system "You are a gull."
      """)

  @Option(help: "Checkpoint folder, GGUF file or a lone tokenizer.json.") var model: String
  @Flag(name: .customLong("no-special"), help: "Add no special tokens.") var noSpecial = false
  @Flag(help: "Read ids (spaces or a JSON list) and print the text.") var decode = false
  @Flag(help: "One line of JSON.") var json = false
  @OptionGroup var chat: ChatOptions

  func validate() throws {
    guard !chat.chat || !decode && !noSpecial else {
      throw ValidationError("--chat goes with neither --decode nor --no-special")
    }
  }

  func run() throws {
    try reporting {
      let tokenizer = try Tokenizer(path: try ModelPlace.path(model))
      let input = Array(FileHandle.standardInput.readDataToEndOfFile())
      if decode {
        try printText(tokenizer, input)
        return
      }
      guard !chat.chat else { return try printChat(tokenizer, input) }
      let ids = try tokenizer.encode(bytes: input, addSpecial: !noSpecial)
      if json {
        print("{\"ids\":\(list(ids))}")
      } else {
        for id in ids { print("\(id)\t\(try tokenizer.decode([id]).debugDescription)") }
      }
    }
  }

  /// The prompt as the template writes it, then its pieces.
  private func printChat(_ tokenizer: Tokenizer, _ input: [UInt8]) throws {
    guard let question = String(validating: input, as: UTF8.self) else {
      _ = try tokenizer.encode(bytes: input)
      return
    }
    let prompt = try chat.prompt(question, model: model, tokenizer)
    if json {
      let value: JSONValue = [
        "ids": .array(prompt.ids.map { .integer($0) }), "prompt": JSONValue(prompt.text),
      ]
      return print(value.canonicalText)
    }
    print(prompt.text, terminator: prompt.text.hasSuffix("\n") ? "\n" : "\n\n")
    for id in prompt.ids { print("\(id)\t\(try tokenizer.decode([id]).debugDescription)") }
  }

  private func printText(_ tokenizer: Tokenizer, _ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    let body = text.drop { $0 != "[" }.prefix { $0 != "]" }
    let source = text.contains("[") ? String(body) : text
    let parts = source.split { !($0.isNumber || $0 == "-") && !$0.isLetter }
    let ids = parts.compactMap { Int($0) }
    guard ids.count == parts.filter({ $0 != "ids" }).count else { throw CommandError.badIDs(text) }
    FileHandle.standardOutput.write(Data(try tokenizer.decode(ids).utf8))
    print()
  }
}
