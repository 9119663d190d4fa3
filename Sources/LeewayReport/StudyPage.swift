import LeewayStudy

/// A finished study as one HTML file that needs nothing outside itself: no script, no font, no
/// address. The same result gives the same bytes.
public enum StudyPage {
  /// The whole page, UTF-8, light and dark by the reader's preference, printable.
  public static func html(_ result: StudyResult) -> String {
    let view = StudyView(result)
    return PageFrame.html(
      title: "\(result.name): \(result.headline)",
      body: HeadSection.html(view) + ChartSection.html(view) + WindowSection.html(view)
        + BesideSection.html(view) + FloorSection.html(view) + ArmsSection.html(view)
        + MapSection.html(view) + SampleSection.html(view) + DoseSection.html(view)
        + RefitSection.html(view) + RecordSection.html(view))
  }
}
