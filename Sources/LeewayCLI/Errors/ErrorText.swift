import Foundation
import LeewayBase
import LeewayClaims
import LeewayHub
import LeewayModel
import LeewaySteering
import LeewayStudy
import LeewayTemplate
import LeewayTokenizer
import LeewayTraining
import LeewayWorld

/// The one place where errors become sentences: what happened, where, what to do. Switches have no
/// default, so a new case must get its sentence.
extension ErrorText {
  static func of(_ error: any Error) -> ErrorText {
    switch error {
    case let error as FileError: of(error)
    case let error as JSONError: ErrorText(sentence(error))
    case let error as SafeTensorsError: of(error)
    case let error as GGUFError: of(error)
    case let error as CheckpointError: of(error)
    case let error as TokenizerError: of(error)
    case let error as TemplateError: of(error)
    case let error as EngineError: ErrorText(sentence(error))
    case let error as SteeringError: of(error)
    case let error as StudyError: of(error)
    case let error as RecipeError: of(error)
    case let error as TrainingError: of(error)
    case let error as LedgerError: of(error)
    case let error as ClaimError: of(error)
    case let error as WorldError: ErrorText(sentence(error))
    case let error as HubError: of(error)
    case let error as CommandError: ErrorText(sentence(error))
    case let error as SeveralMistakes: ErrorText(lines: error.lines)
    default: ErrorText("unexpected: \(error)", code: 1)
    }
  }

  static func of(_ error: FileError) -> ErrorText {
    switch error {
    case .noSpace, .unwritable, .readOnly: ErrorText(sentence(error), code: 1)
    case .notFound, .unreadable, .notAFile, .pointer, .notUTF8: ErrorText(sentence(error))
    }
  }

