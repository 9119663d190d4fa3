import LeewaySteering
import Synchronization

/// A ledger that lasts as long as the process.
public final class MemoryLedger: Ledger {
  private struct Contents: Sendable {
    var conditions: [String: ConditionRecord] = [:]
    var vectors: [String: SteeringVector] = [:]
    var plans: [String: PlanRecord] = [:]
    var order: [String] = []
  }
  private let contents = Mutex(Contents())

  public init() {}

  public var count: Int { contents.withLock { $0.conditions.count } }

  public func condition(_ id: String) -> ConditionRecord? {
    contents.withLock { $0.conditions[id] }
  }

  public func known(_ ids: [String]) -> Set<String> {
    contents.withLock { contents in Set(ids.filter { contents.conditions[$0] != nil }) }
  }

  public func append(_ records: [ConditionRecord]) {
    contents.withLock { contents in
      for record in records { contents.conditions[record.id] = record }
    }
  }

  public func save(_ vectors: [SteeringVector]) {
    contents.withLock { contents in
      for vector in vectors { contents.vectors[vector.hash] = vector }
    }
  }

  public func vector(_ hash: String) -> SteeringVector? { contents.withLock { $0.vectors[hash] } }

  public func save(_ plan: PlanRecord) {
    contents.withLock { contents in
      contents.order.removeAll { $0 == plan.planHash }
      contents.order.append(plan.planHash)
      contents.plans[plan.planHash] = plan
    }
  }

  public func plan(_ hash: String) -> PlanRecord? { contents.withLock { $0.plans[hash] } }

  public func plans() -> [String] { contents.withLock { $0.order } }
}
