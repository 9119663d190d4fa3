import Foundation
import LeewayBase

extension Study {
  /// Canonical JSON: keys sorted, one spelling for each value.
  public var canonicalJSON: String {
    get throws { String(decoding: try CanonicalCoder.encode(self), as: UTF8.self) }
  }

  /// SHA-256 over the study without its wording, and the model.
  func planHash(_ provenance: Provenance) throws -> String {
    var plain = self
    plain.name = ""
    plain.question = ""
    plain.version = 0
    plain.model = ""
    let kernels = provenance.precision == "exact" ? "" : provenance.kernelSet
    return ContentHash.sha256(
      try [
        plain.canonicalJSON, provenance.checkpointHash, provenance.tokenizerHash,
        provenance.engineVersion, provenance.precision, kernels,
      ].joined(separator: "\n"))
  }
}

/// One spelling for each `Codable` value; infinities are written as text.
public enum CanonicalCoder {
  public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return Array(try encoder.encode(value))
  }

  public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws
    -> Value
  {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: Data(bytes))
  }
}
