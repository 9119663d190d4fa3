import LeewayBase

/// A value of `tokenizer.json` with the key that leads to it, so that a mistake can say where it is.
struct TokenizerNode {
  let value: JSONValue
  let key: String
  let path: String

  /// The value of a key, nil when it is absent or null.
  func child(_ name: String) -> TokenizerNode? {
    guard let value = value[name], value != .null else { return nil }
    return TokenizerNode(value: value, key: key.isEmpty ? name : "\(key).\(name)", path: path)
  }

  func required(_ name: String) throws(TokenizerError) -> TokenizerNode {
    guard let child = child(name) else {
      throw .missingKey(path: path, key: key.isEmpty ? name : "\(key).\(name)")
    }
    return child
  }

  /// The members of a list under `name`; none when it is absent.
  func items(_ name: String) throws(TokenizerError) -> [TokenizerNode] {
    guard let child = child(name) else { return [] }
    guard let values = child.value.array else { throw child.wrong("a list") }
    return values.enumerated().map {
      TokenizerNode(value: $1, key: "\(child.key)[\($0)]", path: path)
    }
  }

  func bytes(_ name: String) throws(TokenizerError) -> [UInt8] {
    let child = try required(name)
    guard let bytes = child.value.bytes else { throw child.wrong("a string") }
    return bytes
  }

  func text(_ name: String) throws(TokenizerError) -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  func optionalText(_ name: String) throws(TokenizerError) -> String? {
    child(name) == nil ? nil : try text(name)
  }

  func flag(_ name: String, default standard: Bool) throws(TokenizerError) -> Bool {
    guard let child = child(name) else { return standard }
    guard let flag = child.value.bool else { throw child.wrong("true or false") }
    return flag
  }

  /// A whole number from 0 to below `limit`.
  func whole(_ name: String, below limit: Int, default standard: Int? = nil)
    throws(TokenizerError) -> Int
  {
    if let standard, child(name) == nil { return standard }
    return try required(name).whole(below: limit)
  }

  func whole(below limit: Int) throws(TokenizerError) -> Int {
    guard let number = value.int, number >= 0, number < limit else {
      throw wrong("a whole number from 0 to \(limit - 1)")
    }
    return number
  }

  /// One character, as its bytes.
  func character(_ name: String, default standard: String) throws(TokenizerError) -> [UInt8] {
    guard let child = child(name) else { return Array(standard.utf8) }
    let bytes = try bytes(name)
    guard let first = bytes.first, bytes.count == UTF8Step.length(first) else {
      throw child.wrong("one character")
    }
    return bytes
  }

  func kind() throws(TokenizerError) -> String { try text("type") }

  func wrong(_ expected: String) -> TokenizerError {
    // What was found may be a vocabulary: only its beginning is told.
    let text = value.canonicalText
    let found = text.unicodeScalars.count <= 60 ? text : String(text.prefix(60)) + "..."
    return .wrongValue(path: path, key: key, expected: expected, found: found)
  }

  func unsupported(_ component: String, _ known: [String]) -> TokenizerError {
    .unsupported(
      path: path, component: component, kind: value["type"]?.text ?? "", known: known.sorted())
  }
}
