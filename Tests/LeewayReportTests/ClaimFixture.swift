import LeewayClaims
import LeewayReport

/// Claims that measure nothing: their findings are given.
enum ClaimFixture {
  static let findings = Findings(
    .init(.refuted, because: "The room grows: +0.35 octaves a doubling [0.21, 0.49]."),
    values: [
      .init(
        "slope", "width a doubling of parameters", 0.352, low: 0.21, high: 0.49, unit: "octaves"),
      .init("share", "share of tasks kept", 0.731, low: 0.7, high: nil),
      .init("count", "birds that every model knows", 25248),
      .init("lost", "what could not be measured", nil),
    ],
    tables: [
      .init(
        "The family", caption: "Medians.", columns: ["model", "blocks x width", "onset"],
        rows: [
          ["fledgling-xs", "2 x 32", .number(0.3391, 2)], ["fledgling-s", "4 x 48", .missing],
          ["fledgling-m", "6 x 64"],
        ])
    ],
    pictures: [
      chart, .chart(curves), .chart(bars),
      .heat(
        Heat(
          "A map", caption: "What was left.", rowName: "error rate", columnName: "check rate",
          rows: ["0.1", "0.2"], columns: ["0", "0.5", "1"],
          values: [[-0.5, 0.25, nil], [0.125, 1, 0.5]], low: -0.5, high: 1)),
    ], notes: ["Toys: what holds for them says nothing about any other model."])

  static let chart = Picture.chart(
    Chart(
      "Width against size", caption: "One dot a model.",
      x: .init("parameters beside the embeddings", .log), y: .init("leeway, octaves"),
      series: [
        Chart.Series(
          "family", .dots,
          [25248, 25248, 111_000, 302_000].enumerated().map {
            Chart.Point($1, Double($0) / 3 - 0.3, low: Double($0) / 3 - 0.5, high: Double($0) / 3)
          }),
        Chart.Series("deeper only", .dots, [.init(60000, 0.1, low: nil, high: 0.6)]),
        Chart.Series("a line laid through", .dashed, [.init(25248, -0.2), .init(302_000, 0.7)]),
      ], rules: [.init(.y, 0, "breaks as it flips"), .init(.x, 100_000, "where it turns")]))

  static let curves = Chart(
    "Dose and response", x: .init("dose", .log), y: .init("share", low: 0, high: 1),
    series: ["xs", "s", "m", "l"].enumerated().flatMap { place, name in
      let doses = [0, 0.0625, 0.125, 0.25, 0.5, 1, 2, 4]
      return [
        Chart.Series(
          name + " flips", .line,
          doses.map { dose in
            let share = min(1, dose / (1 + Double(place)))
            return .init(dose, share, low: share * 0.8, high: min(1, share * 1.1 + 0.05))
          }),
        Chart.Series(
          name + " tasks", .dashed, doses.map { .init($0, max(0, 1 - $0 / (2 + Double(place)))) }),
      ]
    })

  static let bars = Chart(
    "Bars", x: .init("tokens"), y: .init("rate"),
    series: ["before", "after"].enumerated().map { place, name in
      Chart.Series(
        name, .bars,
        (1...5).map {
          let rate = 0.2 * Double($0) - 0.3 * Double(place)
          return .init(Double($0) * 10, rate, low: rate - 0.1, high: rate + 0.1)
        })
    })

  static let text = "It's the relative difficulty of steering that actually worries me."

  static func claim(_ findings: Findings = findings, text: String = text) -> Claim {
    Claim(
      id: "size-trend", title: "Does the window close as models grow?", sentence: text,
      hypothesis: text, experiment: text, cost: .full(minutes: 40),
      parameters: [
        .integer("seeds", 3, 1...9, "training seeds a size"),
        .words("sizes", ["xs", "s"], of: ["xs", "s", "m"], text),
      ],
      targets: [
        .init("slope", 0.35, within: .absolute(0.01)),
        .init("share", 0.5, within: .factor(1.2), .measured),
        .init("absent", 1, within: .absolute(0.1)),
      ],
      beside: [
        .init("window", "6.3", system: "gemma-3-1b-it", source: "https://example.org/a?b=\"c\""),
        .init(text, text, system: text, source: ""),
        .init("x", "1", system: "y", source: "javascript:alert(1)"),
      ],
      measure: { _ in findings })
  }

  static func record(
    _ findings: Findings = findings, text: String = text, _ settings: [String] = []
  ) throws -> ClaimRecord {
    try claim(findings, text: text).run(settings, engine: "leeway 0", tools: ClaimTools())
  }

  /// Charts at the edge of what can be drawn.
  static let odd: [(name: String, chart: Chart)] = {
    func chart(
      _ points: [[Double]], _ look: Chart.Series.Look = .line, x: Chart.Axis = .init("x"),
      y: Chart.Axis = .init("y"), rules: [Chart.Rule] = []
    ) -> Chart {
      Chart(
        "t", x: x, y: y,
        series: [
          Chart.Series(
            "s", look,
            points.map {
              Chart.Point(
                $0[0], $0[1], low: $0.count > 2 ? $0[2] : nil, high: $0.count > 3 ? $0[3] : nil)
            })
        ], rules: rules)
    }
    let log = Chart.Axis("l", .log)
    return [
      ("nothing", chart([])), ("one point", chart([[3, 4]])),
      ("one on log axes", chart([[3, 4]], x: log, y: log)), ("at zero", chart([[0, 0]])),
      ("zero on log axes", chart([[0, 1], [1, 0], [10, 5], [0, 0]], x: log, y: log)),
      ("only zeros", chart([[0, 0], [0, 0]], .dots, x: log, y: log)),
      ("below zero on log axes", chart([[-1, -5], [2, 3]], .bars, x: log, y: log)),
      ("all equal", chart([[1, 7], [2, 7], [3, 7]])),
      ("huge", chart([[1, 1e300], [2, -1e300], [3, 1]], .bars)),
      ("near", chart([[1e15, 1], [1e15 + 1, 2]])),
      ("tiny", chart([[1e-300, 1e-12], [2e-300, 3e-12]], .dots)),
      ("wide", chart([[1e-120, 1e-9], [1e120, 1e9]], x: log, y: log)),
      ("bounds", chart([[1, 2, .infinity, .nan], [2, 3, 1], [3, 4, -.infinity, 5]], .dots)),
      ("many", chart((0..<500).map { [Double($0), Double($0 * 37 % 101)] })),
      ("rules", chart([], rules: [.init(.x, 1, "a"), .init(.y, .nan, "b"), .init(.y, 2, "")])),
      (
        "ends the wrong way",
        chart([[2, 2]], x: .init("x", low: 5, high: 1), y: .init("y", .log, low: -1))
      ),
    ]
  }()
}
