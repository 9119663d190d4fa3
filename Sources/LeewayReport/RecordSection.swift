import LeewayStudy

/// Everything that is needed to run it again, and to know that it ran as planned.
enum RecordSection {
  static func html(_ view: StudyView) -> String {
    let result = view.result
    let from = result.provenance
    let points = result.arms.flatMap(\.points)
    let made = points.reduce(0) { $0 + $1.additionsMade }
    let due = points.reduce(0) { $0 + $1.additionsExpected }
    let broken = points.filter { $0.additionsMade != $0.additionsExpected }.count
    let grouped = { (value: Int) in Markup.number(NumberText.grouped(value)) }
    var rows: [(String, String)] = [
      ("model", Markup.text(from.modelPath)),
      (
        "architecture",
        "\(Markup.text(from.architecture)), \(grouped(from.layers)) blocks, width "
          + "\(grouped(from.width)), \(grouped(from.parameters)) parameters"
      ),
      ("checkpoint hash", code(from.checkpointHash)),
      ("tokenizer hash", code(from.tokenizerHash)),
      ("plan hash", code(result.planHash)),
      (
        "engine",
        "\(Markup.text(from.engineVersion)), \(Markup.text(from.precision)), kernels "
          + Markup.text(from.kernelSet)
      ),
      (
        "trials",
        "\(grouped(result.totalTrials)), of which \(grouped(result.failedTrials)) failed"
      ),
      (
        "additions",
        "\(grouped(made)) made, \(grouped(due)) due"
          + (broken == 0
            ? " <span class=\"ok\">✓</span>"
            : ", <span class=\"bad\">different at \(broken) conditions</span>")
      ),
      (
        "ignored keys",
        from.ignoredKeys.isEmpty
          ? "none" : from.ignoredKeys.map { code($0) }.joined(separator: " ")
      ),
    ]
    if let vector = view.chosen?.vector {
      rows.append(("vector", "\(Markup.text(vector.method)) \(code(vector.hash))"))
    }
    for capability in result.capabilities {
      rows.append(
        (
          "capability",
          "\(Markup.text(capability.name))"
            + (capability.part.map { " (\($0.rawValue))" } ?? "")
            + ": baseline \(NumberText.significant(capability.baseline)), "
            + "chance \(NumberText.percent(capability.chance)), floor "
            + NumberText.percent(capability.floor)
            + (capability.measurable ? "" : ", <span class=\"bad\">not measurable</span>")
        ))
    }
    var html = "<dl class=\"record\">\n"
    for (name, value) in rows { html += "<dt>\(name)</dt><dd>\(value)</dd>\n" }
    html += "</dl>\n<h3>The study as written</h3>\n<pre>\(Markup.text(result.studyText))</pre>\n"
    html += "<details><summary>The study as resolved</summary>"
    html += "<pre class=\"wrap\">\(Markup.text(result.resolvedJSON))</pre></details>\n"
    return Markup.section("record", "The record", html: html)
  }

  private static func code(_ text: String) -> String { "<code>\(Markup.text(text))</code>" }
}
