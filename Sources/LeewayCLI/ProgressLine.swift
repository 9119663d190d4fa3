import Foundation
import LeewayStudy
import Synchronization

/// Progress on standard error: a line that redraws itself on a terminal, plain lines otherwise.
final class ProgressLine: Sendable {
  private struct State {
    var phase: RunProgress.Phase?
    var started = ContinuousClock.now
    var lastDrawn = ContinuousClock.now - .seconds(60)
    var firstRan = 0
    var ran = 0
    /// Ran on models before this one.
    var ranBefore = 0
    var name = ""
    var isFinished = false
  }
  private let state = Mutex(State())
  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// A new model's turn; the name stands in front where there are several.
  func begin(_ name: String?) {
    state.withLock { state in
      if state.phase != nil, isTerminal { write("\n") }
      state.phase = nil
      state.name = name.map { $0 + " " } ?? ""
      state.ranBefore = state.ran
    }
  }

  func show(_ progress: RunProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      state.ran = state.ranBefore + progress.ran
      if state.phase != progress.phase {
        if state.phase != nil, isTerminal { write("\n") }
        state.phase = progress.phase
        state.started = now
        state.firstRan = progress.ran
        state.lastDrawn = now - .seconds(60)
      }
      let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
      let ended = progress.done == progress.total
      guard ended || now - state.lastDrawn > pause else { return }
      state.lastDrawn = now
      write(line(progress, state))
    }
  }

  /// Ends the line; a study that ran to its end also hears whether anything was left to run.
  func finish(wholly: Bool) {
    state.withLock { state in
      guard !state.isFinished, state.phase != nil else { return }
      state.isFinished = true
      if isTerminal { write("\n") }
      if wholly, state.ran == 0 {
        write("leeway: everything was measured before; nothing was left to run\n")
      }
    }
  }

  private func line(_ progress: RunProgress, _ state: State) -> String {
    let firstRan = state.firstRan
    let elapsed = (ContinuousClock.now - state.started).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    let rate = Double(progress.ran - firstRan) / max(seconds, 1e-3)
    let left = Double(progress.total - progress.done) / max(rate, 1e-9)
    let phase = progress.phase.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
    var text = "\(state.name)\(phase) \(progress.done)/\(progress.total) conditions"
    if progress.ran > firstRan, seconds > 0.5 {
      text += String(format: "  %.1f/s", rate)
      if progress.done < progress.total { text += "  \(Self.duration(left)) left" }
    }
    guard isTerminal else { return "leeway: \(text)\n" }
    return "\r\u{1B}[K\(Terminal.bar(progress.done, of: progress.total)) \(text)"
  }

  static func duration(_ seconds: Double) -> String {
    guard seconds < 360_000 else { return "long" }
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Ctrl-C stops between batches; a second one ends at once.
final class Interrupt: @unchecked Sendable {
  // The sources are only made here and kept alive until the command ends.
  private var sources: [any DispatchSourceSignal] = []

  /// - Parameter after: what is finished first.
  init(_ cancellation: Cancellation, after: String = "batch") {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { Self.handle(cancellation, after: after) }
      source.resume()
      sources.append(source)
    }
  }

  private static func handle(_ cancellation: Cancellation, after: String) {
    if cancellation.isCancelled { _exit(130) }
    cancellation.cancel()
    printError("\nleeway: stopping after the running \(after); once more to end at once")
  }
}
