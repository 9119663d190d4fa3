extension GGUFFamily {
  /// Gemma: the converter adds the one to norms that a folder leaves to the reader.
  static let gemma: GGUFFamily = {
    var family = GGUFFamily.llama.sibling("gemma")
    family.flags = [:]
    family.weights = { $0.normsHoldOffset = true }
    return family
  }()
}
