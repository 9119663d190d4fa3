import Foundation

extension TemplateRenderer {
  /// Filters that order, group or add up.
  func sequence(_ name: String, _ value: TemplateValue, _ call: TemplateCall)
    throws(TemplateFault) -> TemplateValue
  {
    switch name {
    case "sort":
      let given = try call.bound(
        to: ["reverse", "case_sensitive", "attribute"], of: name)
      let isExact = given[1]?.isTrue == true
      let keyed = try items(of: value, name).map { (item) throws(TemplateFault) in
        // As the reference, in a list: what is equal is never asked which comes first.
        (TemplateValue.list([try keys(item, given[2], exact: isExact)]), item)
      }
      return .list(try sorted(keyed, reverse: given[0]?.isTrue == true))
    case "dictsort":
      let given = try call.bound(to: ["case_sensitive", "by", "reverse"], of: name)
      guard case .mapping(let mapping) = value else { throw try failure(name, value) }
      let by = given[1]?.characters?.string ?? "key"
      guard ["key", "value"].contains(by) else {
        throw .wrongKind(operation: name, found: by)
      }
      let index = TemplateValue.integer(by == "key" ? 0 : 1)
      let isExact = given[0]?.isTrue == true
      let keyed = try pairs(mapping).map { (pair) throws(TemplateFault) in
        (try keys(pair, index, exact: isExact), pair)
      }
      return .list(try sorted(keyed, reverse: given[2]?.isTrue == true))
    case "unique":
      let given = try call.bound(to: ["case_sensitive", "attribute"], of: name)
      var seen: [TemplateValue] = []
      var kept: [TemplateValue] = []
      for item in try items(of: value, name) {
        let key = try keys(item, given[1], exact: given[0]?.isTrue == true)
        guard TemplateMapping.key(key) != nil || key.isMissing else { throw try failure(name, key) }
        if try contains(.list(seen), key) { continue }
        seen.append(key)
        kept.append(item)
      }
      return .stream(TemplateStream(kept))
    case "min", "max":
      let given = try call.bound(to: ["case_sensitive", "attribute"], of: name)
      var best: (key: TemplateValue, item: TemplateValue)?
      for item in try items(of: value, name) {
        let key = try keys(item, given[1], exact: given[0]?.isTrue == true)
        let isBetter =
          try best.map { (best) throws(TemplateFault) in
            name == "min" ? try precedes(key, best.key) : try precedes(best.key, key)
          } ?? true
        if isBetter { best = (key, item) }
      }
      return best?.item ?? .missing(name)
    case "sum":
      let given = try call.bound(to: ["attribute", "start"], of: name)
      var sum = given[1] ?? .integer(0)
      for item in try items(of: value, name) {
        let part = try given[0].map { (path) throws(TemplateFault) in try follow(path, item) }
        sum = try add(sum, part ?? item)
      }
      return sum
    case "batch": return .stream(TemplateStream(try batches(value, call)))
    case "slice": return .stream(TemplateStream(try slices(value, call)))
    default:
      return .list(
        try groups(
          value,
          try call.bound(
            to: ["attribute", "default", "case_sensitive"], of: name)))
    }
  }

  /// Neighbours of equal keys, once the items are in the order of these.
  /// - Parameter given: attribute, default, case_sensitive.
  private func groups(_ value: TemplateValue, _ given: [TemplateValue?]) throws(TemplateFault)
    -> [TemplateValue]
  {
    guard let path = given[0] else { throw .wrongKind(operation: "groupby", found: "no attribute") }
    let isExact = given[2]?.isTrue == true
    var keyed: [(key: TemplateValue, item: TemplateValue)] = []
    for item in try items(of: value, "groupby") {
      let key = try follow(path, item, standard: given[1])
      if let text = key.characters, !isExact {
        try meter.spend(text.count)
        keyed.append((.text(text.lowercased()), item))
      } else {
        keyed.append((key, item))
      }
    }
    let pairs = keyed.map { (key: $0.key, item: TemplateValue.tuple([$0.key, $0.item])) }
    var groups: [(key: TemplateValue, items: [TemplateValue])] = []
    for pair in try sorted(pairs, reverse: false) {
      guard case .tuple(let both) = pair else { continue }
      if let last = groups.last, try equal(last.key, both[0]) {
        groups[groups.count - 1].items.append(both[1])
      } else {
        groups.append((both[0], [both[1]]))
      }
    }
    return try groups.map { (group) throws(TemplateFault) in
      let key = isExact ? group.key : try follow(path, group.items[0], standard: given[1])
      return .group(key, group.items)
    }
  }

