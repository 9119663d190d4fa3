import CLeewayKernels
import Foundation
import LeewayBase
import LeewayModel
import LeewayTensor
import LeewayTraining

/// Steps of a small GPT-2-shaped training, as a share of a multiply-add loop of the same process.
///
/// The work of a step is counted as the peers count it: six multiply-adds and additions a weight of a
/// matrix and token, and attention over half of the square.
struct TrainBench {
  var layers = 4
  var width = 256
  var heads = 4
  var vocabulary = 2048
  var sequence = 128
  var batch = 16
  var threads = [1, 2]
  var steps = 6

  struct Timing: Encodable {
    var job = "train"
    var threads: Int
    var heads: Int
    /// The median.
    var secondsPerStep: Double
    var tokensPerSecond: Double
    var gigaflops: Double
    var peakGigaflops: Double
    var shareOfPeak: Double
    /// The share of the machine that others used.
    var load: Double?
  }

  /// Floating-point operations of one token, forward and back.
  var work: Double {
    let linear = Double(layers * 12 * width * width + vocabulary * width)
    return 6 * linear + 12 * Double(layers * sequence * width) / 2
  }

  func run() -> [Timing] { threads.map(time) }

  private func time(_ count: Int) -> Timing {
    let pool = count > 1 ? ThreadPool(threads: count) : nil
    let model = model(Kernels(pool: pool))
    let optimizer = Optimizer(
      .adamW(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), decay: 0.01, count: model.table.count)
    var stream = NamedStream("train-bench")
    let sequences = (0..<batch).map { _ in
      TrainingSequence(tokens: (0...sequence).map { _ in stream.below(vocabulary) })
    }
    func step() {
      model.gradients.clear()
      _ = model.accumulate(sequences)
      optimizer.advance(model, rate: 3e-4, factor: 1)
      model.refresh()
    }
    step()
    let load = MachineLoad()
    // One thread is timed in its own seconds, so that what others take does not count.
    let clock = count == 1 ? lw_thread_seconds : lw_wall_seconds
    let seconds = (0..<steps).map { _ in
      let start = clock()
      step()
      return clock() - start
    }.sorted()
    let median = (seconds[steps / 2] + seconds[(steps - 1) / 2]) / 2
    let others = load.others()
    let bench = KernelBench(set: .best, threads: [count], seconds: 0.3)
    let peak = 2 * bench.limits(pool).fma
    let tokens = Double(batch * sequence) / median
    return Timing(
      threads: count, heads: heads, secondsPerStep: median, tokensPerSecond: tokens,
      gigaflops: tokens * work * 1e-9, peakGigaflops: peak * 1e-9,
      shareOfPeak: tokens * work / peak, load: others)
  }

  private func model(_ kernels: Kernels) -> Trainee {
    let architecture = Architecture.all.first { $0.modelType == "gpt2" } ?? Architecture.all[0]
    let config = architecture.config(
      of: ModelShape(
        vocabulary: vocabulary, layers: layers, width: width, heads: heads, mlpWidth: 4 * width,
        context: sequence))
    return Trainee(architecture, config, kernels: kernels) { tensor in
      var stream = NamedStream("train-bench", tensor.name)
      let center: Float = tensor.role == .norm ? 1 : 0
      return (0..<tensor.count).map { _ in center + 0.02 * Float(stream.uniform() - 0.5) }
    }
  }
}
