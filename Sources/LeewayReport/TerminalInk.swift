/// Colours and letters of a terminal, or neither.
package struct TerminalInk: Sendable {
  package let color: Bool

  package init(color: Bool) { self.color = color }

  func bold(_ text: String) -> String { paint("1", text) }
  func soft(_ text: String) -> String { paint("2", text) }
  func accent(_ text: String) -> String { paint("38;5;208", text) }
  func warning(_ text: String) -> String { paint("31", text) }

  /// A window's bar; letters become blocks where there is colour.
  func bar(_ text: String, shut: Bool) -> String {
    guard color else { return text }
    let blocks: [Character: Character] = [
      "-": "\u{2500}", "#": "\u{2588}", "x": "\u{2588}", "~": "\u{2592}", "=": "\u{2591}",
      "|": "\u{2502}", "<": "\u{25C2}", ">": "\u{25B8}", ".": "\u{00B7}",
    ]
    var inked = ""
    var run = ""
    var inWindow = false
    func flush() {
      inked += inWindow ? (shut ? warning(run) : accent(run)) : soft(run)
      run = ""
    }
    for letter in text {
      let now = !"-|.".contains(letter)
      if now != inWindow { flush() }
      inWindow = now
      run.append(blocks[letter] ?? letter)
    }
    flush()
    return inked
  }

  private func paint(_ code: String, _ text: String) -> String {
    color && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// Our own typography in ASCII where colour is off.
  func plain(_ text: String) -> String {
    guard !color else { return text }
    var result = ""
    for letter in text {
      switch letter {
      case "—": result += "-"
      case "≤": result += "<="
      case "≥": result += ">="
      case "“", "”": result += "\""
      case "’": result += "'"
      case "\u{A0}": result += " "
      case "…": result += "..."
      case "×": result += "x"
      case "√": result += "sqrt "
      case "∞": result += "inf"
      case "±": result += "+-"
      case "−", "–": result += "-"
      case "→": result += "->"
      default: result.append(letter)
      }
    }
    return result
  }

  /// One line, nothing in it that a terminal obeys, cut at `width`.
  func clean(_ text: String, _ width: Int) -> String {
    let line = Escaping.line(plain(text), ascii: !color)
    guard line.count > width else { return line }
    return String(line.prefix(max(0, width - (color ? 1 : 3)))) + (color ? "…" : "...")
  }

  /// A name without its middle, where it is longer than `width`.
  func shortened(_ text: String, _ width: Int) -> String {
    guard text.count > width else { return text }
    let gap = color ? "…" : ".."
    let rest = max(0, width - gap.count)
    return text.prefix(rest - rest / 2) + gap + text.suffix(rest / 2)
  }

  /// Lines no wider than `width`; a longer word is cut.
  func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in Escaping.line(plain(text), ascii: !color).split(separator: " ") {
      var word = word
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      while word.count > width {
        lines.append(String(word.prefix(width)))
        word = word.dropFirst(width)
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
