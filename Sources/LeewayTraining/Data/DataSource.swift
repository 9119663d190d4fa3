import LeewayBase
import LeewayTokenizer

/// What a recipe says of one source: `data: {text: stories.txt, separator: blank}`.
public struct DataSpec: Sendable, Hashable {
  /// The source's id, the key that is not an option.
  public var kind: String
  /// What stands behind it.
  public var value: String
  public var options: [String: String]

  public init(kind: String, value: String, options: [String: String] = [:]) {
    self.kind = kind
    self.value = value
    self.options = options
  }
}

/// What a source is made for.
public struct DataContext: Sendable {
  public var tokenizer: Tokenizer
  /// Put behind each document.
  public var endToken: Int
  /// Inputs of a sequence.
  public var sequenceLength: Int
  /// The source's random streams begin with this name.
  public var seed: String
  /// Files are named relative to it.
  public var folder: String

  public init(
    tokenizer: Tokenizer, endToken: Int, sequenceLength: Int, seed: String, folder: String
  ) {
    self.tokenizer = tokenizer
    self.endToken = endToken
    self.sequenceLength = sequenceLength
    self.seed = seed
    self.folder = folder
  }

  public func path(_ name: String) -> String { name.hasPrefix("/") ? name : folder + "/" + name }
}

/// An endless stream of sequences, each known by its number: a training that was stopped goes on by
/// asking for the next number.
public protocol DataSource: Sendable {
  /// The key in a recipe.
  static var id: String { get }
  /// Further keys that may stand beside it.
  static var options: [String] { get }

  /// - Throws: a problem of the spec, with the option that it is about.
  init(_ spec: DataSpec, _ context: DataContext) throws(DataError)

  /// Names the content: another content makes another training.
  var contentHash: String { get }
  /// Sequences after which every document has been seen; nil where there is no such number.
  var perPass: Int? { get }
  /// Sequence `index` of the whole training, from 0. The same number gives the same sequence,
  /// whoever asks when.
  func sequence(_ index: Int) -> TrainingSequence
}

/// Every source of data; a new one is a file in `Data/` and a line here.
public enum DataSources {
  public static let all: [any DataSource.Type] = [
    TextSource.self, WorldSource.self,
  ]

  public static func make(_ spec: DataSpec, _ context: DataContext) throws(DataError)
    -> any DataSource
  {
    guard let kind = all.first(where: { $0.id == spec.kind }) else {
      let known = all.map { $0.id }
      throw .unknownName(
        key: spec.kind, name: spec.kind, known: known,
        nearest: Spelling.nearest(to: spec.kind, among: known))
    }
    for option in spec.options.keys.sorted() where !kind.options.contains(option) {
      throw .unknownName(
        key: option, name: option, known: kind.options,
        nearest: Spelling.nearest(to: option, among: kind.options))
    }
    return try kind.init(spec, context)
  }
}

/// What can be wrong with a source of data; `key` is the source's id or one of its options.
public enum DataError: Error, Equatable, Sendable {
  case file(FileError, key: String)
  case unknownName(key: String, name: String, known: [String], nearest: String?)
  case badValue(key: String, expected: String, found: String)
  /// Nothing to learn from.
  case empty(key: String)
}
