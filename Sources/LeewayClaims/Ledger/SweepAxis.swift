import Foundation

/// A parameter of a claim and the values that it takes, as a steering vector takes doses.
public struct SweepAxis: Sendable, Codable, Equatable {
  public var name: String
  public var meaning: String
  /// At least two, all different, in the order in which they were asked for.
  public var values: [Claim.Value]

  /// The values as numbers; nil where they are words or files.
  public var numbers: [Double]? {
    let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
    return numbers.count == values.count ? numbers : nil
  }

  /// Asked for with a ratio between neighbours that stays the same: drawn so, too.
  public var isGeometric: Bool {
    guard let numbers, numbers.count > 2, numbers.allSatisfy({ $0 > 0 }) else { return false }
    let ratios = zip(numbers.dropFirst(), numbers).map { $0 / $1 }
    return ratios.allSatisfy { abs($0 / ratios[0] - 1) < 0.05 } && abs(ratios[0] - 1) > 0.05
  }

  static let most = 1000
}

extension Claim {
  /// `NAME=LIST` as an axis. The list's elements, set apart by commas, are values or ranges:
  /// `FROM:TO:COUNT` in equal steps, both ends among them, and `FROM:TO:COUNT:log` in equal ratios.
  ///
  /// - Throws: `ClaimError`.
  public func axis(_ text: String) throws(ClaimError) -> SweepAxis {
    guard let equals = text.firstIndex(of: "=") else {
      throw .badAxis(claim: id, text: text, problem: "expected PARAMETER=VALUES")
    }
    let name = String(text[..<equals])
    guard let parameter = parameters.first(where: { $0.name == name }) else {
      throw .unknownParameter(claim: id, name: name, known: parameters.map(\.name))
    }
    var values: [Value] = []
    for element in text[text.index(after: equals)...].split(
      separator: ",", omittingEmptySubsequences: false)
    {
      for value in try elements(String(element), of: parameter, in: text)
      where !values.contains(value) {
        values.append(value)
      }
    }
    guard (2...SweepAxis.most).contains(values.count) else {
      throw .badAxis(
        claim: id, text: text,
        problem: "expected 2 to \(SweepAxis.most) different values, as in \(name)=A,B or "
          + "\(name)=FROM:TO:COUNT; found \(values.count)")
    }
    return SweepAxis(name: name, meaning: parameter.meaning, values: values)
  }

  private func elements(_ element: String, of parameter: Parameter, in text: String)
    throws(ClaimError) -> [Value]
  {
    let parts = element.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var isWhole = false
    switch parameter.range {
    case .words, .files: return [try parameter.value(element, claim: id)]
    case .integers: isWhole = true
    case .numbers: break
    }
    if parts.count == 1 { return [try parameter.value(element, claim: id)] }
    guard parts.count == 3 || parts.count == 4 && parts[3] == "log", let count = Int(parts[2]),
      (2...SweepAxis.most).contains(count)
    else {
      throw .badAxis(
        claim: id, text: text,
        problem: "\"\(element)\" is no range; expected FROM:TO:COUNT or FROM:TO:COUNT:log with a "
          + "count from 2 to \(SweepAxis.most)")
    }
    let ends = try [parts[0], parts[1]].map { (end) throws(ClaimError) -> Double in
      guard case .number(let number) = try parameter.value(end, claim: id) else { return 0 }
      return number
    }
    let isLog = parts.count == 4
    guard !isLog || ends.allSatisfy({ $0 > 0 }) else {
      throw .badAxis(
        claim: id, text: text, problem: "\"\(element)\" has equal ratios only with ends above 0")
    }
    var values: [Value] = []
    for step in 0..<count {
      var number = Self.between(ends[0], ends[1], step, of: count - 1, isLog: isLog)
      if isWhole { number = number.rounded() }
      values.append(.number(number))
    }
    return values
  }

  /// Without the last digits of rounding: 0.3, where equal steps give 0.30000000000000004.
  private static func between(
    _ from: Double, _ to: Double, _ step: Int, of steps: Int, isLog: Bool
  ) -> Double {
    if step == 0 { return from }
    if step == steps { return to }
    let share = Double(step) / Double(steps)
    let number =
      isLog ? exp(log(from) + share * (log(to) - log(from))) : from + share * (to - from)
    return Double(String(format: "%.12g", number)) ?? number
  }
}
