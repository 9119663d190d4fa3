import ArgumentParser
import Foundation
import LeewayStudy
import LeewayTensor

/// All mistakes of a study at once, and what it would cost.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find every mistake in a study and say what it would run.")

  @Argument(help: "A study file, or the name of one in Studies/.") var study: String
  @Option(
    name: .customLong("model"),
    help: "Checkpoint folder or GGUF file, instead of the study's; may be given several times.")
  var models: [String] = []
  @OptionGroup var engine: EngineOptions

  func run() throws {
    try reporting {
      let place = try StudyPlace(study, models: models, engine: engine)
      let folders = try place.modelFolders(models)
      for folder in folders { try check(place, folder, named: folders.count > 1) }
    }
  }

  private func check(_ place: StudyPlace, _ folder: String, named: Bool) throws {
    let opened = try engine.open(folder)
    let context = try opened.context(
      engine,
      precision: engine.precision ?? Precision(rawValue: place.file.study.precision) ?? .exact)
    let plan = try place.naming {
      try StudyPlan.describe(place.study(on: folder), context: context)
    }
    let name = context.provenance.modelPath
    print("\(place.file.path): no mistakes\(named ? " on \(name)" : "")")
    print("  sites      \(plan.sites.map(\.description).joined(separator: ", "))")
    let doses = plan.doses
    print("  doses      \(doses.count), from \(doses.first ?? 0) to \(doses.last ?? 0)")
    print(
      "  prompts    \(plan.choosingPrompts) to choose the site, \(plan.reportingPrompts) to report"
    )
    print(
      "  settings   \(plan.settings), and at most \(plan.addedAtMost) more by refinement and refits"
    )
    print("  conditions \(plan.conditions) (settings x scorers)")
    print(
      String(
        format: "  work       %.3g tokens, %.3g multiply-adds if nothing were shared",
        Double(plan.tokens), plan.multiplyAdds))
    for note in plan.notes { print("  note       \(note)") }
  }
}
