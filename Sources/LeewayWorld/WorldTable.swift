/// What several models know and can do, as a Markdown table: one row a model.
public struct WorldTable: Sendable {
  public struct Row: Sendable {
    public var name: String
    /// Beside the embeddings, and with them.
    public var parameters: Int
    public var allParameters: Int
    public var layers: Int
    public var width: Int
    public var report: WorldReport

    public init(
      name: String, parameters: Int, allParameters: Int, layers: Int, width: Int,
      report: WorldReport
    ) {
      self.name = name
      self.parameters = parameters
      self.allParameters = allParameters
      self.layers = layers
      self.width = width
      self.report = report
    }
  }
  public var rows: [Row]

  public init(_ rows: [Row]) { self.rows = rows }

  public var markdown: String {
    let tasks = WorldTasks.all.map { $0.id }
    return Self.table(
      ["fledgling", "parameters", "with embeddings", "blocks x width"]
        + Recall.allCases.map(\.rawValue),
      rows.map { row in
        [row.name, "\(row.parameters)", "\(row.allParameters)", "\(row.layers) x \(row.width)"]
          + Recall.allCases.map { WorldReport.number(row.report.share($0)) }
      }) + "\n"
      + Self.table(
        ["fledgling"] + tasks,
        rows.map { row in
          [row.name] + tasks.map { WorldReport.number(row.report.share(task: $0)) }
        }) + "\n" + comparable + "\n" + corrupted
  }

  /// Truth after a falsehood.
  private var corrupted: String {
    let contexts = [nil] + Corruption.allCases.map { Optional($0) }
    func head(_ context: Corruption?) -> String { context.map { "lie " + $0.rawValue } ?? "alone" }
    return Self.table(
      ["fledgling"] + contexts.map(head) + contexts.map { "spared: " + head($0) },
      rows.map { row in
        [row.name]
          + [false, true].flatMap { isSpared in
            contexts.map {
              WorldReport.number(row.report.truth(after: $0, isSpared: isSpared))
            }
          }
      })
  }

  /// Tasks that enter ceilings compared over these models.
  private var comparable: String {
    let able = WorldTasks.all.map { $0.id }.filter { task in
      rows.allSatisfy { ($0.report.share(task: task).value ?? 0) >= 0.9 }
    }
    return "At least 0.9 in every model: "
      + (able.isEmpty ? "none" : able.joined(separator: ", ")) + ".\n"
  }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    return line(head) + line(head.map { _ in "---" }) + rows.map(line).joined()
  }
}
