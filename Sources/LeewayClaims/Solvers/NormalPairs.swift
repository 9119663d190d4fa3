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
    let (first, second) = stream.normalPair()
    spare = second
    return first
  }

  package mutating func uniform() -> Double { stream.uniform() }
}
