import ArgumentParser
import Foundation
import LeewayClaims
import LeewayStore
import LeewayStudy
import LeewayTensor
import LeewayTraining

/// What running and sweeping claims share.
struct ClaimOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Another value for a parameter of the claims named; repeat.", valueName: "parameter=value"))
  var settings: [String] = []
  @Option(help: "Folder of the ledger.") var out = ClaimPlace.standard
  @Option(help: "Threads; by default all processors.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "Folder of the models that come with Leeway.") var models = "Models"
  @Option(help: "Folder of models that are trained when a claim needs them.") var cache =
    "runs/models"

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads should be from 1 to 1024")
    }
  }

  /// Each once, in the order in which they were named.
  ///
  /// - Parameter all: what `all` stands for.
  func chosen(_ names: [String], all: [Claim]) throws -> [Claim] {
    var chosen: [Claim] = []
    for claim in try names.flatMap({ $0 == "all" ? all : [try Claims.named($0)] })
    where !chosen.contains(where: { $0.id == claim.id }) {
      chosen.append(claim)
    }
    return chosen
  }

  func desk() throws -> ClaimDesk { try ClaimDesk(self) }
}

/// What claims are measured with: the ledger, the models, and Ctrl-C between steps.
struct ClaimDesk {
  let place: ClaimPlace
  let ledger: SQLiteLedger
  let cancellation = Cancellation()
  let interrupt: Interrupt
  let line = ClaimLine()
  let tools: ClaimTools

  fileprivate init(_ options: ClaimOptions) throws {
    let (cancellation, line) = (cancellation, line)
    interrupt = Interrupt(cancellation, after: "step")
    place = ClaimPlace(folder: options.out)
    ledger = try place.open()
    let kernels = Kernels(pool: options.threads > 1 ? ThreadPool(threads: options.threads) : nil)
    tools = ClaimTools(
      kernels: kernels, notebook: ledger,
      models: FledglingNursery(
        nursery: Nursery(models: options.models, cache: options.cache), kernels: kernels,
        isCancelled: { cancellation.isCancelled }, progress: line.show),
      isCancelled: { cancellation.isCancelled }, progress: line.show)
  }

  /// Keeps Ctrl-C caught until here.
  func finish() {
    withExtendedLifetime(interrupt) { line.finish() }
  }
}
