import LeewayBase

extension ChatTemplate {
  /// The template in a GGUF file's metadata: `tokenizer.chat_template`, and others behind it by name.
  init(gguf path: String, variant: String?) throws(TemplateError) {
    let file: GGUF
    do { file = try GGUF(path: path) } catch { throw .gguf(error) }
    let standard = "tokenizer.chat_template"
    let name = variant ?? "default"
    let key = name == "default" ? standard : "\(standard).\(name)"
    guard let value = file[key] else {
      let known = file.keys.compactMap { key -> String? in
        if key == standard { return "default" }
        return key.hasPrefix(standard + ".") ? String(key.dropFirst(standard.count + 1)) : nil
      }
      if known.isEmpty { throw .missing(folder: path) }
      throw .unknownTemplate(path: path, name: name, known: known.sorted())
    }
    guard let text = value.text else {
      throw .wrongValue(path: path, key: key, expected: "a template", found: value.summary)
    }
    try self.init(text, name: path, specialTokens: try Self.specialTokens(file))
  }

  /// Ids of the metadata (it spells one of them so) under the names that templates know.
  private static let tokenNames: KeyValuePairs<String, String> = [
    "bos": "bos_token", "eos": "eos_token", "unknown": "unk_token", "padding": "pad_token",
    "seperator": "sep_token", "cls": "cls_token", "mask": "mask_token",
  ]

  private static func specialTokens(_ file: GGUF) throws(TemplateError) -> [String: String] {
    let pieces = file["tokenizer.ggml.tokens"]?.array?.strings ?? []
    var tokens: [String: String] = [:]
    for (name, token) in tokenNames {
      let key = "tokenizer.ggml.\(name)_token_id"
      guard let value = file[key] else { continue }
      guard let id = value.int, pieces.indices.contains(id) else {
        throw .wrongValue(
          path: file.path, key: key, expected: "one of \(pieces.count) tokens",
          found: value.summary)
      }
      tokens[token] = String(decoding: pieces[id], as: UTF8.self)
    }
    return tokens
  }
}
