/// The day that a template may tell. It is given, never read off a clock: a prompt that changes
/// with the day would make two halves of a study differ.
public struct TemplateDate: Sendable, Hashable {
  public var year: Int
  public var month: Int
  public var day: Int

  /// Nil for what is no day of the Gregorian calendar.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
    let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...days[month - 1]).contains(day) else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// `2026-11-25`
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else {
      return nil
    }
    self.init(year: year, month: month, day: day)
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  /// 0 is Sunday (Sakamoto's rule).
  private var weekday: Int {
    let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
    let year = month < 3 ? year - 1 : year
    return (year + year / 4 - year / 100 + year / 400 + offsets[month - 1] + day) % 7
  }

  /// As `strftime` in the C locale; the time of day is not known.
  func formatted(_ format: Text) throws(TemplateFault) -> Text {
    var out: Text = []
    var rest = format[...]
    while let next = rest.popFirst() {
      guard next == "%" else {
        out.append(next)
        continue
      }
      switch rest.popFirst() {
      case "Y": out += Text("\(year)")
      case "m": out += Self.twoDigits(month)
      case "d": out += Self.twoDigits(day)
      case "y": out += Self.twoDigits(year % 100)
      case "B": out += Text(Self.months[month - 1])
      case "b", "h": out += Text(String(Self.months[month - 1].prefix(3)))
      case "A": out += Text(Self.weekdays[weekday])
      case "a": out += Text(String(Self.weekdays[weekday].prefix(3)))
      case "%": out.append("%")
      case let other:
        throw .unsupported(
          kind: "date format", name: "%" + (other.map { String(Character($0)) } ?? ""))
      }
    }
    return out
  }

  private static func twoDigits(_ number: Int) -> Text {
    Text(number < 10 ? "0\(number)" : "\(number)")
  }
}
