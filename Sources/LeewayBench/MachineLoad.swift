import Foundation

/// What share of the machine others used while something was timed: above 0.1 a time says little.
struct MachineLoad {
  private let start = ContinuousClock.now
  private let busy = MachineLoad.busySeconds()
  private let own = MachineLoad.ownSeconds()

  /// Nil where the system does not tell.
  func others() -> Double? {
    guard let before = busy, let after = Self.busySeconds() else { return nil }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
    let others = after - before - (Self.ownSeconds() - own)
    return max(0, others / max(elapsed * cores, 1e-9))
  }

  /// Seconds of all processors but those idle or waiting, stolen time included (Linux).
  private static func busySeconds() -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return nil }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard ticks.count == 8 else { return nil }
    return (ticks.reduce(0, +) - ticks[3] - ticks[4]) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  static func ownSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
