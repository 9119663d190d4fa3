import ArgumentParser
import Foundation
import LeewayBase
import LeewayStudy

@main
struct Leeway: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leeway",
    abstract: "Measure how far a language model can be pushed before it breaks.",
    discussion: """
      A first study:
        leeway check Studies/hero-of-a-story.yaml
        leeway run Studies/hero-of-a-story.yaml

      The claims behind it, each with its verdict:
        leeway claims
        leeway claims run all

      Exit codes:
        0    done
        1    something failed on the way
        2    bad input: a file, a key, a value
        64   wrong usage
        130  stopped by Ctrl-C; what was measured is kept
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, CheckCommand.self, ReportCommand.self, ClaimsCommand.self,
      GenerateCommand.self, VectorCommand.self, TraceCommand.self, TrainCommand.self,
      TokenizeCommand.self, WorldCommand.self, DoctorCommand.self, PullCommand.self,
      ModelsCommand.self,
    ])

  static func main() {
    // A file that grows past a limit is an error to be told, not a signal to die of.
    signal(SIGXFSZ, SIG_IGN)
    if let typed = CommandLine.arguments.dropFirst().first, let sentence = noCommand(typed) {
      printError("leeway: " + sentence)
      Foundation.exit(EX_USAGE)
    }
    main(nil)
  }

  /// What is said of a first word that is no command; nil where it may be one.
  private static func noCommand(_ typed: String) -> String? {
    let known = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !typed.hasPrefix("-"), typed != "help", !known.contains(typed) else { return nil }
    let nearest = Spelling.nearest(to: typed, among: known)
    return "there is no command \"\(typed)\"; "
      + (nearest.map { "did you mean \"\($0)\"? " } ?? "") + "leeway --help lists them"
  }

  static let engineVersion = Provenance.engine
}
