import Foundation

/// Where output goes.
enum Terminal {
  static let isOutput = isatty(STDOUT_FILENO) == 1

  /// Width of the terminal; 110 where there is none.
  static var columns: Int {
    if let told = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }) {
      return told
    }
    var size = winsize()
    let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 110
  }

  /// `####----`, as much as is done.
  static func bar(_ done: Int, of total: Int) -> String {
    let width = 24
    let filled = total > 0 ? min(width, width * done / total) : 0
    return String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
  }
}
