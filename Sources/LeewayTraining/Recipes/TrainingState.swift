import LeewayBase
import LeewayModel
import LeewayTensor

/// A training as it stands after a step, in one safetensors file: weights and moments in 32 bits, the
/// step, the curve, and the hash of what made it. The stream of data needs no more than the step.
struct TrainingState {
  static let format = "leeway-training-1"
  let path: String

  /// - Parameter folder: the output folder.
  init(folder: String) { path = folder + "/state/training.safetensors" }

  func save(_ model: Trainee, _ optimizer: Optimizer, _ curve: TrainingCurve, recipe: String)
    throws(FileError)
  {
    var tensors: [(name: String, shape: [Int], dtype: DType, bytes: () -> [UInt8])] = []
    func put(_ name: String, _ shape: [Int], _ values: @escaping () -> [Float]) {
      tensors.append(
        (name: name, shape: shape, dtype: .f32, bytes: { DType.f32.narrow(values()) }))
    }
    for (prefix, memory) in Self.memories(model, optimizer) {
      for tensor in model.table.tensors {
        put(prefix + tensor.name, tensor.shape) { model.values(tensor, of: memory) }
      }
    }
    put("curve/losses", [curve.losses.count]) { curve.losses }
    put("curve/norms", [curve.norms.count]) { curve.norms }
    put("curve/evaluations", [curve.evaluations.count]) { curve.evaluations.map(\.loss) }
    try SafeTensors.write(
      tensors,
      metadata: [
        "format": Self.format, "recipe": recipe, "step": "\(optimizer.step)",
        "evaluated": curve.evaluations.map { "\($0.step)" }.joined(separator: " "),
      ], to: path)
  }

  /// Takes up a saved training; nil where there is none.
  func load(into model: Trainee, _ optimizer: Optimizer, recipe: String) throws(TrainingError)
    -> TrainingCurve?
  {
    let file: SafeTensors
    do { file = try SafeTensors(path: path) } catch {
      if case .file(.notFound) = error { return nil }
      throw .tensors(error)
    }
    func damaged(_ reason: String) -> TrainingError { .unreadableState(path: path, reason: reason) }
    guard file.metadata["format"] == Self.format else { throw damaged("not a training's state") }
    guard file.metadata["recipe"] == recipe else { throw .otherRecipe(path: path) }
    guard let step = file.metadata["step"].flatMap({ Int($0) }), step >= 0 else {
      throw damaged("no step")
    }
    let stored = Dictionary(file.tensors.map { ($0.name, $0) }) { first, _ in first }
    func values(_ name: String, _ count: Int?) throws(TrainingError) -> [Float] {
      guard let tensor = stored[name], tensor.dtype == .f32,
        tensor.count == count ?? tensor.count
      else { throw damaged("no \(name) as it should be") }
      return tensor.floats()
    }
    for (prefix, memory) in Self.memories(model, optimizer) {
      for tensor in model.table.tensors {
        let floats = try values(prefix + tensor.name, tensor.count)
        for (index, value) in floats.enumerated() { memory.base[tensor.start + index] = value }
      }
    }
    var curve = TrainingCurve()
    curve.losses = try values("curve/losses", step)
    curve.norms = try values("curve/norms", step)
    let places = (file.metadata["evaluated"] ?? "").split(separator: " ").compactMap { Int($0) }
    let losses = try values("curve/evaluations", places.count)
    curve.evaluations = zip(places, losses).map { .init(step: $0, loss: $1) }
    optimizer.step = step
    model.refresh()
    return curve
  }

  private static func memories(_ model: Trainee, _ optimizer: Optimizer) -> [(
    String, FloatMemory
  )] {
    let all = [("weights/", model.weights), ("first/", optimizer.first)]
    return all + (optimizer.second.map { [("second/", $0)] } ?? [])
  }
}
