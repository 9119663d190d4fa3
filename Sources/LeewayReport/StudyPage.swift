import LeewayStudy

/// A finished study as one HTML file that needs nothing outside itself: no script, no font, no
/// address. The same result gives the same bytes.
public enum StudyPage {
  /// The whole page, UTF-8, light and dark by the reader's preference, printable.
  public static func html(_ result: StudyResult) -> String {
    let view = StudyView(result)
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'">
      <title>\(Markup.text(result.name)): \(Markup.text(result.headline))</title>
      <style>
      \(Palette.css)\(StyleSheet.css)\(ChartStyle.css)</style>
      </head>
      <body>
      <main>
      \(HeadSection.html(view))\(ChartSection.html(view))\(WindowSection.html(view))\
      \(FloorSection.html(view))\(ArmsSection.html(view))\(MapSection.html(view))\(SampleSection.html(view))\
      \(DoseSection.html(view))\(RefitSection.html(view))\(RecordSection.html(view))\
      <footer>Measured by Leeway. The leeway of a push is the room between the dose at which it \
      works and the dose at which it breaks the model.</footer>
      </main>
      </body>
      </html>

      """
  }
}
