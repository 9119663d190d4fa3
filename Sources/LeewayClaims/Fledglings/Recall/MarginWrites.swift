import Foundation
import LeewayModel

/// How each sublayer writes to the margin of truth against falsehood at the place of the answer.
///
/// The final norm is taken as the scaling that it makes in the clean run, so the margin is a sum:
/// embedding, one term a sublayer (2 · layers of them), and a constant.
package struct MarginWrites: Sendable, Codable, Equatable {
  package var embedding: Double
  /// Attention and MLP of each block in turn.
  package var sublayers: [Double]
  package var constant: Double

  package var total: Double { embedding + sublayers.reduce(0, +) + constant }

  /// Over how many sublayers the positive writes are spread: the participation ratio, 1 to 2 · layers.
  package var spread: Double { participation(sublayers.filter { $0 > 0 }) }
}

/// (sum)² / sum of squares: how many of the values carry the sum. 0 without values.
package func participation(_ values: [Double]) -> Double {
  let squares = values.reduce(0) { $0 + $1 * $1 }
  let sum = values.reduce(0, +)
  return squares > 0 ? sum * sum / squares : 0
}

/// The final norm and the unembedding as one linear map of the stream, given what the norm divides by.
package struct MarginReader: Sendable {
  /// What the stream is read with, `[width]`: (U[truth] − U[falsehood]) · norm's weight.
  package let weights: [Double]
  package let constant: Double
  package let centred: Bool
  package let epsilon: Double

  package init(_ model: Transformer, truth: Int, falsehood: Int) {
    let (up, down) = (model.unembedding(of: truth), model.unembedding(of: falsehood))
    let norm = model.norm(.final)
    weights = zip(zip(up, down), norm.weight).map { Double($0.0 - $0.1) * Double($1) }
    constant = zip(zip(up, down), norm.bias).reduce(0) {
      $0 + Double($1.0.0 - $1.0.1) * Double($1.1)
    }
    centred = model.config.norm == .layer
    epsilon = Double(model.config.epsilon)
  }

  /// What the norm multiplies this stream by.
  package func scale(_ stream: ArraySlice<Float>) -> Double {
    let count = Double(max(stream.count, 1))
    let middle = centred ? stream.reduce(0.0) { $0 + Double($1) } / count : 0
    let square = stream.reduce(0.0) { $0 + (Double($1) - middle) * (Double($1) - middle) }
    return 1 / (square / count + epsilon).squareRoot()
  }

  /// What a part of the stream adds to the margin under a given scale.
  package func read(_ part: some Collection<Float>, scale: Double) -> Double {
    let middle =
      centred ? part.reduce(0.0) { $0 + Double($1) } / Double(max(part.count, 1)) : 0
    return zip(part, weights).reduce(0) { $0 + (Double($1.0) - middle) * $1.1 } * scale
  }
}

extension PushedModel {
  /// Sites whose sum is the stream before the final norm.
  package var writingSites: [Site] {
    [Site(.residPre, layer: 0)]
      + (0..<config.layers).flatMap { [Site(.attnOut, layer: $0), Site(.mlpOut, layer: $0)] }
  }

  package func reader(_ fact: FalseFact) throws -> MarginReader {
    MarginReader(transformer, truth: try piece(fact.truth), falsehood: try piece(fact.falsehood))
  }

  /// One a prompt, read at its last position.
  ///
  /// - Parameter scales: of the clean run, to hold the norm still under a push; nil takes each run's
  ///   own.
  package func writes(
    _ prompts: [[Int]], _ reader: MarginReader, _ variant: Variant = .baseline,
    scales: [Double]? = nil
  ) throws -> (writes: [MarginWrites], scales: [Double]) {
    let sites = writingSites + [Site(.residPost, layer: config.layers - 1)]
    let captured = try planner.capture(
      CaptureJob(prompts: prompts, sites: sites, variant: variant))
    var own: [Double] = []
    let writes = captured.enumerated().map { index, sites in
      let last = sites.map { $0.position($0.positions - 1) }
      let scale = scales?[index] ?? reader.scale(last[last.count - 1])
      own.append(scale)
      let parts = last.dropLast().map { reader.read($0, scale: scale) }
      return MarginWrites(
        embedding: parts[0], sublayers: Array(parts.dropFirst()), constant: reader.constant)
    }
    return (writes, own)
  }

  /// Log-odds of truth against falsehood after each prompt: `[variant][prompt]`, nats.
  package func margins(_ prompts: [[Int]], _ fact: FalseFact, _ variants: [Variant]) throws
    -> [[Double]]
  {
    let candidates = [try piece(fact.truth), try piece(fact.falsehood)]
    return try planner.nextToken(
      NextTokenJob(
        prompts: prompts, candidates: prompts.map { _ in candidates }, variants: variants)
    ).map { $0.map { Double($0.logProbs[0]) - Double($0.logProbs[1]) } }
  }
}
