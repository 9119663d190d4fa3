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
    switch Result(catching: { () throws(StudyError) in try StudyFile(path: path) }) {
    case .success(let file): self.file = file
    case .failure(.invalid): throw try Self.mistakes(path, model: model, engine: engine)
    case .failure(let other): throw other
    }
  }

  private static func mistakes(
    _ path: String, model: String?, engine: EngineOptions
  ) throws -> SeveralMistakes {
    let draft = try StudyDraft(path: path)
    let folder = model ?? draft.model
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
