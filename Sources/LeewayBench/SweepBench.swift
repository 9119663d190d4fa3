import Foundation
import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor

/// The reference jobs of a steering sweep, timed whole, with the multiply-adds that were done.
struct SweepBench {
  var folder: String
  var threads: Int
  var precision: Precision
  var jobs: String

  struct Timing: Encodable {
    var job: String
    var weights: String
    var precision: String
    var threads: Int
    var seconds: Double
    var gigaMultiplyAdds: Double
    var gflops: Double
    var paddingShare: Double
    /// Share of the machine that others used meanwhile.
    var load: Double?
  }

  func run() throws -> [Timing] {
    let checkpoint = try Checkpoint(folder: folder)
    let model = try Transformer(checkpoint)
    let pool = threads > 1 ? ThreadPool(threads: threads) : nil
    let kernels = Kernels(precision: precision, pool: pool)
    var timings: [Timing] = []
    func time(_ name: String, _ body: (SweepPlanner) throws -> Void) rethrows {
      let planner = SweepPlanner(model: model, kernels: kernels)
      let load = MachineLoad()
      let start = ContinuousClock.now
      try body(planner)
      let elapsed = start.duration(to: .now).components
      let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
      let work = planner.meter.count
      timings.append(
        Timing(
          job: name, weights: model.weightFormat.rawValue, precision: precision.rawValue,
          threads: threads, seconds: seconds, gigaMultiplyAdds: Double(work.useful) / 1e9,
          gflops: 2 * Double(work.useful) / seconds / 1e9,
          paddingShare: Double(work.padding) / Double(max(work.useful, 1)), load: load.others()))
    }
    if jobs.contains("A") {
      try time("A") {
        _ = try $0.nextToken(sweep(prompts: 32, length: 24, shared: 8, positions: .all, $0))
      }
    }
    if jobs.contains("F") {
      try time("A few-shot") {
        _ = try $0.nextToken(sweep(prompts: 32, length: 96, shared: 80, positions: .all, $0))
      }
    }
    if jobs.contains("L") {
      try time("A last only") {
        _ = try $0.nextToken(sweep(prompts: 32, length: 24, shared: 8, positions: .last, $0))
      }
    }
    if jobs.contains("B") { try time("B") { _ = try $0.generate(generation($0)) } }
    return timings
  }

  private func prompts(_ count: Int, _ length: Int, _ shared: Int, _ vocabulary: Int) -> [[Int]] {
    var stream = NamedStream("bench-prompts", "\(length)", "\(shared)")
    let head = (0..<shared).map { _ in stream.below(vocabulary) }
    return (0..<count).map { _ in
      head + (shared..<length).map { _ in stream.below(vocabulary) }
    }
  }

  private func variants(_ layers: [Int], _ positions: Positions, _ width: Int) -> [Variant] {
    var stream = NamedStream("bench-vector")
    let direction = (0..<width).map { _ in Float(stream.normal()) / Float(width).squareRoot() }
    let add = SteeringOperators.all.first { $0.id == "add" }
    guard let steering = try? add?.init(parameters: [:]) else { return [] }
    return [.baseline]
      + layers.flatMap { layer in
        (1...8).map { strength in
          Variant([
            Intervention(
              site: Site(.residPost, layer: layer), positions: positions,
              edit: steering.edit(
                direction: direction, strength: Double(strength), residualMedian: 1))
          ])
        }
      }
  }

  private func sweep(
    prompts count: Int, length: Int, shared: Int, positions: Positions, _ planner: SweepPlanner
  ) -> NextTokenJob {
    let config = planner.model.config
    return NextTokenJob(
      prompts: prompts(count, length, shared, config.vocabulary),
      candidates: Array(repeating: [11, 13], count: count),
      variants: variants(Array(0..<config.layers), positions, config.width))
  }

  private func generation(_ planner: SweepPlanner) -> GenerationJob {
    let config = planner.model.config
    return GenerationJob(
      prompts: prompts(8, 24, 8, config.vocabulary), streams: (0..<8).map { "prompt \($0)" },
      variants: variants([config.layers / 2], .all, config.width), maxTokens: 48)
  }
}
