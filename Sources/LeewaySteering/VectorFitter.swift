import LeewayBase
import LeewayModel
import LeewayTokenizer

/// Activations of a contrast at one site, one row a text.
public struct ContrastActivations: Sendable, Equatable {
  public var site: Site
  public var positive: [[Float]]
  public var negative: [[Float]]
  public var contrastHash: String
  public var read: String

  /// - Parameters:
  ///   - positive: `[text][width]`; `negative` likewise.
  ///   - read: which tokens were read, as `ReadPosition` writes it.
  public init(
    site: Site, positive: [[Float]], negative: [[Float]], contrastHash: String, read: String
  ) {
    self.site = site
    self.positive = positive
    self.negative = negative
    self.contrastHash = contrastHash
    self.read = read
  }
}

/// Reads contrasts with a model and makes vectors and their controls.
public struct VectorFitter: Sendable {
  public let executor: any JobExecutor
  public let tokenizer: Tokenizer
  public let checkpointHash: String

  public init(executor: any JobExecutor, tokenizer: Tokenizer, checkpointHash: String) {
    self.executor = executor
    self.tokenizer = tokenizer
    self.checkpointHash = checkpointHash
  }

  // MARK: Reading

  /// Activations of both halves at every site, in the order of `sites`.
  public func activations(_ contrast: Contrast, read: ReadPosition, sites: [Site]) throws
    -> [ContrastActivations]
  {
    guard !contrast.positive.isEmpty else { throw SteeringError.emptyContrast(half: "positive") }
    guard !contrast.negative.isEmpty else { throw SteeringError.emptyContrast(half: "negative") }
    let positive = try rows(contrast.positive, "positive", read: read, sites: sites)
    let negative = try rows(contrast.negative, "negative", read: read, sites: sites)
    return sites.indices.map { site in
      ContrastActivations(
        site: sites[site], positive: positive.map { $0[site] }, negative: negative.map { $0[site] },
        contrastHash: contrast.hash, read: "\(read)")
    }
  }

  /// `[text][site]`: the activation read of each text.
  private func rows(_ texts: [String], _ half: String, read: ReadPosition, sites: [Site]) throws
    -> [[[Float]]]
  {
    let readings = try texts.map { try Reading($0, read: read, tokenizer: tokenizer, half: half) }
    let captured = try executor.capture(
      CaptureJob(prompts: readings.map(\.tokens), sites: sites))
    return zip(readings, captured).map { reading, sites in
      sites.map { activations in
        var sum = [Double](repeating: 0, count: activations.width)
        for position in reading.positions {
          for (index, value) in activations.position(position).enumerated() {
            sum[index] += Double(value)
          }
        }
        return sum.map { Float($0 / Double(reading.positions.count)) }
      }
    }
  }

  /// Norms of the stream over ordinary texts, by site. The first four positions (attention sinks)
  /// are left out where a text is long enough to spare them.
  public func residualNorms(_ texts: [String], sites: [Site]) throws -> [ResidualNorms?] {
    try executor.residualNorms(
      of: texts.map { tokenizer.encode($0) }.filter { !$0.isEmpty }, sites: sites)
  }

  // MARK: Vectors

  private func provenance(_ activations: ContrastActivations, _ method: String, _ notes: String)
    -> VectorProvenance
  {
    VectorProvenance(
      method: method, contrastHash: activations.contrastHash, checkpointHash: checkpointHash,
      read: activations.read, notes: notes)
  }

  /// Both halves have rows, and all rows one width and numbers in it, whatever a method does with them.
  private func check(_ activations: ContrastActivations) throws(SteeringError) {
    guard let width = activations.positive.first?.count else {
      throw .emptyContrast(half: "positive")
    }
    guard !activations.negative.isEmpty else { throw .emptyContrast(half: "negative") }
    for row in activations.positive + activations.negative where row.count != width {
      throw .wrongWidth(site: activations.site, expected: width, found: row.count)
    }
    for (half, rows) in [("positive", activations.positive), ("negative", activations.negative)] {
      if let text = rows.firstIndex(where: { !$0.allSatisfy(\.isFinite) }) {
        throw .notFinite(site: activations.site, half: half, text: text)
      }
    }
  }

