import Foundation

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
      /// The path of a file that is there.
      case file
    }

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

    /// The path of a file of the user's; none by default.
    public static func file(_ name: String, _ meaning: String) -> Parameter {
      Parameter(name: name, meaning: meaning, standard: .words([]), range: .file)
    }

    /// - Throws: `ClaimError.badValue` when the text is none of the range.
    public func value(_ text: String, claim: String) throws(ClaimError) -> Value {
      let words = text.split(separator: ",").map { $0.filter { $0 != " " } }
      switch range {
      case .numbers(let range):
        if let number = Double(text), range.contains(number) { return .number(number) }
      case .integers(let range):
        if let number = Int(text), range.contains(number) { return .number(Double(number)) }
      case .words(let known):
        if text == Self.none { return .words([]) }
        if !words.isEmpty, words.allSatisfy(known.contains), Set(words).count == words.count {
          return .words(words)
        }
      case .file:
        if text == Self.none { return .words([]) }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), !isFolder.boolValue
        {
          return .words([text])
        }
      }
      throw .badValue(claim: claim, parameter: name, expected: expected, found: text)
    }

    /// The range in words.
    public var expected: String {
      switch range {
      case .numbers(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
      case .integers(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
      case .words(let known): "some of \(known.joined(separator: ",")), or \(Self.none)"
      case .file: "the path of a file that is there, or \(Self.none)"
      }
    }
  }

  public enum Value: Sendable, Hashable, Codable, CustomStringConvertible {
    case number(Double)
    case words([String])

    public var description: String {
      switch self {
      case .number(let number):
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
      case .words(let words):
        words.isEmpty ? Parameter.none : words.joined(separator: ",")
      }
    }
  }
}
