import LeewayStatistics
import LeewayStudy

/// The dose-response chart of one arm: effect and capabilities over the log2 dose axis, random
/// arms behind them, the window shaded.
package struct DoseChart {
  let view: StudyView
  let arm: ArmResult
  package let scale: DoseScale
  /// Top of the axis: 1, or more when capability rises above its baseline.
  let most: Double
  package private(set) var drawing: Drawing
  /// Height of the frame in pixels.
  static let top = 74.0
  static let bottom = 404.0
  static let left = 54.0
  static let right = 730.0

  package init(_ view: StudyView, _ arm: ArmResult) {
    self.view = view
    self.arm = arm
    let doses = arm.points.map(\.dose) + view.randoms.flatMap { $0.points.map(\.dose) }
    scale = DoseScale(doses: doses, left: Self.left, right: Self.right, gutter: 46)
    let peak =
      view.measurable.flatMap { index in
        arm.points.compactMap { StudyView.capability(index, of: $0)?.relative }
      }.filter(\.isFinite).max() ?? 1
    most = peak > 1.02 ? min(1.25, peak + 0.03) : 1.02
    drawing = Drawing(
      width: 900, height: 470,
      title: "Effect and capability against dose at \(arm.site)", kind: "chart")
    draw()
  }

  package var svg: String { drawing.svg }

  /// Pixels of a share; shares off the axis stand at its ends.
  func y(_ share: Double) -> Double {
    let inside = share.isFinite ? min(most, max(0, share)) : 0
    return Self.bottom - inside / most * (Self.bottom - Self.top)
  }

  /// The points with a dose above 0.
  var pushed: [DosePoint] { arm.points.filter { $0.dose > 0 && $0.dose.isFinite } }

  private mutating func draw() {
    drawWindow(on: &drawing)
    drawAxes(on: &drawing)
    drawRandoms(on: &drawing)
    drawSampled(on: &drawing)
    drawEffect(on: &drawing)
    for index in view.measurable { drawCapability(index, on: &drawing) }
    drawLabels(on: &drawing)
    drawCrossings(on: &drawing)
  }
}
