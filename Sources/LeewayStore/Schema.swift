import GRDB

/// The tables, as a list of migrations that only ever grows.
enum Schema {
  /// `PRAGMA user_version` of a file with every migration: their number.
  static let version = 2

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("001 conditions and trials") { db in
      try db.execute(sql: first)
    }
    migrator.registerMigration("002 claims") { db in
      try db.execute(sql: second)
    }
    return migrator
  }

  private static let first = """
    CREATE TABLE study (
      name TEXT NOT NULL, version INTEGER NOT NULL, question TEXT NOT NULL, text TEXT NOT NULL,
      UNIQUE (name, version, text));
    CREATE TABLE plan (
      id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, study TEXT NOT NULL,
      json TEXT NOT NULL);
    CREATE TABLE vector (
      hash TEXT PRIMARY KEY, site TEXT NOT NULL, raw_norm REAL NOT NULL, provenance TEXT NOT NULL,
      direction BLOB NOT NULL);
    CREATE TABLE condition (
      id TEXT PRIMARY KEY, identity TEXT NOT NULL, scorer TEXT NOT NULL, vector TEXT,
      dose REAL NOT NULL, additions_made INTEGER NOT NULL, additions_expected INTEGER NOT NULL);
    CREATE TABLE trial (
      condition TEXT NOT NULL REFERENCES condition (id), place INTEGER NOT NULL,
      item INTEGER NOT NULL, seed INTEGER NOT NULL, value REAL, numbers TEXT NOT NULL, label TEXT,
      text TEXT, tokens TEXT, error TEXT, PRIMARY KEY (condition, place)) WITHOUT ROWID;
    CREATE TABLE point (
      plan TEXT NOT NULL, arm TEXT NOT NULL, arm_index INTEGER NOT NULL, site TEXT NOT NULL,
      dose REAL NOT NULL, strength REAL NOT NULL, role TEXT NOT NULL, scorer TEXT NOT NULL,
      condition TEXT NOT NULL);
    CREATE INDEX point_plan ON point (plan);
    CREATE VIEW v_dose_response AS
      SELECT plan.study, point.plan, point.arm, point.arm_index, point.site, point.dose,
        point.strength, point.role, point.scorer, count(*) AS trials, avg(trial.value) AS mean,
        sum(trial.label = 'target') AS target, sum(trial.label = 'original') AS original,
        sum(trial.label = 'neither') AS neither, sum(trial.error IS NOT NULL) AS failed
      FROM point JOIN plan ON plan.hash = point.plan JOIN trial ON trial.condition = point.condition
      GROUP BY point.plan, point.arm, point.arm_index, point.site, point.role, point.scorer,
        point.condition, point.dose
      ORDER BY point.arm, point.arm_index, point.site, point.role, point.dose;
    CREATE VIEW v_texts AS
      SELECT plan.study, point.plan, point.arm, point.arm_index, point.site, point.dose, trial.item,
        trial.seed, trial.text
      FROM point JOIN plan ON plan.hash = point.plan JOIN trial ON trial.condition = point.condition
      WHERE point.role = 'generation';
    CREATE VIEW v_failures AS
      SELECT condition.scorer, condition.dose, trial.item, trial.seed, trial.error, condition.id
      FROM trial JOIN condition ON condition.id = trial.condition WHERE trial.error IS NOT NULL;
    PRAGMA user_version = 1;
    """

  private static let second = """
    CREATE TABLE claim_step (
      hash TEXT PRIMARY KEY, claim TEXT NOT NULL, value BLOB NOT NULL);
    CREATE TABLE claim_record (
      id INTEGER PRIMARY KEY AUTOINCREMENT, claim TEXT NOT NULL, json TEXT NOT NULL);
    CREATE INDEX claim_record_claim ON claim_record (claim);
    CREATE VIEW v_claims AS
      SELECT claim, json_extract(json, '$.findings.verdict.outcome') AS outcome,
        json_extract(json, '$.findings.verdict.because') AS because,
        json_extract(json, '$.findings.values[0].label') AS key,
        json_extract(json, '$.findings.values[0].value') AS value,
        json_extract(json, '$.findings.values[0].low') AS low,
        json_extract(json, '$.findings.values[0].high') AS high
      FROM claim_record WHERE id IN (SELECT max(id) FROM claim_record GROUP BY claim)
      ORDER BY claim;
    PRAGMA user_version = 2;
    """
}
