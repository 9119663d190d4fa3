/// The names of a family's tensors. `#` stands for the block, `@` for the expert; `.weight` and
/// `.bias` are appended to linear maps and norms.
struct WeightTable: Sendable {
  /// A linear map in the file.
  struct Linear: Sendable {
    var name: String
    /// Stored `[inputs, outputs]`.
    var transposed: Bool
    /// Which of `parts` slices of the outputs, for fused maps: query, key and value, or gate and up.
    var part: Int
    var parts: Int
    /// The slices follow one another within each head.
    var byHead: Bool
    /// The halves of each head stand interleaved: queries and keys of GGUF files whose rotary pairs are
    /// neighbours.
    var interleaved = false
    init(
      _ name: String, transposed: Bool = false, part: Int = 0, parts: Int = 1,
      byHead: Bool = false
    ) {
      self.name = name
      self.transposed = transposed
      self.part = part
      self.parts = parts
      self.byHead = byHead
    }

    /// Outputs of the stored matrix, and which of them are this map's, in order.
    func slices(_ outputs: Int, _ config: TransformerConfig) -> (stored: Int, ranges: [Range<Int>])
    {
      guard parts > 1 else { return (outputs, [0..<outputs]) }
      if byHead {
        let (head, step) = (config.headWidth, parts * config.headWidth)
        let starts = (0..<outputs / head).map { $0 * step + part * head }
        return (parts * outputs, starts.map { $0..<$0 + head })
      }
      let sizes =
        parts == 3
        ? [config.queryWidth, config.kvWidth, config.kvWidth]
        : Array(repeating: outputs, count: parts)
      let first = sizes[..<part].reduce(0, +)
      return (sizes.reduce(0, +), [first..<first + outputs])
    }
  }

  /// Tried in order before every name but `unembed`; the first under which the embedding or the
  /// first norm stands is used.
  var prefixes: [String]
  var embed: String
  var positions: String?
  var finalNorm: String
  var unembed: String
  /// Before attention and MLP; nil where there is none.
  var attnNorm: String?
  var mlpNorm: String?
  /// Behind them.
  var attnPostNorm: String? = nil
  var mlpPostNorm: String? = nil
  /// The weights of norms are stored with the configuration's `normOffset` added.
  var normsHoldOffset = false
  var queryNorm: String? = nil
  var keyNorm: String? = nil
  var query: Linear
  var key: Linear
  var value: Linear
  var attnOut: Linear
  /// What chooses among experts.
  var router: Linear? = nil
  var gate: Linear?
  var up: Linear
  var down: Linear
  /// The MLP of blocks that have one for all where the others have experts.
  var dense: MLP? = nil
  /// Under which names some writers put several tensors into one.
  var stacks: [Stack] = []
  /// Buffers that some exporters store and that hold nothing learned.
  var ignorable: [String]
  /// Beginnings of whole names that belong to another model in the same folder.
  var foreign: [String] = []

  /// A tensor that holds several others: those of all experts of a block one after the other, and for
  /// each expert its maps one below the other.
  struct Stack: Sendable {
    /// Whole, `.weight` with it.
    var name: String
    /// The maps; without `@` in it, the tensor is that map's under another name.
    var maps: [String]
    /// They lead out of MLPs, not into them.
    var leavesMLP = false
  }

  /// How newer versions of the reference framework hold experts in memory, which is what a folder has
  /// when somebody wrote that down as it was: gates and ups of all experts in one tensor, downs in
  /// another.
  mutating func stackExperts() {
    guard let gate, let router else { return }
    stacks = [
      Stack(name: "layers.#.mlp.experts.gate_up_proj", maps: [gate.name, up.name]),
      Stack(name: "layers.#.mlp.experts.down_proj", maps: [down.name], leavesMLP: true),
      Stack(name: "layers.#.mlp.gate.weight", maps: [router.name]),
    ]
  }

  struct MLP: Sendable {
    var gate: Linear?
    var up: Linear
    var down: Linear
  }

  /// The names of a block's MLPs.
  func mlp(dense isDense: Bool) -> MLP {
    let own = MLP(gate: gate, up: up, down: down)
    return isDense ? dense ?? own : own
  }

  var linears: [Linear] {
    [query, key, value, attnOut, up, down, dense?.up, dense?.down, router, gate, dense?.gate]
      .compactMap { $0 }
  }

  static func name(_ template: String, block: Int, expert: Int = 0) -> String {
    template.replacing("#", with: String(block)).replacing("@", with: String(expert))
  }
}
