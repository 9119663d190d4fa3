/// What can go wrong between a claim's name and its findings.
public enum ClaimError: Error, Equatable, Sendable {
  case unknownClaim(String, known: [String])
  case unknownParameter(claim: String, name: String, known: [String])
  case badValue(claim: String, parameter: String, expected: String, found: String)
  /// Not `NAME=VALUE`.
  case badSetting(String)
  /// A parameter and values that no sweep can be made of.
  case badAxis(claim: String, text: String, problem: String)
  /// Stopped on request; the finished steps are kept.
  case cancelled(claim: String)
  /// What the parameters ask for has no answer: `condition` says what would have to hold.
  case noSolution(claim: String, condition: String)
  /// A file of the user's that cannot be taken.
  case badFile(path: String, line: Int, problem: String)
  /// The models lack what the experiment needs.
  case notMeasurable(claim: String, reason: String)
  /// A kept record of another version's shape.
  case unreadableRecord(claim: String, reason: String)
}