  static func sentence(_ error: FileError) -> String {
    switch error {
    case .notFound(let path): "\(path): there is no such file; check the path"
    case .unreadable(let path, let code): "\(path): cannot be read (\(reason(code)))"
    case .notAFile(let path): "\(path): is not a file"
    case .pointer(let path):
      "\(path): holds only where Git keeps the file; fetch it with git lfs pull"
    case .unwritable(let path, let code): "\(path): cannot be written (\(reason(code)))"
    case .readOnly(let path):
      "\(path): the folder is read-only or not yours; give another with --out"
    case .notUTF8(let path, let line):
      "\(path):\(line): this line is not UTF-8; convert the file to UTF-8 first"
    case .noSpace(let path): "\(path): the disk is full; free some space and run again"
    }
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  static func sentence(_ error: JSONError) -> String {
    switch error {
    case .syntax(let path, let line, let column, let expected):
      "\(path):\(line):\(column): not JSON here: expected \(expected)"
    case .duplicateKey(let path, let line, let column, let key):
      "\(path):\(line):\(column): the key \"\(key)\" stands twice; keep one"
    case .tooDeep(let path, let line, let column, let limit):
      "\(path):\(line):\(column): nested deeper than \(limit) levels"
    }
  }

  static func of(_ error: SafeTensorsError) -> ErrorText {
    if case .file(let file) = error { return of(file) }
    return ErrorText(sentence(error))
  }

  static func sentence(_ error: SafeTensorsError) -> String {
    let damaged = "the file is damaged or was cut short; fetch it again"
    switch error {
    case .file(let error): return sentence(error)
    case .json(let error): return sentence(error)
    case .badHeaderLength(let path, _, let bytes) where bytes < 8:
      return "\(path): has \(bytes) bytes, too few for a header; \(damaged)"
    case .badHeaderLength(let path, let length, let bytes):
      return "\(path): the header claims \(length) bytes, the file has \(bytes); \(damaged)"
    case .badEntry(let path, let tensor, let key, let expected)
    where tensor.isEmpty || tensor == "__metadata__":
      let place = ["the header", tensor == "" ? "" : tensor, key == "header" ? "" : key]
      return "\(path): \(place.filter { !$0.isEmpty }.joined(separator: ".")) should be \(expected)"
    case .badEntry(let path, let tensor, let key, let expected):
      return "\(path): tensor \"\(tensor)\": \(key) should be \(expected)"
    case .outOfRange(let path, let tensor, let begin, let end, let bytes):
      return
        "\(path): tensor \"\(tensor)\" lies at \(begin)..\(end) of \(bytes) bytes; \(damaged)"
    case .wrongSize(let path, let tensor, let expected, let found):
      return
        "\(path): tensor \"\(tensor)\" has \(found) bytes, its shape needs \(expected); \(damaged)"
    case .overlap(let path, let tensor, let other):
      return "\(path): tensors \"\(tensor)\" and \"\(other)\" overlap; \(damaged)"
    case .hole(let path, let at):
      return "\(path): no tensor claims the bytes at \(at) of the data; \(damaged)"
    case .noTensors(let folder, let other):
      return
        "\(folder): has neither model.safetensors nor model.safetensors.index.json; "
        + (other.map(advice) ?? "is it a checkpoint folder?")
    case .badIndex(let path, let key, let expected):
      return "\(path): \(key) should be \(expected)"
    case .escapingPath(let path, let name):
      return
        "\(path): the shard \"\(name)\" is no name of a .safetensors file in the folder; refused"
    case .missingFromShard(let path, let tensor):
      return "\(path): the index says that tensor \"\(tensor)\" is here, and it is not"
    case .duplicate(let path, let tensor):
      return "\(path): tensor \"\(tensor)\" stands in two shards"
    }
  }

  /// What to do about weights in another form.
  private static func advice(_ other: String) -> String {
    if other.hasSuffix(".gguf") { return "to open \(other), give the file itself" }
    if other.hasPrefix("adapter_model") {
      return
        "\(other) is an adapter: merge it into the model that it was trained on (peft's"
        + " merge_and_unload) and save that"
    }
    if other.hasSuffix(".safetensors") {
      return other == "consolidated.safetensors"
        ? "\(other) has other names of tensors: take the files that transformers reads"
        : "\(other) is there without its index; fetch model.safetensors.index.json too"
    }
    return
      "\(other) is not read: load it with transformers and save it with save_pretrained, which"
      + " writes safetensors"
  }

  static func of(_ error: CheckpointError) -> ErrorText {
    switch error {
    case .file(let file): ErrorText(sentence(error), code: of(file).code)
    case .tensors(let error): of(error)
    case .gguf(let error): of(error)
    default: ErrorText(sentence(error))
    }
  }

  static func sentence(_ error: CheckpointError) -> String {
    switch error {
    case .file(.notFound(let path)) where path.hasSuffix("/config.json"):
      let folder = String(path.dropLast("/config.json".count))
      return FileManager.default.fileExists(atPath: folder)
        ? "\(folder): holds no config.json; is it the folder of a checkpoint?"
        : "\(folder): there is no such folder or file; check the path"
    case .file(let error): return sentence(error)
    case .json(let error): return sentence(error)
    case .tensors(let error): return sentence(error)
    case .gguf(let error): return sentence(error)
    case .notAnObject(let path): return "\(path): should hold one JSON object"
    case .missingKey(let path, let key):
      return "\(path): the key \"\(key)\" is missing; is this the checkpoint's own configuration?"
    case .wrongValue(let path, let key, let expected, let found):
      return "\(path): \(key) is \(found); expected \(expected)"
    case .unknownArchitecture(let path, let found, let known):
      return
        "\(path): model_type \"\(found)\" is not supported; supported: "
        + known.joined(separator: ", ")
    case .unknownKeys(let path, let keys):
      return
        "\(path): no one accounted for \(list(keys)); \(keys.count == 1 ? "it" : "they") may change"
        + " the model. If you know better: "
        + keys.prefix(6).map { "--ignore-key \($0)" }.joined(separator: " ")
        + (keys.count > 6 ? " and so on" : "")
    case .missingTensor(let folder, let name):
      return "\(folder): tensor \"\(name)\" is missing; the checkpoint is incomplete"
    case .wrongShape(let folder, let name, let expected, let found):
      return
        "\(folder): tensor \"\(name)\" has shape \(found), the configuration asks for \(expected)"
    case .unsupportedNumbers(let folder, let name, let found):
      return
        "\(folder): tensor \"\(name)\" is stored as \(found); supported: "
        + DType.allCases.map(\.rawValue).joined(separator: ", ")
    case .unclaimedTensors(let folder, let names):
      return
        "\(folder): \(names.count) tensor\(names.count == 1 ? "" : "s") that no part of the model"
        + " uses: \(list(names)); does the configuration belong to these weights?"
    case .notFinite(let folder, let name, let index):
      return
        "\(folder): tensor \"\(name)\" holds NaN or infinity at element \(index); fetch or save the"
        + " checkpoint again"
    }
  }

  static func of(_ error: TokenizerError) -> ErrorText {
    if case .file(let file) = error { return of(file) }
    return ErrorText(sentence(error))
  }

  static func sentence(_ error: TokenizerError) -> String {
    switch error {
    case .missing(let path):
      return
        "\(path): has no tokenizer.json; copy the checkpoint's own there (leeway trace also takes"
        + " --ids)"
    case .file(let error): return sentence(error)
    case .json(let error): return sentence(error)
    case .gguf(let error): return sentence(error)
    case .missingKey(let path, let key): return "\(path): the key \"\(key)\" is missing"
    case .wrongValue(let path, let key, let expected, let found):
      return "\(path): \(key) is \(found); expected \(expected)"
    case .unsupported(let path, let component, let kind, let known):
      return
        "\(path): \(component) \"\(kind)\" is not supported; supported: "
        + known.joined(separator: ", ")
    case .unknownMergePiece(let path, let line, let piece):
      return "\(path): merge \(line) (\"\(piece)\") names a piece that the vocabulary lacks"
    case .invalidUTF8(let offset):
      return "standard input: byte \(offset) is not UTF-8; convert the text to UTF-8 first"
    case .unknownID(let id, let vocabulary):
      return "there is no token \(id): ids run from 0 to \(vocabulary - 1)"
    }
  }

  static func sentence(_ error: EngineError) -> String {
    switch error {
    case .tooLong(let sequence, let tokens, let limit):
      return
        "sequence \(sequence + 1) has \(tokens) tokens with those to come; the model's context is"
        + " \(limit): shorten it or generate fewer"
    case .emptySequence(let sequence): return "sequence \(sequence + 1) has no tokens"
    case .unknownToken(_, let token, let vocabulary):
      return
        "there is no token \(token): the model's vocabulary has \(vocabulary), from 0 to"
        + " \(vocabulary - 1)"
    case .noSuchLayer(let site, let layers):
      return
        "\(site): the model has \(layers) blocks, blocks.0 to blocks.\(layers - 1)"
    case .noSuchSite(let site): return "\(site): this model has no such site"
    case .notEditable(let site): return "\(site): can be read but not edited"
    case .badScoredRange(let sequence, let from, let tokens):
      return "sequence \(sequence + 1): cannot score from token \(from) of \(tokens)"
    case .mismatchedCounts(let what, let expected, let found):
      return "\(found) \(what) for \(expected) prompts"
    }
  }

  static func of(_ error: SteeringError) -> ErrorText {
    switch error {
    case .file(let error): of(error)
    case .tensors(let error): of(error)
    case .gguf(let error): of(error)
    default: ErrorText(sentence(error))
    }
  }

  static func sentence(_ error: SteeringError) -> String {
    switch error {
    case .emptyContrast(let half): return "the \(half) half of the contrast has no text"
    case .zeroVector(let site, let method):
      return
        "\(site): \(method) found no direction: both halves of the contrast read the same"
        + " activations; do the texts end in the same tokens?"
    case .notFinite(let site, let half, let text):
      return
        "\(site): text \(text + 1) of the \(half) half reads activations that are no numbers: the model"
        + " overflows on it; leave that text out, or try --precision exact"
    case .wordNotFound(let word, let text):
      return "the word \"\(word)\" does not stand in \"\(text)\""
    case .unknownName(let kind, let name, let known):
      return unknown(kind, name, known)
    case .badParameter(let owner, let key, let expected, let found):
      return "\(owner): \(key) is \(found); expected \(expected)"
    case .file(let error): return sentence(error)
    case .tensors(let error): return sentence(error)
    case .missingTensor(let path, let name):
      return "\(path): has no tensor \"\(name)\"; is it a steering vector of Leeway's?"
    case .badMetadata(let path, let key, let found):
      return "\(path): \(key) is \(found ?? "missing"); is it a steering vector of Leeway's?"
    case .gguf(let error): return sentence(error)
    case .json(let error): return sentence(error)
    case .badVector(let path, let key, let expected, let found):
      return "\(path): \(key) is \(found); expected \(expected)"
    case .notExpressible(let format, let site, let expected):
      return "\(site): a \(format) file has no word for this place; expected \(expected)"
    case .wrongWidth(let site, let expected, let found):
      return
        "the vector has \(found) numbers, \(site) of this model has \(expected): it was fitted on"
        + " another model"
    }
  }

  static func unknown(_ kind: String, _ name: String, _ known: [String]) -> String {
    let near = Spelling.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? "."
    return "no \(kind) is called \"\(name)\"\(near) Known: \(known.joined(separator: ", "))"
  }

  static func list(_ names: [String]) -> String {
    let shown = names.prefix(6).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.count > 6 ? shown + " and \(names.count - 6) more" : shown
  }
}

/// Mistakes of different kinds, told together.
struct SeveralMistakes: Error {
  var lines: [String]
}

/// Mistakes in what was typed.
enum CommandError: Error, Equatable {
  case badIDs(String)
  case badAdd(String)
  case badSetting(String)
  case noDimension(site: String, dimension: Int, width: Int)
  case unknownSite(String)
  case noStudy(String, known: [String])
  case noModel(study: String)
  case noResult(folder: String)
  case badFamily(path: String)
  case needsDoseOrStrength
  case noSuchBlocks
  case noVectorAt(site: String, known: [String])
  case notPulled(String)
  case halfPulled(String)
  case severalModels(String, [String])
}

extension ErrorText {
  static func sentence(_ error: CommandError) -> String {
    switch error {
    case .badIDs(let text):
      "\"\(text.trimmingCharacters(in: .whitespacesAndNewlines))\": expected token ids, as in"
        + " \"1 403 407\""
    case .badAdd(let text):
      "--add \"\(text)\": expected SITE:dim=INDEX:AMOUNT, as in blocks.1.resid_post:dim=0:4.0"
    case .badSetting(let text): "--set \"\(text)\": expected KEY=VALUE, as in seed=2"
    case .noDimension(let site, let dimension, let width):
      "\(site): there is no dimension \(dimension); they run from 0 to \(width - 1)"
    case .unknownSite(let name):
      "no site is called \"\(name)\"; sites look like blocks.2.resid_post"
    case .noStudy(let name, let known):
      "\(name): there is no such study file"
        + (known.isEmpty ? "" : "; in Studies/: " + known.joined(separator: ", "))
    case .noModel(let study):
      "\(study): names no model; give one with --model FOLDER"
    case .noResult(let folder):
      "\(folder): holds no finished study; run one with: leeway run STUDY --out \(folder)"
    case .badFamily(let path):
      "\(path): names no models that can be read; run the study again to write it"
    case .needsDoseOrStrength: "a vector needs --dose, --strength or --scale"
    case .noVectorAt(let site, let known):
      "the file has no vector at \(site); it has " + list(known)
    case .notPulled(let name):
      "\(name): there is no such file or folder here, and none of that name in the cache; check the"
        + " path, or fetch the model with: \(pull(name))"
    case .halfPulled(let name):
      "\(name): its pull began and did not end; go on with: \(pull(name))"
    case .severalModels(let name, let files):
      "\(name): holds \(files.count) models; name one by its path: " + list(files)
    case .noSuchBlocks: "the file has no vector for any of these blocks"
    }
  }

  /// What fetches a model that was typed as `ORG/NAME` or `ORG/NAME@REVISION`.
  static func pull(_ name: String) -> String {
    let parts = name.split(separator: "@", maxSplits: 1)
    return "leeway pull " + parts.joined(separator: " --revision ")
  }
}
