import GRDB
import LeewayStudy

/// A trial as a row.
enum TrialRow {
  static func insert(_ trial: Trial, place: Int, of condition: String, _ db: Database) throws {
    let numbers = String(decoding: try CanonicalCoder.encode(trial.numbers), as: UTF8.self)
    let tokens = trial.tokens.map { $0.map(String.init).joined(separator: " ") }
    try db.cachedStatement(
      sql: """
        INSERT INTO trial (condition, place, item, seed, value, numbers, label, text, tokens, error)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      condition, place, trial.item, trial.seed, trial.value, numbers, trial.label, trial.text,
      tokens, trial.error,
    ])
  }

  static func trial(_ row: Row) throws -> Trial {
    let numbers: String = row["numbers"]
    let tokens: String? = row["tokens"]
    return Trial(
      item: row["item"], seed: row["seed"], value: row["value"],
      numbers: try CanonicalCoder.decode([Double].self, from: Array(numbers.utf8)),
      label: row["label"], text: row["text"],
      tokens: tokens?.split(separator: " ").compactMap { Int($0) }, error: row["error"])
  }
}

/// Points of a plan, spread out so that people can query them.
enum PointRow {
  static func replace(_ plan: PlanRecord, _ db: Database) throws {
    try db.execute(sql: "DELETE FROM point WHERE plan = ?", arguments: [plan.planHash])
    func insert(
      _ arm: String, _ index: Int, _ site: String, _ dose: Double, _ strength: Double,
      _ conditions: [String]
    ) throws {
      for (measure, condition) in zip(plan.measures, conditions) {
        try db.cachedStatement(
          sql: """
            INSERT INTO point (plan, arm, arm_index, site, dose, strength, role, scorer, condition)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).execute(arguments: [
          plan.planHash, arm, index, site, dose, strength, measure.role.rawValue, measure.scorer,
          condition,
        ])
      }
    }
    try insert("baseline", 0, "", 0, 0, plan.baseline)
    for arm in plan.arms {
      for point in arm.points {
        try insert(
          arm.kind.rawValue, arm.index, "\(arm.site)", point.dose, point.strength,
          point.conditions)
      }
    }
  }
}
