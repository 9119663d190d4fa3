import LeewayBase

/// Transcripts that somebody's monitor has scored, one JSON object a line:
/// `{"id": "t1", "label": "attack", "score": 0.93, "is_honeypot": true}`. Other keys may stand beside.
package struct ScoredTranscripts: Sendable {
  package var transcripts: [Transcript]

  package struct Transcript: Sendable, Equatable {
    package var id: String
    package var label: Label
    /// Suspicion: higher is worse, on any scale.
    package var score: Double
    /// Put in by those who test the monitor.
    package var isHoneypot: Bool
  }

  package enum Label: String, Sendable, CaseIterable { case honest, attack }

  package static let keys = ["id", "label", "score", "is_honeypot"]

  package init(path: String) throws {
    try self.init(text: try TextFile.read(path), path: path)
  }

  /// - Throws: `ClaimError.badFile` with the first line that cannot be taken.
  package init(text: String, path: String) throws(ClaimError) {
    transcripts = []
    var firstLines: [String: Int] = [:]
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (place, bytes) in lines.enumerated() {
      // Space, tab and the other half of a line's end.
      if bytes.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
      let line = Line(path: path, number: place + 1)
      let transcript = try line.transcript(Array(bytes))
      if let first = firstLines.updateValue(line.number, forKey: transcript.id) {
        throw line.fault(
          "id \"\(transcript.id.prefix(40))\" stands on line \(first) already; leave one of the two"
            + " out")
      }
      transcripts.append(transcript)
    }
    let line = Line(path: path, number: max(1, lines.count))
    guard !transcripts.isEmpty else {
      throw line.fault(
        "holds no transcript; write one JSON object a line with "
          + Self.keys.joined(separator: ", "))
    }
    if !transcripts.contains(where: { $0.label == .attack }) {
      throw line.fault(
        "no line has the label \"attack\", so there is nothing to recall; add attacks or honeypots")
    }
    if !transcripts.contains(where: { $0.label == .honest && !$0.isHoneypot }) {
      throw line.fault(
        "no line is honest and no honeypot, so no audit budget can be set; add ordinary traffic")
    }
  }

  /// One line of the file.
  private struct Line {
    var path: String
    var number: Int

    func fault(_ problem: String) -> ClaimError {
      .badFile(path: path, line: number, problem: problem)
    }

    func transcript(_ bytes: [UInt8]) throws(ClaimError) -> Transcript {
      let object = try parsed(bytes)
      guard object.members != nil else {
        throw fault("is no JSON object; write {\"id\": ..., \"label\": ..., ...} on each line")
      }
      return Transcript(
        id: try id(object), label: try label(object), score: try score(object),
        isHoneypot: try isHoneypot(object))
    }

    private func parsed(_ bytes: [UInt8]) throws(ClaimError) -> JSONValue {
      do {
        return try JSONValue.parse(bytes, path: path)
      } catch {
        // What Python writes for a float that is none.
        let text = String(decoding: bytes, as: UTF8.self)
        if let found = text.firstMatch(of: /"score"\s*:\s*(-?(?:NaN|nan|Infinity|inf))\b/) {
          throw fault(
            "score is \(found.1), which has no rank; score this transcript again or drop it")
        }
        switch error {
        case .syntax(_, _, let column, let expected):
          throw fault("column \(column): expected \(expected); each line is one JSON object")
        case .duplicateKey(_, _, let column, let key):
          throw fault("column \(column): key \"\(key)\" stands twice; leave one out")
        case .tooDeep(_, _, let column, let limit):
          throw fault("column \(column): nested deeper than \(limit); leave that key out")
        }
      }
    }

    private func value(_ key: String, of object: JSONValue) throws(ClaimError) -> JSONValue {
      if let value = object[key] { return value }
      // What is much longer is no other spelling, and slow to compare.
      let known = (object.members ?? []).filter { $0.key.count <= 40 }
        .map { String(decoding: $0.key, as: UTF8.self) }
      let near = Spelling.nearest(to: key, among: known).map { "; is \"\($0)\" meant for it?" }
      throw fault(
        "has no key \"\(key)\"" + (near ?? "; each line needs " + keys.joined(separator: ", ")))
    }

    private func id(_ object: JSONValue) throws(ClaimError) -> String {
      let value = try value("id", of: object)
      switch value {
      case .integer(let number): return "\(number)"
      case .string where value.text?.isEmpty == false: return value.text ?? ""
      default: throw fault("id is \(spelt(value)); expected a text or a whole number")
      }
    }

    private func label(_ object: JSONValue) throws(ClaimError) -> Label {
      let value = try value("label", of: object)
      if let label = value.text.flatMap(Label.init) { return label }
      let known = Label.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
      throw fault("label is \(spelt(value)); expected \(known)")
    }

    private func score(_ object: JSONValue) throws(ClaimError) -> Double {
      let value = try value("score", of: object)
      guard let score = value.double, score.isFinite else {
        throw fault(
          "score is \(spelt(value)); expected a number, higher for more suspicion; score this"
            + " transcript again or drop it")
      }
      return score
    }

    private func isHoneypot(_ object: JSONValue) throws(ClaimError) -> Bool {
      let value = try value("is_honeypot", of: object)
      guard let flag = value.bool else {
        throw fault("is_honeypot is \(spelt(value)); expected true or false")
      }
      return flag
    }

    private func spelt(_ value: JSONValue) -> String {
      let text = String(decoding: value.canonicalBytes, as: UTF8.self)
      return text.count > 40 ? text.prefix(40) + "..." : text
    }

    private var keys: [String] { ScoredTranscripts.keys }
  }
}
