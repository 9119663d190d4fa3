import LeewayBase
import LeewayStudy
import LeewayTraining

extension ErrorText {
  static func of(_ error: RecipeError) -> ErrorText {
    switch error {
    case .file(let error): of(error)
    case .notYAML(let path, let line, let column, let problem):
      ErrorText("\(path):\(line):\(column): not YAML here: \(problem)")
    case .invalid(let path, let issues):
      ErrorText(lines: issues.map { sentence(StudyIssue($0), file: path) })
    case .settings(let path, let issues):
      ErrorText(lines: issues.map { "\(path) with --set: " + sentence(StudyIssue($0), file: nil) })
    case .unknownName(let name, let folder, let known, let nearest):
      ErrorText(
        "\(name): there is no such file, and no recipe of that name"
          + (nearest.map { "; did you mean \"\($0)\"?" } ?? ".")
          + (known.isEmpty ? "" : " In \(folder)/: " + known.joined(separator: ", ")))
    }
  }

  static func of(_ error: TrainingError) -> ErrorText {
    switch error {
    case .file(let error): of(error)
    case .tensors(let error): of(error)
    case .tokenizer(let error): of(error)
    case .checkpoint(let error): of(error)
    case .otherShape(let path, let key, let expected, let found):
      ErrorText(
        "\(path): cannot be started from: its \(key) is \(found), the recipe's \(expected); a start"
          + " needs the same model")
    case .otherTokenizer(let path):
      ErrorText(
        "\(path): cannot be started from: it was trained with another tokenizer than the recipe's")
    case .noTokenizerFile(let path):
      ErrorText("\(path): has no tokenizer.json that could go with the model")
    case .noEndToken(let path, let known):
      ErrorText(
        "\(path): no piece is known to end a text (\(known.joined(separator: ", "))); name one"
          + " with end-token in the recipe")
    case .unknownEndToken(let path, let piece):
      ErrorText("\(path): the tokenizer has no piece \"\(piece)\"; name another as end-token")
    case .data(let recipe, let issue): ErrorText(sentence(StudyIssue(issue), file: recipe))
    case .malformedSequence(let index, let tokens, let weights):
      ErrorText(
        "sequence \(index) of the data has \(tokens) tokens and \(weights) weights; it takes two"
          + " tokens or more and one weight fewer")
    case .sequenceTooLong(let index, let tokens, let limit):
      ErrorText(
        "sequence \(index) of the data has \(tokens) inputs; the model's context is \(limit)")
    case .unknownToken(let index, let token, let vocabulary):
      ErrorText(
        "sequence \(index) of the data holds token \(token); the vocabulary ends at"
          + " \(vocabulary - 1)")
    case .notEditable(let site, let layers):
      ErrorText("\(site) cannot be edited in a model of \(layers) blocks")
    case .notDifferentiable(let site):
      ErrorText("\(site): no loss can be followed back through the edit there")
    case .wrongWidth(let site, let expected, let found):
      ErrorText("\(site) has width \(expected); the direction has \(found) numbers")
    case .lossNotFinite(let step, let kept, let folder):
      ErrorText(
        "the loss of step \(step) is not a number; "
          + (kept.map { "the state after step \($0) is kept in \(folder)/state" }
            ?? "no state was saved before it")
          + ". Lower learning-rate, lengthen the warm-up or set clip, and train into another"
          + " folder", code: 1)
    case .notEnoughMemory(let needed, let available):
      ErrorText(
        "this training needs about \(bytes(needed)) of memory and \(bytes(available)) are free;"
          + " make batch, sequence or the model smaller")
    case .otherRecipe(let path):
      ErrorText(
        "\(path): was made by another recipe, text or tokenizer; give another folder with --out,"
          + " or remove that one to begin anew")
    case .stopped(let step, let steps, let folder):
      ErrorText(
        "stopped after step \(step) of \(steps); all of it is kept in \(folder). Run the same command"
          + " to go on", code: 130)
    case .unreadableState(let path, let reason):
      ErrorText("\(path): cannot be gone on from (\(reason)); remove it to begin anew")
    }
  }

  private static func bytes(_ count: Int) -> String {
    let gibibytes = Double(count) / Double(1 << 30)
    if gibibytes < 1 { return "\((count + (1 << 20) - 1) >> 20) MiB" }
    return "\((gibibytes * 10).rounded(.up) / 10) GiB"
  }
}
