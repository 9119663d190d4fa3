/// The shape of a model that people use, as a folder would name its tensors.
struct RandomShape {
  struct Tensor {
    var name: String
    var dimensions: [Int]
    var mean: Float = 0
    var spread: Float = 0.02
  }

  var id: String
  var config: String
  var tensors: [Tensor]

  static let all: [RandomShape] = [
    gpt2(id: "gpt2-small", layers: 12, width: 768, heads: 12),
    llama(
      id: "qwen2.5-0.5b", family: "qwen2", layers: 24, width: 896, heads: 14, groups: 2,
      headWidth: 64, inner: 4864, vocabulary: 151936, base: 1_000_000, epsilon: "1e-06"),
    llama(
      id: "llama-3.2-1b", family: "llama", layers: 16, width: 2048, heads: 32, groups: 8,
      headWidth: 64, inner: 8192, vocabulary: 128256, base: 500_000, epsilon: "1e-05"),
  ]

  private static func gpt2(id: String, layers: Int, width: Int, heads: Int) -> RandomShape {
    let vocabulary = 50257
    let context = 1024
    var tensors = [
      Tensor(name: "wte.weight", dimensions: [vocabulary, width]),
      Tensor(name: "wpe.weight", dimensions: [context, width]),
    ]
    func norm(_ name: String) {
      tensors.append(Tensor(name: name + ".weight", dimensions: [width], mean: 1, spread: 0))
      tensors.append(Tensor(name: name + ".bias", dimensions: [width], spread: 0))
    }
    func map(_ name: String, _ rows: Int, _ columns: Int) {
      tensors.append(Tensor(name: name + ".weight", dimensions: [rows, columns]))
      tensors.append(Tensor(name: name + ".bias", dimensions: [columns], spread: 0))
    }
    norm("ln_f")
    for layer in 0..<layers {
      let at = "h.\(layer)."
      norm(at + "ln_1")
      norm(at + "ln_2")
      map(at + "attn.c_attn", width, 3 * width)
      map(at + "attn.c_proj", width, width)
      map(at + "mlp.c_fc", width, 4 * width)
      map(at + "mlp.c_proj", 4 * width, width)
    }
    return RandomShape(
      id: id,
      config: """
        {"model_type":"gpt2","n_embd":\(width),"n_head":\(heads),"n_layer":\(layers),\
        "vocab_size":\(vocabulary),"n_positions":\(context),"activation_function":"gelu_new"}
        """, tensors: tensors)
  }

  /// Rotary positions, grouped heads, a gated MLP and a tied unembedding. `family` says whether the
  /// maps of the attention have biases.
  private static func llama(
    id: String, family: String, layers: Int, width: Int, heads: Int, groups: Int, headWidth: Int,
    inner: Int, vocabulary: Int, base: Int, epsilon: String
  ) -> RandomShape {
    var tensors = [
      Tensor(name: "model.embed_tokens.weight", dimensions: [vocabulary, width]),
      Tensor(name: "model.norm.weight", dimensions: [width], mean: 1, spread: 0),
    ]
    for layer in 0..<layers {
      let at = "model.layers.\(layer)."
      for norm in ["input_layernorm", "post_attention_layernorm"] {
        tensors.append(
          Tensor(name: "\(at)\(norm).weight", dimensions: [width], mean: 1, spread: 0))
      }
      for (name, rows) in [
        ("q_proj", heads * headWidth), ("k_proj", groups * headWidth),
        ("v_proj", groups * headWidth),
      ] {
        tensors.append(Tensor(name: "\(at)self_attn.\(name).weight", dimensions: [rows, width]))
        if family == "qwen2" {
          tensors.append(Tensor(name: "\(at)self_attn.\(name).bias", dimensions: [rows]))
        }
      }
      tensors += [
        Tensor(name: at + "self_attn.o_proj.weight", dimensions: [width, heads * headWidth]),
        Tensor(name: at + "mlp.gate_proj.weight", dimensions: [inner, width]),
        Tensor(name: at + "mlp.up_proj.weight", dimensions: [inner, width]),
        Tensor(name: at + "mlp.down_proj.weight", dimensions: [width, inner]),
      ]
    }
    let architecture = family == "qwen2" ? "Qwen2ForCausalLM" : "LlamaForCausalLM"
    return RandomShape(
      id: id,
      config: """
        {"architectures":["\(architecture)"],"model_type":"\(family)","hidden_size":\(width),\
        "intermediate_size":\(inner),"num_hidden_layers":\(layers),"num_attention_heads":\(heads),\
        "num_key_value_heads":\(groups),"head_dim":\(headWidth),"vocab_size":\(vocabulary),\
        "max_position_embeddings":32768,"rms_norm_eps":\(epsilon),"rope_theta":\(base).0,\
        "tie_word_embeddings":true,"hidden_act":"silu"}
        """, tensors: tensors)
  }
}
