import LeewayBase
import LeewayModel

/// Where a vector came from, enough to fit it again.
public struct VectorProvenance: Sendable, Hashable, Codable {
  /// A method's id (`mean-difference`) or a control's (`random`, `shuffled`, ...).
  public var method: String
  public var contrastHash: String
  public var checkpointHash: String
  /// Which tokens were read: `last`, `response-mean`, `word: owl`.
  public var read: String
  public var notes: String

  public init(
    method: String, contrastHash: String, checkpointHash: String, read: String, notes: String = ""
  ) {
    self.method = method
    self.contrastHash = contrastHash
    self.checkpointHash = checkpointHash
    self.read = read
    self.notes = notes
  }
}

/// A unit direction at a site, with its raw norm and where it came from.
public struct SteeringVector: Sendable, Hashable, Codable {
  public var site: Site
  /// Length 1, `[width of the site]`.
  public var direction: [Float]
  /// Length before normalisation: the seed's alpha is strength / rawNorm.
  public var rawNorm: Double
  public var provenance: VectorProvenance

  /// - Throws: `SteeringError.zeroVector` when the raw vector has no direction.
  public init(site: Site, raw: [Float], provenance: VectorProvenance) throws(SteeringError) {
    let norm = raw.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard norm > 0, norm.isFinite else {
      throw .zeroVector(site: site, method: provenance.method)
    }
    self.init(
      site: site, direction: raw.map { Float(Double($0) / norm) }, rawNorm: norm,
      provenance: provenance)
  }

  public init(site: Site, direction: [Float], rawNorm: Double, provenance: VectorProvenance) {
    self.site = site
    self.direction = direction
    self.rawNorm = rawNorm
    self.provenance = provenance
  }

  /// SHA-256 of the site and the direction's bits: what an intervention's result depends on.
  public var hash: String {
    direction.withUnsafeBytes { ContentHash.sha256("\(site)\n" + ContentHash.sha256($0)) }
  }

  /// The same length, pointing the other way.
  public func reversed() -> SteeringVector {
    var vector = self
    vector.direction = direction.map { -$0 }
    vector.provenance.notes = "reversed"
    return vector
  }

  /// The same direction applied elsewhere.
  public func moved(to site: Site) -> SteeringVector {
    var vector = self
    vector.site = site
    vector.provenance.notes = "fitted at \(self.site)"
    return vector
  }
}

/// What can go wrong between contrast texts and a vector.
public enum SteeringError: Error, Equatable, Sendable {
  case emptyContrast(half: String)
  /// Both halves read the same activations.
  case zeroVector(site: Site, method: String)
  /// An activation of a half's text, counted from 0, is infinite or not a number.
  case notFinite(site: Site, half: String, text: Int)
  case wordNotFound(word: String, text: String)
  case unknownName(kind: String, name: String, known: [String])
  case badParameter(of: String, key: String, expected: String, found: String)
  case file(FileError)
  case tensors(SafeTensorsError)
  case gguf(GGUFError)
  case json(JSONError)
  case missingTensor(path: String, name: String)
  case badMetadata(path: String, key: String, found: String?)
  /// A file of vectors that another tool wrote.
  case badVector(path: String, key: String, expected: String, found: String)
  /// A vector whose place a format has no word for.
  case notExpressible(format: String, site: Site, expected: String)
  case wrongWidth(site: Site, expected: Int, found: Int)
}
