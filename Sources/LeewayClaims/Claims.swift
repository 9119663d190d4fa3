/// Every claim; a new one is a file or a folder in `Claims/` and a line here.
public enum Claims {
  public static let all: [Claim] = [
    .buriedCalibration, .cavityCommunity, .cavitySuperposition, .codeAndTests, .conceptOntology,
    .falseFact, .grokkingDelay, .honeypotMonitor, .matchedBehaviour, .olderModelsCheaper,
    .phaseChange, .rewardAllocation, .rewardPools, .simulatorTrap, .sizeTrend, .streamTemperature,
    .twoCloverleafs,
  ]

  public static func named(_ id: String) throws(ClaimError) -> Claim {
    guard let claim = all.first(where: { $0.id == id }) else {
      throw .unknownClaim(id, known: all.map(\.id))
    }
    return claim
  }
}
