import LeewayBase

/// What can be wrong with a chat template, where it is kept, or what it is asked.
public enum TemplateError: Error, Equatable, Sendable {
  /// Neither `chat_template.jinja` nor `tokenizer_config.json` holds a template, or the GGUF file none.
  case missing(folder: String)
  case file(FileError)
  case json(JSONError)
  case gguf(GGUFError)
  case wrongValue(path: String, key: String, expected: String, found: String)
  /// Several templates, and none of this name.
  case unknownTemplate(path: String, name: String, known: [String])
  /// Lines count from 1.
  case fault(template: String, line: Int, TemplateFault)
  /// The last message has no text that the template lets through, so nothing can go on from it.
  case nothingToContinue(template: String)
}

/// What can be wrong at one place of a template.
public enum TemplateFault: Error, Equatable, Sendable {
  case syntax(expected: String, found: String)
  /// A tag, filter, test, method or function that Leeway does not know.
  case unsupported(kind: String, name: String)
  /// An operation on a value that it is not defined for.
  case wrongKind(operation: String, found: String)
  /// Something is asked of a value that is not there.
  case undefined(name: String)
  /// The template itself refuses, with `raise_exception`.
  case refused(message: String)
  /// The template asks for more work, memory or nesting than any chat needs.
  case tooMuch(String)
}
