/// A named place in the forward pass, in TransformerLens's spelling without `hook_`.
public struct Site: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  /// What the activation means. The raw value is the part of the name after `blocks.N.`.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case residPre = "resid_pre"
    case attnQ = "attn.q"
    case attnK = "attn.k"
    case attnV = "attn.v"
    case attnZ = "attn.z"
    case attnOut = "attn_out"
    case residMid = "resid_mid"
    /// The router's logits, one an expert.
    case mlpRouter = "mlp.router"
    /// Each expert's share of a position, 0 for those that were not chosen.
    case mlpExperts = "mlp.experts"
    case mlpPost = "mlp.post"
    case mlpOut = "mlp_out"
    case residPost = "resid_post"
    case finalNorm = "ln_final"
    case logits

    /// Whether the activation of one position feeds that position alone within its block: at the
    /// last block only the rows that are read are carried past this point.
    var followsAttention: Bool {
      switch self {
      case .residPre, .attnK, .attnV: false
      default: true
      }
    }
  }

  public let kind: Kind
  /// The 0-based block; -1 for `ln_final` and `logits`.
  public let layer: Int

  public init(_ kind: Kind, layer: Int = -1) {
    self.kind = kind
    self.layer = kind == .finalNorm || kind == .logits ? -1 : layer
  }

  /// Parses `blocks.14.resid_post`, `blocks.14.hook_resid_post`, `blocks.3.attn.hook_z`, `embed`
  /// (alias of the input of block 0), `ln_final`, `logits`; nil when the name means nothing.
  public init?(_ name: String) {
    let plain = name.split(separator: ".", omittingEmptySubsequences: false).map {
      $0.hasPrefix("hook_") ? String($0.dropFirst(5)) : String($0)
    }
    switch plain {
    case ["embed"]: self.init(.residPre, layer: 0)
    case ["ln_final"], ["ln_final", "normalized"]: self.init(.finalNorm)
    case ["logits"]: self.init(.logits)
    default:
      guard plain.count >= 3, plain[0] == "blocks", let layer = Int(plain[1]), layer >= 0,
        String(layer) == plain[1],
        let kind = Kind(rawValue: plain[2...].joined(separator: ".")),
        kind != .finalNorm, kind != .logits
      else { return nil }
      self.init(kind, layer: layer)
    }
  }

  public var description: String {
    layer < 0 ? kind.rawValue : "blocks.\(layer).\(kind.rawValue)"
  }

  /// The order in which a pass visits the sites.
  public static func < (a: Site, b: Site) -> Bool {
    let order = Kind.allCases
    let (la, lb) = (a.layer < 0 ? Int.max : a.layer, b.layer < 0 ? Int.max : b.layer)
    if la != lb { return la < lb }
    return (order.firstIndex(of: a.kind) ?? 0) < (order.firstIndex(of: b.kind) ?? 0)
  }

  public init(from decoder: any Swift.Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let site = Site(name) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no site is called \(name)"))
    }
    self = site
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
