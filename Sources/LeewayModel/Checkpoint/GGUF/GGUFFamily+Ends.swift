import LeewayBase

extension GGUFFamily {
  /// What ends a turn in chat templates that are about. Converters mostly leave `eot_token_id` out, as
  /// llama.cpp finds such a token by its text.
  private static let turnEnds = ["<end_of_turn>", "<|im_end|>", "<|eot_id|>", "<|end|>"]

  /// Ids that end a text or a turn, those that the file names before those that it only holds; a piece
  /// of ordinary text never does.
  static func ends(_ file: GGUF) -> [Int] {
    let prefix = "tokenizer.ggml."
    var ends = ["eos_token_id", "eot_token_id"].compactMap { file[prefix + $0]?.int }
    if file[prefix + "eot_token_id"] == nil,
      let kinds = file[prefix + "token_type"]?.array?.ints,
      let pieces = file[prefix + "tokens"]?.array?.strings, kinds.count == pieces.count
    {
      let marks = pieces.indices.filter { kinds[$0] == 3 || kinds[$0] == 4 }
      ends += turnEnds.compactMap { text in marks.first { pieces[$0].elementsEqual(text.utf8) } }
    }
    return ends.enumerated().filter { !ends[..<$0.offset].contains($0.element) }.map(\.element)
  }
}
