import LeewayBase

/// A checkpoint's chat template: the Jinja program that turns messages into the prompt that the
/// model was trained on.
///
/// It renders what the reference renders (`apply_chat_template` of transformers), or it throws; a
/// construct that is not known is named with its line, never passed over.
public struct ChatTemplate: Sendable {
  /// Where the template stands, for messages.
  public let name: String
  /// SHA-256 of its text.
  public let contentHash: String
  /// What the checkpoint calls its special tokens: `bos_token` and the like.
  public var specialTokens: [String: String]
  let source: String
  private let statements: [TemplateStatement]

  /// - Throws: `fault` with the line of what cannot be read.
  public init(_ source: String, name: String, specialTokens: [String: String] = [:])
    throws(TemplateError)
  {
    self.source = source
    self.name = name
    self.specialTokens = specialTokens
    contentHash = ContentHash.sha256(Array(source.utf8))
    var lexer = TemplateLexer(Text(source))
    let tokens: [TemplateToken]
    do { tokens = try lexer.run() } catch {
      throw .fault(template: name, line: lexer.line, error)
    }
    var parser = TemplateParser(tokens)
    do { statements = try parser.template() } catch {
      throw .fault(template: name, line: parser.line, error)
    }
  }

  /// Renders with variables alone; `ChatRequest` knows which a chat needs.
  /// - Parameter date: what `strftime_now` tells; without it the template sees no such function.
  public func render(_ variables: [(name: String, value: JSONValue)], date: TemplateDate? = nil)
    throws(TemplateError) -> String
  {
    var given: [String: TemplateValue] = [:]
    for (name, token) in specialTokens { given[name] = TemplateValue(token) }
    for (name, value) in variables { given[name] = TemplateValue(value) }
    let renderer = TemplateRenderer(given, date: date)
    do { return try renderer.render(statements).string } catch {
      throw .fault(template: name, line: renderer.line, error)
    }
  }
}
