import LeewayBase

extension ChatTemplate {
  /// The template of a checkpoint folder: `chat_template.jinja`, else what `tokenizer_config.json`
  /// says, which may hold several by name. Or that of a GGUF file.
  /// - Parameter variant: one of several; nil takes `default`.
  public init(folder: String, variant: String? = nil) throws(TemplateError) {
    if GGUF.stands(at: folder) {
      try self.init(gguf: folder, variant: variant)
      return
    }
    let path = folder + "/tokenizer_config.json"
    var config: JSONValue?
    if let bytes = try Self.contents(path) {
      do { config = try JSONValue.parse(bytes, path: path) } catch { throw .json(error) }
    }
    let tokens = Self.specialTokens(config)
    let file = folder + "/chat_template.jinja"
    if variant == nil || variant == "default", let bytes = try Self.contents(file) {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
        throw .file(.notUTF8(path: file, line: bad + 1))
      }
      try self.init(text, name: file, specialTokens: tokens)
      return
    }
    guard let value = config?["chat_template"], value != .null else {
      throw .missing(folder: folder)
    }
    let known = try Self.named(value, path)
    guard let text = known.first(where: { $0.name == variant ?? "default" })?.text else {
      throw .unknownTemplate(
        path: path, name: variant ?? "default", known: known.map(\.name).sorted())
    }
    try self.init(text, name: path, specialTokens: tokens)
  }

  /// Nil when there is no such file.
  private static func contents(_ path: String) throws(TemplateError) -> [UInt8]? {
    do {
      return try MappedFile(path: path).withBytes { Array($0) }
    } catch {
      switch error {
      case .notFound, .notAFile: return nil
      default: throw .file(error)
      }
    }
  }

  /// One text, or a list of `{name, template}`.
  private static func named(_ value: JSONValue, _ path: String) throws(TemplateError)
    -> [(name: String, text: String)]
  {
    if let text = value.text { return [("default", text)] }
    var found: [(name: String, text: String)] = []
    for item in value.array ?? [] {
      guard let name = item["name"]?.text, let text = item["template"]?.text else { break }
      found.append((name, text))
    }
    guard !found.isEmpty, found.count == value.array?.count else {
      throw .wrongValue(
        path: path, key: "chat_template", expected: "a template, or a list of named ones",
        found: String(value.canonicalText.prefix(60)))
    }
    return found
  }

  /// Every `..._token` of the configuration, spelt as text or as an added token.
  private static func specialTokens(_ config: JSONValue?) -> [String: String] {
    var tokens: [String: String] = [:]
    for member in config?.members ?? [] {
      let name = String(decoding: member.key, as: UTF8.self)
      guard name.hasSuffix("_token") else { continue }
      if let text = member.value.text ?? member.value["content"]?.text { tokens[name] = text }
    }
    return tokens
  }
}
