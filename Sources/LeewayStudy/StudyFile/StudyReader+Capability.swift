import LeewayBase
import LeewayYAML

extension StudyReader {
  func capabilities(_ cursor: YAMLCursor) -> [CapabilitySpec]? {
    guard let list = cursor.list() else { return nil }
    let specs = list.map(capability)
    return specs.contains(nil) ? nil : specs.compactMap { $0 }
  }

  func capability(_ cursor: YAMLCursor) -> CapabilitySpec? {
    let common = ["scorer", "name", "part", "floor"]
    let every = common + CapabilitySpec.keys
    guard case .mapping(let mapping) = cursor.node else {
      _ = cursor.keys(every)
      return nil
    }
    let id = mapping["scorer"]?.string
    let scorer = Scorers.capabilities.first { $0.id == id }
    guard let keys = cursor.keys(scorer.map { common + $0.keys } ?? every) else { return nil }
    let known = keys.required("scorer")?.choice("scorer", Scorers.capabilities.map { $0.id })
    let floor = keys["floor"].map { $0.number(0...1) } ?? 0.75
    guard let scorer, known != nil, let floor else { return nil }
    var spec = CapabilitySpec(scorer: scorer.id, floor: floor)
    if let name = keys["name"] {
      guard let name = name.string() else { return nil }
      spec.name = name
    }
    if let part = keys["part"] {
      let parts = CapabilitySpec.Part.allCases.map(\.rawValue)
      guard let part = part.choice("part", parts) else { return nil }
      spec.part = CapabilitySpec.Part(rawValue: part)
    }
    if scorer.keys.contains("texts") {
      guard let texts = keys.required("texts").flatMap(texts) else { return nil }
      spec.texts = texts
    }
    if scorer.keys.contains("items") {
      guard let items = keys.required("items").flatMap(items) else { return nil }
      spec.items = items
    }
    if let chance = keys["chance"] {
      guard let chance = chance.number(0...0.99) else { return nil }
      spec.chance = chance
    }
    if let stop = keys["stop"] {
      guard let stop = stop.string() else { return nil }
      spec.stop = stop
    }
    if let tokens = keys["tokens"] {
      guard let tokens = tokens.integer(1...4096) else { return nil }
      spec.tokens = tokens
    }
    return spec
  }

  private func items(_ cursor: YAMLCursor) -> [CapabilitySpec.Item]? {
    if case .mapping = cursor.node {
      return rows(cursor, "prompt and answer, a tab between them") { fields in
        fields.count == 2 ? CapabilitySpec.Item(prompt: fields[0], answer: fields[1]) : nil
      }
    }
    return entries(cursor, ["prompt", "answer"]) { keys in
      let prompt = keys.required("prompt")?.string()
      let answer = keys.required("answer")?.string()
      guard let prompt, let answer else { return nil }
      return CapabilitySpec.Item(prompt: prompt, answer: answer)
    }
  }

  // MARK: Lists of entries and files of rows

  /// One value for each mapping of a list.
  func entries<Value>(_ cursor: YAMLCursor, _ known: [String], _ make: (YAMLKeys) -> Value?)
    -> [Value]?
  {
    guard let list = cursor.list() else { return nil }
    if list.isEmpty { cursor.fail(.empty) }
    let values = list.map { $0.keys(known).flatMap(make) }
    guard !values.contains(where: { $0 == nil }) else { return nil }
    return values.compactMap { $0 }
  }

  /// One value for each line of `file: NAME`, its fields parted by tabs.
  func rows<Value>(_ cursor: YAMLCursor, _ expected: String, _ make: ([String]) -> Value?)
    -> [Value]?
  {
    guard let lines = lines(cursor) else { return nil }
    if lines.isEmpty { cursor.fail(.empty) }
    let values = lines.map { line in
      make(line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
    }
    if let bad = values.firstIndex(where: { $0 == nil }) {
      cursor.fail(.badValue(expected: expected, found: "“\(lines[bad])”"))
      return nil
    }
    return values.compactMap { $0 }
  }
}
