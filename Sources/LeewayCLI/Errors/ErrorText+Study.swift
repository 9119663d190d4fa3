import LeewayStudy

extension ErrorText {
  static func of(_ error: StudyError) -> ErrorText {
    switch error {
    case .file(let error): of(error)
    case .notYAML(let path, let line, let column, let problem):
      ErrorText("\(path):\(line):\(column): not YAML here: \(problem)")
    case .invalid(let file, let issues):
      ErrorText(lines: distinct(issues.map { sentence($0, file: file) }))
    case .cancelled(let done, let total):
      ErrorText(
        "stopped after \(done) of \(total) conditions; all of them are kept. Run the same command"
          + " to go on", code: 130)
    case .incomplete(let missing):
      ErrorText(
        "\(missing) condition\(missing == 1 ? " is" : "s are") not measured yet; run the study"
          + " again to go on")
    case .noSuchPlan(let hash): ErrorText("the database holds no plan \(hash)")
    case .unreadablePlan(let hash, let reason):
      ErrorText("plan \(hash) cannot be read by this version (\(reason)); run the study again")
    case .nothingMeasured(let site):
      ErrorText("\(site): nothing was measured there", code: 1)
    }
  }

  /// One mistake may be found in several places of the same line.
  private static func distinct(_ lines: [String]) -> [String] {
    var told: Set<String> = []
    return lines.filter { told.insert($0).inserted }
  }

  static func sentence(_ issue: StudyIssue, file: String?) -> String {
    let place = [file, issue.line.map { "\($0)" }].compactMap { $0 }.joined(separator: ":")
    let key = issue.path.isEmpty ? "" : issue.path + ": "
    return (place.isEmpty ? "" : place + ": ") + key + sentence(issue.problem)
  }

  private static func sentence(_ problem: StudyIssue.Problem) -> String {
    switch problem {
    case .unknownKey(let key, let known, let nearest):
      "there is no key \"\(key)\" here"
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? "; known: "
          + known.joined(separator: ", "))
    case .missingKey(let key): "the key \"\(key)\" is missing"
    case .duplicateKey(let key): "the key \"\(key)\" stands twice; keep one"
    case .wrongType(let expected, let found): "expected \(expected), found \(found)"
    case .badValue(let expected, let found): "is \(found); expected \(expected)"
    case .unknownName(let kind, let name, let known, let nearest):
      "no \(kind) is called \"\(name)\""
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? (known.isEmpty ? "" : "."))
        + (known.isEmpty ? "" : " Known: " + known.joined(separator: ", "))
    case .empty: "is empty; give at least one"
    case .overlap(let words):
      "\(list(words)) \(words.count == 1 ? "counts" : "count") as target and as original; a flip"
        + " could not be seen"
    case .noSuchLayer(let site, let layers):
      "\(site): the model has \(layers) blocks, blocks.0 to blocks.\(layers - 1)"
    case .notEditable(let site): "\(site) can be read but not edited"
    case .tooLong(let text, let tokens, let more, let limit):
      "\"\(short(text))\" has \(tokens) tokens"
        + (more > 0 ? ", and \(more) more are to come" : "")
        + "; the model's context is \(limit)"
    case .wordNotFound(let word, let text):
      "the word \"\(word)\" does not stand in \"\(short(text))\""
    case .file(let error): sentence(error)
    case .template(let error): sentence(error)
    }
  }

  private static func short(_ text: String) -> String {
    text.count > 60 ? text.prefix(57) + "..." : text
  }

  static func of(_ error: LedgerError) -> ErrorText {
    switch error {
    case .newerVersion(let path, let found, let known):
      ErrorText(
        "\(path): was written by a newer Leeway (version \(found), this one knows \(known)); use"
          + " that one, or another --out")
    case .notALedger(let path):
      ErrorText("\(path): is not a database of Leeway's; give another folder with --out")
    case .readOnly(let path):
      ErrorText("\(path): cannot be written; give a folder of yours with --out", code: 1)
    case .noSpace(let path):
      ErrorText(
        "\(path): the disk is full; what was measured is kept. Free some space and run again",
        code: 1)
    case .busy(let path):
      ErrorText(
        "\(path): another leeway is writing there; wait for it, or give another --out", code: 1)
    case .cannotOpen(let path):
      ErrorText("\(path): cannot be opened; does the folder exist and is it yours?", code: 1)
    case .damaged(let path, let detail):
      ErrorText("\(path): is damaged (\(detail)); move it away and run again", code: 1)
    case .failed(let path, let code, let detail):
      ErrorText(
        "\(path): the database failed with code \(code) (\(detail)); what was measured before is kept",
        code: 1)
    }
  }
}
