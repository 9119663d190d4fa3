import Foundation
import LeewayBase

/// Standard normal numbers from a stream, both of each pair: long walks draw millions.
package struct NormalPairs: Sendable {
  private var stream: NamedStream
  private var spare: Double?

  package init(_ stream: NamedStream) { self.stream = stream }

  package mutating func next() -> Double {
    if let kept = spare {
      spare = nil
      return kept
    }
    while true {
      let x = 2 * stream.uniform() - 1
      let y = 2 * stream.uniform() - 1
      let s = x * x + y * y
      if s > 0, s < 1 {
        let scale = (-2 * log(s) / s).squareRoot()
        spare = y * scale
        return x * scale
      }
    }
  }

  package mutating func uniform() -> Double { stream.uniform() }
}
