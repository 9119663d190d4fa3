import Foundation
import LeewayBase
import LeewayClaims
import Testing

@Suite("Cavity of communities") struct CavityCommunityTests {
  /// As spreadsheets write names that hold a comma.
  @Test func namesMayHoldCommas() throws {
    let text = "\"Vole, bank\",1,0.5\nowl,0.25,1\n"
    #expect(try CommunityFile.parse(text, path: "x").names == ["Vole, bank", "owl"])
    let open = #expect(throws: ClaimError.self) {
      try CommunityFile.parse("\"vole,1,0.5\nowl,0.25,1\n", path: "x")
    }
    #expect(open == .badFile(path: "x", line: 1, problem: CSVText.unclosed))
  }

  @Test(
    arguments: [
      (4, 0.5, 0, [1.7356, 0.9587, 0.2004, 0.0523, 0.9587, 1, 0.2397]),
      (4, 1, 0, [0.4707, 0.6811, 0.2130, 0.0988, 0.6811, 1, 0.6811]),
      (4, 1.2, 0, [0.2135, 0.5845, 0.2265, 0.1345, 0.5845, 1, 0.8417]),
      (4, 0.6, 1, [0.4455, 0.6720, 0.2274, 0.1145, 1.1394, 0.5898, 0.6954]),
      (4, 0.8, 0.5, [0.3236, 0.6269, 0.2272, 0.1244, 0.8680, 0.7222, 0.7691]),
      (4, 1, -1, [1.2257, 0.8899, 0.1817, 0.0496, 0.5676, 1.5676, 0.3621]),
      (10, 0.8, 0, [0.8206, 0.7941, 0.0919, 0.0151, 0.7941, 1, 0.5082]),
    ] as [(Double, Double, Double, [Double])])
  func thePrintedTable(_ mu: Double, _ sigma: Double, _ gamma: Double, _ printed: [Double]) throws {
    let theory = try #require(CommunityTheory(mu: mu, sigma: sigma, gamma: gamma))
    let found = [
      theory.delta, theory.survivors, theory.mean, theory.square, theory.susceptibility,
      theory.denominator, theory.stability,
    ]
    for (a, b) in zip(found, printed) { #expect(abs(a - b) < 5.1e-5, "\(a), not \(b)") }
  }

  /// The equations as they were derived, away from the one root that solves them.
  @Test func theMomentsAgree() throws {
    for (mu, sigma, gamma) in [(2.0, 0.3, 0.4), (-0.5, 0.2, 0), (7, 1.1, -0.6), (0, 0.9, 0.2)] {
      let t = try #require(CommunityTheory(mu: mu, sigma: sigma, gamma: gamma))
      let spread = sigma * t.square.squareRoot()
      let field = 1 - mu * t.mean
      func moment(_ power: Double) -> Double {
        Solve.integral(0, max(0, field) + 10 * spread) { h in
          let z = (h - field) / spread
          return pow(h / t.denominator, power) * exp(-z * z / 2)
            / (spread * (2 * Double.pi).squareRoot())
        }
      }
      #expect(abs(moment(0) - t.survivors) < 1e-7)
      #expect(abs(moment(1) - t.mean) < 1e-7)
      #expect(abs(moment(2) - t.square) < 1e-7)
      #expect(abs(t.denominator - (1 - gamma * sigma * sigma * t.susceptibility)) < 1e-9)
    }
  }

  @Test func noEquilibriumIsRefused() {
    #expect(CommunityTheory(mu: 4, sigma: 1.5, gamma: 0) == nil)
    #expect(CommunityTheory(mu: 4, sigma: 0.71, gamma: 1) == nil)
    #expect(CommunityTheory(mu: -3, sigma: 0.5, gamma: 0) == nil)
    #expect(throws: ClaimError.self) {
      try Claims.named("cavity-community").run(["sigma=1.5"], tools: ClaimTools())
    }
  }

  /// Where abundances pass all bounds, and that the refusal says where.
  @Test(arguments: [(0.5, 0.0), (0.3, 0.8), (1.1, -0.5)])
  func theLeastMuIsTheEdge(_ sigma: Double, _ gamma: Double) throws {
    let least = try #require(CommunityTheory.leastMu(sigma: sigma, gamma: gamma))
    #expect(CommunityTheory(mu: least - 1e-6, sigma: sigma, gamma: gamma) == nil)
    let near = try #require(CommunityTheory(mu: least + 1e-4, sigma: sigma, gamma: gamma))
    #expect(near.mean > 1e3)
    do {
      _ = try Claims.named("cavity-community").run(
        ["mu=\(least - 1)", "sigma=\(sigma)", "gamma=\(gamma)"], tools: ClaimTools())
      Issue.record("taken")
    } catch ClaimError.noSolution(_, let condition) {
      #expect(condition.contains(String(format: "mu > %.4f", least)))
    }
  }

  /// What a page says of a community that was loaded, and of a drawn one without equilibrium.
  @Test func thePageTellsOfTheCommunityThatIsShown() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "c.csv").path
    try "wolf,0,0.5,0.1\nhare,-0.25,0,0.2\nmoss,0.1,0.4,0\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    let small = ["largest=10", "effort=0.01", "resources=10"]
    let own = try Claims.named("cavity-community").run(
      small + ["community=\(path)"], tools: ClaimTools()
    ).findings
    #expect(own.value("fates") == 1 && (own.value("miss") ?? 1) < 1e-12)
    #expect(own.notes.contains { $0.contains("3 of 3 newcomers") })
    // Species that help one another without bound, as some draws do far from the endless theory.
    let wild = try (1...40).lazy.compactMap { seed -> Findings? in
      let found = try Claims.named("cavity-community").run(
        small + ["mu=-0.9", "sigma=0.6", "species=10", "seed=\(seed)"], tools: ClaimTools()
      ).findings
      return found.value("fates") == nil ? found : nil
    }.first
    let lacking = try #require(wild)
    #expect(lacking.notes.contains { $0.contains("is not shown") })
  }

  @Test func consumersAndResources() throws {
    let second = try #require(
      ConsumerTheory(
        .init(
          ratio: 1, mean: 1, spread: 1, capacity: 1.5, capacitySpread: 0.2, loss: 1,
          lossSpread: 0.2)))
    for (a, b) in [
      (second.species, 0.3603), (second.resources, 0.9053), (second.speciesMean, 0.3873),
      (second.resourceMean, 0.6925), (second.chi, 0.5450),
    ] {
      #expect(abs(a - b) < 5.1e-5, "\(a), not \(b)")
    }
    for (ratio, spread) in [(0.5, 1.3), (2, 0.8)] {
      let theory = try #require(
        ConsumerTheory(
          .init(
            ratio: ratio, mean: 2, spread: spread, capacity: 1.2, capacitySpread: 0.3, loss: 0.7,
            lossSpread: 0.1)))
      #expect(abs(theory.chi - (theory.resources - ratio * theory.species)) < 1e-9)
    }
  }

  @Test func complementsInClosedForm() throws {
    // Two competitors: both live below 1, one above; a helper without bound has no solution.
    for weak in [0.2, 0.7] {
      let z = try #require(Complementarity([1, weak, weak, 1], [1, 1]).pivoted())
      #expect(abs(z[0] - 1 / (1 + weak)) < 1e-12 && abs(z[1] - 1 / (1 + weak)) < 1e-12)
    }
    #expect(Complementarity([1, 0.5, 1.8, 1], [1, 1]).pivoted() == [1, 0])
    #expect(Complementarity([1, 0.5, 2, 1], [1, 1]).lemke() == [1, 0])
    #expect(Complementarity([1, -2, -2, 1], [1, 1]).pivoted() == nil)
    #expect(Complementarity([1, -2, -2, 1], [1, 1]).lemke() == nil)
    #expect(Complementarity([1, 0, 0, 1], [-1, -2]).lemke() == [0, 0])
    // One consumer of one resource: zeros on the diagonal.
    let z = try #require(Complementarity([0, -2, 2, 1], [-1, 3]).lemke())
    #expect(abs(z[1] - 0.5) < 1e-12 && abs(z[0] - 1.25) < 1e-12)
  }

  /// A community's units of measurement are no part of it.
  @Test(arguments: [1e-9, 1e6, 1e12]) func complementsInOtherUnits(_ unit: Double) throws {
    var stream = NamedStream("units")
    for _ in 0..<10 {
      let community = Community(20, scale: 20, mu: 5, sigma: 0.5, gamma: 0.3, &stream)
      let z = try #require(community.problem.pivoted())
      var other = community.problem
      for place in other.right.indices { other.right[place] *= unit }
      let scaled = try #require(other.pivoted())
      for (a, b) in zip(z, scaled) { #expect(abs(a - b / unit) < 1e-9) }
    }
  }

  /// Both solvers, and the definition.
  @Test func solversAgree() throws {
    var stream = NamedStream("complement")
    for _ in 0..<30 {
      let community = Community(20, scale: 20, mu: 5, sigma: 0.5, gamma: 0.3, &stream)
      let z = try #require(community.problem.pivoted())
      let other = try #require(community.problem.lemke())
      let slack = community.problem.slack(z)
      for place in z.indices {
        #expect(z[place] >= 0 && slack[place] < 1e-9 && abs(z[place] * slack[place]) < 1e-9)
        #expect(abs(z[place] - other[place]) < 1e-8)
      }
    }
  }

  /// Against all sets of species, one by one. Where pivots fail there is an equilibrium none the less.
  @Test func whatPivotsMissIsThere() throws {
    var stream = NamedStream("brute force")
    var (missed, byLemke) = (0, 0)
    for _ in 0..<40 {
      let community = Community(8, scale: 8, mu: 4, sigma: 1, gamma: 0, &stream)
      let problem = community.problem
      let all = (0..<256).compactMap { set -> [Double]? in
        let present = (0..<8).filter { set >> $0 & 1 == 1 }
        let block = present.flatMap { row in present.map { problem.matrix[row * 8 + $0] } }
        guard let inside = LinearSystem.general(block, present.map { _ in 1 }) else { return nil }
        var z = [Double](repeating: 0, count: 8)
        for (place, value) in zip(present, inside) { z[place] = value }
        let slack = problem.slack(z)
        return z.indices.allSatisfy { place in
          present.contains(place) ? z[place] > 0 : slack[place] <= 1e-12
        } ? z : nil
      }
      #expect(!all.isEmpty)
      let pivoted = problem.pivoted()
      let lemke = problem.lemke()
      if pivoted == nil { (missed, byLemke) = (missed + 1, byLemke + (lemke == nil ? 0 : 1)) }
      for found in [pivoted, lemke].compactMap(\.self) {
        #expect(all.contains { zip($0, found).allSatisfy { abs($0 - $1) < 1e-9 } })
      }
    }
    #expect(missed > 0 && 2 * byLemke > missed, "\(byLemke) of \(missed)")
  }

  @Test func generalSystems() throws {
    var stream = NamedStream("general")
    let matrix = (0..<49).map { _ in stream.normal() }
    let x = (0..<7).map { _ in stream.normal() }
    let right = (0..<7).map { row in (0..<7).reduce(0) { $0 + matrix[row * 7 + $1] * x[$1] } }
    let found = try #require(LinearSystem.general(matrix, right))
    for (a, b) in zip(found, x) { #expect(abs(a - b) < 1e-10) }
    #expect(LinearSystem.general([0, 1, 1, 0], [2, 3]) == [3, 2])
    #expect(LinearSystem.general([1, 2, 2, 4], [1, 1]) == nil)
    #expect(LinearSystem.general([], []) == [])
  }

  /// Where nobody dies out, linear response is exact.
  @Test func aGentleNewcomerIsPredictedExactly() throws {
    var stream = NamedStream("gentle")
    let community = Community(12, scale: 12, mu: 1, sigma: 0.05, gamma: 0, &stream)
    let all = try #require(community.equilibrium())
    let response = try #require(community.susceptibility(all))
    for species in 0..<12 {
      let one = try #require(
        Newcomer(community, adding: species, susceptibility: response))
      let predicted = try #require(one.byResponse)
      #expect(one.isRight && abs(predicted - one.actual) < 1e-10)
      for (a, b) in zip(one.predictedShift, one.actualShift) { #expect(abs(a - b) < 1e-10) }
    }
  }

  @Test func readsCommunities() throws {
    let plain = try CommunityFile.parse("0,0.5\n0.25,0\n", path: "c.csv")
    #expect(plain.capacities == [1, 1] && plain.interactions == [0, 0.5, 0.25, 0])
    let named = try CommunityFile.parse(
      "species,K,a,b\r\n\"wolf\", 2,0,0.5\r\nhare,1,-0.25,0\r\n", path: "c.csv")
    #expect(named.names == ["wolf", "hare"] && named.capacities == [2, 1])
    #expect(named.interactions == [0, 0.5, -0.25, 0])
  }

  @Test(arguments: [
    ("", 1), ("1\n", 1), ("0,1\n1,0,3,4\n", 2), ("0,1,0,0\n1,0,0,0\n", 1), ("0,nan\n1,0\n", 1),
    ("0,1\n1,inf\n", 2), ("0,1\n\n1,x\n", 3), ("a,0,1\na,1,0\n", 2), ("-1,0\n0,0\n", 1),
    ("0,1\n1,\n", 2), ("a,0,1\n1,0\n", 2), ("0,0x1\n1,0\n", 1),
  ]) func refusesWhatIsNoCommunity(_ text: String, _ line: Int) {
    do {
      _ = try CommunityFile.parse(text, path: "c.csv")
      Issue.record("taken: \(text)")
    } catch {
      guard case .badFile("c.csv", line, let problem) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(problem.count > 10)
    }
  }
}
