import LeewayBase
import LeewayClaims

// The guide quotes this file from the next line on.
extension Claim {
  static let randomCosine = Claim(
    id: "random-cosine",
    title: "Are two random directions nearly at right angles?",
    sentence: "A random direction has next to nothing to do with the one that you steer along.",
    hypothesis: "The cosine of two random unit vectors has standard deviation 1/sqrt(width).",
    experiment: """
      Pairs of vectors with independent standard normal coordinates are drawn at each width, and the \
      root mean square of their cosines is taken over all pairs. In width d the mean square is exactly \
      1/d, so the product with sqrt(d) is 1 at every width if the directions are random at all.
      """,
    cost: .quick(seconds: 1),
    parameters: [
      .integer("pairs", 2000, 10...100_000, "pairs of vectors a width"),
      .integer("width", 256, 2...4096, "the largest width"),
    ],
    targets: [.init("product", 1, within: .absolute(0.05))],
    measure: { run in
      let widths = sequence(first: 2) { $0 * 2 }.prefix { $0 <= run.integer("width") }
      var points: [Chart.Point] = []
      for width in widths {
        run.tell("width \(width)", points.count, of: widths.count)
        let pairs = run.integer("pairs")
        let cosine = try run.once("cosine \(width) \(pairs) 1") {
          var stream = run.stream("\(width)")
          return rootMeanSquareCosine(width, pairs: pairs, &stream)
        }
        points.append(.init(Double(width), cosine))
      }
      guard let last = points.last else {
        return Findings(.init(.undecided, because: "No width was drawn."))
      }
      let product = last.y * last.x.squareRoot()
      return Findings(
        .init(
          last.y < 0.1 ? .supported : .refuted,
          because: "At width \(Int(last.x)) the cosine is \(last.y) in the root mean square."),
        values: [.init("product", "cosine times sqrt(width), largest width", product)],
        pictures: [
          .chart(
            Chart(
              "Cosine of two random directions", x: .init("width", .log), y: .init("cosine", .log),
              series: [
                Chart.Series("drawn", .dots, points),
                Chart.Series(
                  "1/sqrt(width)", .dashed, points.map { .init($0.x, 1 / $0.x.squareRoot()) }),
              ]))
        ])
    })
}

func rootMeanSquareCosine(_ width: Int, pairs: Int, _ stream: inout NamedStream) -> Double {
  var sum = 0.0
  for _ in 0..<pairs {
    let (a, b) = (
      (0..<width).map { _ in stream.normal() }, (0..<width).map { _ in stream.normal() }
    )
    func product(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let cosine = product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    sum += cosine * cosine
  }
  return (sum / Double(pairs)).squareRoot()
}
