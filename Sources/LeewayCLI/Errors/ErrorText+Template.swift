import LeewayTemplate

/// Sentences of what goes wrong with chat templates.
extension ErrorText {
  static func of(_ error: TemplateError) -> ErrorText {
    if case .file(let file) = error { return of(file) }
    if case .gguf(let file) = error { return of(file) }
    return ErrorText(sentence(error))
  }

  static func sentence(_ error: TemplateError) -> String {
    switch error {
    case .missing(let folder):
      "\(folder): has no chat template (chat_template.jinja, chat_template in"
        + " tokenizer_config.json, or tokenizer.chat_template in a GGUF file); a base model has none: leave out --chat"
    case .file(let error): sentence(error)
    case .json(let error): sentence(error)
    case .gguf(let error): sentence(error)
    case .wrongValue(let path, let key, let expected, let found):
      "\(path): \(key) is \(found); expected \(expected)"
    case .unknownTemplate(let path, let name, let known):
      "\(path): " + unknown("template", name, known)
    case .fault(let template, let line, let fault): "\(template):\(line): \(sentence(fault))"
    case .nothingToContinue(let template):
      "\(template): the template drops the end of the last message, so nothing can go on from it;"
        + " leave out --answer"
    }
  }

  private static func sentence(_ fault: TemplateFault) -> String {
    switch fault {
    case .syntax(let expected, let found): "expected \(expected), found \(found)"
    case .unsupported(let kind, let name):
      "the \(kind) \"\(name)\" is not known to Leeway; a prompt without it would not be the model's"
    case .wrongKind(let operation, let found): "\(operation) cannot be done with \(found)"
    case .undefined("strftime_now"): "the template tells the day; say which, as --date 2026-11-25"
    case .undefined(let name):
      name.isEmpty ? "something undefined is used" : "\"\(name)\" is undefined and used"
    case .refused(let message): "the template refuses: \(message)"
    case .tooMuch(let what): "the template asks for too much (\(what)); refused"
    }
  }
}
