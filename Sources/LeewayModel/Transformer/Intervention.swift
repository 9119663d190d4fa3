import Synchronization

/// Which positions of a sequence an intervention touches.
public enum Positions: Sendable, Hashable, Codable, CaseIterable, RawRepresentable {
  /// Every position, prompt and response.
  case all
  /// The prompt only.
  case prompt
  /// The generated tokens only, as they are fed back.
  case response
  /// The prompt's last position and, while generating, each token fed back.
  case last
  /// The positions of a range, wherever the prompt ends: what a causal trace restores.
  case only(Range<Int>)

  /// Those that have a name in study files and on the command line.
  public static let allCases: [Positions] = [.all, .prompt, .response, .last]

  /// Whether position `index` is touched in a sequence whose prompt has `promptLength` tokens.
  public func touches(_ index: Int, promptLength: Int) -> Bool {
    switch self {
    case .all: true
    case .prompt: index < promptLength
    case .response: index >= promptLength
    case .last: index >= promptLength - 1
    case .only(let range): range.contains(index)
    }
  }

  /// The first position that may be touched.
  func first(promptLength: Int) -> Int {
    switch self {
    case .all, .prompt: 0
    case .response: promptLength
    case .last: max(promptLength - 1, 0)
    case .only(let range): max(range.lowerBound, 0)
    }
  }

  public var rawValue: String {
    switch self {
    case .all: "all"
    case .prompt: "prompt"
    case .response: "response"
    case .last: "last"
    case .only(let range): "\(range.lowerBound)..<\(range.upperBound)"
    }
  }

  public init?(rawValue: String) {
    if let named = Self.allCases.first(where: { $0.rawValue == rawValue }) {
      self = named
      return
    }
    let ends = rawValue.ranges(of: "..<").first.map {
      [rawValue[..<$0.lowerBound], rawValue[$0.upperBound...]]
    }
    guard let numbers = ends?.map({ Int($0) }), let low = numbers[0], let high = numbers[1],
      0 <= low, low <= high
    else { return nil }
    self = .only(low..<high)
  }
}

/// What is done to one activation, in place.
///
/// A law holds every edit to this: at strength 0 it leaves each bit as it was.
public protocol SiteEdit: Sendable {
  /// `activation` has the width of the site.
  func apply(to activation: UnsafeMutableBufferPointer<Float>)
}

/// An edit through which a loss can be followed back to what stood before it.
public protocol DifferentiableEdit: SiteEdit {
  /// Turns the gradient with respect to the edited activation into that with respect to the
  /// activation as it was; where the edit has a direction that is being found, its gradient is
  /// gathered here too.
  func pullBack(_ gradient: UnsafeMutableBufferPointer<Float>)
}

/// Proof that an intervention happened: how often it was due and how often it was made, counted
/// in (sequence, position) pairs whatever work was shared.
public final class HookMeter: Sendable {
  private let counts = Mutex((due: 0, made: 0))
  public init() {}
  public var due: Int { counts.withLock { $0.due } }
  public var made: Int { counts.withLock { $0.made } }
  func due(_ count: Int) { counts.withLock { $0.due += count } }
  func made(_ count: Int) { counts.withLock { $0.made += count } }
}

/// An edit at a site, for chosen positions.
public struct Intervention: Sendable {
  public var site: Site
  public var positions: Positions
  public var edit: any SiteEdit
  public var meter: HookMeter?

  public init(
    site: Site, positions: Positions = .all, edit: any SiteEdit, meter: HookMeter? = nil
  ) {
    self.site = site
    self.positions = positions
    self.edit = edit
    self.meter = meter
  }
}

/// All that is done to a sequence in one pass; empty is the model as it is.
public struct Variant: Sendable {
  public var interventions: [Intervention]
  public init(_ interventions: [Intervention] = []) { self.interventions = interventions }
  public static let baseline = Variant()
}
