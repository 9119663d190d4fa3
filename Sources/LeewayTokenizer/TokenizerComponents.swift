import LeewayBase

/// What stands before and after the model.
extension TokenizerReader {
  func normalizers(_ node: TokenizerNode) throws(TokenizerError) -> [Normalizer] {
    switch try node.kind() {
    case "Sequence":
      var all: [Normalizer] = []
      for item in try node.items("normalizers") { all += try normalizers(item) }
      return all
    case "Prepend": return [.prepend(try node.bytes("prepend"))]
    case "Replace":
      let content = try node.bytes("content")
      let pattern = try node.required("pattern")
      guard pattern.child("Regex") != nil else {
        return [.replace(try self.pattern(node), content)]
      }
      let expression = try expression(try pattern.text("Regex"), pattern)
      guard !expression.matchesNothing else {
        throw pattern.wrong("a pattern that matches at least one character")
      }
      return [.substitute(expression, content)]
    case "NFC": return [.nfc]
    case "NFD": return [.nfd]
    case "NFKC": return [.nfkc]
    case "NFKD": return [.nfkd]
    case "Lowercase": return [.lowercase]
    case "StripAccents": return [.stripAccents]
    case "Strip":
      return [
        .strip(
          left: try node.flag("strip_left", default: true),
          right: try node.flag("strip_right", default: true))
      ]
    case "Nmt": return [.nmt]
    case "Precompiled":
      guard let map = Charsmap(base64: try node.bytes("precompiled_charsmap")) else {
        throw try node.required("precompiled_charsmap").wrong("a compiled map in base64")
      }
      return [.charsmap(map)]
    default:
      throw node.unsupported(
        "normalizer",
        [
          "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "Precompiled", "Prepend", "Replace",
          "Sequence", "Strip", "StripAccents",
        ])
    }
  }

  /// A pattern that is plain text; a regular expression is refused.
  private func pattern(_ node: TokenizerNode) throws(TokenizerError) -> [UInt8] {
    let pattern = try node.required("pattern")
    guard pattern.child("String") != nil else { throw pattern.wrong("a String pattern") }
    let text = try pattern.bytes("String")
    guard !text.isEmpty else { throw pattern.wrong("at least one character") }
    return text
  }

  /// - Parameter byteLevel: becomes true when the model sees bytes.
  func preTokenizers(_ node: TokenizerNode, _ byteLevel: inout Bool) throws(TokenizerError)
    -> [PreTokenizer]
  {
    let nodes = try leaves(node)
    var steps: [PreTokenizer] = []
    var isSpelt = false
    for (index, node) in nodes.enumerated() {
      let kind = try node.kind()
      if byteLevel, kind == "ByteLevel" || kind == "Metaspace" {
        throw try node.required("type").wrong("a step that may follow ByteLevel")
      }
      steps += try preTokenizer(node)
      guard kind == "ByteLevel" else { continue }
      byteLevel = true
      // What follows sees the characters that bytes are spelt with, and not the text.
      isSpelt = index < nodes.count - 1
      if isSpelt { steps.append(.spell) }
    }
    return isSpelt ? steps + [.unspell] : steps
  }

  /// The pre-tokenizers of sequences, one after the other.
  private func leaves(_ node: TokenizerNode) throws(TokenizerError) -> [TokenizerNode] {
    guard try node.kind() == "Sequence" else { return [node] }
    var all: [TokenizerNode] = []
    for item in try node.items("pretokenizers") { all += try leaves(item) }
    return all
  }

