import Foundation
import LeewayBase

extension Claim {
  /// E-ii: neurons trained together, and alone in the frozen background.
  static let twoCloverleafs = Claim(
    id: "two-cloverleafs",
    title: "Do neurons that never meet land on the same cloverleaf as a network's?",
    sentence: """
      I was not expecting to see the cavity method (that last part with the two cloverleafs for anyone \
      reading this) appear on LessWrong!
      """,
    hypothesis: """
      Neurons that are trained one by one in the frozen mean field of a wide network are distributed as \
      the network's own neurons are, and the field that is consistent with them is the network's.
      """,
    experiment: """
      The picture's own task could not be read, so this is a reconstruction: the smallest network whose \
      neurons form four lobes. Two signs go in, their product is the target, and the output is the mean of \
      N neurons a relu(w.x), trained with weight decay lambda and noise of inverse temperature beta. In an \
      endless network f = c y, and c follows from one equation. Three clouds of w are compared by their \
      shape and their energy distance: neurons of one trained network, neurons trained each alone \
      in the frozen field f = c y (with momentum, which comes to the same rest sooner), and exact draws \
      from the equation's distribution.
      """,
    cost: .quick(seconds: 12),
    parameters: [
      .number("lambda", 0.1, 0.001...10, "weight decay"),
      .number("beta", 30, 0.1...10_000, "inverse temperature of the noise"),
      .integer("neurons", 1000, 2...100_000, "of the network"),
      .integer("steps", 12_000, 100...10_000_000, "of the network"),
      .number("time", 0.05, 0.0001...0.3, "time of a step"),
      .integer("alone", 1000, 2...100_000, "neurons trained in the frozen background"),
      .integer(
        "alone-steps", 40_000, 100...10_000_000,
        "of each of those; their length is found on the way"),
      .number(
        "frozen", -1, -1...1, "order of the frozen background; -1: the one that is consistent"),
      .integer("seed", 1, 0...1_000_000, "of all draws"),
    ],
    targets: [
      Target("order", 0.7285, within: .absolute(5.1e-5)),
      Target("edge", 0.7172, within: .absolute(5.1e-5)),
      Target("least-square", 1.0731, within: .absolute(5.1e-5)),
      Target("square", 2.6447, within: .absolute(5.1e-5)),
      Target("lobes", -0.4386, within: .absolute(5.1e-5)),
      Target("weighted-lobes", -0.8073, within: .absolute(5.1e-5)),
      Target("network-order", 0.7275, within: .absolute(0.003), .measured),
      Target("network-least-square", 1.0710, within: .absolute(0.03), .measured),
      Target("network-square", 2.6470, within: .absolute(0.12), .measured),
      Target("network-lobes", -0.4406, within: .absolute(0.02), .measured),
      Target("network-weighted-lobes", -0.8067, within: .absolute(0.02), .measured),
      Target("alone-least-square", 1.0655, within: .absolute(0.03), .measured),
      Target("alone-square", 2.6362, within: .absolute(0.05), .measured),
      Target("alone-lobes", -0.4336, within: .absolute(0.01), .measured),
      Target("alone-weighted-lobes", -0.8044, within: .absolute(0.01), .measured),
      Target("energy", 0, within: .absolute(0.02), .measured),
    ],
    measure: { run in try TwoCloverleafs(run).findings() })
}

private struct TwoCloverleafs {
  let run: ClaimRun
  let lambda, beta: Double
  let leaf: Cloverleaf

  init(_ run: ClaimRun) throws {
    self.run = run
    (lambda, beta) = (run.number("lambda"), run.number("beta"))
    var leaf = Cloverleaf(lambda: lambda, beta: beta)
    if run.number("frozen") > -1 { leaf.order = run.number("frozen") }
    guard leaf.isBound else {
      throw ClaimError.noSolution(
        claim: run.claim,
        condition: String(
          format:
            "a frozen background of order c binds its neurons only if (1 - c)^2 < 8 lambda^2, "
            + "here c > %.4f", 1 - 8.0.squareRoot() * lambda))
    }
    self.leaf = leaf
  }

  struct Cloud: Sendable, Codable {
    /// Of the network, over the second half of its steps.
    var order: Double?
    var shape: CloudShape
    /// Where the neurons end.
    var x, y: [Double]

    var points: [EnergyDistance.Point] { zip(x, y).map { ($0, $1) } }
  }

