/// The report as a table for a terminal: plain ASCII, at most 80 columns.
extension WorldReport {
  public var text: String {
    (recallLines + [""] + taskLines + corruptedLines).joined(separator: "\n")
  }

  private var recallLines: [String] {
    let columns = Recall.allCases
    let head = row("recall", columns.map { $0.rawValue })
    var relations: [String] = []
    for recall in recalls where !relations.contains(recall.relation) {
      relations.append(recall.relation)
    }
    let forms = Form.allCases.map { form in
      row("as " + form.rawValue, columns.map { Self.number(share($0, form: form)) })
    }
    return [head, row("all", columns.map { Self.number(share($0)) })]
      + relations.map { relation in
        row(relation, columns.map { Self.number(share($0, relation: relation)) })
      } + forms
  }

  private var taskLines: [String] {
    var names: [String] = []
    for row in tasks where !names.contains(row.task) { names.append(row.task) }
    let most = names.map { name in tasks.count { $0.task == name } }.max() ?? 0
    let head = row("task, by level", ["all"] + (0..<most).map { "\($0 + 1)" })
    return [head]
      + names.map { name in
        let levels = tasks.filter { $0.task == name }.map { Self.number($0.share) }
        return row(name, [Self.number(share(task: name))] + levels)
      }
  }

  private var corruptedLines: [String] {
    guard !corrupted.isEmpty else { return [] }
    let head = row("of birds", ["truth", "falsehood", "spared: truth", "falsehood"])
    let contexts = [nil] + Corruption.allCases.map { Optional($0) }
    return ["", head]
      + contexts.map { context in
        let cells = [false, true].flatMap { isSpared in
          corrupted.filter { $0.corruption == context && $0.isSpared == isSpared }
            .flatMap { [$0.truth, $0.falsehood] }
        }
        let name = context.map { "lie " + $0.rawValue } ?? "asked alone"
        return row(name, cells.map(Self.number))
      }
  }

  private func row(_ name: String, _ cells: [String]) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count)) + text
    }
    return name + padded("", max(0, 16 - name.count)) + cells.map { padded($0, 16) }.joined()
  }

  /// Two decimals, cut down, so that 1.00 means all.
  static func number(_ share: Share) -> String {
    guard share.asked > 0 else { return "-" }
    let hundredths = share.right * 100 / share.asked
    let digits = hundredths % 100
    return "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits)"
  }
}
