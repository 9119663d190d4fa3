/// Numbers as people write them.
package enum DecimalText {
  /// From decimal digits: `2`, `-0.5`, `1e-3`. Nil for all else that `Double` reads, such as `0x10`,
  /// `nan` and `inf`, and for what is too large to be finite.
  package static func number(_ text: some StringProtocol) -> Double? {
    let isDecimal = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    guard isDecimal, let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
