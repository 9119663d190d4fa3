import LeewayModel

extension SteeringOperator {
  /// A dose in the operator's own unit: a length in the stream, or a share of the full move.
  ///
  /// - Parameter residualMedian: median norm of the stream at the site.
  public func strength(dose: Double, residualMedian: Double) -> Double {
    Self.doseUnit == .residualNorm ? dose * residualMedian : dose
  }
}

extension SteeringVector {
  /// This vector applied at its site, for a `Variant`.
  ///
  /// - Parameters:
  ///   - dose: a share of the median residual norm, or of the operator's full move (`DoseUnit`). 0
  ///     leaves every bit as it was.
  ///   - residualMedian: median norm of the stream at the site, as `VectorFitter.residualNorms` gives it.
  ///   - meter: counts how often it was due and made.
  public func intervention(
    _ steering: any SteeringOperator, dose: Double, residualMedian: Double,
    positions: Positions = .all, meter: HookMeter? = nil
  ) -> Intervention {
    let strength = steering.strength(dose: dose, residualMedian: residualMedian)
    return Intervention(
      site: site, positions: positions,
      edit: steering.edit(
        direction: direction, strength: strength, residualMedian: residualMedian), meter: meter)
  }
}
