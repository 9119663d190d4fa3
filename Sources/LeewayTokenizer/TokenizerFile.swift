import LeewayBase

extension Tokenizer {
  /// - Parameter path: a checkpoint folder (with `tokenizer.json`, or GPT-2's `vocab.json` and
  ///   `merges.txt`) or a lone `tokenizer.json`.
  public init(path: String) throws(TokenizerError) {
    var file = path
    do {
      _ = try MappedFile(path: path)
    } catch {
      guard case .notAFile = error else {
        if case .notFound = error { throw .missing(path: path) }
        throw .file(error)
      }
      file = path + "/tokenizer.json"
    }
    do {
      let mapped = try MappedFile(path: file)
      try self.init(json: mapped.withBytes { Array($0) }, path: file)
    } catch let error as FileError {
      guard case .notFound = error else { throw .file(error) }
      try self.init(vocabularyFolder: path)
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw .missing(path: path)
    }
  }

  public init(json: [UInt8], path: String) throws(TokenizerError) {
    let root: JSONValue
    do { root = try JSONValue.parse(json, path: path) } catch { throw .json(error) }
    var reader = TokenizerReader(path: path)
    self = try reader.read(root)
    contentHash = ContentHash.sha256(json)
  }

  /// GPT-2's two files.
  private init(vocabularyFolder folder: String) throws(TokenizerError) {
    var hashes: [String] = []
    func bytes(_ name: String) throws(TokenizerError) -> [UInt8] {
      do {
        let file = try MappedFile(path: folder + "/" + name)
        let bytes = file.withBytes { Array($0) }
        hashes.append(ContentHash.sha256(bytes))
        return bytes
      } catch {
        if case .notFound = error { throw .missing(path: folder) }
        throw .file(error)
      }
    }
    let vocabulary: JSONValue
    do {
      vocabulary = try JSONValue.parse(try bytes("vocab.json"), path: folder + "/vocab.json")
    } catch let error as JSONError { throw .json(error) } catch let error as TokenizerError {
      throw error
    } catch { throw .missing(path: folder) }
    let lines = String(decoding: try bytes("merges.txt"), as: UTF8.self)
      .split(separator: "\n").filter { !$0.hasPrefix("#version") }.map { JSONValue(String($0)) }
    let qwen = (try? MappedFile(path: folder + "/tokenizer_config.json")).map {
      $0.withBytes { String(decoding: $0, as: UTF8.self) }.contains("Qwen2Tokenizer")
    }
    var reader = TokenizerReader(path: folder + "/vocab.json")
    let pattern = qwen == true ? SplitPattern.qwen2Text : SplitPattern.gpt2Text
    self = try reader.read([
      "model": ["type": "BPE", "vocab": vocabulary, "merges": .array(lines)],
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": [
          ["type": "Split", "pattern": ["Regex": JSONValue(pattern)], "behavior": "Isolated"],
          ["type": "ByteLevel", "use_regex": false, "add_prefix_space": false],
        ],
      ],
      "decoder": ["type": "ByteLevel"],
    ])
    if qwen == true { normalizers = [.nfc] }
    contentHash = ContentHash.sha256(hashes.joined())
  }
}
