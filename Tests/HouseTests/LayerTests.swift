import Testing

/// Arrows go one way: each target imports only what stands below it, and an outside package enters
/// one target.
@Suite("Layers") struct LayerTests {
  /// From the ground up. A target may import targets on lines above its own.
  private static let floors = [
    "LeewayBase", "CLeewayKernels", "LeewayTensor", "LeewayTokenizer", "LeewayTemplate",
    "LeewayModel", "LeewayWorld", "LeewayYAML", "LeewayTraining", "LeewaySteering",
    "LeewayStatistics", "LeewayStudy", "LeewayClaims", "LeewayStore", "LeewayReport",
    "LeewayHub", "LeewayCLI", "LeewayBench",
  ]
  /// Where each outside package may be named.
  private static let outside = [
    "Crypto": ["LeewayBase"], "Yams": ["LeewayYAML"], "GRDB": ["LeewayStore"],
    "ArgumentParser": ["LeewayCLI", "LeewayBench"],
  ]
  /// What comes with the toolchain.
  private static let system = [
    "Foundation", "FoundationNetworking", "Synchronization", "Glibc", "Darwin",
  ]
  /// Arrows that the order allows and the design does not.
  private static let never = [
    "LeewayTokenizer": ["CLeewayKernels", "LeewayTensor"],
    "LeewayTemplate": ["CLeewayKernels", "LeewayTensor", "LeewayTokenizer"],
    "LeewayModel": ["CLeewayKernels", "LeewayTokenizer", "LeewayTemplate"],
    "LeewayWorld": ["CLeewayKernels", "LeewayTensor", "LeewayTemplate"],
    "LeewayYAML": [
      "CLeewayKernels", "LeewayTensor", "LeewayTokenizer", "LeewayModel", "LeewayWorld",
    ],
    "LeewayTraining": ["CLeewayKernels", "LeewayTemplate"],
    "LeewaySteering": ["CLeewayKernels", "LeewayTensor", "LeewayTemplate"],
    "LeewayStatistics": [
      "CLeewayKernels", "LeewayTensor", "LeewayTokenizer", "LeewayModel", "LeewaySteering",
    ],
    "LeewayStudy": ["CLeewayKernels"],
    "LeewayClaims": ["CLeewayKernels", "LeewayTemplate"],
    "LeewayStore": ["CLeewayKernels", "LeewayTensor"],
    "LeewayReport": [
      "CLeewayKernels", "LeewayTensor", "LeewayTokenizer", "LeewayModel", "LeewaySteering",
      "LeewayStore",
    ],
    "LeewayHub": [
      "CLeewayKernels", "LeewayTensor", "LeewayTokenizer", "LeewayTemplate", "LeewayModel",
      "LeewayWorld", "LeewayYAML", "LeewayTraining", "LeewaySteering", "LeewayStatistics",
      "LeewayStudy", "LeewayClaims", "LeewayStore", "LeewayReport",
    ],
    "LeewayCLI": ["CLeewayKernels"],
    "LeewayBench": [
      "LeewayCLI", "LeewayStudy", "LeewayClaims", "LeewayStore", "LeewayReport", "LeewayHub",
    ],
  ]
  private let house = House()

  @Test func everyTargetHasItsFloor() {
    #expect(house.targets == Self.floors.sorted())
  }

  @Test func importsGoDown() throws {
    for (floor, target) in Self.floors.enumerated() {
      let below = Self.floors[..<floor].filter { !(Self.never[target] ?? []).contains($0) }
      let files = try house.files(under: "Sources/\(target)")
      for file in files {
        for module in file.imports {
          let allowed =
            below.contains(module) || Self.system.contains(module)
            || (Self.outside[module] ?? []).contains(target)
          #expect(allowed, "\(file.path) imports \(module)")
        }
      }
    }
  }

  @Test func theReaderOfImportsReads() throws {
    let found = try Set(house.files(under: "Sources/LeewayStore").flatMap(\.imports))
    #expect(found.isSuperset(of: ["GRDB", "LeewayStudy"]))
    let line = House.File(path: "Sources/X/a.swift", lines: ["@testable import struct Base.Thing"])
    #expect(line.imports == ["Base"])
  }
}
