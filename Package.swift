// swift-tools-version:6.2
import PackageDescription

let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "Leeway",
  platforms: [.macOS(.v14)],
  products: [
    .executable(name: "leeway", targets: ["LeewayCLI"]),
    .library(
      name: "Leeway",
      targets: [
        "LeewayBase", "LeewayTensor", "LeewayTokenizer", "LeewayTemplate", "LeewayModel",
        "LeewaySteering", "LeewayWorld", "LeewayTraining", "LeewayStatistics", "LeewayStudy",
        "LeewayClaims", "LeewayStore", "LeewayReport", "LeewayHub",
      ]),
  ],
  dependencies: [
    // The command's flags, help and shell completions.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // SHA-256: checkpoints and conditions are named by their content.
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    // SQLite: the ledger of conditions that makes a study resumable.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // Study files are YAML.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Arrows go one way, down this list. Each outside package enters one target only.
    .target(
      name: "LeewayBase", dependencies: [.product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: swift),
    .target(name: "CLeewayKernels"),
    .target(
      name: "LeewayTensor", dependencies: ["LeewayBase", "CLeewayKernels"], swiftSettings: swift),
    .target(name: "LeewayTokenizer", dependencies: ["LeewayBase"], swiftSettings: swift),
    .target(name: "LeewayTemplate", dependencies: ["LeewayBase"], swiftSettings: swift),
    .target(
      name: "LeewayModel", dependencies: ["LeewayBase", "LeewayTensor"], swiftSettings: swift),
    .target(
      name: "LeewaySteering", dependencies: ["LeewayBase", "LeewayModel", "LeewayTokenizer"],
      swiftSettings: swift),
    .target(
      name: "LeewayWorld", dependencies: ["LeewayBase", "LeewayModel", "LeewayTokenizer"],
      resources: [.embedInCode("Tables")], swiftSettings: swift),
    // What people write: one reader for studies and recipes.
    .target(
      name: "LeewayYAML",
      dependencies: ["LeewayBase", .product(name: "Yams", package: "Yams")],
      swiftSettings: swift),
    .target(
      name: "LeewayTraining",
      dependencies: [
        "LeewayBase", "LeewayTensor", "LeewayModel", "LeewayTokenizer", "LeewayWorld",
        "LeewayYAML",
      ], swiftSettings: swift),
    .target(name: "LeewayStatistics", dependencies: ["LeewayBase"], swiftSettings: swift),
    .target(
      name: "LeewayStudy",
      dependencies: [
        "LeewayBase", "LeewayTensor", "LeewayModel", "LeewaySteering", "LeewayStatistics",
        "LeewayTemplate", "LeewayTokenizer", "LeewayYAML",
      ], swiftSettings: swift),
    .target(
      name: "LeewayClaims",
      dependencies: [
        "LeewayBase", "LeewayTensor", "LeewayTokenizer", "LeewayModel", "LeewayWorld",
        "LeewayTraining", "LeewaySteering", "LeewayStatistics", "LeewayStudy",
      ],
      // Prices are data with a date.
      resources: [.embedInCode("Claims/OlderModelsCheaper/prices.csv")], swiftSettings: swift),
    .target(
      name: "LeewayStore",
      dependencies: ["LeewayStudy", "LeewayClaims", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swift),
    .target(
      name: "LeewayReport",
      dependencies: ["LeewayStatistics", "LeewayStudy", "LeewayTraining", "LeewayClaims"],
      swiftSettings: swift),
    // Models from a hub, whole or not at all.
    .target(name: "LeewayHub", dependencies: ["LeewayBase"], swiftSettings: swift),
    .executableTarget(
      name: "LeewayCLI",
      dependencies: [
        "LeewayBase", "LeewayTensor", "LeewayTokenizer", "LeewayTemplate", "LeewayModel",
        "LeewaySteering", "LeewayWorld", "LeewayTraining", "LeewayStatistics", "LeewayStudy",
        "LeewayClaims", "LeewayStore", "LeewayReport", "LeewayHub",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    // Speed as ratios to loops and peers of the same run; never a test.
    .executableTarget(
      name: "LeewayBench",
      dependencies: [
        "LeewayBase", "CLeewayKernels", "LeewayTensor", "LeewayTokenizer", "LeewayModel",
        "LeewaySteering", "LeewayTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    // Mutations for the fuzzers of several test targets.
    .target(
      name: "LeewayFuzzing", dependencies: ["LeewayBase"], path: "Tests/LeewayFuzzing",
      swiftSettings: swift),
    .testTarget(
      name: "LeewayBaseTests", dependencies: ["LeewayBase", "LeewayFuzzing"],
      resources: [.copy("Golden")], swiftSettings: swift),
    .testTarget(
      name: "LeewayTensorTests", dependencies: ["LeewayTensor", "CLeewayKernels"],
      swiftSettings: swift),
    .testTarget(
      name: "LeewayTokenizerTests", dependencies: ["LeewayTokenizer", "LeewayFuzzing"],
      resources: [.copy("Golden")], swiftSettings: swift),
    .testTarget(
      name: "LeewayTemplateTests", dependencies: ["LeewayTemplate", "LeewayFuzzing"],
      resources: [.copy("Golden")], swiftSettings: swift),
    .testTarget(
      name: "LeewayModelTests", dependencies: ["LeewayModel", "LeewaySteering", "LeewayTensor"],
      resources: [.copy("Golden"), .copy("GGUF")], swiftSettings: swift),
    .testTarget(
      name: "LeewaySteeringTests", dependencies: ["LeewaySteering", "LeewayFuzzing"],
      resources: [.copy("Golden")], swiftSettings: swift),
    .testTarget(
      name: "LeewayWorldTests", dependencies: ["LeewayWorld", "LeewayTensor"],
      resources: [.copy("Golden")],
      swiftSettings: swift),
    .testTarget(
      name: "LeewayTrainingTests",
      dependencies: ["LeewayTraining", "LeewayModel", "LeewaySteering", "LeewayTensor"],
      resources: [.copy("Golden")], swiftSettings: swift),
    .testTarget(
      name: "LeewayStatisticsTests", dependencies: ["LeewayStatistics"], swiftSettings: swift),
    .testTarget(
      name: "LeewayStudyTests", dependencies: ["LeewayStudy", "LeewayFuzzing"],
      swiftSettings: swift),
    .testTarget(
      name: "LeewayClaimsTests",
      dependencies: ["LeewayBase", "LeewayClaims", "LeewayStudy", "LeewayFuzzing"],
      swiftSettings: swift),
    .testTarget(
      name: "LeewayStoreTests", dependencies: ["LeewayStore", "LeewayStudy", "LeewayClaims"],
      swiftSettings: swift),
    .testTarget(
      name: "LeewayReportTests", dependencies: ["LeewayReport", "LeewayClaims"],
      swiftSettings: swift),
    // A hub that drops, lies and redirects, on this machine.
    .testTarget(
      name: "LeewayHubTests", dependencies: ["LeewayHub", "LeewayBase"],
      swiftSettings: swift),
    // The command itself: it is built because the tests run it.
    .testTarget(
      name: "EndToEndTests", dependencies: ["LeewayBase", "LeewayCLI"], swiftSettings: swift),
    // Layers and habits, read off the files.
    .testTarget(name: "HouseTests", swiftSettings: swift),
  ],
  swiftLanguageModes: [.v6]
)
