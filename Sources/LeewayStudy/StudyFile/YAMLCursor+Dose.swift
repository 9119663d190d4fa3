import LeewayYAML

extension YAMLCursor {
  func dose() -> Double? {
    guard case .scalar(let scalar) = node, let dose = Dose(text: scalar.string) else {
      fail(.wrongType(expected: "a dose above 0, as 0.25 or 2^-7", found: kind))
      return nil
    }
    return dose.value
  }
}
