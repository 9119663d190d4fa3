import LeewayBase

extension Checkpoint {
  /// How many numbers the model has, counted without reading one.
  public var parameters: Int { claimed.reduce(0) { $0 + $1.count } }

  /// Bytes of its weights as they are stored, which is about what the packed copy takes.
  public var weightBytes: Int { claimed.reduce(0) { $0 + $1.withBytes(\.count) } }

  /// The tensors of the model, each once: a fused one serves several maps, and a picture tower beside
  /// them is not the model's.
  private var claimed: [StoredTensor] {
    var seen: Set<String> = []
    return parts.flatMap(\.part.tensors).filter { seen.insert($0.name).inserted }
  }
}
