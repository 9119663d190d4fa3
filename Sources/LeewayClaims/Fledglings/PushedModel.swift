import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor
import LeewayTokenizer
import LeewayWorld

/// A Fledgling, opened, beside the world that it was trained on, ready to be pushed and asked.
package struct PushedModel: Sendable {
  package let fledgling: Fledgling
  package let transformer: Transformer
  package let planner: SweepPlanner
  package let tokenizer: Tokenizer
  package let world: World
  package let endTokens: Set<Int>
  /// Of the checkpoint's files.
  package let hash: String

  package init(_ fledgling: Fledgling, tools: ClaimTools) throws {
    let folder = try tools.models.folder(fledgling)
    let checkpoint = try Checkpoint(folder: folder)
    self.fledgling = fledgling
    transformer = try Transformer(checkpoint)
    planner = SweepPlanner(model: transformer, kernels: tools.kernels)
    tokenizer = try Tokenizer(path: folder)
    world = try World()
    endTokens = Set(checkpoint.config.endTokens)
    hash = try checkpoint.contentHash()
  }

  package var config: TransformerConfig { transformer.config }
  /// Weights beside the embeddings: what a size is counted in.
  package var parameters: Int { transformer.parameters - transformer.embeddingParameters }
  package var fitter: VectorFitter {
    VectorFitter(executor: planner, tokenizer: tokenizer, checkpointHash: hash)
  }

  /// The vector of a falsehood at each site: birds of its family against birds of the true one, read
  /// where a sentence is about to say the family. Neither the subject nor a question stands in it.
  package func vectors(_ fact: FalseFact, sites: [Site]) throws -> [SteeringVector] {
    let told = try world.contrast(
      FalseFact.relation, positive: fact.falsehood, negative: fact.truth, excluding: fact.subject,
      end: .article)
    let activations = try fitter.activations(
      Contrast(positive: told.positive, negative: told.negative), read: .last, sites: sites)
    return try activations.map { try fitter.fit($0) }
  }

  /// The median length of the stream at each site over what the model is asked: the yardstick of a
  /// dose.
  package func residualMedians(_ sites: [Site]) throws -> [Double] {
    let facts = FalseFact.all(world).prefix(48)
    let texts =
      facts.map { FactQuestions(self, $0).texts[0] } + FarTasks.items(world).map(\.prompt)
    return try fitter.residualNorms(texts, sites: sites).map { $0?.median ?? 1 }
  }

  /// What adds a direction at a site, at every position.
  package static func push(_ vector: SteeringVector, strength: Double) throws -> Variant {
    let edit = try Add().edit(direction: vector.direction, strength: strength, residualMedian: 1)
    return Variant([Intervention(site: vector.site, edit: edit)])
  }
}
