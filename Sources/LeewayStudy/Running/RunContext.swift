import LeewayModel
import LeewayTemplate
import LeewayTokenizer
import Synchronization

/// The model that a study is run on.
public struct RunContext: Sendable {
  public var executor: any JobExecutor
  public var tokenizer: Tokenizer
  public var provenance: Provenance
  /// Longest sequence.
  public var maxPositions: Int
  /// Tokens that end a text.
  public var endTokens: Set<Int>
  /// The checkpoint's chat template, or why there is none.
  public var chat: Result<ChatTemplate, TemplateError>

  public init(
    executor: any JobExecutor, tokenizer: Tokenizer, provenance: Provenance, maxPositions: Int,
    endTokens: Set<Int>,
    chat: Result<ChatTemplate, TemplateError> = .failure(.missing(folder: ""))
  ) {
    self.executor = executor
    self.tokenizer = tokenizer
    self.provenance = provenance
    self.maxPositions = maxPositions
    self.endTokens = endTokens
    self.chat = chat
  }

  func promptTokens(_ text: String) -> [Int] {
    tokenizer.promptTokens(text, endTokens: endTokens)
  }
}

/// A flag that anyone may raise; looked at between batches.
public final class Cancellation: Sendable {
  private let flag = Mutex(false)
  public init() {}
  public func cancel() { flag.withLock { $0 = true } }
  public var isCancelled: Bool { flag.withLock { $0 } }
}

/// How far a run has come.
public struct RunProgress: Sendable, Hashable {
  public enum Phase: String, Sendable, CaseIterable {
    case fitting, choosing, reporting, refining, refitting
  }
  public var phase: Phase
  /// Conditions of this phase that are in the ledger, and all of them.
  public var done: Int
  public var total: Int
  /// Conditions run since the start, found ones not counted.
  public var ran: Int
}
