import Foundation
import LeewayClaims
import Testing

/// What holds for every claim by being registered.
@Suite("Claims") struct LawClaims {
  @Test func theListIsTheFolder() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/LeewayClaims/Claims").standardizedFileURL
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.isEmpty)
    let ids = names.map { name in
      name.replacingOccurrences(of: ".swift", with: "")
        .replacing(/([a-z0-9])([A-Z])/) { "\($0.1)-\($0.2)" }.lowercased()
    }
    #expect(Set(ids) == Set(Claims.all.map(\.id)))
    #expect(Claims.all.count == ids.count)
  }

  @Test(arguments: Claims.all) func saysAllThatAReaderNeeds(_ claim: Claim) {
    for text in [claim.title, claim.sentence, claim.hypothesis, claim.experiment] {
      #expect(text.count > 15, "\(claim.id) says too little")
      #expect(!text.contains("\n"))
    }
    #expect(claim.title.hasSuffix("?"))
    #expect(claim.experiment.count > 150, "\(claim.id): how is it measured?")
    #expect(Set(claim.parameters.map(\.name)).count == claim.parameters.count)
    #expect(claim.cost.seconds > 0)
  }

  @Test(arguments: Claims.all) func defaultsLieInTheirRanges(_ claim: Claim) throws {
    for parameter in claim.parameters {
      let value = try parameter.value("\(parameter.standard)", claim: claim.id)
      #expect(value == parameter.standard, "\(claim.id) \(parameter.name)")
    }
  }

  @Test(arguments: Claims.all) func refusesWhatItDoesNotKnow(_ claim: Claim) {
    #expect(throws: ClaimError.self) { try claim.values(["no-such-parameter=1"]) }
    #expect(throws: ClaimError.badSetting("nonsense")) { try claim.values(["nonsense"]) }
    for parameter in claim.parameters {
      #expect(throws: ClaimError.self) { try claim.values(["\(parameter.name)=?"]) }
    }
  }

  /// Every target, on one seed; again from the kept steps, to the same record; and another verdict where
  /// the settings are such.
  @Test(arguments: Claims.all.filter(\.cost.isQuick)) func quickOnesHitTheirTargets(_ claim: Claim)
    throws
  {
    let tools = ClaimTools()
    let record = try claim.run(tools: tools)
    #expect(!record.checks.isEmpty)
    for check in record.checks {
      #expect(
        check.holds,
        "\(claim.id) \(check.target.id): \(check.found ?? .nan), not \(check.target.expected)")
    }
    #expect(!record.findings.pictures.isEmpty)
    #expect(record.findings.verdict.because.hasSuffix("."))
    #expect(!record.findings.verdict.because.contains("nan"))
    #expect(try claim.run(tools: tools) == record)
    let settings = try #require(
      Self.turning[claim.id], "\(claim.id): name settings that turn its verdict")
    let turned = try claim.run(settings, tools: ClaimTools()).findings.verdict
    #expect(turned.outcome != record.findings.verdict.outcome, "\(claim.id): \(turned.because)")
    #expect(turned.because.hasSuffix(".") && !turned.because.contains("nan"))
  }

  /// Settings under which a claim comes out otherwise than at its defaults: a verdict that cannot turn is
  /// none. Where the truth is a theorem, they are the ones at which its premise fails.
  static let turning: [String: [String]] = [
    "buried-calibration": ["digits=3", "questions=20000", "steps=10", "batch=2"],
    "cavity-community": ["largest=10", "effort=0.05", "mu=0", "sigma=1.3"],
    "cavity-superposition": [
      "beta=1", "steps=500", "networks=1", "work=64", "one-steps=500", "map-steps=100",
      "largest=16",
    ],
    "code-and-tests": ["audit=0.1"],
    "concept-ontology": ["flipped=0", "kept=0"],
    "grokking-delay": ["steps=10", "most=10"],
    "honeypot-monitor": ["overlap=1", "honeypot-ratio=2"],
    "matched-behaviour": ["teacher=0.2", "learner=0.02", "jitter=8.4e-05", "draws=3"],
    "older-models-cheaper": ["input-tokens=0"],
    "reward-allocation": ["steps=10"],
    "reward-pools": ["steps=10", "batch=2", "networks=1"],
    "simulator-trap": ["doubt=0.01"],
    "stream-temperature": ["easy=1", "episodes=100"],
    "two-cloverleafs": ["neurons=2", "steps=100", "alone=2", "alone-steps=100"],
  ]

  @Test(arguments: Claims.all) func stopsWhenAsked(_ claim: Claim) {
    let tools = ClaimTools(isCancelled: { true })
    // Without its value: a record is too long to print.
    #expect(throws: (any Error).self) { _ = try claim.run(tools: tools) }
  }
}

extension Claim: CustomTestStringConvertible {
  public var testDescription: String { id }
}
