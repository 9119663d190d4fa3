import Foundation
import LeewayBase
import LeewayClaims
import Testing

@Suite("Cloverleafs and superposition") struct CloverleafTests {
  @Test(
    arguments: [
      (0.05, [0.9740, 0.9366, 0.8903, 0.8688, 0.8611, 0.8593, 0.8587, 0.8586]),
      (0.1, [0.9091, 0.8236, 0.7543, 0.7285, 0.7199, 0.7179, 0.7173, 0.7172]),
      (0.2, [0.7376, 0.5911, 0.4903, 0.4519, 0.4387, 0.4355, 0.4346, 0.4343]),
      (0.3, [0.5680, 0.3892, 0.2593, 0.1951, 0.1645, 0.1553, 0.1524, 0.1515]),
      (0.4, [0.4249, 0.2419, 0.1148, 0.0515, 0.0187, 0.0067, 0.0021, 0]),
      (0.5, [0.3150, 0.1520, 0.0573, 0.0210, 0.0065, 0.0022, 0.0007, 0]),
    ] as [(Double, [Double])]) func thePrintedOrders(_ lambda: Double, _ printed: [Double])
  {
    for (beta, order) in zip([1, 3, 10, 30, 100, 300, 1000, Double.infinity], printed) {
      let found = Cloverleaf(lambda: lambda, beta: beta).order
      #expect(abs(found - order) < 1e-4, "beta \(beta): \(found), not \(order)")
    }
  }

  /// The closed forms against the plane, where a neuron's own weights give the same order.
  @Test func theCloudIsTheEquations() throws {
    for (lambda, beta) in [(0.15, 8.0), (0.4, 20), (0.08, 3)] {
      let leaf = Cloverleaf(lambda: lambda, beta: beta)
      let d = beta * (1 - leaf.order) * (1 - leaf.order) / (8 * lambda)
      func weight(_ x: Double, _ y: Double) -> Double {
        exp(-beta * lambda * (x * x + y * y) / 2 + d * min(x, y) * min(x, y))
      }
      // Lengths by the closed form of a Gaussian, angles by quadrature: an independent way.
      func angular(_ power: Double, _ value: @escaping (Double) -> Double) -> Double {
        Solve.integral(0, .pi / 4) { angle in
          let (x, y) = (cos(angle), sin(angle))
          return value(angle) * pow(-2 * log(weight(x, y)), -power)
        }
      }
      let all = angular(1) { _ in 1 }
      let least = try #require(leaf.leastSquare)
      #expect(abs(least - 2 * angular(2) { sin($0) * sin($0) } / all) < 1e-6)
      #expect(abs(try #require(leaf.square) - 2 * angular(2) { _ in 1 } / all) < 1e-6)
      let lobes = try #require(leaf.lobes(weighted: false))
      #expect(abs(lobes - angular(1) { cos(4 * $0) } / all) < 1e-6)
      #expect(abs(leaf.order - (1 - leaf.order) * least / (4 * lambda)) < 1e-8)
    }
  }

  @Test func drawnNeuronsHaveTheirMoments() throws {
    let leaf = Cloverleaf(lambda: 0.1, beta: 30)
    var normals = NormalPairs(NamedStream("neurons"))
    let neurons = (0..<60_000).map { _ in leaf.neuron(&normals) }
    let shape = CloudShape(neurons.map { (x: $0.w.0, y: $0.w.1) })
    #expect(abs(shape.leastSquare - (try #require(leaf.leastSquare))) < 0.04)
    #expect(abs(shape.square - (try #require(leaf.square))) < 0.06)
    #expect(abs(shape.lobes - (try #require(leaf.lobes(weighted: false)))) < 0.015)
    let order = mean(
      neurons.map { w, a in
        a * min(abs(w.0), abs(w.1)) / 2 * (w.0 * w.1 < 0 ? -1 : 1)
      })
    #expect(abs(order - leaf.order) < 0.02)
  }

