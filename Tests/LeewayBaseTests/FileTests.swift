import Foundation
import LeewayBase
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Files")
struct FileTests {
  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("A file is whole, and nothing lies beside it")
  func whole() throws {
    try withFolder { folder in
      let path = folder + "/f"
      try AtomicFile.write([1, 2, 3], to: path)
      #expect(try load(path) == [1, 2, 3])
      try AtomicFile.write([], to: path)
      #expect(try load(path) == [])
      try AtomicFile.write(to: path) { (put) throws(FileError) in
        for byte: UInt8 in 0..<100 { try put([byte, byte][...]) }
        try put([])
      }
      #expect(try load(path).count == 200)
      #expect(try names(folder) == ["f"])
    }
  }

  /// A clone without Git's extension for large files has these in place of the weights.
  @Test("Git's pointer to a file is not the file")
  func pointers() throws {
    try withFolder { folder in
      let path = folder + "/model.safetensors"
      let oid = String(repeating: "a1", count: 32)
      let text = "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 9\n"
      try save(Array(text.utf8), path)
      #expect(throws: FileError.pointer(path: path)) { try MappedFile(path: path) }
      #expect(throws: SafeTensorsError.file(.pointer(path: path))) {
        try TensorArchive(folder: folder)
      }
      // A text that begins so is a text.
      try save(Array((text + String(repeating: " ", count: 1024)).utf8), path)
      #expect(try MappedFile(path: path).count > 1024)
    }
  }

  @Test("What fails midway leaves the old file")
  func midway() throws {
    try withFolder { folder in
      let path = folder + "/f"
      try AtomicFile.write([1, 2, 3], to: path)
      #expect(throws: FileError.noSpace(path: "stand-in")) {
        try AtomicFile.write(to: path) { (put) throws(FileError) in
          try put([9, 9])
          throw FileError.noSpace(path: "stand-in")
        }
      }
      #expect(try load(path) == [1, 2, 3])
      #expect(try names(folder) == ["f"])
      // What a process that was killed left behind is in nobody's way, nor is it overwritten.
      let left = "\(path).\(getpid())-0.tmp"
      try save([7], left)
      try AtomicFile.write([4], to: path)
      #expect(try load(path) == [4])
      #expect(try load(left) == [7])
    }
  }

  @Test("Two writers of one file do not mix")
  func writers() throws {
    try withFolder { folder in
      let path = folder + "/f"
      try AtomicFile.write(to: path) { (put) throws(FileError) in
        try put([1, 1])
        try AtomicFile.write([2, 2, 2], to: path)
        try put([1, 1])
      }
      #expect(try load(path) == [1, 1, 1, 1])
      #expect(try names(folder) == ["f"])
    }
  }

  @Test("Places where no file can be")
  func places() throws {
    try withFolder { folder in
      let path = folder + "/none/f"
      #expect(throws: FileError.notFound(path: path)) { try AtomicFile.write([1], to: path) }
      #expect(throws: FileError.notFound(path: folder + "/a\0b")) {
        try AtomicFile.write([1], to: folder + "/a\0b")
      }
      try AtomicFile.write([1], to: folder + "/f")
      #expect(throws: FileError.notFound(path: folder + "/f/g")) {
        try AtomicFile.write([1], to: folder + "/f/g")
      }
      #expect(throws: FileError.unwritable(path: folder, errno: EISDIR)) {
        try AtomicFile.write([1], to: folder)
      }
      #expect(try names(folder) == ["f"])
    }
  }

  @Test("A folder that may only be read", .enabled(if: geteuid() != 0, "root writes anywhere"))
  func readOnly() throws {
    try withFolder { folder in
      let locked = folder + "/locked"
      try FileManager.default.createDirectory(atPath: locked, withIntermediateDirectories: true)
      chmod(locked, 0o555)
      defer { chmod(locked, 0o755) }
      #expect(throws: FileError.readOnly(path: locked + "/f")) {
        try AtomicFile.write([1], to: locked + "/f")
      }
    }
  }

  @Test("Mapping")
  func mapping() throws {
    try withFolder { folder in
      let path = folder + "/f"
      try save([1, 2, 3], path)
      let file = try MappedFile(path: path)
      #expect(file.count == 3)
      #expect(file.withBytes { Array($0) } == [1, 2, 3])
      try save([], path)
      #expect(try MappedFile(path: path).withBytes { $0.count } == 0)
      #expect(throws: FileError.notFound(path: folder + "/g")) {
        try MappedFile(path: folder + "/g")
      }
      #expect(throws: FileError.notFound(path: path + "/g")) { try MappedFile(path: path + "/g") }
      #expect(throws: FileError.notFound(path: path + "\0x")) {
        try MappedFile(path: path + "\0x")
      }
      #expect(throws: FileError.notAFile(path: folder)) { try MappedFile(path: folder) }
    }
  }

  @Test("A pipe is no file, and nobody waits for it", .timeLimit(.minutes(1)))
  func pipe() throws {
    try withFolder { folder in
      let path = folder + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      #expect(throws: FileError.notAFile(path: path)) { try MappedFile(path: path) }
    }
    #expect(throws: FileError.notAFile(path: "/dev/null")) { try MappedFile(path: "/dev/null") }
  }
}
