import LeewayStudy

/// Vector and controls compared by area.
enum ArmsSection {
  static func html(_ view: StudyView) -> String {
    guard let chosen = view.chosen else { return "" }
    // Refits ran around the crossings only: their areas cover fewer doses.
    let arms = [chosen] + view.controls
    let rank = WindowWords.rank(chosen)
    return Markup.section(
      "arms", "Is it the vector, or any push?",
      lead: "Area: effect above the mean of the other arms, while capability holds, summed over "
        + "octaves of dose; it needs no threshold on the effect. The vector: \(rank).",
      html: Markup.figure(
        ArmStrip.svg(arms), caption: "One dot an arm, all on the same doses."))
  }
}
