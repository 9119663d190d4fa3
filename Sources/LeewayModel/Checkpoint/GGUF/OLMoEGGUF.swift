extension GGUFFamily {
  /// OLMoE: shares of experts as the router gives them.
  static let olmoe: GGUFFamily = {
    var family = GGUFFamily.qwen3MoE.sibling(
      "olmoe", without: ["moe_intermediate_size"],
      keys: ["intermediate_size": "feed_forward_length"])
    family.constants = ["norm_topk_prob": false]
    family.inert = []
    return family
  }()
}
