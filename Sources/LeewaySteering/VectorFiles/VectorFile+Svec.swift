import LeewayBase
import LeewayModel

/// `.svec`: JSON with a list of numbers for each block. Two tools write it and mean different places:
/// AISteer360 keeps `[K][width]` and moves what leaves the block, activation-steering (CAST) keeps
/// `[width]` and moves what enters it.
extension VectorFile {
  static func svec(_ file: MappedFile) throws(SteeringError) -> VectorFile {
    let path = file.path
    func bad(_ key: String, _ expected: String, _ found: JSONValue?) -> SteeringError {
      let text = found?.canonicalText ?? "missing"
      return .badVector(
        path: path, key: key, expected: expected,
        found: text.count > 60 ? "\(text.prefix(60))…" : text)
    }
    let root: JSONValue
    do {
      root = try file.withBytes { (bytes) throws(JSONError) in
        try JSONValue.parse(bytes, path: path)
      }
    } catch { throw .json(error) }
    let known = [
      "model_type", "directions", "explained_variances", "num_heads", "head_dim",
      "probe_accuracies",
    ]
    for member in root.members ?? [] {
      let key = String(decoding: member.key, as: UTF8.self)
      guard known.contains(key) else {
        throw bad(key, "no keys but \(known.joined(separator: ", "))", member.value)
      }
    }
    for key in ["num_heads", "head_dim"] {
      if let value = root[key], value != .null { throw bad(key, "none: whole blocks only", value) }
    }
    guard let directions = root["directions"]?.members, !directions.isEmpty else {
      throw bad("directions", "an object of lists by block", root["directions"])
    }
    var raws: [Raw] = []
    var nested = 0
    for member in directions {
      let key = String(decoding: member.key, as: UTF8.self)
      guard let block = Int(key), block >= 0, String(block) == key else {
        throw bad("directions.\(key)", "a block's number", member.value)
      }
      var list = member.value.array ?? []
      if let rows = member.value.array, let first = rows.first?.array {
        // K directions of a plane or of positions mean more than one move.
        guard rows.count == 1 else { throw bad("directions.\(key)", "one direction", member.value) }
        list = first
        nested += 1
      }
      let values = list.compactMap { $0.double.map { Float($0) } }
      guard values.count == list.count, !values.isEmpty else {
        throw bad("directions.\(key)", "a list of numbers", member.value)
      }
      raws.append(Raw(site: Site(.residPost, layer: block), values: values))
    }
    guard nested == 0 || nested == raws.count else {
      throw bad("directions", "lists of one depth", root["directions"])
    }
    let cast = nested == 0
    if cast {
      for index in raws.indices {
        raws[index].site = Site(.residPre, layer: raws[index].site.layer)
      }
    }
    return try make(
      raws, path: path, format: cast ? .cast : .aisteer360,
      provenance: VectorProvenance(
        method: "unknown", contrastHash: "", checkpointHash: "", read: "unknown"),
      modelHint: root["model_type"]?.text)
  }
}
