import LeewayBase
import LeewayModel

extension VectorFile {
  private static let fileFormat = "leeway.steering-vectors"

  static func safetensors(_ path: String) throws(SteeringError) -> VectorFile {
    let file: SafeTensors
    do { file = try SafeTensors(path: path) } catch { throw .tensors(error) }
    switch file.metadata["format"] {
    case "leeway.steering-vector"?: return VectorFile([try SteeringVector(path: path)])
    case fileFormat?: return try several(file)
    default: break
    }
    if file.metadata["cfg"] != nil { return try steeringLite(file) }
    return try plain(file)
  }

  // MARK: Leeway's own, several vectors

  func saveSafeTensors(to path: String) throws(SteeringError) {
    var metadata = ["format": Self.fileFormat, "version": "1"]
    for vector in vectors {
      let site = "\(vector.site)"
      metadata["raw_norm.\(site)"] = "\(vector.rawNorm)"
      metadata["method.\(site)"] = vector.provenance.method
      metadata["contrast_sha256.\(site)"] = vector.provenance.contrastHash
      metadata["checkpoint_sha256.\(site)"] = vector.provenance.checkpointHash
      metadata["read.\(site)"] = vector.provenance.read
      metadata["notes.\(site)"] = vector.provenance.notes
    }
    if let modelHint { metadata["model_hint"] = modelHint }
    do {
      try SafeTensors.write(
        vectors.map {
          (name: "\($0.site)", shape: [$0.direction.count], values: $0.direction)
        }, metadata: metadata, to: path)
    } catch { throw .file(error) }
  }

  private static func several(_ file: SafeTensors) throws(SteeringError) -> VectorFile {
    let metadata = file.metadata
    guard metadata["version"] == "1" else {
      throw .badMetadata(path: file.path, key: "version", found: metadata["version"])
    }
    var vectors: [SteeringVector] = []
    for tensor in file.tensors {
      guard let site = Site(tensor.name), tensor.shape.count == 1 else {
        throw .badVector(
          path: file.path, key: tensor.name, expected: "a site and one dimension",
          found: "shape \(tensor.shape)")
      }
      func text(_ key: String) -> String { metadata["\(key).\(site)"] ?? "" }
      guard let norm = Double(text("raw_norm")), norm > 0, norm.isFinite else {
        throw .badMetadata(
          path: file.path, key: "raw_norm.\(site)", found: metadata["raw_norm.\(site)"])
      }
      let direction = tensor.floats()
      let length = direction.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard abs(length - 1) < 1e-3 else {
        throw .badMetadata(path: file.path, key: "\(site)", found: "length \(length)")
      }
      vectors.append(
        SteeringVector(
          site: site, direction: direction, rawNorm: norm,
          provenance: VectorProvenance(
            method: text("method"), contrastHash: text("contrast_sha256"),
            checkpointHash: text("checkpoint_sha256"), read: text("read"), notes: text("notes"))))
    }
    return VectorFile(vectors, modelHint: metadata["model_hint"])
  }

  // MARK: steering-lite

  /// `layerK.v` moves what leaves block K; other states than one direction are other methods.
  private static func steeringLite(_ file: SafeTensors) throws(SteeringError) -> VectorFile {
    let config: JSONValue
    let text = Array((file.metadata["cfg"] ?? "").utf8)
    do { config = try JSONValue.parse(text, path: file.path) } catch { throw .json(error) }
    if let part = config["target_submodule"], part != .null {
      throw .badVector(
        path: file.path, key: "cfg.target_submodule", expected: "null: whole blocks only",
        found: part.canonicalText)
    }
    var raws: [Raw] = []
    for tensor in file.tensors {
      let parts = tensor.name.split(separator: ".")
      guard parts.count == 2, parts[0].hasPrefix("layer"), let block = Int(parts[0].dropFirst(5)),
        block >= 0, parts[1] == "v", tensor.shape.count == 1
      else {
        throw .badVector(
          path: file.path, key: tensor.name, expected: "layerK.v, one direction a block",
          found: "\(config["method"]?.text ?? "another method")")
      }
      raws.append(Raw(site: Site(.residPost, layer: block), values: tensor.floats()))
    }
    return try make(
      raws, path: file.path, format: .steeringLite,
      provenance: VectorProvenance(
        method: config["method"]?.text ?? "unknown", contrastHash: "", checkpointHash: "",
        read: "unknown"))
  }

  // MARK: Anything with a block's number

  /// Tensors named by site, or with one number in their names; or one tensor with a row a block.
  private static func plain(_ file: SafeTensors) throws(SteeringError) -> VectorFile {
    var raws: [Raw] = []
    var assumed = false
    if file.tensors.count == 1, let tensor = file.tensors.first, tensor.shape.count == 2,
      tensor.shape[0] > 1
    {
      let values = tensor.floats()
      let width = tensor.shape[1]
      for block in 0..<tensor.shape[0] {
        raws.append(
          Raw(
            site: Site(.residPost, layer: block),
            values: Array(values[block * width..<(block + 1) * width])))
      }
      assumed = true
    } else {
      for tensor in file.tensors {
        let long = tensor.shape.filter { $0 != 1 }
        guard long.count == 1 else {
          throw .badVector(
            path: file.path, key: tensor.name, expected: "one direction",
            found: "shape \(tensor.shape)")
        }
        let site: Site
        if let named = Site(tensor.name) {
          site = named
        } else {
          let numbers = tensor.name.split { !($0.isASCII && $0.isNumber) }.compactMap { Int($0) }
          guard numbers.count == 1, numbers[0] >= 0 else {
            throw .badVector(
              path: file.path, key: tensor.name,
              expected: "a site, or a name with one number: the block", found: tensor.name)
          }
          site = Site(.residPost, layer: numbers[0])
          assumed = true
        }
        raws.append(Raw(site: site, values: tensor.floats()))
      }
    }
    return try make(
      raws, path: file.path, format: .safetensors,
      provenance: VectorProvenance(
        method: "unknown", contrastHash: "", checkpointHash: "", read: "unknown"),
      notices: assumed ? [.placeAssumed(.residPost)] : [])
  }
}