  /// The study's vector.
  public func fit(_ activations: ContrastActivations, method: any SteeringMethod = MeanDifference())
    throws(SteeringError) -> SteeringVector
  {
    try check(activations)
    return try SteeringVector(
      site: activations.site,
      raw: method.fit(positive: activations.positive, negative: activations.negative),
      provenance: provenance(activations, type(of: method).id, ""))
  }

  /// The same contrast resampled with replacement: how much of a window is due to these texts.
  public func refit(
    _ activations: ContrastActivations, draw: Int, method: any SteeringMethod = MeanDifference()
  ) throws(SteeringError) -> SteeringVector {
    try check(activations)
    // Texts are drawn as pairs where the halves are matched in number.
    let paired = activations.positive.count == activations.negative.count
    var stream = NamedStream("refit", activations.contrastHash, "\(draw)")
    let first = activations.positive.map { _ in stream.below(activations.positive.count) }
    let second =
      paired ? first : activations.negative.map { _ in stream.below(activations.negative.count) }
    return try SteeringVector(
      site: activations.site,
      raw: method.fit(
        positive: first.map { activations.positive[$0] },
        negative: second.map { activations.negative[$0] }),
      provenance: provenance(activations, type(of: method).id, "refit \(draw)"))
  }

  /// The method on halves whose labels were shuffled.
  public func shuffled(
    _ activations: ContrastActivations, draw: Int, method: any SteeringMethod = MeanDifference()
  ) throws(SteeringError) -> SteeringVector {
    try check(activations)
    var pool = activations.positive + activations.negative
    var stream = NamedStream("shuffled", activations.contrastHash, "\(draw)")
    stream.shuffle(&pool)
    let cut = activations.positive.count
    return try SteeringVector(
      site: activations.site,
      raw: method.fit(positive: Array(pool[..<cut]), negative: Array(pool[cut...])),
      provenance: provenance(activations, "shuffled", "draw \(draw)"))
  }

  /// A Gaussian direction; the dose makes its length that of the vector it is held against.
  public func random(like vector: SteeringVector, draw: Int) throws(SteeringError)
    -> SteeringVector
  {
    var stream = NamedStream("random", "\(vector.site)", "\(draw)")
    return try control(
      vector, raw: vector.direction.map { _ in Float(stream.normal()) }, "random", draw)
  }

  /// The difference of two real activations of different texts, whatever their labels; of the
  /// texts that follow the second in the pool, the first that was read differently is taken.
  public func onManifoldRandom(
    like vector: SteeringVector, _ activations: ContrastActivations, draw: Int
  ) throws(SteeringError) -> SteeringVector {
    try check(activations)
    let pool = activations.positive + activations.negative
    var stream = NamedStream("on-manifold-random", activations.contrastHash, "\(draw)")
    let first = stream.below(pool.count)
    let start = stream.below(pool.count - 1)
    // The same text twice, or a shared beginning, reads as nothing.
    let second =
      (0..<pool.count - 1).map { (first + 1 + (start + $0) % (pool.count - 1)) % pool.count }
      .first { pool[$0] != pool[first] } ?? first
    return try control(
      vector, raw: zip(pool[first], pool[second]).map { $0 - $1 }, "on-manifold-random", draw)
  }

  private func control(_ vector: SteeringVector, raw: [Float], _ method: String, _ draw: Int)
    throws(SteeringError) -> SteeringVector
  {
    var made = try SteeringVector(
      site: vector.site, raw: raw,
      provenance: VectorProvenance(
        method: method, contrastHash: vector.provenance.contrastHash,
        checkpointHash: checkpointHash, read: vector.provenance.read, notes: "draw \(draw)"))
    made.rawNorm = vector.rawNorm
    return made
  }
}
