import LeewayBase
import LeewayModel

/// Control vectors in GGUF: one F32 tensor `direction.K` for each block, everything else in keys,
/// since llama.cpp refuses a file with any other tensor. `direction.K` is added to what leaves block K,
/// counted from 0, at every position.
extension VectorFile {
  private static let own = "controlvector.leeway."

  static func controlVector(_ path: String) throws(SteeringError) -> VectorFile {
    let file: GGUF
    do { file = try GGUF(path: path) } catch { throw .gguf(error) }
    let architecture = file["general.architecture"]?.text ?? "nothing"
    guard architecture == "controlvector" || architecture == "steeringvector" else {
      throw .badVector(
        path: path, key: "general.architecture", expected: "controlvector or steeringvector",
        found: architecture)
    }
    let others =
      file.otherTensors.map { ($0.name, $0.dtype) }
      + file.tensors.filter { $0.dtype != .f32 }.map { ($0.name, $0.dtype.rawValue) }
    if let (name, type) = others.first {
      throw .badVector(path: path, key: name, expected: "F32", found: type)
    }
    var directions: [Int: [Float]] = [:]
    for tensor in file.tensors {
      guard let block = block(of: tensor.name) else {
        throw .badVector(
          path: path, key: tensor.name, expected: "direction.K with a block's number",
          found: tensor.name)
      }
      guard tensor.shape.count == 1 else {
        throw .badVector(
          path: path, key: tensor.name, expected: "one dimension", found: "\(tensor.shape)")
      }
      let values = tensor.floats()
      guard let sum = directions[block] else {
        directions[block] = values
        continue
      }
      // `direction.7.a` and `direction.7.b` both move block 7, and are summed.
      guard sum.count == values.count else {
        throw .badVector(
          path: path, key: tensor.name, expected: "\(sum.count) numbers", found: "\(values.count)")
      }
      directions[block] = zip(sum, values).map { $0 + $1 }
    }
    func text(_ key: String) -> String { file[key]?.text ?? "" }
    var norms: [Site: Double] = [:]
    for block in directions.keys {
      if let norm = file["\(own)raw_norm.\(block)"]?.double, norm > 0, norm.isFinite,
        let values = directions[block], abs(length(values) - 1) < 1e-3
      {
        norms[Site(.residPost, layer: block)] = norm
      }
    }
    let stated = text(own + "block_index") == "output-of-block"
    var notices: [Notice] = []
    if case .i32 = file["\(architecture).layer_count"], !stated {
      notices.append(.shiftedByGenerator)
    }
    if directions[0] != nil { notices.append(.blockZero) }
    let method = text("\(architecture).method")
    let hint = text("\(architecture).model_hint")
    return try make(
      directions.sorted { $0.key < $1.key }.map {
        Raw(site: Site(.residPost, layer: $0.key), values: $0.value)
      }, path: path, format: architecture == "controlvector" ? .controlVector : .dialz,
      provenance: VectorProvenance(
        method: method.isEmpty ? "unknown" : method,
        contrastHash: text(own + "contrast_sha256"), checkpointHash: text(own + "model_sha256"),
        read: stated ? text(own + "read") : "unknown", notes: text(own + "notes")),
      notices: notices, norms: norms, modelHint: hint.isEmpty ? nil : hint)
  }

  private static func length(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// The leading number behind `direction.`, as llama.cpp parses it.
  private static func block(of name: String) -> Int? {
    guard name.hasPrefix("direction.") else { return nil }
    let rest = name.dropFirst("direction.".count)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard digits.count == rest.count || rest.dropFirst(digits.count).first == "." else {
      return nil
    }
    return Int(digits)
  }

  /// Writes unit directions, their raw norms and where they came from.
  func saveControlVector(to path: String) throws(SteeringError) {
    var tensors: [GGUF.Tensor] = []
    var norms: [(key: String, value: GGUF.Written)] = []
    for vector in vectors {
      guard let block = Self.outputBlock(vector.site) else {
        throw .notExpressible(
          format: Format.controlVector.rawValue, site: vector.site,
          expected: "the stream as it leaves block 1 or a later one")
      }
      tensors.append(
        .init(
          name: "direction.\(block)", shape: [vector.direction.count], values: vector.direction))
      norms.append(("\(Self.own)raw_norm.\(block)", .f64(vector.rawNorm)))
    }
    guard let provenance = vectors.first?.provenance else {
      throw .badVector(path: path, key: "directions", expected: "at least one", found: "none")
    }
    let metadata: [(key: String, value: GGUF.Written)] = [
      ("general.architecture", .string("controlvector")),
      ("controlvector.model_hint", .string(modelHint ?? "")),
      ("controlvector.layer_count", .u32(UInt32(tensors.count))),
      ("controlvector.method", .string(provenance.method)),
      (Self.own + "block_index", .string("output-of-block")),
      (Self.own + "position", .string("post-ffn-residual")),
      (Self.own + "model_sha256", .string(provenance.checkpointHash)),
      (Self.own + "contrast_sha256", .string(provenance.contrastHash)),
      (Self.own + "read", .string(provenance.read)),
      (Self.own + "notes", .string(provenance.notes)),
    ]
    do { try GGUF.write(tensors, metadata: metadata + norms, to: path) } catch {
      throw .file(error)
    }
  }

  /// The block whose output a site is; nil for others, and for block 0, which llama.cpp cannot steer.
  private static func outputBlock(_ site: Site) -> Int? {
    let block: Int
    switch site.kind {
    case .residPost: block = site.layer
    case .residPre: block = site.layer - 1
    default: return nil
    }
    return block > 0 ? block : nil
  }
}
