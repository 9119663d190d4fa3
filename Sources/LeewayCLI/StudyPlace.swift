import Foundation
import LeewayBase
import LeewayStudy

/// Where a study file is, the models that it is run on, and where results go.
struct StudyPlace {
  var file: StudyFile

  /// A path, or the name of a file in `Studies/`.
  ///
  /// - Throws: every mistake at once, those included that only the model shows.
  init(_ name: String, models: [String], engine: EngineOptions) throws {
    let manager = FileManager.default
    let candidates = [name, "Studies/\(name)", "Studies/\(name).yaml"]
    var isFolder: ObjCBool = false
    guard
      let path = candidates.first(where: {
        manager.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
      })
    else {
      let known = ((try? manager.contentsOfDirectory(atPath: "Studies")) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()
      throw CommandError.noStudy(name, known: known)
    }
    switch Result(catching: { () throws(StudyError) in try StudyFile(path: path) }) {
    case .success(let file): self.file = file
    case .failure(.invalid): throw try Self.mistakes(path, model: models.first, engine: engine)
    case .failure(let other): throw other
    }
  }

  private static func mistakes(
    _ path: String, model: String?, engine: EngineOptions
  ) throws -> SeveralMistakes {
    let draft = try StudyDraft(path: path)
    let folder = model ?? draft.models.first ?? ""
    var issues = draft.issues
    var more: [String] = []
    if !folder.isEmpty {
      do {
        issues = draft.issues(on: try engine.open(folder).context(engine, precision: .exact))
      } catch {
        more = ErrorText.of(error).lines
      }
    }
    return SeveralMistakes(
      lines: ErrorText.of(StudyError.invalid(file: path, issues: issues)).lines + more)
  }

  /// - Parameter override: folders given on the command line; empty takes the study's.
  func modelFolders(_ override: [String]) throws -> [String] {
    let folders = override.isEmpty ? file.models : override
    guard !folders.isEmpty, !folders.contains("") else {
      throw CommandError.noModel(study: file.path)
    }
    return folders
  }

  /// The study on one of the models.
  func study(on folder: String) -> Study {
    var study = file.study
    study.model = folder
    return study
  }

  /// Mistakes that only a model shows carry the study's path too.
  func naming<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch StudyError.invalid(nil, let issues) {
      throw StudyError.invalid(file: file.path, issues: file.placed(issues))
    }
  }

  func outFolder(_ override: String?) -> String { override ?? "runs/\(file.study.name)" }
}

/// The models of one run by name, and the folder of each one's results: the run's own folder for a
/// single model, a folder of the model's name in it for several.
struct ModelPlaces: Sendable {
  struct Place: Sendable {
    var name: String
    var model: String
    var out: String
  }
  var places: [Place]
  var out: String

  init(models: [String], out: String) {
    self.out = out
    var taken: Set<String> = []
    places = models.map { model in
      let last = URL(fileURLWithPath: model).standardizedFileURL.lastPathComponent
      var name = last
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(last)-\(number)"
        number += 1
      }
      return Place(name: name, model: model, out: models.count == 1 ? out : out + "/" + name)
    }
  }
}

/// The members of a family in the order in which they were run, beside their folders.
struct FamilyFile: Codable {
  static let name = "family.json"
  var members: [String]

  func write(in folder: String) throws {
    try AtomicFile.write(
      CanonicalCoder.encode(self, pretty: true) + [0x0A], to: folder + "/" + Self.name)
  }

  static func remove(in folder: String) throws {
    try replaceFile(folder + "/" + name, with: nil)
  }

  /// Nil where the folder holds no family.
  static func read(in folder: String) throws -> FamilyFile? {
    let path = folder + "/" + name
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let text = try TextFile.read(path)
    guard let file = try? CanonicalCoder.decode(Self.self, from: Array(text.utf8)),
      !file.members.isEmpty
    else { throw CommandError.badFamily(path: path) }
    return file
  }
}
