import Foundation
import LeewayBase
import LeewayModel
import Testing

/// Trained story models that lie beside the repository, against numbers that stand in it.
@Suite struct GoldenSharedTests {
  struct Expected: Decodable {
    struct Prompt: Decodable {
      var text: String
      var ids: [Int]
      var greedy: [Int]
      /// The norm of each position, by site.
      var norms: [String: [Float]]
      /// Token and logit at the last position.
      var lastLogits: [[Float]]
    }
    var model: String
    var sha256: String
    var prompts: [Prompt]

    init(_ name: String) throws {
      let path = GoldenFixture.root + "/shared/\(name).json"
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      self = try decoder.decode(Self.self, from: data)
    }
  }

  static let models = ["stories260k-hf", "tinystories-656k"]
  static func folder(_ name: String) -> String { PackagePlace.shared + "/models/" + name }
  static let present = models.filter {
    FileManager.default.fileExists(atPath: folder($0) + "/model.safetensors")
  }

  @Test(
    .enabled(if: !present.isEmpty, "the story models are not beside the repository"),
    arguments: present)
  func tellsTheReferencesStory(name: String) throws {
    let expected = try Expected(name)
    let found = try GoldenFixture.sha256(Self.folder(name) + "/model.safetensors")
    try #require(found == expected.sha256, "not the model of the fixture")
    let model = try Transformer(Checkpoint(folder: Self.folder(name)))
    let ids = expected.prompts.map(\.ids)
    let sites = model.config.sites
    for kind in ExecutorKind.allCases {
      let executor = kind.make(model)
      let told = try executor.generate(
        GenerationJob(
          prompts: ids, streams: ids.indices.map { "story \($0)" }, variants: [.baseline],
          maxTokens: expected.prompts[0].greedy.count))
      #expect(told[0].map(\.tokens) == expected.prompts.map(\.greedy))
      let heard = try executor.capture(CaptureJob(prompts: ids, sites: sites))
      for (prompt, activations) in zip(expected.prompts, heard) {
        compare(prompt, sites, activations, name: name)
      }
    }
  }

  private func compare(
    _ prompt: Expected.Prompt, _ sites: [Site], _ heard: [Activations], name: String
  ) {
    for (site, activations) in zip(sites, heard) {
      let norms = (0..<activations.positions).map { position in
        Float(
          activations.position(position).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
      }
      guard let expected = prompt.norms["\(site)"],
        let difference = Difference(found: norms, expected: expected)
      else {
        Issue.record("\(name), \"\(prompt.text)\": no norms at \(site)")
        continue
      }
      if !(difference.relative <= GoldenTests.tolerance) {
        Issue.record(
          """
          \(name), "\(prompt.text)": the first site that differs is \(site), most at position \
          \(difference.index): norm \(difference.found) instead of \(difference.expected)
          """)
        return
      }
    }
    guard let logits = heard.last else { return }
    let last = Array(logits.position(logits.positions - 1))
    let found = prompt.lastLogits.map { last[Int($0[0])] }
    let difference = Difference(found: found, expected: prompt.lastLogits.map { $0[1] })
    #expect((difference?.relative ?? 1) <= GoldenTests.tolerance, "\(name), \"\(prompt.text)\"")
  }

  /// Four copies of one MLP, any two of them with shares that sum to 1: the same model.
  @Test(
    .enabled(
      if: ["stories260k-hf", "stories260k-moe4-exact"].allSatisfy {
        FileManager.default.fileExists(atPath: folder($0) + "/model.safetensors")
      }, "the story models are not beside the repository"))
  func equalExpertsAreTheOneTheyCopy() throws {
    let prompts = [[1, 403, 407, 261], Array(1...60).map { $0 * 7 % 512 }]
    let sites = [Site(.mlpOut, layer: 2), Site(.logits)]
    let heard = try ["stories260k-hf", "stories260k-moe4-exact"].map {
      try SweepPlanner(model: Transformer(Checkpoint(folder: Self.folder($0)))).capture(
        CaptureJob(prompts: prompts, sites: sites))
    }
    for prompt in prompts.indices {
      for site in sites.indices {
        let difference = try #require(
          Difference(
            found: heard[1][prompt][site].values, expected: heard[0][prompt][site].values))
        #expect(difference.relative < 1e-5, "prompt \(prompt), \(sites[site])")
      }
    }
  }
}
