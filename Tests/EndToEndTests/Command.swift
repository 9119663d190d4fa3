import Foundation
import Testing

/// The built command, as a person runs it.
enum Command {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let golden = root + "/Tests/LeewayModelTests/Golden"
  static let nestling = root + "/Models/nestling"

  struct Outcome {
    var code: Int32
    var output: String
    var errors: String
  }

  /// Beside the tests' own executable, where one build puts both.
  static func path() throws -> String {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
    let places = [bundle, root + "/.build/release", root + "/.build/debug"].map { $0 + "/leeway" }
    return try #require(
      places.first { FileManager.default.isExecutableFile(atPath: $0) },
      "the command is not built: swift build -c release")
  }

  /// - Parameter place: where it runs; a fresh folder if nil.
  static func started(_ arguments: [String], input: String = "", in place: String? = nil) throws
    -> Running
  {
    try Running(try path(), arguments, input: Data(input.utf8), in: place)
  }

  static func run(_ arguments: String..., input: String = "") throws -> Outcome {
    try started(arguments, input: input).outcome()
  }

  static func run(_ arguments: [String], input: Data) throws -> Outcome {
    try Running(try path(), arguments, input: input).outcome()
  }
}

/// A command under way. Its output goes to files, so that no full pipe can stop it.
struct Running {
  let process = Process()
  private let folder: String

  init(_ path: String, _ arguments: [String], input: Data, in place: String? = nil) throws {
    folder = try freshFolder()
    try input.write(to: URL(fileURLWithPath: folder + "/in"))
    for name in ["out", "err"] { try Data().write(to: URL(fileURLWithPath: folder + "/" + name)) }
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: place ?? folder)
    process.standardInput = FileHandle(forReadingAtPath: folder + "/in")
    process.standardOutput = FileHandle(forWritingAtPath: folder + "/out")
    process.standardError = FileHandle(forWritingAtPath: folder + "/err")
    try process.run()
  }

  func outcome() throws -> Command.Outcome {
    process.waitUntilExit()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return Command.Outcome(
      code: process.terminationStatus,
      output: try String(contentsOfFile: folder + "/out", encoding: .utf8),
      errors: try String(contentsOfFile: folder + "/err", encoding: .utf8))
  }
}

func freshFolder() throws -> String {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent(
    "leeway-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  return url.path
}

/// A folder of its own, gone after `body`.
func withFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = try freshFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

func write(_ text: String, _ path: String) throws {
  try text.write(toFile: path, atomically: true, encoding: .utf8)
}
