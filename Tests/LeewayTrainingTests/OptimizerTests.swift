import Foundation
import LeewayModel
import LeewayTensor
import LeewayTraining
import Testing

/// Optimisers against the reference framework's, and schedules.
@Suite struct OptimizerTests {
  struct Golden: Decodable {
    var start: [Float]
    var gradients: [[Float]]
    var adamw: [Float]
    var sgd: [Float]
  }

  @Test(arguments: Engine.all) func stepsMatch(engine: Engine) throws {
    let path = TestPlace.golden + "/optimizers.json"
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    let kernels = engine.kernels()
    func buffer(_ floats: Floats) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(start: floats.base, count: floats.count)
    }
    let count = golden.start.count
    let (p, m, v) = (Floats(golden.start), Floats(count: count), Floats(count: count))
    for (step, gradient) in golden.gradients.enumerated() {
      let g = Floats(gradient.map { $0 * 4 })
      kernels.adamW(
        buffer(p), gradient: buffer(g), first: buffer(m), second: buffer(v),
        .init(
          rate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1, step: step + 1,
          factor: 0.25))
    }
    #expect(relativeDifference(p.values, golden.adamw) < 1e-6)
    let (q, speed) = (Floats(golden.start), Floats(count: count))
    for gradient in golden.gradients {
      let g = Floats(gradient)
      kernels.descend(
        buffer(q), gradient: buffer(g), speed: buffer(speed), rate: 0.01, momentum: 0.9,
        decay: 0.1, factor: 1)
    }
    #expect(relativeDifference(q.values, golden.sgd) < 1e-6)
  }

  /// Only matrices decay: with no gradient everything else stays.
  @Test func decayLeavesNormsBiasesAndEmbeddings() throws {
    let model = Trainee(
      try Checkpoint(folder: TestPlace.golden + "/gpt2"), kernels: Kernels())
    let before = model.table.tensors.map { model.values($0, of: model.weights) }
    let optimizer = Optimizer(.standard, decay: 0.5, count: model.table.count)
    optimizer.advance(model, rate: 0.1, factor: 1)
    for (tensor, old) in zip(model.table.tensors, before) {
      let new = model.values(tensor, of: model.weights)
      if tensor.role == .matrix {
        #expect(relativeDifference(new, old.map { $0 * 0.95 }) < 1e-6, "\(tensor.name)")
      } else {
        #expect(new == old, "\(tensor.name)")
      }
    }
  }

  @Test func schedulesGoUpAndDown() {
    let cosine = Schedule(kind: .cosine, warmUp: 4, final: 0.1)
    let shares = (0..<20).map { cosine.share(step: $0, of: 20) }
    #expect(shares[0] == 0.25 && shares[3] == 1 && shares[4] == 1)
    #expect(abs(shares[19] - 0.1) < 1e-12)
    #expect(zip(shares[4...], shares[5...]).allSatisfy { $0 > $1 })
    let linear = Schedule(kind: .linear, final: 0)
    #expect((0..<11).map { linear.share(step: $0, of: 11) }[5] == 0.5)
    let constant = Schedule(kind: .constant)
    #expect(constant.share(step: 7, of: 9) == 1)
  }
}
