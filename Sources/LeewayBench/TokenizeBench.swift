import ArgumentParser
import CLeewayKernels
import Foundation
import LeewayBase
import LeewayTokenizer

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Encodes a text on one thread; megabytes a CPU second, as JSON lines.")

  @Argument(help: "Tokenizer folders.")
  var tokenizers: [String]
  @Option(help: "The text.")
  var text: String
  @Option(help: "Encodings to time; the best counts.")
  var repetitions = 5

  func run() throws {
    let text = try TextFile.read(text)
    for folder in tokenizers {
      let tokenizer = try Tokenizer(path: folder)
      var best = Double.infinity
      var count = 0
      for _ in 0..<repetitions {
        let start = lw_thread_seconds()
        count = tokenizer.encode(text, addSpecial: false).count
        best = min(best, lw_thread_seconds() - start)
      }
      let bytes = text.utf8.count
      let rate = (Double(bytes) / best / 1e5).rounded() / 10
      print(#"{"bytes":\#(bytes),"mb_per_s":\#(rate),"tokenizer":"\#(folder)","tokens":\#(count)}"#)
    }
  }
}
