import ArgumentParser
import Foundation

/// Runs a command's body; an error becomes its sentences on standard error and an exit code.
func reporting(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let exit as ExitCode {
    throw exit
  } catch let error as CleanExit {
    throw error
  } catch let error as ValidationError {
    throw error
  } catch {
    let text = ErrorText.of(error)
    for line in text.lines { printError("leeway: " + visible(line)) }
    throw ExitCode(text.code)
  }
}

/// A sentence on one line: it may quote a damaged file, whose bytes must not steer the terminal.
private func visible(_ sentence: String) -> String {
  sentence.unicodeScalars.reduce(into: "") { text, scalar in
    if scalar.properties.generalCategory == .control {
      text += scalar.escaped(asASCII: true)
    } else {
      text.unicodeScalars.append(scalar)
    }
  }
}

func printError(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// What is said of an error, and the exit code.
struct ErrorText {
  /// 1: failed on the way; 2: bad input; 130: stopped on request.
  var code: Int32 = 2
  var lines: [String]

  init(_ line: String, code: Int32 = 2) {
    lines = [line]
    self.code = code
  }

  init(lines: [String], code: Int32 = 2) {
    self.lines = lines
    self.code = code
  }
}
