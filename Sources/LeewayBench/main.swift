import Foundation
import LeewayTensor

// leeway-bench kernels [--set NAME] [--threads 1,2] [--seconds 0.5]
let arguments = Array(CommandLine.arguments.dropFirst())

/// The word behind a flag.
@MainActor func option(_ name: String) -> String? {
  guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
  return arguments[index + 1]
}

switch arguments.first {
case "kernels":
  let threads = (option("--threads") ?? "1,2").split(separator: ",").compactMap { Int($0) }
  KernelBench(
    set: option("--set").flatMap { KernelSet($0) } ?? .best, threads: threads,
    seconds: option("--seconds").flatMap(Double.init) ?? 0.5
  ).run()
default:
  print("usage: LeewayBench kernels [--set NAME] [--threads 1,2] [--seconds 0.5]")
}
