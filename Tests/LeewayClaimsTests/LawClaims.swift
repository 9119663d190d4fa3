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

  /// Every target, on one seed; again from the kept steps, to the same record.
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
  }

  @Test(arguments: Claims.all) func stopsWhenAsked(_ claim: Claim) {
    let tools = ClaimTools(isCancelled: { true })
    // Without its value: a record is too long to print.
    #expect(throws: (any Error).self) { _ = try claim.run(tools: tools) }
  }
}

extension Claim: CustomTestStringConvertible {
  public var testDescription: String { id }
}
