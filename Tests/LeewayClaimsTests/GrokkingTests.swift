import Foundation
import LeewayBase
import LeewayClaims
import LeewayTensor
import Testing

/// A net for sums and what is read off it.
@Suite("Grokking") struct GrokkingTests {
  @Test(arguments: ModularTask.Loss.allCases)
  func gradientsAreDifferences(_ loss: ModularTask.Loss) {
    let task = ModularTask(modulus: 7, width: 10, fraction: 0.6, loss: loss, seed: 3)
    let net = ModularNet(task, kernels: Kernels())
    for _ in 0..<20 { net.step() }
    let exact = net.lossAndGradient().gradient
    #expect(exact.count == 3 * 7 * 10 && exact.contains { abs($0) > 1e-3 })
    for index in stride(from: 0, to: exact.count, by: 11) {
      let gap: Float = 1e-2
      net.nudge(index, by: gap)
      let above = net.lossAndGradient().loss
      net.nudge(index, by: -2 * gap)
      let below = net.lossAndGradient().loss
      net.nudge(index, by: gap)
      let slope = (above - below) / (2 * Double(gap))
      #expect(
        abs(slope - Double(exact[index])) < 2e-3 * max(0.1, abs(slope)), "\(index): \(slope)")
    }
  }

  /// The table by its definition, and the step by AdamW's.
  @Test func tableAndStepAreWhatTheySay() {
    let task = ModularTask(modulus: 5, width: 6, fraction: 0.5, decay: 0.3, rate: 0.01, seed: 2)
    let net = ModularNet(task, kernels: Kernels())
    let (u, v, w) = (net.map(0), net.map(1), net.map(2))
    let table = net.logitTable()
    for a in 0..<5 {
      for b in 0..<5 {
        for c in 0..<5 {
          let direct = (0..<6).reduce(0.0) { sum, unit in
            let z = Double(u[a * 6 + unit]) + Double(v[b * 6 + unit])
            return sum + z * z * Double(w[c * 6 + unit])
          }
          #expect(abs(Double(table[(a * 5 + b) * 5 + c]) - direct) < 1e-5)
        }
      }
    }
    let slopes = net.lossAndGradient().gradient
    net.step()
    for (index, (old, new)) in zip(u + v + w, net.map(0) + net.map(1) + net.map(2)).enumerated() {
      let g = Double(slopes[index])
      // The first step of Adam is the sign of the slope.
      let moved = Double(old) * (1 - 0.01 * 0.3) - 0.01 * g / (abs(g) + 1e-8)
      #expect(abs(Double(new) - moved) < 1e-5 || abs(g) < 1e-6)
    }
    net.use(fraction: 1)
    #expect(net.trained == 25 && net.accuracy().test == 0)
  }

  /// A table that is a wave of the sum, and a part that is not.
  @Test func aSpectrumFindsWhatIsThere() {
    let p = 11
    let spectrum = SumSpectrum(modulus: p)
    var logits = [Float](repeating: 0, count: p * p * p)
    for a in 0..<p {
      for b in 0..<p {
        for c in 0..<p {
          let angle = 2 * Double.pi * Double(3 * (a + b - c)) / Double(p)
          let other = 2 * Double.pi * Double(2 * (a - b) + c) / Double(p)
          logits[(a * p + b) * p + c] = Float(5 * cos(angle) + cos(other) + Double(c) / 10)
        }
      }
    }
    logits.withUnsafeBufferPointer { logits in
      let circuit = spectrum.circuit(logits, keys: [2])
      #expect(abs(circuit.share - 25.0 / 26) < 1e-5)
      let all = Array(0..<p * p)
      let losses = spectrum.losses(logits, circuit, train: all[...], test: all[...])
      // By the definition, for the pair (0, 0): the same for every pair but for the means.
      func direct(_ value: (Int, Int, Int) -> Double) -> Double {
        all.reduce(0.0) { sum, pair in
          let (a, b) = (pair / p, pair % p)
          let row = (0..<p).map { value(a, b, $0) }
          return sum + log(row.reduce(0) { $0 + exp($1) }) - row[(a + b) % p]
        } / Double(p * p)
      }
      func wave(_ k: Int, _ x: Int) -> Double { cos(2 * .pi * Double(k * x) / Double(p)) }
      let restricted = direct { 5 * wave(3, $0 + $1 - $2) + Double($2) / 10 }
      let excluded = direct { wave(1, 2 * ($0 - $1) + $2) + Double($2) / 10 }
      #expect(abs(losses.restricted - restricted) < 1e-5)
      #expect(abs(losses.excluded - excluded) < 1e-5)
    }
    let map = (0..<p).map { Float(sin(2 * .pi * Double(4 * $0) / Double(p))) }
    let power = spectrum.power(map, columns: 1)
    #expect(abs(power[3] - 1) < 1e-6 && SumSpectrum.keys(power) == [3])
    #expect(abs(SumSpectrum.concentration(power) - 1) < 1e-6)
    #expect(abs(SumSpectrum.gini(power) - 0.8) < 1e-6)
    #expect(SumSpectrum.gini([0.25, 0.25, 0.25, 0.25]) == 0)
    #expect(SumSpectrum.keys([0.2, 0.5, 0.3], holding: 0.7) == [1, 2])
  }

  /// The same numbers with threads and without, twice.
  @Test func trainingIsReproducible() {
    let task = ModularTask(modulus: 11, width: 16, fraction: 0.5, seed: 4)
    func timeline(_ kernels: Kernels) -> GrokkingTimeline {
      GrokkingTimeline(
        task, steps: 60, every: 20, stops: false, progress: true, kernels: kernels)
    }
    let one = timeline(Kernels())
    #expect(one == timeline(Kernels(pool: ThreadPool(threads: 2))))
    #expect(one.points.map(\.step) == [0, 20, 40, 60])
    #expect(one.points[3].train > one.points[0].train)
  }

  /// Pairs that are known are not told to be unknown.
  @Test func whatIsLackingIsNamed() {
    let task = ModularTask(modulus: 11, width: 16, fraction: 0.5, seed: 4)
    var timeline = GrokkingTimeline(
      task, steps: 40, every: 20, stops: false, progress: true, kernels: Kernels())
    func because(train: Double, test: Double) -> String {
      for place in timeline.points.indices {
        timeline.points[place].train = place == 0 ? 0 : train
        timeline.points[place].test = place == 0 ? 0 : test
        timeline.points[place].restricted = 9
      }
      let verdict = GrokkingReading(timeline, modulus: 11).verdict
      #expect(verdict.outcome == .undecided)
      return verdict.because
    }
    #expect(because(train: 0.5, test: 0.25).contains("50.0 % of trained pairs"))
    #expect(because(train: 1, test: 0.25).contains("25.0 % of unseen pairs"))
    let circuit = because(train: 1, test: 1)
    #expect(circuit.contains("half the loss of chance") && !circuit.contains("not 99"))
  }

  @Test func verdictsGoEitherWay() throws {
    let claim = try Claims.named("grokking-delay")
    let small = ["modulus=23", "second-fraction=0.8", "every=25", "most=500"]
    // Shown most of the pairs, it has nothing left to wait for.
    let soon = try claim.run(
      small + ["modulus=43", "fraction=0.95", "steps=900"], tools: ClaimTools()
    ).findings
    #expect(soon.verdict.outcome == .refuted, "\(soon.verdict.because)")
    let never = try claim.run(small + ["fraction=0.1", "steps=300"], tools: ClaimTools()).findings
    #expect(never.verdict.outcome == .undecided && never.value("tested") == nil)
    #expect(throws: ClaimError.self) { try claim.run(["modulus=24"], tools: ClaimTools()) }
  }
}
