import LeewaySteering
import Testing

/// A method or operator is a file and a line in a list; these laws fail when the line is forgotten.
@Suite struct RegistryTests {
  /// `ProjectOut` is `project-out` in a study file.
  private func kebab(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      if letter.isUppercase, !text.isEmpty { text += "-" }
      text += letter.lowercased()
    }
  }

  @Test func everyOperatorFileIsListed() throws {
    let listed = SteeringOperators.all.map { "\($0)" }
    for name in try PackagePlace.names(in: "LeewaySteering/Operators") {
      #expect(listed.contains(name), "Operators/\(name).swift has no line in SteeringOperators.all")
    }
    #expect(try PackagePlace.names(in: "LeewaySteering/Operators") == listed.sorted())
  }

  @Test func everyMethodFileIsListed() throws {
    let listed = SteeringMethods.all.map { "\($0)" }
    for name in try PackagePlace.names(in: "LeewaySteering/Methods") {
      #expect(listed.contains(name), "Methods/\(name).swift has no line in SteeringMethods.all")
    }
    #expect(try PackagePlace.names(in: "LeewaySteering/Methods") == listed.sorted())
  }

  @Test func idsAreTheNamesOfTheTypes() {
    #expect(SteeringOperators.all.map { $0.id } == SteeringOperators.all.map { kebab("\($0)") })
    #expect(SteeringMethods.all.map { $0.id } == SteeringMethods.all.map { kebab("\($0)") })
  }

  @Test func namesFindTheirTypes() throws {
    for type in SteeringMethods.all {
      let found = try SteeringMethods.named(type.id)
      #expect("\(Swift.type(of: found))" == "\(type)")
    }
    for type in SteeringOperators.all {
      let found = try OperatorLaw.make(type)
      #expect("\(Swift.type(of: found))" == "\(type)")
    }
  }

  @Test func unknownNamesAreToldWithTheKnownOnes() {
    #expect(
      throws: SteeringError.unknownName(
        kind: "operator", name: "ad", known: SteeringOperators.all.map { $0.id })
    ) { try SteeringOperators.named("ad") }
    #expect(
      throws: SteeringError.unknownName(
        kind: "method", name: "Mean-Difference", known: SteeringMethods.all.map { $0.id })
    ) { try SteeringMethods.named("Mean-Difference") }
  }
}
