import ArgumentParser
import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTokenizer

/// Steering vectors as files.
struct VectorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vector", abstract: "Fit, show, save and convert steering vectors.",
    subcommands: [Fit.self, Show.self, Save.self, Convert.self, Shift.self])

  struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fit a vector on two files of texts, one text a line.",
      discussion: """
          leeway vector fit --model DIR --positive boy.txt --negative girl.txt \\
            --site blocks.2.resid_post --read last --out boy.safetensors
        """)
    @Option(help: "Checkpoint folder or GGUF file.") var model: String
    @Option(help: "Texts that the vector should point to.") var positive: String
    @Option(help: "Texts that it should point away from.") var negative: String
    @Option(help: "Where to read, such as blocks.2.resid_post.") var site: String
    @Option(help: "last, response-mean or word:NAME.") var read = "last"
    @Option(help: "\(SteeringMethods.all.map { $0.id }.joined(separator: ", ")).")
    var method = MeanDifference.id
    @Option(help: "File to write: NAME.safetensors or NAME.gguf.") var out: String
    @OptionGroup var engine: EngineOptions

    func run() throws {
      try reporting {
        guard let site = Site(site) else { throw CommandError.unknownSite(self.site) }
        guard site.layer >= 0 else { throw EngineError.notEditable(site: site) }
        let opened = try engine.open(model)
        let fitter = VectorFitter(
          executor: NaiveExecutor(model: opened.transformer, kernels: engine.kernels()),
          tokenizer: try Tokenizer(path: opened.checkpoint.folder),
          checkpointHash: try opened.checkpoint.contentHash())
        let contrast = Contrast(
          positive: try TextFile.lines(positive), negative: try TextFile.lines(negative))
        let read = try ReadPosition(read)
        let activations = try fitter.activations(contrast, read: read, sites: [site])[0]
        let vector = try fitter.fit(activations, method: try SteeringMethods.named(method))
        try VectorFile([vector]).save(to: out)
        let norms = try fitter.residualNorms(contrast.positive + contrast.negative, sites: [site])[
          0]
        VectorCommand.show(vector)
        if let norms {
          print(
            "residual norm   median \(norms.median), mean \(norms.mean) over \(norms.count) positions"
          )
          print("dose of the raw vector   \(vector.rawNorm / norms.median)")
        }
        print("written to      \(out)")
      }
    }
  }

  struct Save: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Save a vector anew: for another site, or reversed.")
    @Argument(help: "A steering vector's file.") var file: String
    @Option(help: "File to write: NAME.safetensors or NAME.gguf.") var out: String
    @Option(help: "Apply at this site instead.") var site: String?
    @Flag(help: "Turn it round.") var reversed = false
    func run() throws {
      try reporting {
        var vector = try SteeringVector(path: file)
        if let name = site {
          guard let site = Site(name) else { throw CommandError.unknownSite(name) }
          vector = vector.moved(to: site)
        }
        if reversed { vector = vector.reversed() }
        try VectorFile([vector]).save(to: out)
        VectorCommand.show(vector)
        print("written to      \(out)")
      }
    }
  }

  static func show(_ vector: SteeringVector) {
    print("site            \(vector.site)")
    print("width           \(vector.direction.count)")
    print("raw norm        \(vector.rawNorm)")
    print("method          \(vector.provenance.method), read at \(vector.provenance.read)")
    print("contrast        \(vector.provenance.contrastHash)")
    print("checkpoint      \(vector.provenance.checkpointHash)")
    if !vector.provenance.notes.isEmpty { print("notes           \(vector.provenance.notes)") }
    print("hash            \(vector.hash)")
  }
}
