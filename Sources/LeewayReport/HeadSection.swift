import LeewayStatistics
import LeewayStudy

/// Question, answer, and the four numbers of the answer.
enum HeadSection {
  static func html(_ view: StudyView) -> String {
    let result = view.result
    let from = result.provenance
    let model = from.modelPath.split(separator: "/").last.map(String.init) ?? from.modelPath
    var html = """
      <header>
      <p class="eyebrow">\(Markup.text(result.name)) · \(Markup.text(model)), \
      \(Markup.number(NumberText.grouped(from.parameters))) parameters</p>
      <h1>\(Markup.text(result.question))</h1>
      <p class="answer">\(Markup.number(Headline.sentence(view)))</p>
      \(tiles(view))
      """
    if result.failedTrials > 0 {
      html +=
        "<p class=\"warning\">\(NumberText.grouped(result.failedTrials)) of "
        + "\(NumberText.grouped(result.totalTrials)) trials failed.</p>\n"
    }
    if !result.notes.isEmpty {
      html += "<ul class=\"notes\">\n"
      for note in result.notes { html += "<li>\(Markup.text(note))</li>\n" }
      html += "</ul>\n"
    }
    return html + "</header>\n"
  }

  private static func tiles(_ view: StudyView) -> String {
    let window = view.chosen?.window
    let none = "no window was estimated"
    let rank = view.chosen.map(WindowWords.rank) ?? none
    let above = view.chosen.flatMap(StudyView.aboveRandom)
    let aboveText = window?.verdict == .notAboveRandom ? "no" : above.map { $0 ? "yes" : "no" }
    return "<dl class=\"tiles\">\n"
      + tile(
        "Onset", window.map { WindowWords.crossing($0.onset) }, "dose",
        WindowWords.doses(window?.onsetInterval) ?? "no interval", none)
      + tile(
        "Ceiling", window.map { WindowWords.crossing($0.ceiling) }, "dose",
        WindowWords.doses(window?.ceilingInterval) ?? "no interval", none)
      + tile(
        "Leeway", window.flatMap(WindowWords.octaves), "octaves",
        WindowWords.octaves(window?.octavesInterval) ?? "no interval",
        window == nil ? none : "no crossing bounds it")
      + tile(
        "Verdict", window.map { WindowWords.short($0.verdict) }, "",
        window.map { WindowWords.long($0.verdict) } ?? "", none)
      + tile("Above random?", aboveText, "", rank, rank)
      + "</dl>\n"
  }

  private static func tile(
    _ name: String, _ value: String?, _ unit: String, _ under: String, _ reason: String
  ) -> String {
    let unit = unit.isEmpty || value == nil ? "" : " <span class=\"unit\">\(unit)</span>"
    return """
      <div><dt>\(name)</dt><dd><b>\(Markup.number(value, orMissing: reason))</b>\(unit)\
      <span class="under">\(Markup.number(under))</span></dd></div>

      """
  }
}
