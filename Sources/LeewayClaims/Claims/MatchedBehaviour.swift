import Foundation
import LeewayBase
import LeewayStatistics

extension Claim {
  /// K3: the paintball gun.
  static let matchedBehaviour = Claim(
    id: "matched-behaviour",
    title: "Does matching a teacher's behaviour match what it would grow into?",
    sentence: """
      ... making a paintball gun however you want, then aiming that paintball gun at the splodges made \
      by someone else's paintball gun, and making a paintball gun in a way that replicates the other \
      paintball gun's design.
      """,
    hypothesis: """
      Learners that imitate a teacher equally well diverge from it once both learn something new, by an \
      amount that their inductive bias decides and the imitation error does not show.
      """,
    experiment: """
      The teacher is a kernel ridge regression on twenty even points of sin 6x + 0.5 sin 17x between 0 and 0.5, \
      with length 0.15. A learner with a length of its own imitates it there at two hundred points. Both \
      then get the same six new points between 0.5 and 1.5 and are fitted again. Told are the error of \
      imitation on [0, 0.5] and the divergence on [0.5, 1.5], medians over draws. The sentence holds if \
      of two learners one has no more than twice the other's error of imitation and diverges more than \
      twice as far. A learner with the same length and the teacher's own data diverges by exactly \
      nothing.
      """,
    cost: .quick(seconds: 10),
    parameters: [
      .integer("draws", 50, 1...10_000, "draws of points"),
      .number("teacher", 0.15, 0.01...2, "the teacher's length"),
      .number("learner", 0.2, 0.01...2, "the length of one more learner"),
      .number("jitter", 1e-6, 1e-12...0.1, "ridge"),
      .integer("seed", 1, 0...1_000_000, "of the draws"),
    ],
    targets: [
      Target("same-process", 0, within: .absolute(0)),
      Target("divergence-0.12", 0.087, within: .factor(1.25), .measured),
      Target("divergence-0.08", 0.28, within: .factor(1.25), .measured),
      Target("divergence-0.05", 0.48, within: .factor(1.25), .measured),
    ],
    measure: { run in try MatchedBehaviour(run).findings() })
}

/// Kernel ridge regression in one dimension with a Gaussian kernel.
package struct KernelRidge: Sendable {
  private let points: [Double]
  private let weights: [Double]
  private let length: Double

  /// - Returns: nil where the kernel matrix is not positive.
  package init?(_ x: [Double], _ y: [Double], length: Double, jitter: Double) {
    self.length = length
    points = x
    let kernel = x.indices.map { i in
      x.indices.map { j in Self.kernel(x[i], x[j], length) + (i == j ? jitter : 0) }
    }
    guard let solved = LinearSystem.solve(kernel, y) else { return nil }
    weights = solved
  }

  package func value(_ x: Double) -> Double {
    zip(points, weights).reduce(0) { $0 + $1.1 * Self.kernel(x, $1.0, length) }
  }

  private static func kernel(_ a: Double, _ b: Double, _ length: Double) -> Double {
    exp(-(a - b) * (a - b) / (2 * length * length))
  }
}

private struct MatchedBehaviour {
  let run: ClaimRun
  private let lengths: [Double]

  init(_ run: ClaimRun) {
    self.run = run
    lengths = [0.15, 0.12, 0.08, 0.05, 0.30, run.number("learner")]
  }

  private static func id(_ place: Int, _ length: Double) -> String {
    place < 5 ? "\(length)" : "asked"
  }

  private static func truth(_ x: Double) -> Double { sin(6 * x) + 0.5 * sin(17 * x) }

  struct Draw: Sendable, Codable {
    var imitation: [Double]
    var divergence: [Double]
    var same: Double
  }

