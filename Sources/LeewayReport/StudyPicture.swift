import LeewayStudy

/// The dose-response chart of a finished study as an SVG file of its own, for papers and talks.
public enum StudyPicture {
  /// Nil when no dose was run. Light and dark by the reader's preference, where the viewer asks.
  public static func svg(_ result: StudyResult) -> String? {
    let view = StudyView(result)
    guard let arm = view.chosen, !arm.points.isEmpty else { return nil }
    return DoseChart(view, arm).drawing.file(css: ChartStyle.file)
  }
}
