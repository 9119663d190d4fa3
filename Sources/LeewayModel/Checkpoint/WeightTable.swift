/// The names of a family's tensors. `#` stands for the block, `@` for the expert; `.weight` and
/// `.bias` are appended to linear maps and norms.
struct WeightTable: Sendable {
  /// A linear map in the file.
  struct Linear: Sendable {
    var name: String
    /// Stored `[inputs, outputs]`.
    var transposed: Bool
    /// Which of `parts` equal slices of the outputs, for fused maps.
    var part: Int
    var parts: Int
    /// The halves of each head stand interleaved: queries and keys of GGUF files whose rotary pairs are
    /// neighbours.
    var interleaved = false
    init(_ name: String, transposed: Bool = false, part: Int = 0, parts: Int = 1) {
      self.name = name
      self.transposed = transposed
      self.part = part
      self.parts = parts
    }
  }

  /// Tried in order before every name but `unembed`; the first under which the embedding or the
  /// first norm stands is used.
  var prefixes: [String]
  var embed: String
  var positions: String?
  var finalNorm: String
  var unembed: String
  var attnNorm: String
  var mlpNorm: String
  var query: Linear
  var key: Linear
  var value: Linear
  var attnOut: Linear
  /// What chooses among experts.
  var router: Linear? = nil
  var gate: Linear?
  var up: Linear
  var down: Linear
  /// Buffers that some exporters store and that hold nothing learned.
  var ignorable: [String]

  var linears: [Linear] {
    [query, key, value, attnOut, up, down] + [router, gate].compactMap { $0 }
  }

  static func name(_ template: String, block: Int, expert: Int = 0) -> String {
    template.replacing("#", with: String(block)).replacing("@", with: String(expert))
  }
}
