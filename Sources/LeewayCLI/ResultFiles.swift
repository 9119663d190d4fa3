import Foundation
import LeewayBase
import LeewayReport
import LeewayStore
import LeewayStudy

/// Makes a folder or says why not.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    switch (cause ?? error as NSError).code {
    case Int(EEXIST), Int(ENOTDIR), NSFileWriteFileExistsError:
      throw FileError.unwritable(path: path, errno: ENOTDIR)
    case Int(ENOSPC): throw FileError.noSpace(path: path)
    default: throw FileError.readOnly(path: path)
    }
  }
}

/// Writes a file, or, where there is nothing to write, takes away what an earlier run left there.
func replaceFile(_ path: String, with text: String?) throws {
  if let text { return try AtomicFile.write(Array(text.utf8), to: path) }
  guard FileManager.default.fileExists(atPath: path) else { return }
  do { try FileManager.default.removeItem(atPath: path) } catch {
    throw FileError.readOnly(path: path)
  }
}

/// The files of a finished study: on one model its own, on several also the family's.
struct ResultFiles {
  struct Member {
    var name: String
    /// Where the member's database is.
    var folder: String
    var result: StudyResult

    /// Writes every file that differs from what is there.
    func write() throws {
      try AtomicFile.write(Array(StudyPage.html(result).utf8), to: folder + "/index.html")
      try replaceFile(folder + "/window.svg", with: StudyPicture.svg(result))
      try AtomicFile.write(try result.json(), to: folder + "/result.json")
      try AtomicFile.write(Array(result.csv().utf8), to: folder + "/trials.csv")
    }
  }
  var folder: String
  var members: [Member]

  /// The comparison's files; each member has written its own.
  func write() throws {
    guard members.count > 1 else {
      // The folder now holds one model's study: a comparison that it held before is over.
      try FamilyFile.remove(in: folder)
      return
    }
    try FamilyFile(members: members.map(\.name)).write(in: folder)
    try AtomicFile.write(
      Array(FamilyPage.html(try family()).utf8), to: folder + "/index.html")
  }

  /// The members compared: a capability that one of them lacks sets no ceiling in any.
  private func family() throws -> Family {
    let lacking = Family.notShared(members.map(\.result))
    return Family(
      try members.map { member in
        Family.Member(
          name: member.name, page: member.name + "/index.html",
          result: lacking.isEmpty ? member.result : try compared(member, without: lacking))
      })
  }

  private func compared(_ member: Member, without lacking: Set<Int>) throws -> StudyResult {
    let ledger = try SQLiteLedger(path: member.folder + "/leeway.sqlite")
    guard let plan = try ledger.plan(member.result.planHash) else { return member.result }
    return try StudyAnalysis(plan: plan, ledger: ledger, leftOut: lacking).result()
  }

  func tell(json: Bool, page: Bool = true) throws {
    guard members.count > 1 else {
      guard let result = members.first?.result else { return }
      if json { return tell(try result.json()) }
      print(StudyTable.text(result, columns: Terminal.columns, color: Terminal.isOutput))
      if page { print("page: \(folder)/index.html") }
      return
    }
    if json { return tell(try CanonicalCoder.encode(members.map(\.result), pretty: true) + [0x0A]) }
    print(FamilyTable.text(try family(), columns: Terminal.columns, color: Terminal.isOutput))
    if page { print("page: \(folder)/index.html") }
  }

  private func tell(_ json: [UInt8]) {
    FileHandle.standardOutput.write(Data(json))
    print()
  }
}
