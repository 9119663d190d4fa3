import LeewayClaims

extension ErrorText {
  static func of(_ error: ClaimError) -> ErrorText {
    switch error {
    case .unknownClaim(let name, let known): ErrorText(unknown("claim", name, known))
    case .unknownParameter(let claim, let name, let known):
      ErrorText(
        known.isEmpty
          ? "\(claim): takes no parameters; leave out --set \(name)"
          : "\(claim): " + unknown("parameter", name, known))
    case .badValue(let claim, let parameter, let expected, let found):
      ErrorText("\(claim): \(parameter) is \"\(found)\"; expected \(expected)")
    case .badSetting(let text):
      ErrorText("--set \"\(text)\": expected PARAMETER=VALUE, as in --set seeds=2")
    case .badAxis(let claim, let text, let problem):
      ErrorText("\(claim): --over \"\(text)\": \(problem)")
    case .cancelled(let claim):
      ErrorText(
        "\(claim): stopped; its finished steps are kept. Run the same command to go on", code: 130)
    case .noSolution(let claim, let condition):
      ErrorText("\(claim): has no answer with these parameters: \(condition); choose others")
    case .badFile(let path, let line, let problem): ErrorText("\(path):\(line): \(problem)")
    case .notMeasurable(let claim, let reason):
      ErrorText((claim.isEmpty ? "" : claim + ": ") + "cannot be measured: \(reason)", code: 1)
    case .unreadableRecord(let claim, let reason):
      ErrorText(
        "\(claim): the kept record cannot be read by this version (\(reason)); run the claim again",
        code: 1)
    }
  }
}
