import Foundation
import LeewayStudy

/// Where a study file is and where its results go.
struct StudyPlace {
  var file: StudyFile

  /// A path, or the name of a file in `Studies/`.
  ///
  /// - Throws: every mistake at once, those included that only the model shows.
  init(_ name: String, model: String?, engine: EngineOptions) throws {
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
    file = try Self.read(path) { named in
      let folder = model ?? named
      return folder.isEmpty ? nil : try engine.open(folder).context(engine, precision: .exact)
    }
  }

  private static func read(_ path: String, context: (String) throws -> RunContext?) throws
    -> StudyFile
  {
    switch Result(catching: { () throws(StudyError) in try StudyFile(path: path) }) {
    case .success(let file): return file
    case .failure(.invalid(let file, _)):
      var lines: [String] = []
      let issues = try StudyFile.mistakes(path: path) { named -> RunContext? in
        do { return try context(named) } catch {
          lines = ErrorText.of(error).lines
          return nil
        }
      }
      let mistakes = StudyError.invalid(file: file, issues: issues)
      if lines.isEmpty { throw mistakes }
      throw SeveralMistakes(lines: ErrorText.of(mistakes).lines + lines)
    case .failure(let other): throw other
    }
  }

  func modelFolder(_ override: String?) throws -> String {
    let folder = override ?? file.study.model
    guard !folder.isEmpty else { throw CommandError.noModel(study: file.path) }
    return folder
  }

  /// Mistakes that only a model shows carry the study's path too.
  func naming<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch StudyError.invalid(nil, let issues) {
      throw StudyError.invalid(file: file.path, issues: file.placed(issues))
    }
  }

  func outFolder(_ override: String?) -> String { override ?? "runs/\(file.study.name)" }
}
