/// What every page is set in: one HTML file, light and dark by the reader's preference, printable,
/// that needs nothing outside itself.
enum PageFrame {
  static let study = """
    Measured by Leeway. The leeway of a push is the room between the dose at which it works and the \
    dose at which it breaks the model.
    """

  static func html(title: String, body: String, footer: String = study, css: String = "")
    -> String
  {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
    style-src 'unsafe-inline'">
    <title>\(Markup.text(title))</title>
    <style>
    \(Palette.css)\(StyleSheet.css)\(ChartStyle.css)\(css)</style>
    </head>
    <body>
    <main>
    \(body)\
    <footer>\(footer)</footer>
    </main>
    </body>
    </html>

    """
  }
}
