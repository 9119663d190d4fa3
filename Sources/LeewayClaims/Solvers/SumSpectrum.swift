import Foundation

/// How much of a network for sums modulo an odd p is a function of the sum alone, by Fourier's means.
package struct SumSpectrum: Sendable {
  let modulus: Int
  /// Frequencies 1 ... (p - 1)/2: `[frequency][cosine and sine][place]`, each of length 1.
  private let waves: [[[Double]]]

  package init(modulus: Int) {
    self.modulus = modulus
    let scale = (2 / Double(modulus)).squareRoot()
    waves = (1...max(1, modulus / 2)).map { frequency -> [[Double]] in
      // The remainder first: large arguments lose digits.
      let angles = (0..<modulus).map { place -> Double in
        2 * Double.pi * Double(frequency * place % modulus) / Double(modulus)
      }
      return [angles.map { scale * cos($0) }, angles.map { scale * sin($0) }]
    }
  }

  /// Power of a map's `[modulus, columns]` columns at every frequency, as shares of their sum.
  package func power(_ map: [Float], columns: Int) -> [Double] {
    let powers = waves.map { pair in
      pair.reduce(0.0) { sum, wave in
        var totals = [Double](repeating: 0, count: columns)
        for place in 0..<modulus {
          let weight = wave[place]
          for column in 0..<columns {
            totals[column] += weight * Double(map[place * columns + column])
          }
        }
        return sum + totals.reduce(0) { $0 + $1 * $1 }
      }
    }
    let whole = powers.reduce(0, +)
    return whole > 0 ? powers.map { $0 / whole } : powers
  }

  /// Fewest frequencies that hold so much of the power, strongest first.
  package static func keys(_ power: [Double], holding share: Double = 0.99) -> [Int] {
    let falling = power.indices.sorted { (power[$0], $1) > (power[$1], $0) }
    var sum = 0.0
    let count = falling.firstIndex { index in
      sum += power[index]
      return sum >= share
    }
    return Array(falling.prefix((count ?? falling.count - 1) + 1))
  }

  /// Power in the stronger half of frequencies less that in the weaker half: 0 where all are alike.
  package static func concentration(_ power: [Double]) -> Double {
    let rising = power.sorted()
    let half = power.count / 2
    return rising.suffix(half).reduce(0, +) - rising.prefix(half).reduce(0, +)
  }

  /// 0 where all are alike, almost 1 where one holds everything.
  package static func gini(_ power: [Double]) -> Double {
    let n = Double(power.count)
    return power.sorted().enumerated().reduce(0.0) {
      $0 + (2 * Double($1.offset + 1) - n - 1) * $1.element
    } / n
  }

  /// What logits say through the sum at some frequencies.
  package struct Circuit: Sendable {
    /// `[sum][answer]`, beside the mean over all pairs of each answer.
    var byFrequency: [[Double]]
    var mean: [Double]
    /// Share of the variance of logits about their means that all frequencies of the sum hold.
    package var share: Double
  }

  /// - Parameter logits: `[pair][answer]`, pairs as `a * p + b`, row after row.
  package func circuit(_ logits: UnsafeBufferPointer<Float>, keys: [Int]) -> Circuit {
    let p = modulus
    var bySum = [[Double]](repeating: [Double](repeating: 0, count: p), count: p)
    var square = 0.0
    for pair in 0..<p * p {
      let sum = (pair / p + pair % p) % p
      for answer in 0..<p {
        let value = Double(logits[pair * p + answer])
        bySum[sum][answer] += value / Double(p)
        square += value * value
      }
    }
    let mean = (0..<p).map { answer in
      bySum.reduce(0) { $0 + $1[answer] } / Double(p)
    }
    func squares(_ rows: [[Double]]) -> Double {
      rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
    }
    let still = Double(p * p) * mean.reduce(0) { $0 + $1 * $1 }
    let moving = Double(p) * squares(bySum) - still
    var part = [[Double]](repeating: [Double](repeating: 0, count: p), count: p)
    for key in keys {
      for wave in waves[key] {
        var amplitude = [Double](repeating: 0, count: p)
        for sum in 0..<p {
          for answer in 0..<p { amplitude[answer] += wave[sum] * bySum[sum][answer] }
        }
        for sum in 0..<p {
          for answer in 0..<p { part[sum][answer] += wave[sum] * amplitude[answer] }
        }
      }
    }
    return Circuit(
      byFrequency: part, mean: mean, share: square > still ? moving / (square - still) : 0)
  }

  /// Mean losses, nats: of the logits on the test sums; of the circuit alone on the test sums; of all
  /// but the circuit on the trained sums.
  package func losses(
    _ logits: UnsafeBufferPointer<Float>, _ circuit: Circuit, train: ArraySlice<Int>,
    test: ArraySlice<Int>
  ) -> (test: Double, restricted: Double, excluded: Double) {
    let p = modulus
    func loss(_ pairs: ArraySlice<Int>, _ value: (Int, Int, Int) -> Double) -> Double {
      guard !pairs.isEmpty else { return 0 }
      var row = [Double](repeating: 0, count: p)
      var sum = 0.0
      for pair in pairs {
        let answer = (pair / p + pair % p) % p
        for index in 0..<p { row[index] = value(pair, answer, index) }
        let most = row.max() ?? 0
        sum += most + log(row.reduce(0) { $0 + exp($1 - most) }) - row[answer]
      }
      return sum / Double(pairs.count)
    }
    return (
      loss(test) { pair, _, index in Double(logits[pair * p + index]) },
      loss(test) { _, sum, index in circuit.mean[index] + circuit.byFrequency[sum][index] },
      loss(train) { pair, sum, index in
        Double(logits[pair * p + index]) - circuit.byFrequency[sum][index]
      }
    )
  }
}