  /// Flights come to the equation's distribution, also along lobes that are nearly flat, for which
  /// noisy steps take ten times as many.
  @Test(arguments: [(0.1, 30.0), (0.3, 4)])
  func loneNeuronsComeToRest(_ lambda: Double, _ beta: Double) throws {
    let leaf = Cloverleaf(lambda: lambda, beta: beta)
    var normals = NormalPairs(NamedStream("flights"))
    var network = XorNetwork(circuits: 1, neurons: 500, &normals)
    let errors = network.errors(order: leaf.order)
    let time = 0.15 / lambda.squareRoot()
    let longest = Int(Double.pi / leaf.softness.squareRoot() / time)
    var shapes: [CloudShape] = []
    var orders: [Double] = []
    var kept = 0.0
    for flight in 0..<60 {
      kept +=
        network.fly(
          errors, lambda: lambda, beta: beta, time: time, longest: longest, &normals) / 60
      guard flight >= 10 else { continue }
      shapes.append(
        CloudShape((0..<500).map { (network.w[2 * $0], network.w[2 * $0 + 1]) }))
      // E[f y] of the neurons as a network is their own mean field.
      orders.append(network.order(network.errors())[0])
    }
    #expect(kept > 0.6)
    let shape = CloudShape(mean: shapes)
    let (least, square) = (try #require(leaf.leastSquare), try #require(leaf.square))
    #expect(abs(shape.leastSquare / least - 1) < 0.05, "\(shape.leastSquare), not \(least)")
    #expect(abs(shape.square / square - 1) < 0.04, "\(shape.square), not \(square)")
    #expect(abs(shape.lobes - (try #require(leaf.lobes(weighted: false)))) < 0.02)
    #expect(abs(mean(orders) / leaf.order - 1) < 0.05)
  }

  /// Axes as wide as the clouds, whatever their scale.
  @Test func cloudsFillTheirPictures() throws {
    let found = try Claims.named("two-cloverleafs").run(
      [
        "lambda=2", "beta=5000", "neurons=10", "steps=100", "alone=10", "alone-steps=100",
        "time=0.001",
      ],
      tools: ClaimTools()
    ).findings
    for case .chart(let chart) in found.pictures {
      #expect((chart.x.high ?? 5) < 0.5, "\(chart.title)")
    }
  }

  @Test func whatBindsNoNeuronSaysSo() {
    #expect(!Cloverleaf(lambda: 0.1, beta: 30, order: 0.71).isBound)
    #expect(Cloverleaf(lambda: 0.1, beta: 30, order: 0.72).isBound)
    #expect(Cloverleaf(lambda: 0.1, beta: 30, order: 0.71).leastSquare == nil)
    do {
      _ = try Claims.named("two-cloverleafs").run(["frozen=0.3"], tools: ClaimTools())
      Issue.record("taken")
    } catch ClaimError.noSolution(_, let condition) {
      #expect(condition.contains("(1 - c)^2 < 8 lambda^2"))
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func theScreenedCavityIsThePrintedOne() throws {
    for (neurons, order) in [(2, 0.178), (4, 0.331), (8, 0.414), (16, 0.453), (64, 0.481)] {
      let found = try #require(ScreenedCavity(neurons: neurons, lambda: 0.2, beta: 10))
      #expect(abs(found.order - order) < 1e-3, "\(neurons): \(found.order)")
    }
    // Among endlessly many the background is the mean field.
    let many = try #require(ScreenedCavity(neurons: 1_000_000, lambda: 0.25, beta: 5))
    #expect(abs(many.order - Cloverleaf(lambda: 0.25, beta: 5).order) < 1e-4)
  }

  @Test func aFeatureAloneIsACloverleaf() {
    for (lambda, beta) in [(0.1, 30.0), (0.3, 4)] {
      let alone = FeatureCavity(lambda: lambda, beta: beta, activity: 0, points: 24).order
      #expect(abs(alone - Cloverleaf(lambda: lambda, beta: beta).order) < 1e-6)
    }
    let both = FeatureCavity(lambda: 0.1, beta: 30).order
    #expect(both > 0.7173 && both < 0.7179)
    // The pull, input by input.
    let (pair, rest) = ((0.7, -0.2), (0.3, 0.6))
    var sum = 0.0
    for input in 0..<16 {
      let x = (0..<4).map { input >> $0 & 1 == 1 ? 1.0 : -1 }
      let z = pair.0 * x[0] + pair.1 * x[1] + rest.0 * x[2] + rest.1 * x[3]
      sum += max(0, z) * x[0] * x[1] / 16
    }
    #expect(abs(FeatureCavity.pull(pair, beside: rest, activity: 1) - sum) < 1e-12)
  }

  @Test func theNetworkDescendsItsLoss() {
    var normals = NormalPairs(NamedStream("descent"))
    var network = XorNetwork(circuits: 2, neurons: 5, activity: 0.5, &normals)
    // One step without noise or decay against the slope of the loss, by central differences.
    func loss(_ w: [Double]) -> Double {
      var sum = 0.0
      for input in 0..<25 {
        let states = [input % 5, input / 5]
        var x: [Double] = []
        var share = 1.0
        for state in states {
          x += state == 4 ? [0, 0] : [state & 1 == 1 ? 1 : -1, state & 2 == 2 ? 1 : -1]
          share *= state == 4 ? 0.5 : 0.125
        }
        for k in 0..<2 {
          let f = (0..<5).reduce(0.0) { f, i in
            let z = (0..<4).reduce(0.0) { $0 + w[i * 4 + $1] * x[$1] }
            return f + network.a[i * 2 + k] * max(0, z) / 5
          }
          sum += share * (f - x[2 * k] * x[2 * k + 1]) * (f - x[2 * k] * x[2 * k + 1]) / 2
        }
      }
      return sum / 0.5
    }
    let old = network.w
    let slopes = old.indices.map { place in
      var (up, down) = (old, old)
      up[place] += 1e-5
      down[place] -= 1e-5
      return 5 * (loss(up) - loss(down)) / 2e-5
    }
    network.step(
      network.errors(), lambda: 0, beta: .infinity, time: 1e-3, projected: true, &normals)
    for place in old.indices {
      #expect(abs((old[place] - network.w[place]) / 1e-3 - slopes[place]) < 1e-6)
    }
  }

  @Test func theStrongestPullIsOnTheDiagonal() {
    var normals = NormalPairs(NamedStream("pull"))
    let network = XorNetwork(circuits: 1, neurons: 1, &normals)
    for order in [-0.2, 0.4, 0.9] {
      let pull = network.strongestPull(network.errors(order: order), &normals)
      #expect(abs(pull - (1 - order) / 8.0.squareRoot()) < 1e-4)
    }
  }

  /// The largest of noisy pulls is too large; other noise tells.
  @Test func noiseDoesNotPull() {
    var normals = NormalPairs(NamedStream("noisy pull"))
    let network = XorNetwork(circuits: 2, neurons: 1, &normals)
    let still = network.errors(order: 0.9)
    func noisy() -> [Double] { still.map { $0 + 0.1 * normals.next() } }
    var (plain, checked) = (0.0, 0.0)
    for _ in 0..<40 {
      let (one, other) = (noisy(), noisy())
      plain += network.strongestPull(one, &normals) / 40
      checked += network.strongestPull(one, checkedBy: other, &normals) / 40
    }
    let truth = network.strongestPull(still, &normals)
    #expect(plain > 1.2 * truth && checked < truth * 1.05 && checked > 0.5 * truth)
    #expect(network.strongestPull(still, checkedBy: still, &normals) > 0.999 * truth)
  }

  @Test func energyDistances() {
    var stream = NamedStream("energy")
    func cloud(_ shift: Double) -> [EnergyDistance.Point] {
      (0..<400).map { _ in (stream.normal() + shift, stream.normal()) }
    }
    #expect(abs(EnergyDistance.between(cloud(0), cloud(0))) < 0.03)
    #expect(EnergyDistance.between(cloud(0), cloud(1)) > 0.1)
    #expect(EnergyDistance.between([(0, 0), (0, 0)], [(3, 4), (3, 4)]) == 10)
  }

  @Test func quadrature() {
    for count in [1, 2, 5, 20] {
      let points = GaussLegendre.points(-1, 2, count)
      let degree = Double(2 * count - 1)
      let found = points.reduce(0) { $0 + $1.weight * pow($1.at, degree) }
      let exact = (pow(2, degree + 1) - pow(-1, degree + 1)) / (degree + 1)
      #expect(abs(found - exact) < 1e-11 * max(1, abs(exact)))
    }
  }
}