  func findings() throws -> Findings {
    let count = run.integer("draws")
    let seed = run.integer("seed")
    let numbers = "\(run.number("teacher")) \(lengths) \(run.number("jitter")) \(seed)"
    var draws: [Draw] = []
    for draw in 0..<count {
      run.tell("draws", draw, of: count)
      let made: Draw? = try run.once("draw \(draw) \(numbers) 2") { self.draw(draw) }
      if let made { draws.append(made) }
    }
    guard !draws.isEmpty else {
      throw ClaimError.noSolution(
        claim: run.claim, condition: "no kernel matrix was positive; take a larger jitter")
    }
    func median(_ values: [Double]) -> Double { Quantiles.at(0.5, values) ?? .nan }
    let imitation = lengths.indices.map { place in median(draws.map { $0.imitation[place] }) }
    let divergence = lengths.indices.map { place in median(draws.map { $0.divergence[place] }) }
    let same = draws.map(\.same).max() ?? .nan
    let values =
      [Findings.Measured("same-process", "divergence with the same bias and data", same)]
      + lengths.enumerated().flatMap { place, length in
        [
          Findings.Measured(
            "divergence-\(Self.id(place, length))", "divergence with length \(length)",
            divergence[place]),
          Findings.Measured(
            "imitation-\(Self.id(place, length))", "error of imitation with length \(length)",
            imitation[place]),
        ]
      }
    return Findings(
      verdict(imitation, divergence), values: values,
      tables: [
        .init(
          "By the learner's inductive bias", caption: "Medians over draws, root mean squares.",
          columns: ["length", "imitation", "divergence after growth"],
          rows: lengths.enumerated().map { place, length in
            [
              .text("\(length)"), .text(String(format: "%.1e", imitation[place])),
              .number(divergence[place], 3),
            ]
          })
      ],
      pictures: [picture(imitation, divergence)],
      notes: draws.count == count
        ? []
        : [
          """
          \(count - draws.count) of \(count) draws are left out: a kernel matrix of theirs was not \
          positive; a larger jitter keeps them.
          """
        ])
  }

  /// By the learner that imitates well and diverges far beside one that imitates no better.
  private func verdict(_ imitation: [Double], _ divergence: [Double]) -> Findings.Verdict {
    var found: (near: Int, far: Int, ratio: Double)?
    for near in lengths.indices {
      for far in lengths.indices where imitation[far] <= 2 * imitation[near] {
        let ratio = divergence[far] / divergence[near]
        if ratio > found?.ratio ?? 1 { found = (near, far, ratio) }
      }
    }
    guard let found else {
      return .init(.refuted, because: "Who imitates better diverges less, for all of the learners.")
    }
    func told(_ numbers: [Double]) -> String {
      String(format: "%.2g and %.2g", numbers[found.near], numbers[found.far])
    }
    let words = """
      with lengths \(lengths[found.near]) and \(lengths[found.far]) the errors of imitation are \
      \(told(imitation)), the divergences \(told(divergence))
      """
    return found.ratio > 2
      ? .init(.supported, because: "Matched behaviour is not matched growth: \(words).")
      : .init(.refuted, because: "Imitation error tells the divergence: \(words).")
  }

  private func draw(_ number: Int) -> Draw? {
    var stream = run.stream("points", "\(number)", "\(run.integer("seed"))")
    let (teacherLength, jitter) = (run.number("teacher"), run.number("jitter"))
    let taught = (0..<20).map { 0.5 * Double($0) / 19 }
    let new = (0..<6).map { _ in 0.5 + stream.uniform() }
    let dense = (0..<200).map { 0.5 * (Double($0) + 0.5) / 200 }
    let far = (0..<200).map { 0.5 + (Double($0) + 0.5) / 200 }
    func fit(_ x: [Double], _ y: [Double], _ length: Double) -> KernelRidge? {
      KernelRidge(x, y, length: length, jitter: jitter)
    }
    let old = taught.map(Self.truth)
    let news = new.map(Self.truth)
    guard let teacher = fit(taught, old, teacherLength),
      let grown = fit(taught + new, old + news, teacherLength),
      let twin = fit(taught + new, old + news, teacherLength)
    else { return nil }
    func gap(_ a: KernelRidge, _ b: KernelRidge, _ x: [Double]) -> Double {
      mean(x.map { (a.value($0) - b.value($0)) * (a.value($0) - b.value($0)) }).squareRoot()
    }
    let shown = dense.map(teacher.value)
    var made = Draw(imitation: [], divergence: [], same: gap(grown, twin, far))
    for length in lengths {
      guard let learner = fit(dense, shown, length),
        let after = fit(dense + new, shown + news, length)
      else { return nil }
      made.imitation.append(gap(learner, teacher, dense))
      made.divergence.append(gap(after, grown, far))
    }
    return made
  }

  private func picture(_ imitation: [Double], _ divergence: [Double]) -> Picture {
    .chart(
      Chart(
        "Divergence after growth against the error of imitation",
        caption:
          "Each dot is a learner of another length; the teacher's is \(run.number("teacher")).",
        x: .init("error of imitation", .log), y: .init("divergence", .log),
        series: lengths.indices.map { place in
          .init("length \(lengths[place])", .dots, [.init(imitation[place], divergence[place])])
        }))
  }
}
