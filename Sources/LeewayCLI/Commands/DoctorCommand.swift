import ArgumentParser
import Foundation
import LeewayModel
import LeewaySteering
import LeewayTensor
import LeewayTokenizer

/// What this machine and this model can do, and whether the laws hold on them.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check this machine, and the laws on one model.")

  @Argument(help: "Checkpoint folder or GGUF file.") var folder: String?
  @Option(help: "The same as an option.") var model: String?
  @OptionGroup var engine: EngineOptions

  func validate() throws {
    guard folder == nil || model == nil else {
      throw ValidationError("give the folder once, as an argument or with --model")
    }
  }

  func run() throws {
    try reporting {
      let sets = KernelSet.available
      print("kernels     \(sets.map(\.name).joined(separator: ", ")); used: \(KernelSet.best.name)")
      print("threads     \(engine.threads)")
      guard let folder = folder ?? model else { return }
      let opened = try engine.open(folder)
      let config = opened.config
      print(
        "model       \(opened.checkpoint.architecture.modelType), \(opened.transformer.parameters) parameters, \(config.layers) blocks of width \(config.width), context \(config.maxPositions)"
      )
      let stored = opened.checkpoint.weightBytes
      let batch = opened.checkpoint.batchBytes
      print(
        "memory      \(ByteText.of(stored)) stored, \(ByteText.of(opened.transformer.packedBytes)) packed, about \(ByteText.of(batch)) for a batch"
      )
      do {
        let tokenizer = try Tokenizer(path: opened.checkpoint.folder)
        let note =
          tokenizer.guessesWords
          ? "; tokenizer.ggml.pre is missing: words are cut as llama.cpp cuts them by default" : ""
        let flags = TokenizerNote.flags(tokenizer, folder: opened.checkpoint.folder)
        print("tokenizer   \(tokenizer.vocabularyCount) ids\(note)\(flags.map { "; " + $0 } ?? "")")
      } catch let error as TokenizerError {
        print("tokenizer   \(ErrorText.sentence(error))")
      }
      let kernels = engine.kernels()
      let speed = try ModelSpeed(opened.transformer, kernels: kernels)
      print(
        String(
          format: "speed       measured, %@ on %@: reads %.0f tokens/s (%d at once), writes %.1f",
          kernels.precision.rawValue, kernels.set.name, speed.reading, speed.promptLength,
          speed.writing))
      let failed = try ModelLaws(opened.transformer, kernels: kernels).check {
        name, holds, note in
        print("  \(holds ? "ok  " : "FAIL")  \(name)\(note.isEmpty ? "" : ": " + note)")
      }
      if failed > 0 { throw ExitCode(1) }
    }
  }
}
