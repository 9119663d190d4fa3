import Foundation
import LeewayBase
import LeewayTokenizer

/// What a reader of a folder's texts should know of its tokenizer.
enum TokenizerNote {
  /// Flags of `tokenizer_config.json` that `tokenizer.json` does not bear out. The reference's version 4
  /// went by the flags in some classes, version 5 goes by the file, and so does Leeway.
  static func flags(_ tokenizer: Tokenizer, folder: String) -> String? {
    let path = folder + "/tokenizer_config.json"
    guard FileManager.default.fileExists(atPath: folder + "/tokenizer.json"),
      let file = try? MappedFile(path: path),
      let config = try? file.withBytes({ try JSONValue.parse(Array($0), path: path) }),
      let name = config["tokenizer_class"]?.text,
      ["Llama", "Gemma", "GPTNeoX"].contains(where: { name.hasPrefix($0 + "Tokenizer") })
    else { return nil }
    // What covers none of a text stands around it.
    let pieces = tokenizer.encodeWithOffsets("a")
    let before = pieces.first { $0.bytes == 0..<0 }?.id
    let after = pieces.last { $0.bytes == 1..<1 }?.id
    let told = [("bos", before), ("eos", after)].compactMap { end, found -> String? in
      let token = config["\(end)_token"]
      guard let flag = config["add_\(end)_token"]?.bool,
        let text = token?.text ?? token?["content"]?.text, let id = tokenizer.id(of: text),
        flag != (found == id)
      else { return nil }
      return "add_\(end)_token: \(flag)"
    }
    guard !told.isEmpty else { return nil }
    return "tokenizer_config.json says \(told.joined(separator: ", ")) and tokenizer.json does not:"
      + " texts are read by tokenizer.json, as transformers 5 does; version 4 goes by the other"
  }
}
