import Foundation
import LeewayBase

/// A folder with random weights in the shape of a model that people use: for speed, never for meaning.
struct RandomCheckpoint {
  var shape: RandomShape
  var bf16 = false

  /// Writes the folder unless it stands there already.
  func write(to folder: String) throws {
    let path = folder + "/model.safetensors"
    guard !FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var header = "{\"__metadata__\":{\"format\":\"pt\"}"
    var offset = 0
    for tensor in shape.tensors {
      let bytes = tensor.dimensions.reduce(1, *) * (bf16 ? 2 : 4)
      header +=
        ",\"\(tensor.name)\":{\"dtype\":\"\(bf16 ? "BF16" : "F32")\","
        + "\"shape\":\(tensor.dimensions),\"data_offsets\":[\(offset),\(offset + bytes)]}"
      offset += bytes
    }
    header += "}"
    while header.utf8.count % 8 != 0 { header += " " }
    // A folder that was cut off midway should not be taken for whole.
    let part = path + ".part"
    guard FileManager.default.createFile(atPath: part, contents: nil) else {
      throw FileError.unwritable(path: part, errno: 0)
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: part))
    defer { try? file.close() }
    var length = UInt64(header.utf8.count).littleEndian
    try file.write(contentsOf: Data(bytes: &length, count: 8))
    try file.write(contentsOf: Data(header.utf8))
    for tensor in shape.tensors { try file.write(contentsOf: numbers(tensor)) }
    try Data(shape.config.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
    try FileManager.default.moveItem(atPath: part, toPath: path)
  }

  private func numbers(_ tensor: RandomShape.Tensor) -> Data {
    var stream = NamedStream("random-checkpoint", tensor.name)
    let values = (0..<tensor.dimensions.reduce(1, *)).map { _ in
      tensor.mean
        + tensor.spread * Float(stream.uniform() + stream.uniform() + stream.uniform() - 1.5) * 2
    }
    if !bf16 { return values.withUnsafeBytes { Data($0) } }
    return values.map { UInt16(($0.bitPattern &+ 0x8000) >> 16) }.withUnsafeBytes { Data($0) }
  }
}
