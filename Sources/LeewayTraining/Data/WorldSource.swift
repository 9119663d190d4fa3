import LeewayBase
import LeewayWorld

/// The Fledglings' world: `data: {world: 1}`, the number its seed.
public struct WorldSource: DataSource {
  public static let id = "world"
  /// `split` is `training` (the default) or `validation`; `corrected` is the share of documents that
  /// are true answers in spite of a falsehood, for a post-training.
  public static let options = ["split", "corrected"]

  public let contentHash: String
  /// The stream never comes round.
  public var perPass: Int? { nil }
  private let stream: WorldStream
  private let split: WorldStream.Split

  public init(_ spec: DataSpec, _ context: DataContext) throws(DataError) {
    guard let seed = Int(spec.value) else {
      throw .badValue(key: Self.id, expected: "the world's seed", found: spec.value)
    }
    let known = WorldStream.Split.allCases.map(\.rawValue)
    let name = spec.options["split"] ?? WorldStream.Split.training.rawValue
    guard let split = WorldStream.Split(rawValue: name) else {
      throw .badValue(key: "split", expected: known.joined(separator: " or "), found: name)
    }
    let share = spec.options["corrected"] ?? "0"
    guard let corrected = Double(share), (0...1).contains(corrected) else {
      throw .badValue(key: "corrected", expected: "a share from 0 to 1", found: share)
    }
    let world: World
    do { world = try World(seed: seed) } catch {
      throw .badValue(key: Self.id, expected: "tables without mistakes", found: "\(error)")
    }
    self.split = split
    stream = WorldStream(
      world: world, tokenizer: context.tokenizer, seed: context.seed,
      length: context.sequenceLength, corrected: corrected)
    contentHash = stream.contentHash
  }

  public func sequence(_ index: Int) -> TrainingSequence {
    let packed = stream.sequence(index, of: split)
    return TrainingSequence(
      tokens: packed.tokens, weights: packed.counted.dropFirst().map { $0 ? 1 : 0 })
  }
}
