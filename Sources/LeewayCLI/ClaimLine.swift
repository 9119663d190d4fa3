import Foundation
import LeewayClaims
import LeewayTraining
import Synchronization

/// How a claim goes, on standard error: a line that redraws itself on a terminal, plain lines
/// otherwise.
final class ClaimLine: Sendable {
  private struct State {
    var claim = ""
    var what: String?
    var lastDrawn = ContinuousClock.now - .seconds(60)
    var isOpen = false
  }
  private let state = Mutex(State())
  private let isTerminal = isatty(STDERR_FILENO) == 1

  func begin(_ claim: Claim, _ place: Int, of total: Int, cost: String?) {
    finish()
    state.withLock { $0 = State(claim: claim.id) }
    let count = total > 1 ? " (\(place) of \(total))" : ""
    write("leeway: \(claim.id)\(count)\(cost.map { ", " + $0 } ?? "")\n")
  }

  func show(_ progress: ClaimProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
      // A step's name is worth a line of a log; the same step again is not.
      let isNew = state.what != progress.what
      guard isNew && isTerminal || now - state.lastDrawn > pause else { return }
      state.what = progress.what
      state.lastDrawn = now
      let text = "\(state.claim): \(progress.what) \(progress.done)/\(progress.total)"
      state.isOpen = isTerminal
      write(
        isTerminal
          ? "\r\u{1B}[K\(Terminal.bar(progress.done, of: progress.total)) \(text)"
          : "leeway: \(text)\n")
    }
  }

  /// A model is trained for the claim.
  func show(_ fledgling: Fledgling, _ training: TrainingProgress) {
    let claim = state.withLock { $0.claim }
    show(
      ClaimProgress(
        claim: claim, what: "training \(fledgling), step", done: training.step,
        total: training.steps))
  }

  /// Clears the line: what follows is told below it.
  func finish() {
    state.withLock { state in
      if state.isOpen { write("\r\u{1B}[K") }
      state.isOpen = false
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
