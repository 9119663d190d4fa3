import LeewayBase
import LeewayTensor

/// Chooses the next token from logits; the stream is the only source of chance.
struct Sampler {
  var sampling: Sampling
  var kernels: Kernels

  func choose(
    _ logits: UnsafeBufferPointer<Float>, scratch: FloatBuffer, stream: inout NamedStream
  ) -> Int {
    guard sampling.temperature > 0 else { return kernels.argmax(logits) }
    let row = scratch.matrix(rows: 1, columns: logits.count).row(0)
    _ = row.update(from: logits)
    kernels.softmax(row, temperature: Float(sampling.temperature))
    // Every sequence draws one number a token, whatever is chosen: streams stay in step.
    let draw = stream.uniform()
    let filtered = sampling.topK > 0 || sampling.topP < 1 || sampling.minP > 0
    let kept = filtered ? keep(UnsafeBufferPointer(row)) : nil
    var total = 0.0
    if let kept {
      for id in kept { total += Double(row[id]) }
    } else {
      for value in row { total += Double(value) }
    }
    guard total > 0, total.isFinite else { return kernels.argmax(logits) }
    var left = draw * total
    if let kept {
      for id in kept {
        left -= Double(row[id])
        if left < 0 { return id }
      }
      return kept.last ?? kernels.argmax(logits)
    }
    for (id, value) in row.enumerated() {
      left -= Double(value)
      if left < 0 { return id }
    }
    return kernels.argmax(logits)
  }

  /// Ids that pass top-k, then top-p, then min-p; most probable first where they had to be sorted,
  /// the lowest id first on a tie.
  private func keep(_ probabilities: UnsafeBufferPointer<Float>) -> [Int] {
    let floor = Float(sampling.minP) * probabilities[kernels.argmax(probabilities)]
    var ids = probabilities.indices.filter { probabilities[$0] > 0 }
    guard sampling.topK > 0 || sampling.topP < 1 else {
      return ids.filter { probabilities[$0] >= floor }
    }
    ids.sort { (probabilities[$0], $1) > (probabilities[$1], $0) }
    if sampling.topK > 0 { ids = Array(ids.prefix(sampling.topK)) }
    if sampling.topP < 1 {
      var total = 0.0
      for id in ids { total += Double(probabilities[id]) }
      var sum = 0.0
      var count = 0
      for id in ids where sum < sampling.topP * total {
        sum += Double(probabilities[id])
        count += 1
      }
      ids = Array(ids.prefix(max(count, 1)))
    }
    return ids.filter { probabilities[$0] >= floor }
  }
}
