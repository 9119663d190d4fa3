/// What can be wrong with a safetensors file or a folder of them.
public enum SafeTensorsError: Error, Equatable, Sendable {
  case file(FileError)
  case json(JSONError)
  /// The length in the first eight bytes does not fit the file.
  case badHeaderLength(path: String, length: UInt64, fileBytes: Int)
  /// An entry of the header that is not `{dtype, shape, data_offsets}`.
  case badEntry(path: String, tensor: String, key: String, expected: String)
  case outOfRange(path: String, tensor: String, begin: Int, end: Int, dataBytes: Int)
  case wrongSize(path: String, tensor: String, expected: Int, found: Int)
  case overlap(path: String, tensor: String, other: String)
  /// Bytes of the data that no tensor claims: the file was cut or stitched.
  case hole(path: String, at: Int)
  /// Neither `model.safetensors` nor an index of shards; `beside` is a file that holds weights in
  /// another form.
  case noTensors(folder: String, beside: String?)
  case badIndex(path: String, key: String, expected: String)
  /// A shard's name that leaves the folder.
  case escapingPath(path: String, name: String)
  case missingFromShard(path: String, tensor: String)
  case duplicate(path: String, tensor: String)
}
