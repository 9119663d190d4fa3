/// A file that people wrote, as text.
public enum TextFile {
  /// The whole file.
  /// - Throws: what `MappedFile` throws, or `notUTF8` with the first line that is not UTF-8: a text
  ///   that was repaired in silence would be measured as if it were what was written.
  public static func read(_ path: String) throws(FileError) -> String {
    let file = try MappedFile(path: path)
    return try file.withBytes { (bytes) throws(FileError) -> String in
      if let text = String(validating: bytes, as: UTF8.self) {
        return text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
      }
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let place = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
      throw .notUTF8(path: path, line: (place ?? 0) + 1)
    }
  }

  /// Its lines without those that hold nothing but space.
  public static func lines(_ path: String) throws(FileError) -> [String] {
    try read(path).split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.allSatisfy(\.isWhitespace) }
  }
}