  func findings() throws -> Findings {
    let network = try train()
    let alone = try trainAlone()
    let seed = run.integer("seed")
    // Twenty exact pairs of the same sizes tell what two clouds of one distribution differ by.
    let compared = (min(1000, network.x.count), min(1000, alone.x.count))
    let noise = try run.once("noise \(leaf) \(compared) \(seed) 1") {
      (0..<20).map { number in
        var normals = NormalPairs(run.stream("noise", "\(number)", "\(seed)"))
        return EnergyDistance.between(
          draw(compared.0, &normals), draw(compared.1, &normals))
      }
    }
    let energy = EnergyDistance.between(
      Array(network.points.prefix(compared.0)), Array(alone.points.prefix(compared.1)))
    var normals = NormalPairs(run.stream("exact", "\(seed)"))
    let exact = draw(1000, &normals)
    let most = noise.max() ?? 0
    let order = network.order ?? 0
    let told = String(
      format: "energy distance %.4f, at most %.4f in 20 pairs of exact clouds; c %.4f beside %.4f",
      energy, most, order, leaf.order)
    let close = abs(order - leaf.order) < 0.01
    return Findings(
      energy <= 1.5 * most && close
        ? .init(.supported, because: "The two cloverleafs are one: \(told).")
        : energy <= 3 * most
          ? .init(.undecided, because: "The two cloverleafs are alike, not the same: \(told).")
          : .init(.refuted, because: "The two cloverleafs differ: \(told)."),
      values: values(network, alone, energy, noise: most),
      tables: [try orders()],
      pictures: [
        picture("Neurons of one network", network.points),
        picture("Neurons trained alone in the frozen field", alone.points),
        picture("Drawn from the equation", exact),
      ],
      notes: [
        """
        The task is a reconstruction: the picture's own target, activation and widths could not be read.
        """,
        """
        A hot network has a larger c, for noise spreads w: c is the mean of a noisy field and no measure \
        of fit.
        """,
        """
        Printed beforehand for lambda = 0.1 and beta = 30 was <min^2> = 1.0743 with c = 0.7285; the \
        equation c = (1 - c) <min^2> / (4 lambda) makes it 1.0731, and <|w|^2> 2.6447 rather than 2.6467: \
        those came from draws.
        """,
        """
        Steps of a length blur the ridges on the diagonals: the network's lobes and its c come out a \
        little small, and less so with a smaller time. Lone neurons are free of that, for their flights \
        are kept or undone by Metropolis's rule.
        """,
        String(
          format: """
            Along the lobes the frozen potential bends back with %.2g of the decay's strength: noisy \
            descent takes a time of about %.2g to spread there.
            """, leaf.softness / lambda, 1 / leaf.softness),
      ])
  }

  private func draw(_ count: Int, _ normals: inout NormalPairs) -> [EnergyDistance.Point] {
    (0..<count).map { _ in
      let neuron = leaf.neuron(&normals)
      return (neuron.w.0, neuron.w.1)
    }
  }

  private func train() throws -> Cloud {
    let (neurons, steps, time) = (run.integer("neurons"), run.integer("steps"), run.number("time"))
    let seed = run.integer("seed")
    run.tell("network", 0, of: 2)
    return try run.once("network \(lambda) \(beta) \(neurons) \(steps) \(time) \(seed) 1") {
      var normals = NormalPairs(run.stream("network", "\(seed)"))
      var network = XorNetwork(circuits: 1, neurons: neurons, &normals)
      var shapes: [CloudShape] = []
      var order = 0.0
      for step in 0..<steps {
        let errors = network.errors()
        if step >= steps / 2 {
          order += network.order(errors)[0] / Double(steps - steps / 2)
          if step % 20 == 0 { shapes.append(CloudShape(Self.points(network))) }
        }
        network.step(
          errors, lambda: lambda, beta: beta, time: time, projected: true, &normals)
        if step % 1000 == 0 { try run.checkCancelled() }
      }
      return Self.cloud(network, order, shapes)
    }
  }

