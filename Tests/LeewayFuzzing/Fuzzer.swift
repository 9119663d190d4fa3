import Foundation
import LeewayBase

/// Runs a property on mutated inputs: about a second in a run of all tests, `LEEWAY_FUZZ_SECONDS`
/// when that is set. Input `i` of a fuzzer is the same on every machine.
public struct Fuzzer {
  public let name: String
  public var seconds: Double
  /// Where the input at work is kept in long runs: after a trap it is what is left.
  private let keepsake: String?

  public struct Report {
    public var iterations = 0
    public var accepted = 0
    /// The longest that one input took, and which it was.
    public var slowest = (seconds: 0.0, iteration: 0)
  }

  public init(_ name: String) {
    self.name = name
    let asked = ProcessInfo.processInfo.environment["LEEWAY_FUZZ_SECONDS"].flatMap(Double.init)
    seconds = asked ?? 0.7
    keepsake =
      asked == nil
      ? nil : FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(name)").path
  }

  /// - Parameters:
  ///   - make: an input, from a stream that is named after fuzzer and iteration.
  ///   - check: whether the input was accepted; throws or records what is wrong.
  @discardableResult
  public func run(
    make: (inout NamedStream) -> [UInt8], check: ([UInt8], inout NamedStream) throws -> Bool
  ) rethrows -> Report {
    var report = Report()
    let clock = ContinuousClock()
    let start = clock.now
    let limit = Duration.seconds(seconds)
    while clock.now - start < limit {
      var stream = NamedStream("fuzz", name, "\(report.iterations)")
      let input = make(&stream)
      if let keepsake { try? Data(input).write(to: URL(fileURLWithPath: keepsake)) }
      let began = clock.now
      if try check(input, &stream) { report.accepted += 1 }
      let took = (clock.now - began) / .seconds(1)
      if took > report.slowest.seconds { report.slowest = (took, report.iterations) }
      report.iterations += 1
    }
    if let keepsake {
      try? FileManager.default.removeItem(atPath: keepsake)
      print(
        "\(name): \(report.iterations) inputs, \(report.accepted) accepted, the slowest"
          + " (\(report.slowest.iteration)) took \(Int(report.slowest.seconds * 1000)) ms")
    }
    return report
  }
}
