import Foundation
import LeewayBase
import LeewayClaims
import Testing

/// Against closed forms.
@Suite("Solvers") struct SolverTests {
  @Test func roots() throws {
    let root = try #require(Solve.root(0, 2) { $0 * $0 - 2 })
    #expect(abs(root - 2.0.squareRoot()) < 1e-15)
    #expect(Solve.root(0, 1) { $0 + 1 } == nil)
    #expect(Solve.root(0, 1) { _ in .nan } == nil)
    #expect(Solve.root(1, 2) { $0 - 1 } == 1)
  }

  @Test func maxima() {
    #expect(abs(Solve.maximum(0, 10) { -($0 - 3.7) * ($0 - 3.7) } - 3.7) < 1e-7)
  }

  @Test func integrals() {
    #expect(abs(Solve.integral(0, 1) { $0 * $0 * $0 } - 0.25) < 1e-14)
    #expect(abs(Solve.integral(0, .pi, of: sin) - 2) < 1e-10)
    #expect(abs(Solve.integral(-8, 8) { exp(-$0 * $0 / 2) } - (2 * Double.pi).squareRoot()) < 1e-9)
    // A narrow peak in a wide interval.
    let narrow = Solve.integral(0, 1) { exp(-pow(($0 - 0.37) / 0.01, 2)) }
    #expect(abs(narrow - 0.01 * Double.pi.squareRoot()) < 1e-9)
    #expect(Solve.integral(1, 1) { $0 } == 0)
  }

  @Test func logits() {
    #expect(Solve.sigmoid(-800) == 0 && Solve.sigmoid(800) == 1)
    #expect(abs(Solve.logit(Solve.sigmoid(-3.5)) + 3.5) < 1e-12)
  }

  @Test func linearSystems() throws {
    var stream = NamedStream("linear")
    let raw = (0..<6).map { _ in (0..<6).map { _ in stream.normal() } }
    let matrix = raw.indices.map { i in
      raw.indices.map { j in
        raw.indices.reduce(i == j ? 0.5 : 0) { $0 + raw[i][$1] * raw[j][$1] }
      }
    }
    let x = (0..<6).map { _ in stream.normal() }
    let right = matrix.map { row in zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } }
    let found = try #require(LinearSystem.solve(matrix, right))
    for (a, b) in zip(found, x) { #expect(abs(a - b) < 1e-8) }
    #expect(LinearSystem.solve([[1, 2], [2, 1]], [0, 0]) == nil)
  }

  @Test func anInverseTurnsItsMatrixBack() throws {
    var stream = NamedStream("inverse")
    for size in [0, 1, 2, 7, 30] {
      var matrix = (0..<size * size).map { _ in stream.normal() }
      // A pivot of 0 has to be looked for.
      if size > 1 { matrix[0] = 0 }
      let inverse = try #require(LinearSystem.inverse(matrix, size: size))
      for row in 0..<size {
        for column in 0..<size {
          let product = (0..<size).reduce(0) {
            $0 + matrix[row * size + $1] * inverse[$1 * size + column]
          }
          #expect(abs(product - (row == column ? 1 : 0)) < 1e-9)
        }
      }
    }
    #expect(LinearSystem.inverse([1, 2, 2, 4], size: 2) == nil)
  }
}