  private func preTokenizer(_ node: TokenizerNode) throws(TokenizerError) -> [PreTokenizer] {
    switch try node.kind() {
    case "ByteLevel":
      var steps: [PreTokenizer] = []
      if try node.flag("add_prefix_space", default: true) { steps.append(.prefixSpace) }
      if try node.flag("use_regex", default: true) {
        steps.append(.split(.pattern(.gpt2), .isolated, invert: false))
      }
      return steps
    case "Split":
      return [
        .split(
          try delimiter(node), try behavior(node, default: .isolated),
          invert: try node.flag("invert", default: false))
      ]
    case "Metaspace":
      return [
        .metaspace(
          mark: try node.character("replacement", default: "▁"), prepend: try prepend(node),
          split: try node.flag("split", default: true))
      ]
    case "Whitespace": return [.words]
    case "WhitespaceSplit": return [.split(.space, .removed, invert: false)]
    case "Punctuation":
      return [.split(.punctuation, try behavior(node, default: .isolated), invert: false)]
    case "Digits":
      let single = try node.flag("individual_digits", default: false)
      return [.split(.number, single ? .isolated : .contiguous, invert: false)]
    default:
      throw node.unsupported(
        "pre_tokenizer",
        [
          "ByteLevel", "Digits", "Metaspace", "Punctuation", "Sequence", "Split", "Whitespace",
          "WhitespaceSplit",
        ])
    }
  }

  private func delimiter(_ node: TokenizerNode) throws(TokenizerError) -> PreTokenizer.Delimiter {
    let pattern = try node.required("pattern")
    guard pattern.child("Regex") != nil else { return .text(try self.pattern(node)) }
    let text = try pattern.text("Regex")
    if let known = SplitPattern(text: text) { return .pattern(known) }
    return .expression(try expression(text, pattern))
  }

  private func expression(_ text: String, _ node: TokenizerNode) throws(TokenizerError)
    -> Expression
  {
    guard let expression = Expression(text) else {
      throw .unsupported(
        path: path, component: node.key, kind: text,
        known: ["anchors", "characters", "classes", "counts", "groups", "looks ahead and behind"])
    }
    return expression
  }

  private func behavior(_ node: TokenizerNode, default standard: PreTokenizer.Behavior)
    throws(TokenizerError) -> PreTokenizer.Behavior
  {
    guard let name = try node.optionalText("behavior") else { return standard }
    guard let behavior = PreTokenizer.Behavior(rawValue: name) else {
      let known = PreTokenizer.Behavior.allCases.map(\.rawValue).sorted()
      throw try node.required("behavior").wrong("one of \(known.joined(separator: ", "))")
    }
    return behavior
  }

  private func prepend(_ node: TokenizerNode) throws(TokenizerError) -> PreTokenizer.Prepend {
    switch try node.optionalText("prepend_scheme") {
    case "always": .always
    case "first": .first
    case "never": .never
    // Older files only say whether.
    case nil: try node.flag("add_prefix_space", default: true) ? .always : .never
    default: throw try node.required("prepend_scheme").wrong("always, first or never")
    }
  }

  func decodeSteps(_ node: TokenizerNode, _ byteLevel: Bool) throws(TokenizerError)
    -> [DecodeStep]
  {
    switch try node.kind() {
    case "Sequence":
      var all: [DecodeStep] = []
      for item in try node.items("decoders") { all += try decodeSteps(item, byteLevel) }
      return all
    case "Replace": return [.replace(try pattern(node), try node.bytes("content"))]
    case "ByteFallback": return [.byteFallback]
    case "Fuse": return [.fuse]
    case "Strip":
      return [
        .strip(
          try node.character("content", default: " "),
          start: try node.whole("start", below: 1 << 32, default: 0),
          stop: try node.whole("stop", below: 1 << 32, default: 0))
      ]
    case "ByteLevel":
      guard byteLevel else {
        throw try node.required("type").wrong("a pre_tokenizer ByteLevel to go with it")
      }
      return [.byteLevel]
    case "Metaspace":
      return [
        .metaspace(
          mark: try node.character("replacement", default: "▁"),
          prepended: try prepend(node) != .never)
      ]
    default:
      throw node.unsupported(
        "decoder",
        ["ByteFallback", "ByteLevel", "Fuse", "Metaspace", "Replace", "Sequence", "Strip"])
    }
  }
}
