import LeewayStatistics
import LeewayStudy

/// The table of windows. Columns leave from the right as the terminal gets narrower, and the bar
/// takes what is left.
struct WindowRows {
  private let view: StudyView
  private let columns: Int
  private let ink: TerminalInk
  private let doses: [Double]

  init(_ view: StudyView, columns: Int, ink: TerminalInk) {
    self.view = view
    self.columns = columns
    self.ink = ink
    let arms = view.sites + view.controls
    doses = StudyView.ascending(arms.flatMap { $0.points.map(\.dose) })
  }

  var lines: [String] {
    let heads = ["site / arm", "onset", "ceiling", "octaves", "95 % interval", "rank"]
    let seedHeads = ["any", "majority", "last", "width"]
    var rows = view.sites.map { arm in
      (arm, ink.clean(arm.site.description, nameWidth), arm.site == view.chosen?.site)
    }
    rows += controls.map { ($0.arm, $0.name, false) }
    let cells = rows.map { [$0.1] + numbers($0.0) }
    let seeds = rows.map { seed($0.0) }
    let widths = Self.widths([heads] + cells)
    let seedWidths = Self.widths([seedHeads] + seeds)
    let leastBar = 14
    let fixed = widths.reduce(0, +) + 2 * widths.count
    let seedFixed = seedWidths.reduce(0, +) + 2 * seedWidths.count
    let withSeed = fixed + seedFixed + leastBar <= columns
    // Narrow: the interval goes first, then the rank.
    var kept = Array(widths.indices)
    for column in [4, 5] where used(kept, widths) + leastBar > columns {
      kept.removeAll { $0 == column }
    }
    let bar = min(44, columns - used(kept, widths) - (withSeed ? seedFixed : 0))
    var lines: [String] = []
    func line(_ cells: [String], _ middle: String, _ seed: [String]) -> String {
      let first = Self.padded(cells[0], widths[0], left: true)
      let rest = kept.dropFirst().map { Self.padded(cells[$0], widths[$0], left: false) }
      var parts = [first, middle] + rest
      if withSeed { parts += zip(seed, seedWidths).map { Self.padded($0, $1, left: false) } }
      return parts.joined(separator: "  ")
    }
    lines.append(ink.soft(line(heads, Self.padded(axis(bar), bar, left: true), seedHeads)))
    for (place, row) in rows.enumerated() {
      let text = WindowBar.text(row.0.window, doses: doses, width: bar)
      let inked =
        row.0.kind != .vector
        ? ink.soft(text) : text.contains("x") ? ink.warning(text) : ink.accent(text)
      let whole = line(cells[place], inked, seeds[place])
      lines.append(row.2 ? whole + ink.accent(" <") : whole)
    }
    if !withSeed {
      lines.append("")
      lines += ink.wrapped(seedSentence, columns)
    }
    return lines
  }

  private var nameWidth: Int { columns < 90 ? 19 : 26 }

  /// The two ends of the dose axis above the bars.
  private func axis(_ bar: Int) -> String {
    let scale = DoseScale(doses: doses, left: 0, right: Double(bar), gutter: 0)
    let (low, high) = (NumberText.dose(scale.low), NumberText.dose(scale.high))
    let gap = bar - low.count - high.count
    return gap > 0 ? low + String(repeating: " ", count: gap) + high : "dose"
  }

  /// One row a kind and site: the arm with the largest area, so that a control that wins is seen.
  private var controls: [(arm: ArmResult, name: String)] {
    var rows: [(arm: ArmResult, name: String)] = []
    for arm in view.controls {
      let same = view.controls.filter { $0.kind == arm.kind && $0.site == arm.site }
      guard same.first?.index == arm.index else { continue }
      let best = same.max { ($0.window?.area ?? -1) < ($1.window?.area ?? -1) } ?? arm
      let kind = WindowWords.kind(arm.kind)
      let name =
        same.count > 1
        ? "best of \(same.count) \(kind)"
        : arm.site == view.chosen?.site || arm.kind == .logitBias ? kind : "\(kind) \(arm.site)"
      rows.append((best, ink.clean(name, nameWidth)))
    }
    return rows
  }

  private func numbers(_ arm: ArmResult) -> [String] {
    let window = arm.window
    return [
      window.map { WindowWords.crossing($0.onset) },
      window.map { WindowWords.crossing($0.ceiling) },
      window.flatMap(WindowWords.octaves),
      WindowWords.octaves(window?.octavesInterval),
      arm.rank.flatMap { rank in arm.ranked.map { "\(rank) of \($0 + 1)" } },
    ].map { ink.plain($0 ?? NumberText.missing) }
  }

  private func seed(_ arm: ArmResult) -> [String] {
    let seed = arm.seedColumns
    return [
      seed?.firstFlipAny, seed?.firstFlipMajority, seed?.lastCapable, seed?.linearWidth,
    ].map { ink.plain($0.map { NumberText.significant($0) } ?? NumberText.missing) }
  }

  private var seedSentence: String {
    guard let arm = view.chosen else { return "" }
    let cells = seed(arm)
    return "seed's columns (x raw vector): first flip any \(cells[0]), majority \(cells[1]), "
      + "last capable \(cells[2]), width \(cells[3])"
  }

  private func used(_ kept: [Int], _ widths: [Int]) -> Int {
    kept.reduce(0) { $0 + widths[$1] + 2 } + 2
  }

  private static func widths(_ rows: [[String]]) -> [Int] {
    guard let first = rows.first else { return [] }
    return first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  }

  private static func padded(_ text: String, _ width: Int, left: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return left ? text + space : space + text
  }
}