  /// Lists of so many items; the last is filled up when there is something to fill it with.
  private func batches(_ value: TemplateValue, _ call: TemplateCall) throws(TemplateFault)
    -> [TemplateValue]
  {
    let given = try call.bound(to: ["linecount", "fill_with"], of: "batch")
    guard let count = given[0]?.integer, count > 0 else {
      throw .unsupported(kind: "argument", name: "linecount")
    }
    let items = try items(of: value, "batch")
    var lists = stride(from: 0, to: items.count, by: count).map {
      Array(items[$0..<min($0 + count, items.count)])
    }
    if let last = lists.last, let filling = given[1], !isNone(filling) {
      try meter.spend(8 * (count - last.count))
      lists[lists.count - 1] += repeatElement(filling, count: count - last.count)
    }
    return lists.map { .list($0) }
  }

  /// So many lists, the longer ones first; shorter ones get what there is to fill them with.
  private func slices(_ value: TemplateValue, _ call: TemplateCall) throws(TemplateFault)
    -> [TemplateValue]
  {
    let given = try call.bound(to: ["slices", "fill_with"], of: "slice")
    guard let count = given[0]?.integer, count > 0 else {
      throw try failure("slice", given[0] ?? .none)
    }
    try meter.spend(count, times: 8)
    let items = try items(of: value, "slice")
    var start = 0
    var lists: [TemplateValue] = []
    for index in 0..<count {
      let end = start + items.count / count + (index < items.count % count ? 1 : 0)
      var list = Array(items[start..<end])
      if index >= items.count % count, let filling = given[1], !isNone(filling) {
        list.append(filling)
      }
      lists.append(.list(list))
      start = end
    }
    return lists
  }

  private func add(_ a: TemplateValue, _ b: TemplateValue) throws(TemplateFault) -> TemplateValue {
    if let x = a.integer, let y = b.integer {
      let (sum, overflow) = x.addingReportingOverflow(y)
      if overflow { throw .tooMuch("numbers") }
      return .integer(sum)
    }
    guard let x = a.number, let y = b.number else { throw try failure("sum", a, b) }
    return .real(x + y)
  }

  /// What an item is ordered by: lower case, unless `exact`.
  private func keys(_ item: TemplateValue, _ path: TemplateValue?, exact: Bool)
    throws(TemplateFault) -> TemplateValue
  {
    func key(_ value: TemplateValue) throws(TemplateFault) -> TemplateValue {
      guard !exact, let text = value.characters else { return value }
      try meter.spend(text.count)
      return .text(text.lowercased())
    }
    guard let path else { return try key(item) }
    let parts = path.characters?.split(at: [","]).map { TemplateValue.text($0) } ?? [path]
    var found: [TemplateValue] = []
    for part in parts { found.append(try key(try follow(part, item))) }
    return found.count == 1 ? found[0] : .list(found)
  }

  /// Stable, by merging; a comparison may fail.
  private func sorted(
    _ items: [(key: TemplateValue, item: TemplateValue)], reverse: Bool
  ) throws(TemplateFault) -> [TemplateValue] {
    var runs = items.map { [$0] }
    while runs.count > 1 {
      var merged: [[(key: TemplateValue, item: TemplateValue)]] = []
      for index in stride(from: 0, to: runs.count, by: 2) {
        guard index + 1 < runs.count else {
          merged.append(runs[index])
          continue
        }
        var (left, right) = (runs[index][...], runs[index + 1][...])
        var run: [(key: TemplateValue, item: TemplateValue)] = []
        while let a = left.first, let b = right.first {
          let rightFirst =
            reverse ? try precedes(a.key, b.key) : try precedes(b.key, a.key)
          run.append(rightFirst ? b : a)
          if rightFirst { right.removeFirst() } else { left.removeFirst() }
        }
        merged.append(run + left + right)
      }
      runs = merged
    }
    return runs.first?.map(\.item) ?? []
  }

