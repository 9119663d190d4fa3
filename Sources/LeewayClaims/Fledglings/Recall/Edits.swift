import LeewayBase
import LeewayModel
import Synchronization

/// What stands at a site becomes something else: knocking out, restoring.
struct Replace: SiteEdit {
  let values: [Float]

  func apply(to activation: UnsafeMutableBufferPointer<Float>) {
    for index in activation.indices { activation[index] = values[index] }
  }
}

/// A fixed vector is added.
struct Shift: SiteEdit {
  let values: [Float]

  func apply(to activation: UnsafeMutableBufferPointer<Float>) {
    for index in activation.indices { activation[index] += values[index] }
  }
}

/// Normal noise is added, fresh at each position. Its numbers come in the order in which positions
/// are run, so it belongs to one sequence under the naive executor.
final class Noise: SiteEdit {
  private let spread: Float
  private let stream: Mutex<NamedStream>

  init(spread: Double, names: [String]) {
    self.spread = Float(spread)
    stream = Mutex(NamedStream(names: names))
  }

  func apply(to activation: UnsafeMutableBufferPointer<Float>) {
    stream.withLock { stream in
      for index in activation.indices { activation[index] += spread * Float(stream.normal()) }
    }
  }
}
