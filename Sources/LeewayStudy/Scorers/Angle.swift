import Foundation
import LeewayBase
import LeewayModel

/// Angle between activations before and after the edit, over neutral texts, degrees. One trial a
/// text; the first four positions of long texts are left out, as for residual norms.
public struct Angle: Scorer {
  public static let id = "angle"
  public static let version = 1
  public var texts: [String]
  public var textTokens: [[Int]]

  public var identity: JSONValue { ["texts": .strings(texts)] }
  public var sequences: Int { 0 }
  public var tokens: Int { 0 }

  public func run(_ batch: ScorerBatch) throws -> [[Trial]] {
    let sites = Set(batch.edits.compactMap { $0?.site }).sorted()
    guard !sites.isEmpty else {
      return batch.edits.map { _ in texts.indices.map { Trial(item: $0, value: 0) } }
    }
    var trials = batch.edits.map { _ in [Trial]() }
    // One text at a time: a site may be as wide as the vocabulary.
    for text in texts.indices {
      let captured = try batch.executor.capture(
        CaptureJob(prompts: [textTokens[text]], sites: sites))[0]
      for (index, edit) in batch.edits.enumerated() {
        guard let edit, let place = sites.firstIndex(of: edit.site) else {
          trials[index].append(Trial(item: text, value: 0))
          continue
        }
        trials[index].append(.scored(item: text, mean(captured[place], edit.edit)))
      }
    }
    return trials
  }

  private func mean(_ activations: Activations, _ edit: any SiteEdit) -> Double {
    let first = activations.positions > 8 ? 4 : 0
    var sum = 0.0
    for position in first..<activations.positions {
      let before = Array(activations.position(position))
      var after = before
      after.withUnsafeMutableBufferPointer { edit.apply(to: $0) }
      var (dot, one, two) = (0.0, 0.0, 0.0)
      for (x, y) in zip(before, after) {
        dot += Double(x) * Double(y)
        one += Double(x) * Double(x)
        two += Double(y) * Double(y)
      }
      let cosine = dot / (one * two).squareRoot()
      // A zero activation has no direction; nothing before or after is no turn.
      if one > 0, two > 0 { sum += acos(min(1, max(-1, cosine))) * 180 / .pi }
    }
    return sum / Double(max(activations.positions - first, 1))
  }
}
