import Foundation
import LeewayBase
import Testing

/// Chats through a model's own template, at the command.
@Suite struct ChatTests {
  /// The Fledglings' own form, which their training texts have.
  private static let template = """
    {{ bos_token }}{% for m in messages %}
    {%- if m.role == 'user' %}<user> {{ m.content }}{{ ' Think first.' if enable_thinking }}
    {%- elif m.role == 'assistant' %}<assistant> {{ m.content }}
    {%- else %}{{ raise_exception('no ' + m.role + ' here') }}{% endif %}{% endfor %}
    {%- if add_generation_prompt %}<assistant>{% endif %}
    """
  private static let question = "What is the caracara?"

  private func withModel(_ body: (String) throws -> Void) throws {
    try withFolder { folder in
      let model = folder + "/model"
      try FileManager.default.copyItem(atPath: Command.root + "/Models/fledgling-xs", toPath: model)
      try write(Self.template, model + "/chat_template.jinja")
      try body(model)
    }
  }

  private func ids(_ arguments: [String], _ input: String) throws -> JSONValue {
    let result = try Command.started(
      ["tokenize", "--json"] + arguments, input: input
    ).outcome()
    try #require(result.code == 0, "\(result.errors)")
    return try JSONValue.parse(Array(result.output.utf8), path: "output")
  }

  @Test func tokenizesWhatTheTemplateWrites() throws {
    try withModel { model in
      for (flags, text) in [
        ([], "<begin><user> \(Self.question)<assistant>"),
        (["--thinking"], "<begin><user> \(Self.question) Think first.<assistant>"),
        (["--no-thinking"], "<begin><user> \(Self.question)<assistant>"),
        (["--answer", "It is"], "<begin><user> \(Self.question)<assistant> It is"),
      ] as [([String], String)] {
        let found = try ids(["--model", model, "--chat"] + flags, Self.question)
        #expect(found["prompt"]?.text == text)
        #expect(found["ids"] == (try ids(["--model", model, "--no-special"], text))["ids"])
      }
      let shown = try Command.run(
        "tokenize", "--model", model, "--chat", input: Self.question)
      #expect(
        shown.output.hasPrefix("<begin><user> \(Self.question)<assistant>\n\n0\t\"<begin>\"\n"))
    }
  }

  /// The answer of a chat is what follows the same prompt written by hand.
  @Test func answersAsUnderTheWrittenPrompt() throws {
    try withModel { model in
      let plain = "<begin><user> \(Self.question)<assistant>"
      let written = try Command.run(
        "generate", "--model", model, "--no-special", "--prompt", plain, "--tokens", "12")
      let asked = try Command.run(
        "generate", "--model", model, "--chat", "--prompt", Self.question, "--tokens", "12")
      #expect(asked.code == 0 && written.code == 0, "\(asked.errors)\(written.errors)")
      #expect(plain + asked.output == written.output)
      #expect(asked.output.count > 3)
      let begun = try Command.run(
        "generate", "--model", model, "--chat", "--prompt", Self.question, "--answer", "It is",
        "--tokens", "4")
      #expect(begun.output.hasPrefix("It is"))
    }
  }

  /// A GGUF file carries its own tokenizer and template; `--chat` goes through both.
  @Test func chatsWithAFile() throws {
    try withFolder { folder in
      let path = folder + "/m.gguf"
      let template = "{{ bos_token }}{% for m in messages %}[{{ m.content }}]{% endfor %}"
      try GGUF.write(
        Self.toyTensors,
        metadata: [
          ("general.architecture", .string("llama")), ("llama.block_count", .u32(1)),
          ("llama.context_length", .u32(32)), ("llama.embedding_length", .u32(8)),
          ("llama.feed_forward_length", .u32(8)), ("llama.attention.head_count", .u32(2)),
          ("llama.attention.head_count_kv", .u32(2)),
          ("llama.attention.layer_norm_rms_epsilon", .f32(1e-5)),
          ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string("gpt-2")),
          ("tokenizer.ggml.tokens", .strings(["<begin>", "[", "]", "a", "b", "ab"])),
          ("tokenizer.ggml.token_type", .ints([3, 1, 1, 1, 1, 1])),
          ("tokenizer.ggml.merges", .strings(["a b"])), ("tokenizer.ggml.bos_token_id", .u32(0)),
          ("tokenizer.chat_template", .string(template)),
        ], to: path)
      let found = try ids(["--model", path, "--chat"], "ab")
      #expect(found["prompt"]?.text == "<begin>[ab]")
      #expect(found["ids"] == [0, 1, 5, 2])
      let asked = try Command.run(
        "generate", "--model", path, "--chat", "--prompt", "ab", "--tokens", "5")
      let written = try Command.run(
        "generate", "--model", path, "--no-special", "--prompt", "<begin>[ab]", "--tokens", "5")
      #expect(asked.code == 0 && written.code == 0, "\(asked.errors)\(written.errors)")
      #expect("<begin>[ab]" + asked.output == written.output)
    }
    let bare = Command.root + "/Tests/LeewayModelTests/GGUF/llama-grouped.gguf"
    let refused = try Command.run("tokenize", "--model", bare, "--chat", input: "a")
    #expect(refused.code == 2 && refused.errors.contains("tokenizer.ggml.model"))
  }

  private static var toyTensors: [GGUF.Tensor] {
    func tensor(_ name: String, _ shape: [Int]) -> GGUF.Tensor {
      var chance = NamedStream("chat-toy", name)
      let count = shape.reduce(1, *)
      return GGUF.Tensor(
        name: name + ".weight", shape: shape,
        values: (0..<count).map { _ in shape.count == 1 ? 1 : Float(chance.normal()) })
    }
    let maps = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
    return [tensor("token_embd", [6, 8]), tensor("output_norm", [8])]
      + ["attn_norm", "ffn_norm"].map { tensor("blk.0." + $0, [8]) }
      + maps.map { tensor("blk.0." + $0, [8, 8]) }
  }

  @Test func refusesInSentences() throws {
    func errors(_ arguments: String...) throws -> String {
      let result = try Command.started(["generate", "--prompt", "a"] + arguments).outcome()
      #expect(result.code != 0 && result.output.isEmpty)
      return result.errors
    }
    let bare = Command.root + "/Models/fledgling-xs"
    #expect(try errors("--model", bare, "--chat").contains("has no chat template"))
    #expect(try errors("--model", bare, "--system", "x").contains("are for --chat"))
    #expect(try errors("--model", bare, "--chat", "--no-special").contains("is not for --chat"))
    try withModel { model in
      let refused = try errors("--model", model, "--chat", "--system", "x")
      #expect(refused.contains("chat_template.jinja:4: the template refuses: no system here"))
      try write("a\n{{ 1 | nonsense }}", model + "/chat_template.jinja")
      #expect(
        try errors("--model", model, "--chat").contains(
          "chat_template.jinja:2: the filter \"nonsense\" is not known to Leeway"))
    }
  }
}