  private func trainAlone() throws -> Cloud {
    let (neurons, steps) = (run.integer("alone"), run.integer("alone-steps"))
    let seed = run.integer("seed")
    run.tell("neurons alone", 1, of: 2)
    return try run.once("alone \(leaf) \(neurons) \(steps) \(seed) 2") {
      var normals = NormalPairs(run.stream("alone", "\(seed)"))
      var network = XorNetwork(circuits: 1, neurons: neurons, &normals)
      let errors = network.errors(order: leaf.order)
      var shapes: [CloudShape] = []
      var time = 0.3 / lambda.squareRoot()
      var done = 0
      while done < steps {
        // Half the period along the lobes; the mean flight is half as long, a quarter.
        let period = 2 * Double.pi / leaf.softness.squareRoot()
        let longest = max(4, min(steps / 20, Int((period / 2 / time).rounded(.up))))
        let kept = network.fly(
          errors, lambda: lambda, beta: beta, time: time, longest: longest, &normals)
        if done >= steps / 2 {
          shapes.append(CloudShape(Self.points(network)))
        } else {
          // Only before anything is measured: a length that depends on what it led to is no rule. Short
          // ones, for far out the ridges are sharp, and what is always undone there stays there.
          time *= kept < 0.92 ? 0.9 : kept > 0.98 ? 1.1 : 1
        }
        done += (longest + 1) / 2
        try run.checkCancelled()
      }
      return Self.cloud(network, nil, shapes)
    }
  }

  private static func points(_ network: XorNetwork) -> [EnergyDistance.Point] {
    (0..<network.neurons).map { (network.w[2 * $0], network.w[2 * $0 + 1]) }
  }

  private static func cloud(
    _ network: XorNetwork, _ order: Double?, _ shapes: [CloudShape]
  ) -> Cloud {
    let last = points(network)
    return Cloud(
      order: order, shape: CloudShape(mean: shapes), x: last.map(\.x), y: last.map(\.y))
  }

  private func values(_ network: Cloud, _ alone: Cloud, _ energy: Double, noise: Double)
    -> [Findings.Measured]
  {
    func shape(_ id: String, _ who: String, _ shape: CloudShape) -> [Findings.Measured] {
      [
        .init(id + "least-square", "mean of min(|w1|, |w2|)^2, \(who)", shape.leastSquare),
        .init(id + "square", "mean of |w|^2, \(who)", shape.square),
        .init(id + "lobes", "mean of cos 4 theta, \(who)", shape.lobes),
        .init(id + "weighted-lobes", "the same, weighted by |w|^2, \(who)", shape.weightedLobes),
      ]
    }
    return [
      .init("energy", "energy distance of network and lone neurons", energy),
      .init("noise", "the most in twenty pairs of exact clouds", noise),
      .init("order", "c of the field, equation", leaf.order),
      .init("edge", "c below which a frozen field binds nothing", Cloverleaf.edge(lambda)),
      .init("network-order", "c of the network", network.order),
      .init("least-square", "mean of min(|w1|, |w2|)^2, equation", leaf.leastSquare),
      .init("square", "mean of |w|^2, equation", leaf.square),
      .init("lobes", "mean of cos 4 theta, equation", leaf.lobes(weighted: false)),
      .init(
        "weighted-lobes", "the same, weighted by |w|^2, equation", leaf.lobes(weighted: true)),
    ] + shape("network-", "network", network.shape) + shape("alone-", "alone", alone.shape)
  }

  private func orders() throws -> Findings.Table {
    let betas: [Double] = [1, 3, 10, 30, 100, 300, 1000, .infinity]
    return .init(
      "c of the equation by weight decay (rows) and inverse temperature (columns)",
      caption: "At zero temperature c vanishes from lambda = 0.3536 on.",
      columns: ["lambda"] + betas.map { $0.isFinite ? "\(Int($0))" : "cold" },
      rows: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5].map { lambda in
        [.number(lambda, 2)]
          + betas.map { .number(Cloverleaf(lambda: lambda, beta: $0).order, 4) }
      })
  }

  private func picture(_ title: String, _ points: [EnergyDistance.Point]) -> Picture {
    // One scale for the three, three times the root mean square. Charts are two and a half times as
    // wide as high, and leaves want to be seen at right angles.
    let reach = 3 * (leaf.square ?? 1).squareRoot()
    let wide = 2.5 * reach
    return .chart(
      Chart(
        title, caption: "A dot is a neuron's w, its weights from the two signs.",
        x: .init("w1", low: -wide, high: wide), y: .init("w2", low: -reach, high: reach),
        series: [.init("neurons", .dots, points.prefix(600).map { .init($0.x, $0.y) })]))
  }
}
