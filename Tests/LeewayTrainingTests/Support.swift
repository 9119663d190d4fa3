import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor
import LeewayTraining
import Testing

/// Floats with views of them. They stay until `free`: a view does not keep its owner.
final class Floats {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(_ values: [Float]) {
    count = values.count
    base = .allocate(capacity: max(count, 1))
    base.initialize(from: values, count: count)
  }

  convenience init(count: Int) { self.init(Array(repeating: 0, count: count)) }

  func free() { base.deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

  func matrix(_ rows: Int, _ columns: Int) -> Matrix {
    precondition(rows * columns == count)
    return Matrix(base: base, rows: rows, columns: columns)
  }

  subscript(index: Int) -> Float {
    get { base[index] }
    set { base[index] = newValue }
  }
}

/// Random numbers by name.
struct Chance {
  var stream: NamedStream
  init(_ names: String...) { stream = NamedStream(names: ["training-tests"] + names) }

  mutating func floats(_ count: Int, around center: Float = 0, by spread: Float = 1) -> [Float] {
    (0..<count).map { _ in center + spread * Float(stream.normal()) }
  }

  mutating func storage(_ count: Int, around center: Float = 0, by spread: Float = 1) -> Floats {
    Floats(floats(count, around: center, by: spread))
  }
}

/// Largest difference over largest expected value.
func relativeDifference(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count else { return .infinity }
  let largest = expected.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
  let worst = zip(found, expected).reduce(Float(0)) { worst, pair in
    let gap = abs(pair.0 - pair.1)
    return gap > worst || gap.isNaN ? gap : worst
  }
  return worst.isNaN ? .infinity : worst / largest
}

/// Holds a gradient against central differences of a loss, number by number.
func expectSlope(
  _ gradient: [Float], of input: Floats, step: Float = 4e-3, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation, loss: () -> Double
) {
  var measured: [Float] = []
  for index in 0..<input.count {
    let at = input[index]
    input[index] = at + step
    let (above, high) = (loss(), input[index])
    input[index] = at - step
    let (below, low) = (loss(), input[index])
    input[index] = at
    measured.append(Float((above - below) / Double(high - low)))
  }
  let difference = relativeDifference(gradient, measured)
  #expect(difference < 1e-3, "\(name): \(difference)", sourceLocation: sourceLocation)
  #expect(
    gradient.contains { $0 != 0 }, "\(name) is all zeros", sourceLocation: sourceLocation)
}

/// A slope by central differences over two steps, without what grows with the square of the step.
func measuredSlope(step: Float, _ loss: (Float) throws -> Double) rethrows -> Double {
  func difference(_ step: Float) throws -> Double {
    try (loss(step) - loss(-step)) / Double(2 * step)
  }
  return try (4 * difference(step / 2) - difference(step)) / 3
}

/// The loss of test outputs, which are given back: a fixed random combination.
func weighted(_ y: Floats, _ by: [Float]) -> Double {
  defer { y.free() }
  return zip(y.values, by).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// Kernel sets, one thread and two.
struct Engine: Sendable, CustomTestStringConvertible {
  var set: KernelSet
  var threads: Int
  var testDescription: String { "\(set.name), \(threads) threads" }

  func kernels() -> Kernels {
    Kernels(set: set, pool: threads > 1 ? ThreadPool(threads: threads) : nil)
  }

  static let all =
    KernelSet.available.map { Engine(set: $0, threads: 1) } + [
      Engine(set: .best, threads: 2)
    ]
}

enum TestPlace {
  static let golden =
    URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("Golden").path

  /// A new folder, for a test to remove.
  static func folder() throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-training-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }
}
