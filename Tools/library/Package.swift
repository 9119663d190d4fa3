// swift-tools-version:6.2
import PackageDescription

// A package that uses Leeway as anybody's would: only what is public is seen.
let package = Package(
  name: "window",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "Leeway", path: "../..")],
  targets: [
    .executableTarget(name: "window", dependencies: [.product(name: "Leeway", package: "Leeway")])
  ],
  swiftLanguageModes: [.v6])
