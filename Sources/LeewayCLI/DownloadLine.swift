import Foundation
import LeewayHub
import Synchronization

/// Progress of a pull on standard error: a bar that redraws itself on a terminal, plain lines
/// otherwise.
final class DownloadLine: Sendable {
  private struct State {
    var done: [Int]
    /// Bytes there when each file was first heard of: not counted into the speed.
    var before: [Int?]
    var finished = 0
    var started = ContinuousClock.now
    var lastDrawn = ContinuousClock.now - .seconds(60)
    var isDrawn = false
  }
  private let state: Mutex<State>
  private let total: Int
  private let files: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(_ pull: HubPull) {
    total = pull.bytes
    files = pull.files.count
    state = Mutex(
      State(
        done: .init(repeating: 0, count: pull.files.count),
        before: .init(repeating: nil, count: pull.files.count)))
  }

  func show(_ progress: HubPull.Progress) {
    state.withLock { state in
      state.done[progress.index] = progress.done
      if state.before[progress.index] == nil { state.before[progress.index] = progress.done }
      if progress.isFinished { state.finished += 1 }
      let now = ContinuousClock.now
      let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
      let wanted = progress.isFinished || now - state.lastDrawn > pause
      guard wanted else { return }
      state.lastDrawn = now
      let text = line(state)
      if isTerminal {
        let done = state.done.reduce(0, +)
        write("\r\u{1B}[K\(Terminal.bar(done / 1024, of: max(1, total / 1024))) \(text)")
        state.isDrawn = true
      } else {
        let what = progress.isFinished ? "\(progress.file.path): whole; " : ""
        write("leeway: \(what)\(text)\n")
      }
    }
  }

  /// Ends the line.
  func finish() {
    state.withLock { state in
      if state.isDrawn { write("\n") }
      state.isDrawn = false
    }
  }

  private func line(_ state: State) -> String {
    let done = state.done.reduce(0, +)
    let new = done - state.before.reduce(0) { $0 + ($1 ?? 0) }
    let elapsed = (ContinuousClock.now - state.started).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    var text =
      "\(ByteText.short(done)) of \(ByteText.short(total)), \(state.finished) of \(files) files"
    if new > 0, seconds > 0.5 {
      let rate = Double(new) / seconds
      text += "  \(ByteText.short(Int(rate)))/s"
      if done < total {
        text += "  \(ProgressLine.duration(Double(total - done) / rate)) left"
      }
    }
    return text
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
