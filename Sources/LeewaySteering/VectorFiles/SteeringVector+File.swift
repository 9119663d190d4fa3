import LeewayBase
import LeewayModel

extension SteeringVector {
  private static let fileFormat = "leeway.steering-vector"
  private static let fileVersion = "1"

  /// Writes a safetensors file: one F32 tensor `direction`, everything else as metadata.
  public func save(to path: String) throws(SteeringError) {
    do {
      try SafeTensors.write(
        [(name: "direction", shape: [direction.count], values: direction)],
        metadata: [
          "format": Self.fileFormat, "version": Self.fileVersion, "site": "\(site)",
          "raw_norm": "\(rawNorm)", "method": provenance.method,
          "contrast_sha256": provenance.contrastHash,
          "checkpoint_sha256": provenance.checkpointHash, "read": provenance.read,
          "notes": provenance.notes,
        ], to: path)
    } catch { throw .file(error) }
  }

  /// Reads what `save` wrote.
  public init(path: String) throws(SteeringError) {
    let file: SafeTensors
    do { file = try SafeTensors(path: path) } catch { throw .tensors(error) }
    guard let tensor = file.tensors.first(where: { $0.name == "direction" }) else {
      throw .missingTensor(path: path, name: "direction")
    }
    let metadata = file.metadata
    for (key, wanted) in [("format", Self.fileFormat), ("version", Self.fileVersion)]
    where metadata[key] != wanted {
      throw .badMetadata(path: path, key: key, found: metadata[key])
    }
    guard tensor.shape.count == 1 else {
      throw .badMetadata(path: path, key: "direction", found: "shape \(tensor.shape)")
    }
    guard let name = metadata["site"], let site = Site(name) else {
      throw .badMetadata(path: path, key: "site", found: metadata["site"])
    }
    guard let text = metadata["raw_norm"], let rawNorm = Double(text), rawNorm > 0, rawNorm.isFinite
    else {
      throw .badMetadata(path: path, key: "raw_norm", found: metadata["raw_norm"])
    }
    self.init(
      site: site, direction: tensor.floats(), rawNorm: rawNorm,
      provenance: VectorProvenance(
        method: metadata["method"] ?? "unknown", contrastHash: metadata["contrast_sha256"] ?? "",
        checkpointHash: metadata["checkpoint_sha256"] ?? "", read: metadata["read"] ?? "unknown",
        notes: metadata["notes"] ?? ""))
    let norm = direction.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard abs(norm - 1) < 1e-3 else {
      throw .badMetadata(path: path, key: "direction", found: "length \(norm)")
    }
  }
}
