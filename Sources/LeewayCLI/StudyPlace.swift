import Foundation
import LeewayStudy

/// Where a study file is and where its results go.
struct StudyPlace {
  var file: StudyFile

  /// A path, or the name of a file in `Studies/`.
  init(_ name: String) throws {
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
    file = try StudyFile(path: path)
  }

  func modelFolder(_ override: String?) throws -> String {
    let folder = override ?? file.study.model
    guard !folder.isEmpty else { throw CommandError.noModel(study: file.path) }
    return folder
  }

  /// Mistakes that only a model shows carry the study's path too.
  func naming<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch StudyError.invalid(nil, let issues) {
      throw StudyError.invalid(file: file.path, issues: issues)
    }
  }

  func outFolder(_ override: String?) -> String { override ?? "runs/\(file.study.name)" }
}
