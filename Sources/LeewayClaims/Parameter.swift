import Foundation
import LeewayBase

extension Claim {
  /// Something that a run of a claim can be given: `--set NAME=VALUE`.
  public struct Parameter: Sendable, Equatable {
    public var name: String
    public var meaning: String
    public var standard: Value
    public var range: Range

    public enum Range: Sendable, Equatable {
      case numbers(ClosedRange<Double>)
      case integers(ClosedRange<Int>)
      /// A list of some of these words.
      case words([String])
      /// The path of a file that is there, or none.
      case files
    }

    /// What chance is drawn with. It may be another: the targets apply at every seed.
    public static let seed = "seed"

    /// An empty list, as it is written.
    static let none = "none"

    public static func number(
      _ name: String, _ standard: Double, _ range: ClosedRange<Double>, _ meaning: String
    ) -> Parameter {
      Parameter(name: name, meaning: meaning, standard: .number(standard), range: .numbers(range))
    }

    public static func integer(
      _ name: String, _ standard: Int, _ range: ClosedRange<Int>, _ meaning: String
    ) -> Parameter {
      Parameter(
        name: name, meaning: meaning, standard: .number(Double(standard)),
        range: .integers(range))
    }

    /// - Parameter known: what may stand in the list.
    public static func words(
      _ name: String, _ standard: [String], of known: [String], _ meaning: String
    ) -> Parameter {
      Parameter(name: name, meaning: meaning, standard: .words(standard), range: .words(known))
    }

    /// The path of a file of the user's own; none by default.
    public static func file(_ name: String, _ meaning: String) -> Parameter {
      Parameter(name: name, meaning: meaning, standard: .file(""), range: .files)
    }

    /// - Throws: `ClaimError.badValue` when the text is none of the range.
    public func value(_ text: String, claim: String) throws(ClaimError) -> Value {
      let words = text.split(separator: ",").map { $0.filter { $0 != " " } }
      switch range {
      case .numbers(let range):
        if let number = DecimalText.number(text), range.contains(number) { return .number(number) }
      case .integers(let range):
        if let number = Int(text), range.contains(number) { return .number(Double(number)) }
      case .words(let known):
        if text == Self.none { return .words([]) }
        if !words.isEmpty, words.allSatisfy(known.contains), Set(words).count == words.count {
          return .words(words)
        }
      case .files:
        if text.isEmpty || text == Self.none { return .file("") }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), !isFolder.boolValue
        {
          return .file(text)
        }
      }
      throw .badValue(claim: claim, parameter: name, expected: expected, found: text)
    }

    /// The range in words.
    public var expected: String {
      switch range {
      case .numbers(let range):
        "a number from \(Value.number(range.lowerBound)) to \(Value.number(range.upperBound))"
      case .integers(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
      case .words(let known): "some of \(known.joined(separator: ",")), or \(Self.none)"
      case .files: "the path of a file that is there, or \(Self.none)"
      }
    }
  }

  /// As JSON it is the number, the list or the path itself.
  public enum Value: Sendable, Hashable, Codable, CustomStringConvertible {
    case number(Double)
    case words([String])
    /// A path; empty where no file is given.
    case file(String)

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let words = try? container.decode([String].self) {
        self = .words(words)
      } else {
        self = .file(try container.decode(String.self))
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .words(let words): try container.encode(words)
      case .file(let path): try container.encode(path)
      }
    }

    public var description: String {
      switch self {
      case .number(let number):
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
      case .words(let words):
        words.isEmpty ? Parameter.none : words.joined(separator: ",")
      case .file(let path): path.isEmpty ? Parameter.none : path
      }
    }
  }
}
