import Foundation

/// Which files of a model are fetched.
package enum HubSelection {
  /// What a folder needs besides its tensors, where it has them.
  private static let beside: Set<String> = [
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
    "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model",
    "chat_template.jinja", "chat_template.json", "model.safetensors.index.json",
  ]

  /// - Parameter patterns: with `*` and `?`, a star also for slashes; empty takes safetensors with
  ///   their configuration and tokenizer, or else the one GGUF file.
  package static func choose(_ files: [HubFile], patterns: [String], model: String) throws(HubError)
    -> [HubFile]
  {
    let names = files.map(\.path)
    guard patterns.isEmpty else {
      let chosen = files.filter { file in patterns.contains { fnmatch($0, file.path, 0) == 0 } }
      guard !chosen.isEmpty else {
        throw .nothingToPull(model: model, patterns: patterns, found: names)
      }
      return chosen
    }
    // Others at the top (`consolidated.safetensors`) say the same in another form.
    let tensors = names.filter {
      $0.hasPrefix("model") && $0.hasSuffix(".safetensors") && !$0.contains("/")
    }
    if !tensors.isEmpty {
      // As a folder is read: the whole file before shards, shards before other precisions.
      let shards = tensors.filter {
        $0.wholeMatch(of: /model-[0-9]+-of-[0-9]+\.safetensors/) != nil
      }
      let whole = tensors.contains("model.safetensors") ? ["model.safetensors"] : shards
      let chosen = Set(whole.isEmpty ? tensors : whole)
      return files.filter { chosen.contains($0.path) || beside.contains($0.path) }
    }
    let single = names.filter { $0.hasSuffix(".gguf") }
    guard single.count <= 1 else { throw .severalFiles(model: model, names: single) }
    guard !single.isEmpty else { throw .nothingToPull(model: model, patterns: [], found: names) }
    return files.filter { single.contains($0.path) }
  }
}
