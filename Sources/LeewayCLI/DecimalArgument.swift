import ArgumentParser
import LeewayBase

/// Reads an option's number.
func decimal(_ text: String) throws -> Double {
  guard let value = DecimalText.number(text) else {
    throw ValidationError("expected a number in decimal digits, as 0.25")
  }
  return value
}
