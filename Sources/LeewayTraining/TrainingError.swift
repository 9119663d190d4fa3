import LeewayBase
import LeewayModel
import LeewayTokenizer
import LeewayYAML

/// What keeps a training from starting or going on. Values only; the command writes the sentences.
public enum TrainingError: Error, Equatable, Sendable {
  case file(FileError)
  case tensors(SafeTensorsError)
  case tokenizer(TokenizerError)
  /// The weights to start from cannot be opened.
  case checkpoint(CheckpointError)
  /// The weights to start from are of another model than the recipe's; `key` is the recipe's.
  case otherShape(path: String, key: String, expected: String, found: String)
  /// The weights to start from were trained with another tokenizer.
  case otherTokenizer(path: String)
  /// The tokenizer's folder has no `tokenizer.json` that could go with the model.
  case noTokenizerFile(path: String)
  /// No piece is known to end a text; the recipe names none.
  case noEndToken(path: String, known: [String])
  case unknownEndToken(path: String, piece: String)
  /// What the recipe says of its data.
  case data(recipe: String, issue: YAMLIssue)
  /// A sequence of fewer than two tokens, or with another number of weights than predictions.
  case malformedSequence(index: Int, tokens: Int, weights: Int)
  case sequenceTooLong(index: Int, tokens: Int, limit: Int)
  case unknownToken(index: Int, token: Int, vocabulary: Int)
  case notEditable(site: Site, layers: Int)
  /// An edit that no loss can be followed through.
  case notDifferentiable(site: Site)
  case wrongWidth(site: Site, expected: Int, found: Int)
  /// The loss or its gradient is not a number; `kept` is the step of the last saved state.
  case lossNotFinite(step: Int, kept: Int?, folder: String)
  /// In bytes.
  case notEnoughMemory(needed: Int, available: Int)
  /// A saved state that another recipe, text or tokenizer made.
  case otherRecipe(path: String)
  /// Asked to stop before it was done; the state after `step` is kept in `folder`.
  case stopped(step: Int, steps: Int, folder: String)
  /// A saved state that is damaged or of another model.
  case unreadableState(path: String, reason: String)
}

extension TrainingSequence {
  func check(_ config: TransformerConfig, index: Int) throws(TrainingError) {
    guard tokens.count >= 2, weights.count == tokens.count - 1 else {
      throw .malformedSequence(index: index, tokens: tokens.count, weights: weights.count)
    }
    guard tokens.count - 1 <= config.maxPositions else {
      throw .sequenceTooLong(index: index, tokens: tokens.count - 1, limit: config.maxPositions)
    }
    if let bad = tokens.first(where: { $0 < 0 || $0 >= config.vocabulary }) {
      throw .unknownToken(index: index, token: bad, vocabulary: config.vocabulary)
    }
  }
}
