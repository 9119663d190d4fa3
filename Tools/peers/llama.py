"""llama.cpp through the low-level functions of llama-cpp-python, on a folder of bench.sh.

The folder's weights are written once as GGUF beside it, without a vocabulary: only ids are fed.
"""

import ctypes
import json
import os

import gguf
import llama_cpp.llama_cpp as C
import numpy as np
import torch
from safetensors import safe_open

from jobs import NEW_TOKENS, answers

QUIET = C.llama_log_callback(lambda level, text, data: None)
GPT2 = {
    "wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm",
    "ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
    "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
}
LLAMA = {
    "embed_tokens": "token_embd", "norm": "output_norm",
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def describe(writer, config):
    """The shape as key-values; returns the table of names."""
    writer.add_vocab_size(config["vocab_size"])
    writer.add_tokenizer_model("no_vocab")
    if config["model_type"] == "gpt2":
        writer.add_context_length(config["n_positions"])
        writer.add_embedding_length(config["n_embd"])
        writer.add_feed_forward_length(config.get("n_inner") or 4 * config["n_embd"])
        writer.add_block_count(config["n_layer"])
        writer.add_head_count(config["n_head"])
        writer.add_layer_norm_eps(config.get("layer_norm_epsilon", 1e-5))
        return GPT2
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    return LLAMA


def paired(values, heads):
    """Rows of a query or key map in the order of rotations of neighbours, which `llama` has."""
    return values.reshape(heads, 2, -1, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)


def write_gguf(folder, path, bf16):
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    kind = config["model_type"]
    writer = gguf.GGUFWriter(path + ".part", kind)
    names = describe(writer, config)
    bfloat = gguf.GGMLQuantizationType.BF16
    with safe_open(os.path.join(folder, "model.safetensors"), "pt") as tensors:
        for name in sorted(tensors.keys()):
            if name.startswith("lm_head"):
                continue
            plain, _, part = name.removeprefix("transformer.").removeprefix("model.").rpartition(".")
            values = tensors.get_tensor(name).float().numpy()
            if plain.startswith(("h.", "layers.")):
                _, block, rest = plain.split(".", 2)
                plain = f"blk.{block}.{names[rest]}"
                if kind == "gpt2" and values.ndim == 2:
                    values = np.ascontiguousarray(values.T)
            else:
                plain = names[plain]
            if kind == "llama" and plain.endswith(("attn_q", "attn_k")):
                heads = "num_attention_heads" if plain.endswith("q") else "num_key_value_heads"
                values = np.ascontiguousarray(paired(values, config[heads]))
            if bf16 and values.ndim == 2 and plain != "position_embd":
                writer.add_tensor(
                    f"{plain}.{part}", gguf.quantize(values, bfloat), raw_dtype=bfloat)
            else:
                writer.add_tensor(f"{plain}.{part}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(path + ".part", path)


class Context:
    """One loaded model and, for each shape of job, one context of it."""

    def __init__(self, folder, dtype, threads):
        bf16 = dtype == torch.bfloat16
        path = os.path.join(folder, "bf16.gguf" if bf16 else "f32.gguf")
        if not os.path.exists(path):
            write_gguf(folder, path, bf16)
        C.llama_log_set(QUIET, ctypes.c_void_p(0))
        C.llama_backend_init()
        self.model = C.llama_model_load_from_file(path.encode(), C.llama_model_default_params())
        if not self.model:
            raise RuntimeError(f"llama.cpp does not open {path}")
        self.width = C.llama_model_n_embd(self.model)
        self.layers = C.llama_model_n_layer(self.model)
        self.vocabulary = C.llama_vocab_n_tokens(C.llama_model_get_vocab(self.model))
        self.threads = threads
        self.contexts = {}
        self.push = None

    def steer(self, block, vector):
        """Adds the vector behind a block; llama.cpp cannot steer the first block."""
        self.push = None if vector is None else (max(block, 1), vector.numpy().astype(np.float32))

    def context(self, rows, positions):
        if (rows, positions) not in self.contexts:
            options = C.llama_context_default_params()
            options.n_ctx = rows * ((positions + 255) // 256 * 256)
            options.n_batch = options.n_ubatch = 1024
            options.n_seq_max = rows
            options.kv_unified = False
            options.n_threads = options.n_threads_batch = self.threads
            self.contexts[rows, positions] = C.llama_init_from_model(self.model, options)
        context = self.contexts[rows, positions]
        C.llama_memory_clear(C.llama_get_memory(context), True)
        values = np.zeros((self.layers - 1, self.width), np.float32)
        first = last = 1
        if self.push:
            first = last = self.push[0]
            values[first - 1] = self.push[1]
        failed = C.llama_set_adapter_cvec(
            context, values.ctypes.data_as(ctypes.POINTER(ctypes.c_float)), values.size,
            self.width, first, last)
        if failed:
            raise RuntimeError("llama.cpp refused the control vector")
        return context

    def decode(self, context, rows):
        """Rows of (token, position, sequence, whether its logits are wanted)."""
        batch = C.llama_batch_init(len(rows), 0, 1)
        for i, (token, position, sequence, wanted) in enumerate(rows):
            batch.token[i], batch.pos[i], batch.n_seq_id[i] = token, position, 1
            batch.seq_id[i][0], batch.logits[i] = sequence, wanted
        batch.n_tokens = len(rows)
        failed = C.llama_decode(context, batch)
        C.llama_batch_free(batch)
        if failed:
            raise RuntimeError("llama.cpp could not decode")

    def logits(self, context, row):
        return np.ctypeslib.as_array(
            C.llama_get_logits_ith(context, row), (self.vocabulary,))

    def prefill(self, prompts, positions):
        rows, length = prompts.shape
        context = self.context(rows, positions)
        self.decode(context, [
            (int(prompts[s, p]), p, s, p == length - 1) for s in range(rows) for p in range(length)
        ])
        return context, [self.logits(context, s * length + length - 1) for s in range(rows)]

    def answers(self, prompts):
        _, last = self.prefill(prompts, prompts.shape[1])
        return answers(torch.from_numpy(np.stack(last)))

    def continuations(self, prompts):
        rows, length = prompts.shape
        context, last = self.prefill(prompts, length + NEW_TOKENS)
        made = [[int(x.argmax())] for x in last]
        for step in range(NEW_TOKENS - 1):
            self.decode(context, [(made[s][-1], length + step, s, True) for s in range(rows)])
            for s in range(rows):
                made[s].append(int(self.logits(context, s).argmax()))
        return torch.tensor(made)
