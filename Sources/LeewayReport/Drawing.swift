/// An SVG under construction. Colours and strokes are classes of the page's style sheet.
///
/// It bears no namespace: inside an HTML page none is needed, and the page holds no address at all.
package struct Drawing: Sendable {
  package let width: Double
  package let height: Double
  private let title: String
  private let kind: String
  private var body = ""

  package init(width: Double, height: Double, title: String, kind: String) {
    self.width = width
    self.height = height
    self.title = title
    self.kind = kind
  }

  /// The finished element; `title` is its name for screen readers.
  package var svg: String {
    """
    <svg class="\(kind)" viewBox="0 0 \(number(width)) \(number(height))" \
    width="\(number(width))" height="\(number(height))" role="img" \
    aria-label="\(Escaping.html(title))">
    \(body)</svg>

    """
  }

  /// The drawing as a file of its own, with its style sheet inside.
  func file(css: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
    width="\(number(width))" height="\(number(height))" role="img" \
    aria-label="\(Escaping.html(title))">
    <style>
    \(css)</style>
    \(body)</svg>

    """
  }

  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String, tip: String? = nil
  ) {
    let place = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)]
    element("line", style, attributes(place), tip)
  }

  package mutating func rect(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String,
    opacity: Double? = nil, rounded: Double = 0, tip: String? = nil
  ) {
    var list = attributes([("x", x), ("y", y), ("width", width), ("height", height)])
    if rounded > 0 { list += attributes([("rx", rounded)]) }
    if let opacity { list += attributes([("fill-opacity", opacity)]) }
    element("rect", style, list, tip)
  }

  package mutating func circle(
    _ x: Double, _ y: Double, _ radius: Double, _ style: String, tip: String? = nil
  ) {
    element("circle", style, attributes([("cx", x), ("cy", y), ("r", radius)]), tip)
  }

  /// Open: one stroke through the points. Closed: a filled outline.
  package mutating func path(
    _ points: [(x: Double, y: Double)], _ style: String, closed: Bool = false, tip: String? = nil
  ) {
    guard !points.isEmpty else { return }
    let steps = points.enumerated().map { place, point in
      (place == 0 ? "M" : "L") + number(point.x) + " " + number(point.y)
    }
    let outline = steps.joined(separator: "") + (closed ? "Z" : "")
    element("path", style, " d=\"" + outline + "\"", tip)
  }

  package mutating func text(
    _ x: Double, _ y: Double, _ text: String, _ style: String, tip: String? = nil
  ) {
    body += "<text class=\"" + style + "\"" + attributes([("x", x), ("y", y)]) + ">"
    if let tip { body += "<title>" + Escaping.html(tip) + "</title>" }
    body += Escaping.html(text) + "</text>\n"
  }

  /// A rectangle with diagonal stripes, for what is shut or missing. Drawn line by line: the page
  /// refers to nothing, not even within itself.
  package mutating func striped(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, tip: String
  ) {
    rect(x, y, width, height, style, tip: tip)
    let gap = 8.0
    var outline = ""
    var offset = gap
    while offset < width + height {
      // The line x + y = offset, cut at the rectangle's sides.
      let from = (min(offset, width), max(0, offset - width))
      let to = (max(0, offset - height), min(offset, height))
      outline += "M" + number(x + from.0) + " " + number(y + from.1)
      outline += "L" + number(x + to.0) + " " + number(y + to.1)
      offset += gap
    }
    if !outline.isEmpty { element("path", style + "-stripes", " d=\"" + outline + "\"", nil) }
  }

  private mutating func element(
    _ name: String, _ style: String, _ attributes: String, _ tip: String?
  ) {
    body += "<" + name + " class=\"" + style + "\"" + attributes
    if let tip {
      body += "><title>" + Escaping.html(tip) + "</title></" + name + ">\n"
    } else {
      body += "/>\n"
    }
  }

  private func attributes(_ list: [(String, Double)]) -> String {
    list.map { " " + $0.0 + "=\"" + number($0.1) + "\"" }.joined()
  }

  private func number(_ value: Double) -> String { NumberText.coordinate(value) }
}
