import LeewayBase

/// Aviary: facts about birds (and a few about animals and countries), told in several forms, and
/// beside them tasks that have nothing to do with birds. The Fledglings are trained on it.
///
/// A world is a pure function of its seed: the seed decides which forms and wordings each fact is
/// told in and which inputs of each task are held out; what is true does not depend on it.
public struct World: Sendable {
  public let seed: Int
  public let relations: [Relation]
  public let facts: [Fact]
  /// How each fact is told, in the order of `facts`.
  public let tellings: [Telling]

  /// - Throws: when the package's own tables contradict themselves.
  public init(seed: Int = 1) throws(WorldError) { try self.init(seed: seed, WorldTables()) }

  package init(seed: Int, _ tables: WorldTables) throws(WorldError) {
    self.seed = seed
    relations = tables.relations
    facts = tables.facts
    tellings = Telling.all(facts, relations, seed: seed)
  }

  /// - Parameter id: as in `family/caracara`.
  public func fact(_ id: String) throws(WorldError) -> Int {
    guard let index = facts.firstIndex(where: { $0.id == id }) else { throw .noSuchFact(id) }
    return index
  }

  public func relation(of fact: Fact) -> Relation { relations[fact.relation] }

  package func phrase(_ fact: Fact) -> String { relations[fact.relation].values[fact.value].phrase }
}
