extension GGUFFamily {
  /// Qwen 2 and 2.5: biases on queries, keys and values go without saying.
  static let qwen2: GGUFFamily = {
    var family = GGUFFamily.llama.sibling("qwen2")
    family.flags = [:]
    return family
  }()
}
