import LeewayBase
import LeewayTensor

/// Sums modulo p, as a task for a small network.
package struct ModularTask: Sendable, Codable, Hashable {
  package var modulus: Int
  /// Hidden units.
  package var width: Int
  /// Share of the p² sums that is trained on.
  package var fraction: Double
  /// AdamW's weight decay, and its rate.
  package var decay: Double
  package var rate: Double
  package var loss: Loss
  package var seed: Int

  package enum Loss: String, Sendable, Codable, CaseIterable {
    case crossEntropy = "cross-entropy"
    case squares
  }

  package init(
    modulus: Int = 59, width: Int = 128, fraction: Double = 0.4, decay: Double = 1,
    rate: Double = 1e-3, loss: Loss = .crossEntropy, seed: Int = 1
  ) {
    self.modulus = modulus
    self.width = width
    self.fraction = fraction
    self.decay = decay
    self.rate = rate
    self.loss = loss
    self.seed = seed
  }
}

/// z = U[a] + V[b], logits = W z², trained on all its sums at once. Gromov 2023, arXiv:2301.02679.
package final class ModularNet {
  package let task: ModularTask
  private let kernels: Kernels
  /// U, V and W, each `[modulus, width]`, one behind the other.
  private let weights, gradient, first, second: FloatMemory
  private let forward, back: LinearWeights
  /// All sums `(a, b)` as `a * modulus + b`, in the order in which they come to be trained on.
  package let order: [Int]
  /// How many of them are trained on.
  package private(set) var trained = 0
  private var left: [Int32] = []
  private var right: [Int32] = []
  private var answers: [Int32] = []
  private var even: [Float] = []
  private let sums, hidden, slopes, logits: FloatMemory
  package private(set) var steps = 0

  /// - Parameter kernels: used without threads; several nets can train side by side.
  package init(_ task: ModularTask, kernels: Kernels) {
    let (p, width) = (task.modulus, task.width)
    self.task = task
    self.kernels = kernels.serial()
    let count = 3 * p * width
    (weights, gradient) = (FloatMemory(count: count), FloatMemory(count: count))
    (first, second) = (FloatMemory(count: count), FloatMemory(count: count))
    var stream = NamedStream("modular net", "\(task.seed)")
    for index in 0..<count {
      let inputs = index < 2 * p * width ? p : width
      weights.floats[index] = Float(stream.normal() / Double(inputs).squareRoot())
    }
    var order = Array(0..<p * p)
    var draw = NamedStream("modular sums", "\(p)", "\(task.seed)")
    draw.shuffle(&order)
    self.order = order
    (sums, hidden) = (FloatMemory(count: p * p * width), FloatMemory(count: p * p * width))
    (slopes, logits) = (FloatMemory(count: p * p * width), FloatMemory(count: p * p * p))
    let output = UnsafeBufferPointer(rebasing: weights.floats[(2 * p * width)...])
    forward = LinearWeights([Self.forward(output, task)])
    back = LinearWeights([Self.back(output, task)])
    use(fraction: task.fraction)
  }

  private static func forward(_ output: UnsafeBufferPointer<Float>, _ task: ModularTask)
    -> LinearWeights.Source
  {
    .init(
      floats: output, outputs: task.modulus, inputs: task.width, outputStep: task.width,
      inputStep: 1)
  }

  private static func back(_ output: UnsafeBufferPointer<Float>, _ task: ModularTask)
    -> LinearWeights.Source
  {
    .init(
      floats: output, outputs: task.width, inputs: task.modulus, outputStep: 1,
      inputStep: task.width)
  }

  /// Trains on another share of the sums from now on: more of the same order, or fewer.
  package func use(fraction: Double) {
    let p = task.modulus
    trained = min(order.count, max(1, Int((fraction * Double(order.count)).rounded())))
    let chosen = order[..<trained]
    left = chosen.map { Int32($0 / p) }
    right = chosen.map { Int32($0 % p) }
    answers = chosen.map { Int32(($0 / p + $0 % p) % p) }
    even = [Float](repeating: 1 / Float(trained), count: trained)
  }

  /// One of U, V, W.
  private func part(_ memory: FloatMemory, _ index: Int) -> Matrix {
    let size = task.modulus * task.width
    return Matrix(base: memory.base + index * size, rows: task.modulus, columns: task.width)
  }

  private func matrix(_ memory: FloatMemory, _ rows: Int, _ columns: Int) -> Matrix {
    Matrix(base: memory.base, rows: rows, columns: columns)
  }

  /// Logits of the pairs, `[pairs, modulus]`.
  private func pass(_ left: [Int32], _ right: [Int32]) -> Matrix {
    let (width, count) = (task.width, left.count)
    let u = weights.base
    let v = weights.base + task.modulus * width
    for row in 0..<count {
      let a = u + Int(left[row]) * width
      let b = v + Int(right[row]) * width
      let z = sums.base + row * width
      let h = hidden.base + row * width
      for unit in 0..<width {
        let sum = a[unit] + b[unit]
        z[unit] = sum
        h[unit] = sum * sum
      }
    }
    let output = UnsafeBufferPointer(rebasing: weights.floats[(2 * task.modulus * width)...])
    forward.repack([Self.forward(output, task)])
    let out = matrix(logits, count, task.modulus)
    var work = WorkCount()
    kernels.linear(matrix(hidden, count, width), forward, into: out, work: &work)
    return out
  }

  /// One step of full-batch AdamW.
  package func step() {
    let (p, width) = (task.modulus, task.width)
    let out = pass(left, right)
    slope(of: out)
    gradient.clear()
    kernels.outer(out, matrix(hidden, trained, width), addingTo: part(gradient, 2))
    let output = UnsafeBufferPointer(rebasing: weights.floats[(2 * p * width)...])
    back.repack([Self.back(output, task)])
    let dz = matrix(slopes, trained, width)
    kernels.linearBack(out, back, into: dz, adding: false)
    for index in 0..<trained * width { slopes.base[index] *= 2 * sums.base[index] }
    kernels.scatter(dz, index: left, addingTo: part(gradient, 0))
    kernels.scatter(dz, index: right, addingTo: part(gradient, 1))
    steps += 1
    kernels.adamW(
      weights.floats, gradient: gradient.floats, first: first.floats, second: second.floats,
      .init(
        rate: task.rate, beta1: 0.9, beta2: 0.98, epsilon: 1e-8, decay: task.decay, step: steps,
        factor: 1))
  }

  /// Logits become the gradient of the mean loss.
  private func slope(of out: Matrix) {
    switch task.loss {
    case .crossEntropy: _ = kernels.crossEntropy(out, targets: answers, weights: even)
    case .squares:
      let scale = 2 / Float(trained * task.modulus)
      for row in 0..<trained {
        let values = out.row(row)
        values[Int(answers[row])] -= 1
        for index in values.indices { values[index] *= scale }
      }
    }
  }

  /// Logits of all sums, `[modulus * modulus, modulus]`; valid until the next step.
  package func table() -> Matrix {
    let p = Int32(task.modulus)
    let all = 0..<p * p
    return pass(all.map { $0 / p }, all.map { $0 % p })
  }

  /// The same as an array that stays.
  package func logitTable() -> [Float] {
    let table = table()
    return Array(UnsafeBufferPointer(start: table.base, count: table.rows * table.columns))
  }

  /// Shares of right answers, of sums that are trained on and of the others.
  package func accuracy() -> (train: Double, test: Double) {
    let p = task.modulus
    let table = table()
    var right = [0, 0]
    for (place, sum) in order.enumerated() {
      let best = kernels.argmax(UnsafeBufferPointer(table.row(sum)))
      if best == (sum / p + sum % p) % p { right[place < trained ? 0 : 1] += 1 }
    }
    return (
      Double(right[0]) / Double(trained),
      Double(right[1]) / Double(max(1, order.count - trained))
    )
  }

  package var norm: Double { kernels.squares(weights.floats).squareRoot() }

  /// U, V or W, `[modulus, width]`.
  package func map(_ index: Int) -> [Float] {
    let size = task.modulus * task.width
    return Array(weights.floats[index * size..<(index + 1) * size])
  }

  /// The mean loss on what is trained on, and its gradient by every weight. For tests.
  package func lossAndGradient() -> (loss: Double, gradient: [Float]) {
    let before = Array(weights.floats)
    let moments = (Array(first.floats), Array(second.floats), steps)
    let out = pass(left, right)
    var loss = 0.0
    for row in 0..<trained {
      let values = out.row(row)
      let answer = Int(answers[row])
      switch task.loss {
      case .crossEntropy:
        loss += Double(kernels.logSumExp(UnsafeBufferPointer(values)) - values[answer])
      case .squares:
        for index in values.indices {
          let gap = Double(values[index]) - (index == answer ? 1 : 0)
          loss += gap * gap / Double(task.modulus)
        }
      }
    }
    step()
    let slope = Array(gradient.floats)
    for index in before.indices {
      weights.floats[index] = before[index]
      first.floats[index] = moments.0[index]
      second.floats[index] = moments.1[index]
    }
    steps = moments.2
    return (loss / Double(trained), slope)
  }

  /// Moves one weight. For tests.
  package func nudge(_ index: Int, by gap: Float) { weights.floats[index] += gap }
}
