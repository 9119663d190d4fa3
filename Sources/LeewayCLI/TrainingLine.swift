import Foundation
import LeewayTraining

/// How a training goes, on standard error: a line that redraws itself on a terminal, plain lines
/// otherwise.
final class TrainingLine {
  private let started = ContinuousClock.now
  private var lastDrawn = ContinuousClock.now - .seconds(60)
  private var first: Int?
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var hasDrawn = false

  func show(_ progress: TrainingProgress) {
    let now = ContinuousClock.now
    let first = self.first ?? progress.step - 1
    self.first = first
    let pause: Duration = isTerminal ? .milliseconds(200) : .seconds(10)
    guard progress.step == progress.steps || now - lastDrawn > pause else { return }
    lastDrawn = now
    hasDrawn = true
    write(text(progress, seconds: (now - started) / .seconds(1), first: first))
  }

  func finish() {
    if isTerminal, hasDrawn { write("\n") }
  }

  private func text(_ progress: TrainingProgress, seconds: Double, first: Int) -> String {
    let seconds = max(seconds, 1e-3)
    let left = Double(progress.steps - progress.step) * seconds / Double(progress.step - first)
    var text = String(
      format: "step %d/%d  loss %.3f  %.0f tokens/s", progress.step, progress.steps,
      progress.loss, Double(progress.tokens) / seconds)
    if progress.step < progress.steps { text += "  \(ProgressLine.duration(left)) left" }
    guard isTerminal else { return "leeway: \(text)\n" }
    return "\r\u{1B}[K\(Terminal.bar(progress.step, of: progress.steps)) \(text)"
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
