import LeewayStudy

/// Vector and controls compared by area.
enum ArmsSection {
  static func html(_ view: StudyView) -> String {
    guard let chosen = view.chosen else { return "" }
    let arms = [chosen] + view.refits + view.controls
    let rank = WindowWords.rank(chosen)
    return Markup.section(
      "arms", "Is it the vector, or any push?",
      lead: "Area is the width in octaves over which the effect holds above random and capability "
        + "holds too; it needs no threshold crossing. The vector: \(rank).",
      html: Markup.figure(
        ArmStrip.svg(arms), caption: "One dot an arm. An arm without a window has no dot."))
  }
}
