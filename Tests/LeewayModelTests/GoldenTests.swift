import Foundation
import LeewayBase
import LeewayModel
import Testing

/// The engine against the reference implementation, at every site of every fixture.
@Suite struct GoldenTests {
  /// Largest difference over largest expected value, in each tensor.
  static let tolerance: Float = 1e-4

  @Test func everyArchitectureHasAFixture() throws {
    let covered = Set(try GoldenFixture.names.map { try GoldenFixture.manifest($0).architecture })
    for architecture in Architecture.all {
      #expect(
        covered.contains(architecture.modelType),
        "no fixture for \(architecture.modelType): add one to Tools/golden.py")
    }
  }

  @Test(arguments: GoldenFixture.names) func filesAreAsWritten(name: String) throws {
    let manifest = try GoldenFixture.manifest(name)
    let folder = GoldenFixture.root + "/" + name
    let found = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0 != "manifest.json"
    }
    #expect(found.sorted() == manifest.files.keys.sorted())
    for (file, expected) in manifest.files.sorted(by: { $0.key < $1.key }) {
      #expect(try GoldenFixture.sha256(folder + "/" + file) == expected, "\(name)/\(file)")
    }
    let checkpoint = try Checkpoint(folder: folder)
    #expect(checkpoint.architecture.modelType == manifest.architecture)
    #expect(try checkpoint.contentHash() == Checkpoint(folder: folder).contentHash())
  }

  /// A model that was trained further must open as what it was.
  @Test(arguments: GoldenFixture.names) func configurationsAreWrittenWhole(name: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("leeway-written-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: GoldenFixture.root + "/" + name, toPath: folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let read = try Checkpoint(folder: folder)
    let json = read.architecture.json(read.config, weights: .f32)
    try Data(json.typedBytes).write(to: URL(fileURLWithPath: folder + "/config.json"))
    #expect(try Checkpoint(folder: folder).config == read.config)
  }

  /// The framework's configurations are strict about kinds of numbers, and its padding tokens must
  /// lie in the vocabulary.
  @Test func configurationsAreWrittenInTheFrameworksTypes() throws {
    func written(_ name: String) throws -> JSONValue {
      let architecture = try #require(Architecture.named(name))
      let shape = ModelShape(
        vocabulary: 61, layers: 2, width: 16, heads: 2, mlpWidth: 20, context: 32)
      let json = architecture.json(architecture.config(of: shape), weights: .f32)
      return try JSONValue.parse(json.typedBytes, path: "config.json")
    }
    let gemma = try written("gemma2")
    #expect(gemma["attn_logit_softcapping"] == .real(50))
    #expect(gemma["final_logit_softcapping"] == .real(30))
    #expect(gemma["query_pre_attn_scalar"] == .integer(8))
    let phi = try written("phi3")
    #expect(phi["pad_token_id"] == .null)
    #expect(try written("llama")["rope_theta"] == .integer(10_000))
  }

  @Test(arguments: GoldenFixture.names, ExecutorKind.allCases)
  func everySiteMatches(name: String, kind: ExecutorKind) throws {
    let fixture = try GoldenFixture(name)
    let sites = fixture.model.config.sites
    let expected = try fixture.expected()
    #expect(expected.count == sites.count * fixture.manifest.prompts.count)
    let heard = try kind.make(fixture.model).capture(
      CaptureJob(prompts: fixture.manifest.prompts.map(\.ids), sites: sites))
    for prompt in fixture.manifest.prompts.indices {
      for (site, found) in zip(sites, heard[prompt]) {
        let tensor = try #require(expected["\(prompt)/\(site)"], "\(name): \(prompt)/\(site)")
        #expect([found.positions, found.width] == tensor.shape, "\(name): \(prompt)/\(site)")
        if let difference = Difference(found: found.values, expected: tensor.floats()),
          !(difference.relative <= Self.tolerance)
        {
          let at = difference.index.quotientAndRemainder(dividingBy: max(found.width, 1))
          Issue.record(
            """
            \(name), prompt \(prompt): the first site that differs is \(site), most at position \
            \(at.quotient), index \(at.remainder): \(difference.found) instead of \
            \(difference.expected), \(difference.relative) of the largest value
            """)
          return
        }
      }
    }
  }

  /// `LEEWAY_PARITY=1`: prints the largest difference of each family, and where it is.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LEEWAY_PARITY"] != nil, "only a table"))
  func theLargestDifferenceOfEachFamily() throws {
    var worst: [String: (difference: Float, place: String)] = [:]
    for name in GoldenFixture.names {
      let fixture = try GoldenFixture(name)
      let sites = fixture.model.config.sites
      let expected = try fixture.expected()
      let heard = try SweepPlanner(model: fixture.model).capture(
        CaptureJob(prompts: fixture.manifest.prompts.map(\.ids), sites: sites))
      for prompt in heard.indices {
        for (site, found) in zip(sites, heard[prompt]) {
          let tensor = try #require(expected["\(prompt)/\(site)"])
          let difference = Difference(found: found.values, expected: tensor.floats())?.relative ?? 0
          let family = fixture.manifest.architecture
          if difference > worst[family]?.difference ?? -1 {
            worst[family] = (difference, "\(name), prompt \(prompt), \(site)")
          }
        }
      }
    }
    for (family, found) in worst.sorted(by: { $0.key < $1.key }) {
      print("\(family): \(found.difference) at \(found.place)")
    }
  }

  @Test(arguments: GoldenFixture.names, ExecutorKind.allCases)
  func greedyContinuationsMatch(name: String, kind: ExecutorKind) throws {
    let fixture = try GoldenFixture(name)
    let prompts = fixture.manifest.prompts
    let found = try kind.make(fixture.model).generate(
      GenerationJob(
        prompts: prompts.map(\.ids), streams: prompts.indices.map { "prompt \($0)" },
        variants: [.baseline], maxTokens: prompts[0].greedy.count))
    #expect(found[0].map(\.tokens) == prompts.map(\.greedy))
  }
}

/// The place where two tensors of the same size differ most; a NaN differs without bound.
struct Difference {
  var index: Int
  var found: Float
  var expected: Float
  /// As a share of the largest expected magnitude.
  var relative: Float

  /// Nil where there is nothing to compare.
  init?(found: [Float], expected: [Float]) {
    guard found.count == expected.count, !expected.isEmpty else { return nil }
    let largest = expected.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    var worst = (index: 0, size: Float(-1))
    for index in expected.indices {
      let size = abs(found[index] - expected[index])
      if !(size <= worst.size) { worst = (index, size.isNaN ? .infinity : size) }
    }
    index = worst.index
    self.found = found[worst.index]
    self.expected = expected[worst.index]
    relative = worst.size / largest
  }
}
