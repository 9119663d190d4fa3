import Foundation
import LeewayTensor
import Testing

@Suite struct RowTests {
  static let sets = KernelSet.available
  static let widths = [1, 2, 15, 16, 17, 33, 100, 1000, 50257]

  func logits(_ count: Int, seed: UInt64) -> [Float] {
    var random = Random(seed)
    return random.floats(count).map { $0 * 20 }
  }

  @Test(arguments: widths) func sumsAreNearDoubleAndEqualInAllSets(width: Int) {
    let a = logits(width, seed: 21)
    let b = logits(width, seed: 22)
    let top = Double(a.max() ?? 0)
    let logSum = top + log(a.reduce(0) { $0 + exp(Double($1) - top) })
    let topB = Double(b.max() ?? 0)
    let logSumB = topB + log(b.reduce(0) { $0 + exp(Double($1) - topB) })
    let divergence = zip(a, b).reduce(0) {
      $0 + exp(Double($1.0) - logSum) * ((Double($1.0) - logSum) - (Double($1.1) - logSumB))
    }
    let product = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    let size = zip(a, b).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
    let length = sqrt(a.reduce(0) { $0 + Double($1) * Double($1) })
    let probabilities = a.map { exp((Double($0) - top) / 0.7) }
    let total = probabilities.reduce(0, +)
    var bits: [[UInt32]] = []
    for set in Self.sets {
      let kernels = Kernels(set: set)
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          let found = [
            kernels.logSumExp(a), kernels.klDivergence(steered: a, baseline: b),
            kernels.norm(a), kernels.dot(a, b),
          ]
          #expect(abs(Double(found[0]) - logSum) / max(1, abs(logSum)) < 2e-7)
          #expect(abs(Double(found[1]) - divergence) / max(1, divergence) < 2e-7)
          #expect(abs(Double(found[2]) - length) / max(1, length) < 2e-7)
          #expect(abs(Double(found[3]) - product) / size < 2e-7)
          #expect(kernels.klDivergence(steered: a, baseline: a) == 0)
          bits.append(found.map(\.bitPattern))
        }
      }
      let row = Storage(1, width, fill: a)
      kernels.softmax(row.matrix.row(0), temperature: 0.7)
      // The argument is rounded before exp: its absolute error becomes a relative one.
      let worst = worstError(row.values, probabilities.map { $0 / total }, floor: 1e-30)
      #expect(worst < 1e-5 && row.guardsHold, "\(worst)")
      #expect(abs(row.values.reduce(0) { $0 + Double($1) } - 1) < 1e-6)
      bits[bits.count - 1] += row.bits
    }
    #expect(bits.allSatisfy { $0 == bits[0] })
  }

  @Test func argmaxTakesTheLowestIndexAndNoNaN() {
    for set in Self.sets {
      let kernels = Kernels(set: set)
      for width in Self.widths where width > 1 {
        var row = logits(width, seed: 23)
        let last = width - 1
        row[last] = 99
        #expect(row.withUnsafeBufferPointer(kernels.argmax) == last)
        row[last / 2] = 99
        #expect(row.withUnsafeBufferPointer(kernels.argmax) == last / 2)
        row[0] = .nan
        row[last / 2] = width > 2 ? 99 : .nan
        #expect(row.withUnsafeBufferPointer(kernels.argmax) == (width > 2 ? last / 2 : last))
        row = [Float](repeating: .nan, count: width)
        #expect(row.withUnsafeBufferPointer(kernels.argmax) == 0)
        row[last] = -.infinity
        #expect(row.withUnsafeBufferPointer(kernels.argmax) == last)
      }
    }
  }

  @Test func rulesOutWhatHasNoProbability() {
    let a: [Float] = [1, -.infinity, 2, -.infinity]
    let b: [Float] = [2, 3, 1, -.infinity]
    let expected = { (row: [Float]) -> Double in log(row.reduce(0) { $0 + exp(Double($1)) }) }
    for set in Self.sets {
      let kernels = Kernels(set: set)
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          #expect(abs(Double(kernels.logSumExp(a)) - expected([1, 2])) < 1e-6)
          let p = exp(1 - expected([1, 2]))
          let kl =
            p * (1 - 2) + (1 - p) * (2 - 1) - expected([1, 2]) + expected([1, 2, 3])
          #expect(abs(Double(kernels.klDivergence(steered: a, baseline: b)) - kl) < 1e-6)
          #expect(kernels.klDivergence(steered: b, baseline: a) == .infinity)
        }
      }
    }
  }

  @Test func aNaNIsNotHidden() {
    var row = logits(40, seed: 24)
    let whole = row
    row[17] = .nan
    for set in Self.sets {
      let kernels = Kernels(set: set)
      row.withUnsafeBufferPointer { row in
        whole.withUnsafeBufferPointer { whole in
          #expect(kernels.logSumExp(row).isNaN)
          #expect(kernels.klDivergence(steered: row, baseline: whole).isNaN)
          #expect(kernels.klDivergence(steered: whole, baseline: row).isNaN)
          #expect(kernels.norm(row).isNaN && kernels.dot(row, whole).isNaN)
        }
      }
    }
  }
}
