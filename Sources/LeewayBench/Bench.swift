import ArgumentParser
import Foundation
import LeewayTensor

/// What `make bench` runs.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "LeewayBench",
    abstract: "Speed, as ratios to loops and peers of the same run.",
    subcommands: [
      KernelCommand.self, JobCommand.self, TrainCommand.self, TokenizeCommand.self,
      SpeedCommand.self,
    ])
}

struct KernelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Linear maps beside a multiply-add loop and a read loop.")

  @Option(name: .customLong("set"), help: "A kernel set; the best of this processor if absent.")
  var kernelSet: String?
  @Option(help: "Thread counts, separated by commas.")
  var threads = "1,2"
  @Option(help: "Seconds that each figure may take.")
  var seconds = 0.5

  func validate() throws {
    if let kernelSet, KernelSet(kernelSet) == nil {
      throw ValidationError("--set \(kernelSet): no such kernel set on this processor")
    }
    if threads.split(separator: ",").contains(where: { (Int($0) ?? 0) < 1 }) {
      throw ValidationError("--threads \(threads): give counts such as 1,2")
    }
  }

  func run() {
    KernelBench(
      set: kernelSet.flatMap { KernelSet($0) } ?? .best,
      threads: threads.split(separator: ",").compactMap { Int($0) }, seconds: seconds
    ).run()
  }
}

struct JobCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "The reference sweeps on a random checkpoint of a known shape, as JSON lines.",
    discussion: """
      A: every layer x 9 strengths x 32 prompts of 24 tokens, log-probability of two answers.
      F: the same prompts behind 72 shared tokens. L: A with only the last position steered.
      B: 8 prompts x 9 strengths x 48 new tokens.
      """)

  @Argument(help: "The folder for the random checkpoint; it is written once.")
  var checkpoint: String
  @Option(help: "\(RandomShape.all.map(\.id).joined(separator: ", ")).")
  var shape = "gpt2-small"
  @Option(help: "The weights as stored: f32 or bf16.")
  var weights = "f32"
  @Option(help: "exact or fast.")
  var precision = "exact"
  @Option(help: "How many threads.")
  var threads = 2
  @Option(help: "Which jobs, as letters.")
  var jobs = "AFLB"

  func run() throws {
    guard let precision = Precision(rawValue: precision) else {
      throw ValidationError("--precision \(precision): exact or fast")
    }
    guard ["f32", "bf16"].contains(weights) else {
      throw ValidationError("--weights \(weights): f32 or bf16")
    }
    guard let shape = RandomShape.all.first(where: { $0.id == shape }) else {
      let known = RandomShape.all.map(\.id).joined(separator: ", ")
      throw ValidationError("--shape \(shape): one of \(known)")
    }
    try RandomCheckpoint(shape: shape, bf16: weights == "bf16").write(to: checkpoint)
    let bench = SweepBench(
      folder: checkpoint, threads: threads, precision: precision, jobs: jobs)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    for timing in try bench.run() {
      print(String(decoding: try encoder.encode(timing), as: UTF8.self))
    }
  }
}

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Steps of a small training (4 blocks, width 256, 16 x 128 tokens), as JSON lines.")

  @Option(help: "Thread counts, separated by commas.")
  var threads = "1,2"
  @Option(help: "Heads of a block.")
  var heads = 4
  @Option(help: "Steps to time; the median counts.")
  var steps = 6

  func validate() throws {
    if threads.split(separator: ",").contains(where: { (Int($0) ?? 0) < 1 }) {
      throw ValidationError("--threads \(threads): give counts such as 1,2")
    }
    guard heads > 0, 256 % heads == 0, steps > 0 else {
      throw ValidationError("--heads should divide 256, and --steps be above 0")
    }
  }

  func run() throws {
    var bench = TrainBench()
    bench.heads = heads
    bench.steps = steps
    bench.threads = threads.split(separator: ",").compactMap { Int($0) }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys]
    for timing in bench.run() {
      print(String(decoding: try encoder.encode(timing), as: UTF8.self))
    }
  }
}
