import LeewayBase
import LeewayStudy
import LeewayTensor

/// One run of a claim: its parameters, and what it works with.
public struct ClaimRun: Sendable {
  public let claim: String
  public let values: [String: Claim.Value]
  public let tools: ClaimTools

  /// 0 for what the claim does not declare; a law reads every claim's names.
  public func number(_ name: String) -> Double {
    guard case .number(let value)? = values[name] else { return 0 }
    return value
  }

  public func integer(_ name: String) -> Int { Int(number(name)) }

  public func words(_ name: String) -> [String] {
    guard case .words(let words)? = values[name] else { return [] }
    return words
  }

  /// A file of the user's; nil where none was given.
  public func path(_ name: String) -> String? { words(name).first }

  /// The claim's own random stream.
  public func stream(_ names: String...) -> NamedStream { NamedStream(names: [claim] + names) }

  /// A step that is made once: kept in the ledger under `key`, so that a run that was stopped goes on
  /// where it was.
  ///
  /// - Parameter key: everything that decides the step's outcome.
  /// - Throws: `ClaimError.cancelled` between steps when a stop was asked for.
  public func once<T: Codable & Sendable>(_ key: String, _ make: () throws -> T) throws -> T {
    try tools.once(claim: claim, key, make)
  }

  /// Says how far the run is.
  public func tell(_ what: String, _ done: Int, of total: Int) {
    tools.progress(ClaimProgress(claim: claim, what: what, done: done, total: total))
  }

  public func checkCancelled() throws(ClaimError) {
    if tools.isCancelled() { throw .cancelled(claim: claim) }
  }
}

public struct ClaimProgress: Sendable, Equatable {
  public var claim: String
  public var what: String
  public var done: Int
  public var total: Int

  public init(claim: String, what: String, done: Int, total: Int) {
    self.claim = claim
    self.what = what
    self.done = done
    self.total = total
  }
}

/// What every run of a claim works with.
public struct ClaimTools: Sendable {
  public var kernels: Kernels
  public var notebook: any ClaimNotebook
  /// Where the Fledglings are had from.
  public var models: any FledglingSource
  public var isCancelled: @Sendable () -> Bool
  public var progress: @Sendable (ClaimProgress) -> Void

  public init(
    kernels: Kernels = Kernels(), notebook: any ClaimNotebook = MemoryNotebook(),
    models: any FledglingSource = NoFledglings(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (ClaimProgress) -> Void = { _ in }
  ) {
    self.kernels = kernels
    self.notebook = notebook
    self.models = models
    self.isCancelled = isCancelled
    self.progress = progress
  }

  func once<T: Codable & Sendable>(claim: String, _ key: String, _ make: () throws -> T) throws -> T
  {
    let hash = ContentHash.sha256("claim 1\n\(claim)\n\(key)")
    if let kept = try notebook.step(hash),
      let value = try? CanonicalCoder.decode(T.self, from: kept)
    {
      return value
    }
    if isCancelled() { throw ClaimError.cancelled(claim: claim) }
    let value = try make()
    try notebook.keep(try CanonicalCoder.encode(value), step: hash, of: claim)
    return value
  }
}

/// A Fledgling by its recipe: the size's name and what differs from the committed recipe.
public struct Fledgling: Sendable, Hashable, Codable, CustomStringConvertible {
  /// As in `Recipes/fledgling-xs.yaml`: `xs`, `s-deep`, `m-post`.
  public var name: String
  public var seed: Int
  public var mlpDrop: Double

  public init(_ name: String, seed: Int = 1, mlpDrop: Double = 0) {
    self.name = name
    self.seed = seed
    self.mlpDrop = mlpDrop
  }

  public var description: String {
    "fledgling-" + name + (mlpDrop > 0 ? "-drop\(mlpDrop)" : "") + (seed > 1 ? "-seed\(seed)" : "")
  }
}

/// Where Fledglings are had from: committed, cached, or trained now.
public protocol FledglingSource: Sendable {
  /// A checkpoint folder.
  func folder(_ fledgling: Fledgling) throws -> String
  /// Names its weights without needing them: what was measured of a model is kept under it.
  func identity(_ fledgling: Fledgling) throws -> String
}

/// For claims that need none.
public struct NoFledglings: FledglingSource {
  public init() {}
  public func identity(_ fledgling: Fledgling) -> String { "\(fledgling)" }
  public func folder(_ fledgling: Fledgling) throws -> String {
    throw ClaimError.notMeasurable(claim: "", reason: "\(fledgling) is not to be had here")
  }
}