  // MARK: Numbers

  func number(_ name: String, _ value: TemplateValue, _ call: TemplateCall)
    throws(TemplateFault) -> TemplateValue
  {
    switch name {
    case "abs":
      if case .real(let number) = value { return .real(number.magnitude) }
      guard let number = value.integer, number > .min else { throw try failure(name, value) }
      return .integer(abs(number))
    case "int":
      let given = try call.bound(to: ["default", "base"], of: name)
      guard given[1] == nil else { throw .unsupported(kind: "argument", name: "base") }
      if value.isMissing { throw try failure(name, value) }
      if let number = value.integer { return .integer(number) }
      let text = value.characters?.stripped()
      if let text, let number = Int(text.string) { return .integer(number) }
      var parsed = value.number
      if parsed == nil { parsed = try Self.real(text ?? []) }
      guard let parsed, parsed.isFinite else { return given[0] ?? .integer(0) }
      guard parsed.magnitude < 9e18 else { throw .tooMuch("numbers") }
      return .integer(Int(parsed))
    case "float":
      let given = try call.bound(to: ["default"], of: name)
      if value.isMissing { throw try failure(name, value) }
      if let number = value.number { return .real(number) }
      let parsed = try Self.real(value.characters?.stripped() ?? [])
      return parsed.map { .real($0) } ?? given[0] ?? .real(0)
    default: return try rounded(value, try call.bound(to: ["precision", "method"], of: name))
    }
  }

  /// A fraction as Python reads one, nil for what is none.
  private static func real(_ text: Text) throws(TemplateFault) -> Double? {
    if text.allSatisfy({ $0.isDecimalDigit || "+-.eE".unicodeScalars.contains($0) }) {
      return Double(text.string)
    }
    let spelling = text.string.lowercased()
    let isOdd = spelling.contains { $0 == "_" || !$0.isASCII }
    guard !isOdd, !["inf", "nan", "infinity"].contains(spelling.filter(\.isLetter)) else {
      throw .unsupported(kind: "number", name: text.string)
    }
    return nil
  }

  private func rounded(_ value: TemplateValue, _ given: [TemplateValue?]) throws(TemplateFault)
    -> TemplateValue
  {
    guard let number = value.number else { throw try failure("round", value) }
    if let precision = given[0] {
      guard let places = precision.integer else { throw try failure("round", precision) }
      if places != 0 { return try rounded(value, number, places, given[1]) }
    }
    switch given[1]?.characters?.string ?? "common" {
    case "common":
      if let whole = value.integer { return .integer(whole) }
      return .real(number.rounded(.toNearestOrEven))
    // These give whole numbers divided by 1.
    case "ceil": return .real(number.rounded(.up))
    case "floor": return .real(number.rounded(.down))
    case let other: throw .wrongKind(operation: "round", found: other)
    }
  }

  /// To so many decimal places.
  private func rounded(
    _ value: TemplateValue, _ number: Double, _ places: Int, _ method: TemplateValue?
  ) throws(TemplateFault) -> TemplateValue {
    guard (1...15).contains(places), number.magnitude < 1e15 else {
      throw .unsupported(kind: "argument", name: "precision")
    }
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    switch method?.characters?.string ?? "common" {
    case "common":
      if let whole = value.integer { return .integer(whole) }
      // As it is written out: half of what is no fraction of two is not what it seems.
      return .real(Double(String(format: "%.\(places)f", number)) ?? number)
    case "ceil": return .real((number * factor).rounded(.up) / factor)
    case "floor": return .real((number * factor).rounded(.down) / factor)
    case let other: throw .wrongKind(operation: "round", found: other)
    }
  }
}
