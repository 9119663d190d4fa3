import LeewayBase

extension ErrorText {
  static func of(_ error: GGUFError) -> ErrorText {
    if case .file(let file) = error { return of(file) }
    return ErrorText(sentence(error))
  }

  static func sentence(_ error: GGUFError) -> String {
    let damaged = "the file is damaged or was cut short; fetch it again"
    switch error {
    case .file(let error): return sentence(error)
    case .notGGUF(let path): return "\(path): is not a GGUF file: it does not begin with GGUF"
    case .unsupportedVersion(let path, let found) where found.byteSwapped < 1 << 16:
      return "\(path): is big-endian; convert the model again for little-endian machines"
    case .unsupportedVersion(let path, let found):
      return "\(path): has version \(found) of the format; supported: 2, 3"
    case .cutShort(let path, let key, let expected, let found):
      return "\(path): \(key) needs \(expected) bytes and \(found) are left; \(damaged)"
    case .wrongValue(let path, let key, let expected, let found):
      return "\(path): \(key) is \(found); expected \(expected)"
    case .missingKey(let path, let key): return "\(path): the key \"\(key)\" is missing"
    case .duplicate(let path, let name): return "\(path): \"\(name)\" stands twice"
    case .misplaced(let path, let tensor, let expected, let found):
      return
        "\(path): tensor \"\(tensor)\" lies at \(found) of the data, where \(expected) is next;"
        + " \(damaged)"
    case .outOfRange(let path, let tensor, let begin, let end, let bytes):
      return
        "\(path): tensor \"\(tensor)\" lies at \(begin)..\(end) of \(bytes) bytes; \(damaged)"
    case .trailing(let path, let at, let bytes):
      return "\(path): no tensor claims the \(bytes) bytes at \(at); \(damaged)"
    }
  }
}
