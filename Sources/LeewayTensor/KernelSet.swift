import CLeewayKernels

/// The kernels for one instruction set. In exact precision all sets give the same bits.
public struct KernelSet: Sendable, Hashable {
  /// `avx512bf16`, `avx512`, `avx2`, `neon` or `portable`.
  public let name: String
  let index: Int

  private init(index: Int, name: String) {
    self.index = index
    self.name = name
  }

  /// The set called `name`; nil when this processor does not run it.
  public init?(_ name: String) {
    guard let set = Self.available.first(where: { $0.name == name }) else { return nil }
    self = set
  }

  /// The sets that this processor runs, best first; never empty, `portable` is last.
  public static let available: [KernelSet] = {
    var sets: [KernelSet] = []
    while let table = lw_kernels_at(sets.count) {
      sets.append(KernelSet(index: sets.count, name: String(cString: table.pointee.name)))
    }
    return sets
  }()

  /// The fastest set of this processor.
  public static let best = available[0]

  /// The C functions. The table is static, so the pointer is always valid.
  var table: UnsafePointer<lw_kernels> {
    guard let table = lw_kernels_at(index) else { preconditionFailure("no kernel set \(index)") }
    return table
  }
}
