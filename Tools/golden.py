#!/usr/bin/env python3
"""Writes the golden fixtures: tiny random checkpoints and what the reference computes from them.

    golden.py --all                 every fixture of every architecture
    golden.py --arch llama          those of one architecture
    golden.py --shared ../shared    numbers for the story models, which are not copied
    golden.py --check               write to a temporary folder and compare with what stands

The reference is transformers: eager attention, float32 arithmetic on the weights as stored. A run
with the same versions gives the same bytes on the same kind of processor; elsewhere the last bits
differ, which is less than the tests allow. Needs torch, transformers, safetensors, tokenizers.
"""

import argparse
import contextlib
import copy
import filecmp
import hashlib
import importlib
import json
import os
import pathlib
import platform
import shutil
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "Tests" / "LeewayModelTests" / "Golden"
PROMPT_LENGTHS = [1, 4, 9, 17]
NEW_TOKENS = 8
F32, F16, BF16 = torch.float32, torch.float16, torch.bfloat16


class Family:
    """Where a family's modules are: `mid` is what reads the stream between attention and MLP."""

    def __init__(self, package, classes, blocks="model.layers", end="model.norm",
                 attention="self_attn.o_proj", mid="post_attention_layernorm",
                 down="mlp.down_proj", attn_post=None, mlp_post=None):
        self.package, self.classes, self.blocks, self.end = package, classes, blocks, end
        self.attention, self.mid, self.down = attention, mid, down
        self.attn_post, self.mlp_post = attn_post, mlp_post

    @property
    def config(self):
        return getattr(transformers, self.classes[0])

    @property
    def model(self):
        return getattr(transformers, self.classes[1])

    @property
    def source(self):
        return importlib.import_module(
            f"transformers.models.{self.package}.modeling_{self.package}")


def plain(package, name, **more):
    return Family(package, (name + "Config", name + "ForCausalLM"), **more)


POST = dict(attn_post="post_attention_layernorm", mlp_post="post_feedforward_layernorm")
GEMMA = dict(mid="pre_feedforward_layernorm", **POST)
FAMILIES = {
    "llama": plain("llama", "Llama"),
    "mistral": plain("mistral", "Mistral"),
    "mixtral": plain("mixtral", "Mixtral"),
    "qwen2": plain("qwen2", "Qwen2"),
    "qwen3": plain("qwen3", "Qwen3"),
    "qwen3_moe": plain("qwen3_moe", "Qwen3Moe"),
    "gemma": plain("gemma", "Gemma"),
    "gemma2": plain("gemma2", "Gemma2", **GEMMA),
    "gemma3_text": Family("gemma3", ("Gemma3TextConfig", "Gemma3ForCausalLM"), **GEMMA),
    "gemma3": Family(
        "gemma3", ("Gemma3Config", "Gemma3ForConditionalGeneration"),
        blocks="model.language_model.layers", end="model.language_model.norm", **GEMMA),
    "phi3": plain("phi3", "Phi3"),
    "olmo2": plain("olmo2", "Olmo2", mid="mlp", **POST),
    "olmoe": plain("olmoe", "Olmoe"),
    "starcoder2": plain("starcoder2", "Starcoder2", down="mlp.c_proj"),
    "gpt2": Family(
        "gpt2", ("GPT2Config", "GPT2LMHeadModel"), blocks="transformer.h", end="transformer.ln_f",
        attention="attn.c_proj", mid="ln_2", down="mlp.c_proj"),
    "gpt_neox": plain(
        "gpt_neox", "GPTNeoX", blocks="gpt_neox.layers", end="gpt_neox.final_layer_norm",
        attention="attention.dense", down="mlp.dense_4h_to_h"),
}


class Fixture:
    """A checkpoint to write: its shape, how it is stored and what is odd about its folder."""

    def __init__(self, name, arch, config, dtype=F32, seed=0, **odd):
        self.name, self.arch, self.dtype, self.seed = name, arch, dtype, seed
        self.config, self.odd = config, odd


def llama(name, hidden, heads, kv, mlp, vocab, layers, dtype=F32, seed=0, odd=None, **more):
    config = dict(
        hidden_size=hidden, num_attention_heads=heads, num_key_value_heads=kv,
        intermediate_size=mlp, vocab_size=vocab, num_hidden_layers=layers,
        max_position_embeddings=32, tie_word_embeddings=False, rms_norm_eps=1e-5,
        bos_token_id=1, eos_token_id=2,
    )
    config.update(more)
    return Fixture(name, "llama", config, dtype, seed, **(odd or {}))


def like(arch, name, hidden, heads, kv, mlp, vocab, layers, dtype=F32, **more):
    """A family that calls its sizes as Llama does."""
    fixture = llama(name, hidden, heads, kv, mlp, vocab, layers, dtype, **more)
    fixture.arch = arch
    fixture.config["pad_token_id"] = None
    return fixture


def mixture(arch, name, hidden, heads, kv, mlp, vocab, layers, experts, chosen, dtype=F32, **more):
    config = dict(
        num_experts=experts, num_experts_per_tok=chosen, experts_implementation="eager",
        moe_intermediate_size=mlp)
    if arch == "olmoe":
        del config["moe_intermediate_size"]
    return like(arch, name, hidden, heads, kv, mlp, vocab, layers, dtype, **(config | more))


def gemma3(name, hidden, heads, kv, mlp, vocab, layers, dtype=F32, odd=None, **more):
    """With what sees pictures beside it, and the text model's configuration inside."""
    text = like("gemma3_text", name, hidden, heads, kv, mlp, vocab, layers, **more).config
    vision = dict(
        model_type="siglip_vision_model", hidden_size=8, intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=2, image_size=4, patch_size=2)
    config = dict(
        text_config=text, vision_config=vision, mm_tokens_per_image=4, boi_token_index=vocab - 3,
        eoi_token_index=vocab - 2, image_token_index=vocab - 1,
        tie_word_embeddings=text["tie_word_embeddings"])
    return Fixture(name, "gemma3", config, dtype, **(odd or {}))


def neox(name, hidden, heads, mlp, vocab, layers, dtype=F32, odd=None, **more):
    config = dict(
        hidden_size=hidden, num_attention_heads=heads, intermediate_size=mlp, vocab_size=vocab,
        num_hidden_layers=layers, max_position_embeddings=32, bos_token_id=0, eos_token_id=0)
    return Fixture(name, "gpt_neox", config | more, dtype, **(odd or {}))


def starcoder(name, hidden, heads, kv, mlp, vocab, layers, dtype=F32, **more):
    fixture = like("starcoder2", name, hidden, heads, kv, mlp, vocab, layers, dtype, **more)
    del fixture.config["rms_norm_eps"]
    return fixture


def mixtral(name, hidden, heads, kv, mlp, vocab, layers, experts, chosen, dtype=F32, **more):
    config = dict(
        num_local_experts=experts, num_experts_per_tok=chosen, sliding_window=None,
        experts_implementation="eager")
    fixture = llama(name, hidden, heads, kv, mlp, vocab, layers, dtype, **(config | more))
    fixture.arch = "mixtral"
    return fixture


def gpt2(name, width, heads, vocab, layers, dtype=F32, seed=0, odd=None, **more):
    config = dict(
        n_embd=width, n_head=heads, vocab_size=vocab, n_layer=layers, n_positions=32,
        bos_token_id=0, eos_token_id=0,
    )
    config.update(more)
    return Fixture(name, "gpt2", config, dtype, seed, **(odd or {}))


FIXTURES = [
    llama("llama-multihead", 24, 4, 4, 40, 61, 2),
    llama("llama-grouped", 20, 4, 2, 36, 53, 3, BF16, head_dim=6, tie_word_embeddings=True),
    llama("llama-multiquery", 24, 3, 1, 28, 67, 2, F16, head_dim=8, odd=dict(theta=523.0)),
    llama("llama-biases", 12, 2, 2, 20, 50, 2, attention_bias=True, mlp_bias=True,
          tie_word_embeddings=True, odd=dict(keep_unembedding=True)),
    llama("llama-sharded", 40, 4, 2, 24, 71, 2, BF16, hidden_act="gelu", odd=dict(shards=2)),
    llama("llama-apart", 16, 2, 1, 20, 41, 1, tie_word_embeddings=True, odd=dict(apart=True)),
    llama("llama-linear", 16, 2, 1, 20, 43, 2,
          rope_parameters=dict(rope_type="linear", factor=2.5, rope_theta=1e3)),
    llama("llama-stretched", 32, 2, 1, 24, 47, 2, F16, odd=dict(old_rope=True),
          rope_parameters=dict(
              rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16, rope_theta=1e3)),
    mixtral("mixtral-top2", 16, 4, 2, 20, 53, 2, 4, 2),
    mixtral("mixtral-top1", 12, 2, 1, 16, 47, 2, 3, 1, BF16, tie_word_embeddings=True),
    mixtral("mixtral-window", 12, 3, 3, 14, 41, 2, 3, 2, sliding_window=5),
    mixtral("mixtral-stacked", 12, 2, 1, 15, 43, 2, 3, 2, F16, odd=dict(stacked=True)),
    llama("llama-dynamic", 12, 2, 1, 14, 41, 1,
          rope_parameters=dict(rope_type="dynamic", factor=2.0, rope_theta=1e3)),
    llama("llama-yarn", 12, 2, 2, 14, 37, 2, odd=dict(old_rope=True),
          rope_parameters=dict(
              rope_type="yarn", factor=4.0, original_max_position_embeddings=8, rope_theta=1e3)),
    llama("llama-yarn-set", 24, 2, 1, 14, 37, 1, head_dim=16,
          rope_parameters=dict(
              rope_type="yarn", factor=3.0, original_max_position_embeddings=10, rope_theta=1e3,
              beta_fast=4.0, beta_slow=0.5, truncate=False, mscale=0.7, mscale_all_dim=0.4)),
    like("mistral", "mistral-window", 12, 3, 1, 14, 41, 2, head_dim=6, sliding_window=5),
    like("mistral", "mistral-wide", 12, 2, 2, 14, 37, 1, BF16, sliding_window=None),
    like("mistral", "mistral-grouped", 16, 4, 2, 15, 43, 2, F16, sliding_window=3,
         odd=dict(theta=523.0)),
    like("qwen2", "qwen2-grouped", 16, 4, 2, 14, 41, 2, BF16, tie_word_embeddings=True),
    like("qwen2", "qwen2-window", 12, 2, 1, 15, 43, 3, use_sliding_window=True, sliding_window=6,
         max_window_layers=2, odd=dict(no_kinds=True)),
    like("qwen2", "qwen2-multihead", 12, 2, 2, 14, 37, 1, odd=dict(theta=523.0)),
    like("qwen3", "qwen3-grouped", 12, 4, 2, 14, 41, 2, BF16, head_dim=6,
         tie_word_embeddings=True),
    like("qwen3", "qwen3-window", 12, 2, 1, 15, 43, 2, head_dim=8, use_sliding_window=True,
         sliding_window=4, max_window_layers=1, attention_bias=True),
    like("qwen3", "qwen3-multihead", 10, 2, 2, 14, 37, 1, F16, head_dim=10,
         odd=dict(theta=523.0)),
    like("gemma", "gemma-multiquery", 12, 3, 1, 14, 41, 2, head_dim=6, hidden_act="gelu",
         tie_word_embeddings=True, odd=dict(old_gemma=True)),
    like("gemma", "gemma-multihead", 12, 2, 2, 15, 37, 1, BF16, head_dim=8,
         tie_word_embeddings=True),
    like("gemma", "gemma-grouped", 16, 4, 2, 14, 41, 1, F16, head_dim=4, attention_bias=True,
         tie_word_embeddings=True),
    like("gemma2", "gemma2-grouped", 12, 4, 2, 14, 41, 3, head_dim=6, sliding_window=5,
         query_pre_attn_scalar=10, attn_logit_softcapping=1.5, final_logit_softcapping=3.0,
         tie_word_embeddings=True, odd=dict(no_kinds=True)),
    like("gemma2", "gemma2-multiquery", 12, 2, 1, 15, 37, 2, BF16, head_dim=8, sliding_window=3,
         query_pre_attn_scalar=8, tie_word_embeddings=True),
    like("gemma2", "gemma2-uncapped", 10, 2, 2, 14, 37, 2, F16, head_dim=4, sliding_window=6,
         attn_logit_softcapping=None, final_logit_softcapping=None, attention_bias=True,
         layer_types=["full_attention", "sliding_attention"], tie_word_embeddings=True),
    like("gemma3_text", "gemma3-multiquery", 12, 2, 1, 14, 41, 6, BF16, head_dim=6,
         sliding_window=5, query_pre_attn_scalar=6, tie_word_embeddings=True,
         odd=dict(old_gemma=True, no_kinds=True),
         rope_parameters=dict(
             full_attention=dict(rope_type="linear", factor=4.0, rope_theta=1e4),
             sliding_attention=dict(rope_type="default", rope_theta=1e2))),
    like("gemma3_text", "gemma3-multihead", 12, 2, 2, 15, 37, 3, head_dim=8, sliding_window=4,
         query_pre_attn_scalar=10, final_logit_softcapping=4.0, tie_word_embeddings=True,
         layer_types=["sliding_attention", "full_attention", "sliding_attention"]),
    like("gemma3_text", "gemma3-kinds", 12, 2, 2, 14, 41, 3, head_dim=6, sliding_window=4,
         query_pre_attn_scalar=6, tie_word_embeddings=True,
         layer_types=["full_attention", "sliding_attention", "full_attention"]),
    gemma3("gemma3-pictures", 16, 4, 2, 14, 43, 2, head_dim=6, sliding_window=6,
           query_pre_attn_scalar=6, tie_word_embeddings=True,
           layer_types=["sliding_attention", "full_attention"]),
    gemma3("gemma3-pictures-old", 12, 2, 1, 14, 41, 2, BF16, head_dim=8, sliding_window=5,
           query_pre_attn_scalar=8, tie_word_embeddings=True,
           layer_types=["sliding_attention", "sliding_attention"],
           odd=dict(old_gemma=True, no_kinds=True, old_names=True)),
    like("phi3", "phi3-window", 12, 2, 1, 14, 41, 2, sliding_window=5),
    like("phi3", "phi3-long", 24, 3, 3, 15, 37, 2, BF16, max_position_embeddings=64,
         original_max_position_embeddings=32,
         rope_parameters=dict(
             rope_type="longrope", rope_theta=1e3, partial_rotary_factor=0.75,
             short_factor=[1.0, 1.5, 2.0], long_factor=[2.0, 4.0, 8.0])),
    like("phi3", "phi3-su", 16, 4, 2, 14, 41, 1, F16, max_position_embeddings=64,
         original_max_position_embeddings=32, odd=dict(old_rope=True, su=True),
         rope_parameters=dict(
             rope_type="longrope", rope_theta=1e3, short_factor=[1.0, 1.25],
             long_factor=[2.0, 4.0])),
    like("phi3", "phi3-crossing", 12, 2, 1, 14, 41, 2, max_position_embeddings=64,
         original_max_position_embeddings=5,
         rope_parameters=dict(
             rope_type="longrope", rope_theta=1e2, short_factor=[1.0, 1.5, 2.0],
             long_factor=[1.5, 4.0, 8.0])),
    like("olmo2", "olmo2-multihead", 12, 2, 2, 14, 41, 2),
    like("olmo2", "olmo2-grouped", 16, 4, 2, 15, 43, 2, BF16, tie_word_embeddings=True),
    like("olmo2", "olmo2-multiquery", 12, 3, 1, 14, 37, 1, F16, attention_bias=True,
         odd=dict(theta=523.0)),
    like("olmo2", "olmo2-stretched", 12, 1, 1, 14, 37, 1, rope_parameters=dict(
        rope_type="linear", factor=2.0, rope_theta=1e3)),
    neox("neox-parallel", 16, 2, 20, 41, 2, BF16),
    neox("neox-in-turn", 12, 3, 14, 43, 2, use_parallel_residual=False,
         odd=dict(old_rope=True), rope_parameters=dict(
             rope_type="default", rope_theta=1e3, partial_rotary_factor=1.0)),
    neox("neox-plain", 20, 2, 15, 37, 2, F16, attention_bias=False, hidden_act="gelu_new",
         odd=dict(masks=torch.bool), rope_parameters=dict(
             rope_type="default", rope_theta=1e3, partial_rotary_factor=0.6)),
    mixture("olmoe", "olmoe-top3", 12, 2, 2, 10, 41, 2, 5, 3),
    mixture("olmoe", "olmoe-shared", 16, 4, 1, 9, 37, 1, 4, 2, BF16, norm_topk_prob=True),
    mixture("olmoe", "olmoe-top1", 12, 6, 2, 10, 37, 1, 3, 1, F16, tie_word_embeddings=True,
            attention_bias=True),
    mixture("olmoe", "olmoe-clipped", 12, 2, 1, 10, 41, 2, 4, 2, clip_qkv=0.7,
            odd=dict(stacked=True)),
    mixture("qwen3_moe", "qwen3moe-dense", 12, 2, 1, 9, 37, 4, 3, 2, BF16, head_dim=6,
            intermediate_size=14, decoder_sparse_step=2, mlp_only_layers=[3],
            odd=dict(stacked=True)),
    mixture("qwen3_moe", "qwen3moe-top2", 12, 2, 1, 10, 41, 2, 4, 2, BF16, head_dim=8,
            norm_topk_prob=True),
    mixture("qwen3_moe", "qwen3moe-apart", 12, 4, 2, 9, 37, 1, 5, 3, head_dim=6,
            norm_topk_prob=False, tie_word_embeddings=True),
    mixture("qwen3_moe", "qwen3moe-window", 10, 2, 2, 10, 37, 2, 3, 1, F16, head_dim=4,
            attention_bias=True, use_sliding_window=True, sliding_window=5),
    starcoder("starcoder2-window", 12, 3, 1, 14, 41, 2, sliding_window=5),
    starcoder("starcoder2-grouped", 16, 4, 2, 15, 43, 2, BF16, norm_epsilon=1e-3,
              tie_word_embeddings=True, odd=dict(theta=523.0)),
    starcoder("starcoder2-plain", 12, 2, 2, 10, 37, 1, F16, use_bias=False, hidden_act="gelu"),
    gpt2("gpt2-prefixed", 24, 4, 59, 2),
    gpt2("gpt2-bare", 20, 2, 97, 2, n_inner=28, odd=dict(bare=True, masks=F32, n_ctx=True)),
    gpt2("gpt2-bf16", 12, 2, 53, 3, BF16, odd=dict(masks=torch.bool)),
    gpt2("gpt2-f16-odd", 15, 3, 61, 2, F16, n_inner=37, activation_function="relu"),
    gpt2("gpt2-by-depth", 12, 2, 43, 3, scale_attn_by_inverse_layer_idx=True,
         tie_word_embeddings=False),
    gpt2("gpt2-unscaled", 18, 3, 50, 2, scale_attn_weights=False, activation_function="gelu",
         n_inner=40, layer_norm_epsilon=1e-3),
]


# ---- The checkpoint -------------------------------------------------------------------------


def generator(*names):
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "little"))


def randomise(model, fixture):
    """Lively numbers everywhere: no norm is all ones, no bias is zero."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator(fixture.name, fixture.seed, name))
            if p.dim() == 1 and name.endswith("weight"):
                # Gemma adds the 1 itself.
                p.copy_(0.3 * noise if "gemma" in fixture.arch else 1 + 0.3 * noise)
            elif p.dim() == 1:
                p.copy_(0.2 * noise)
            elif "embed" in name or "wte" in name:
                p.copy_(0.6 * noise)
            else:
                p.copy_(0.25 * noise)


def write_checkpoint(fixture, folder):
    family = FAMILIES[fixture.arch]
    settings = copy.deepcopy(fixture.config)
    theta = fixture.odd.get("theta")
    if theta:
        settings["rope_parameters"] = dict(rope_type="default", rope_theta=theta)
    model = family.model(family.config(**settings)).eval()
    randomise(model, fixture)
    model = model.to(fixture.dtype)
    size = sum(p.numel() * p.element_size() for p in model.parameters())
    shards = fixture.odd.get("shards", 1)
    limit = size if shards == 1 else int(size / shards * 1.15)
    model.save_pretrained(folder, max_shard_size=limit)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if len(list(folder.glob("*.safetensors"))) != shards:
        sys.exit(f"{fixture.name}: not {shards} tensor files")
    if fixture.odd.get("stacked"):
        # As they are in memory: all experts of a block in one tensor.
        save_file(model.state_dict(), folder / "model.safetensors")
    rewrite_tensors(fixture, folder)
    rewrite_config(fixture, folder, theta)


def rewrite_tensors(fixture, folder):
    """What older exporters leave in a folder: bare names, mask buffers, both tied names."""
    odd, path = fixture.odd, folder / "model.safetensors"
    if not {"bare", "masks", "keep_unembedding", "apart", "old_names"} & odd.keys():
        return
    tensors = load_file(path)
    if odd.get("bare"):
        tensors = {k.removeprefix("transformer."): v for k, v in tensors.items()}
    if odd.get("masks") and fixture.arch == "gpt_neox":
        for layer in range(fixture.config["num_hidden_layers"]):
            at = f"gpt_neox.layers.{layer}.attention."
            tensors[at + "bias"] = torch.ones(32, 32).tril().view(1, 1, 32, 32).to(odd["masks"])
            tensors[at + "masked_bias"] = torch.tensor(-1e9)
            tensors[at + "rotary_emb.inv_freq"] = torch.ones(2)
    elif odd.get("masks"):
        prefix = "" if odd.get("bare") else "transformer."
        mask = torch.ones(32, 32).tril().view(1, 1, 32, 32).to(odd["masks"])
        for layer in range(fixture.config["n_layer"]):
            tensors[f"{prefix}h.{layer}.attn.bias"] = mask.clone()
            tensors[f"{prefix}h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    if odd.get("old_names"):
        # Both ways in which the text model beside a vision tower has been called.
        swap = ("model.language_model.", "language_model.model.")
        if not any(name.startswith(swap[0]) for name in tensors):
            swap = swap[::-1]
        tensors = {k.replace(*swap): v for k, v in tensors.items()}
    if odd.get("keep_unembedding"):
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    if odd.get("apart"):
        embedding = tensors["model.embed_tokens.weight"]
        tensors["lm_head.weight"] = embedding.flip(0) * 0.7
    save_file(tensors, path, metadata={"format": "pt"})


def rewrite_config(fixture, folder, theta):
    """Both spellings of what transformers renamed between its versions 4 and 5."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    if fixture.odd.get("n_ctx"):
        config["n_ctx"] = config.pop("n_positions")
    text = config.get("text_config", config)
    if fixture.odd.get("no_kinds"):
        text.pop("layer_types")
    if fixture.odd.get("old_gemma"):
        rope = text.pop("rope_parameters")
        if "full_attention" in rope:
            whole, local = rope["full_attention"], rope["sliding_attention"]
            text |= dict(
                rope_theta=whole.pop("rope_theta"), rope_local_base_freq=local["rope_theta"],
                rope_scaling=whole, sliding_window_pattern=text.pop("_sliding_window_pattern"))
        else:
            text |= dict(rope_theta=rope["rope_theta"], hidden_act="gelu", hidden_activation=None)
        text["cache_implementation"] = "hybrid"
    if fixture.odd.get("old_rope"):
        rope = config.pop("rope_parameters")
        names = ("rotary_emb_base", "rotary_pct") if fixture.arch == "gpt_neox" else (
            "rope_theta", "partial_rotary_factor")
        config[names[0]] = rope.pop("rope_theta")
        if "partial_rotary_factor" in rope:
            config[names[1]] = rope.pop("partial_rotary_factor")
        config["rope_scaling"] = rope if rope.get("rope_type") != "default" else None
        if fixture.odd.get("su"):
            config["rope_scaling"] = dict(rope, type="su")
            del config["rope_scaling"]["rope_type"]
    if theta:
        del config["rope_parameters"]
        config |= dict(rope_theta=theta, rope_scaling=None)
        config["torch_dtype"] = config.pop("dtype")
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


# ---- The reference --------------------------------------------------------------------------


def load(folder, n_positions=None):
    extra = {"n_positions": n_positions} if n_positions else {}
    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=F32, attn_implementation="eager", output_loading_info=True, **extra)
    # Experts one after the other, not in the grouped product that large models use.
    model.config._experts_implementation = "eager"
    missing = [key for key in info["missing_keys"] if key != "lm_head.weight"]
    if missing or info["mismatched_keys"]:
        sys.exit(f"{folder}: {missing} {info['mismatched_keys']}")
    return model.eval()


def flat(heads):
    """[1, heads, positions, width] -> [positions, heads * width]"""
    return heads[0].transpose(0, 1).reshape(heads.shape[2], -1)


@contextlib.contextmanager
def listening(model, heard):
    """Puts every site's tensor, [positions, width], into `heard`."""
    family = FAMILIES[model.config.model_type]
    source = family.source
    parallel = getattr(model.config, "use_parallel_residual", False)
    handles = []

    def keep(name, tensor):
        tensor = tensor[0] if isinstance(tensor, tuple) else tensor
        heard[name] = (tensor[0] if tensor.dim() == 3 else tensor).detach().clone().contiguous()

    def entering(module, name):
        def hook(_, args, kwargs):
            keep(name, args[0] if args else kwargs["hidden_states"])
        handles.append(module.register_forward_pre_hook(hook, with_kwargs=True))

    def leaving(module, name):
        handles.append(module.register_forward_hook(lambda _, args, out: keep(name, out)))

    def routing(module, at):
        def hook(_, args, out):
            logits, shares, chosen = out
            keep(at + "mlp.router", logits)
            keep(at + "mlp.experts", torch.zeros_like(logits).scatter(1, chosen, shares))
        handles.append(module.register_forward_hook(hook))

    for index, block in enumerate(model.get_submodule(family.blocks)):
        at = f"blocks.{index}."
        part = block.get_submodule
        entering(block, at + "resid_pre")
        entering(part(family.attention), at + "attn.z")
        leaving(part(family.attn_post or family.attention), at + "attn_out")
        if not parallel:
            entering(part(family.mid), at + "resid_mid")
        if hasattr(block.mlp, "gate"):
            routing(block.mlp.gate, at)
        else:
            entering(part(family.down), at + "mlp.post")
        leaving(part(family.mlp_post or "mlp"), at + "mlp_out")
        leaving(block, at + "resid_post")
    leaving(model.get_submodule(family.end), "ln_final")

    original = source.eager_attention_forward

    def attend(module, query, key, value, *args, **kwargs):
        at = f"blocks.{module.layer_idx}.attn."
        for name, tensor in (("q", query), ("k", key), ("v", value)):
            keep(at + name, flat(tensor))
        return original(module, query, key, value, *args, **kwargs)

    source.eager_attention_forward = attend
    try:
        yield
    finally:
        source.eager_attention_forward = original
        for handle in handles:
            handle.remove()
    if parallel:
        # Nothing reads the stream there; what it would be is a sum.
        for name in [name for name in heard if name.endswith("resid_pre")]:
            at = name.removesuffix("resid_pre")
            heard[at + "resid_mid"] = heard[name] + heard[at + "attn_out"]


def order(name):
    kinds = ["resid_pre", "attn.q", "attn.k", "attn.v", "attn.z", "attn_out", "resid_mid",
             "mlp.router", "mlp.experts", "mlp.post", "mlp_out", "resid_post"]
    if not name.startswith("blocks."):
        return (1 << 30, ["ln_final", "logits"].index(name))
    _, layer, kind = name.split(".", 2)
    return (int(layer), kinds.index(kind))


@torch.inference_mode()
def every_site(model, ids):
    heard = {}
    with listening(model, heard):
        out = model(torch.tensor([ids]), use_cache=False)
    # Behind the cap that some put on them.
    heard["logits"] = out.logits[0].clone()
    sites = sorted(heard, key=order)
    routed = sum("mlp.router" in site for site in sites)
    if len(sites) != 10 * model.config.get_text_config().num_hidden_layers + routed + 2:
        sys.exit(f"heard only {sites}")
    return {site: heard[site] for site in sites}


def factors_change(model, length):
    """Whether LongRoPE turns a text of so many tokens otherwise than one a token shorter."""
    rope = getattr(model.config.get_text_config(), "rope_parameters", None) or {}
    return (rope.get("rope_type") == "longrope"
            and length == rope["original_max_position_embeddings"] + 1)


@torch.inference_mode()
def greedy(model, ids, count):
    """Continues with the cache. Also the narrowest lead that a chosen token had."""
    made, fed, cache, lead = [], torch.tensor([ids]), None, float("inf")
    while True:
        out = model(fed, past_key_values=cache, use_cache=True)
        logits, cache = out.logits[0, -1], out.past_key_values
        best = logits.topk(2).values
        lead = min(lead, float(best[0] - best[1]))
        made.append(int(logits.argmax()))
        if len(made) == count:
            return made, lead
        fed = torch.tensor([[made[-1]]])
        if factors_change(model, len(ids) + len(made)):
            # As Phi-3's own generation does.
            fed, cache = torch.tensor([ids + made]), None


# ---- Files ----------------------------------------------------------------------------------


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def versions():
    return {"python": platform.python_version(), "torch": torch.__version__.split("+")[0],
            "transformers": transformers.__version__}


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")


def write_fixture(fixture, root):
    """The first seed under which every greedy token leads clearly: rounding cannot change one."""
    while (lead := try_fixture(fixture, root / fixture.name)) < 0.02:
        print(f"{fixture.name}: seed {fixture.seed} leads by {lead:.4f} only")
        fixture.seed += 1


def try_fixture(fixture, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_checkpoint(fixture, folder)
    model = load(folder, 32 if fixture.odd.get("n_ctx") else None)
    chance = generator(fixture.name, fixture.seed, "prompts")
    tensors, prompts, leads = {}, [], []
    vocabulary = model.config.get_text_config().vocab_size
    if fixture.arch == "gemma3":
        # The last tokens stand for pictures.
        vocabulary -= 3
    for index, length in enumerate(PROMPT_LENGTHS):
        ids = torch.randint(0, vocabulary, (length,), generator=chance).tolist()
        for site, tensor in every_site(model, ids).items():
            tensors[f"{index}/{site}"] = tensor
        continuation, lead = greedy(model, ids, NEW_TOKENS)
        leads.append(lead)
        prompts.append({"ids": ids, "greedy": continuation})
    save_file(tensors, folder / "expected.safetensors")
    files = sorted(path for path in folder.iterdir())
    write_json(folder / "manifest.json", {
        "architecture": fixture.arch, "command": f"Tools/golden.py --arch {fixture.arch}",
        "files": {path.name: sha256(path) for path in files}, "prompts": prompts,
        "seed": fixture.seed, "stored": str(fixture.dtype).removeprefix("torch."),
        "versions": versions(),
    })
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{fixture.name:20s} {size / 1000:6.1f} kB")
    if size > 200_000:
        sys.exit("a fixture is at most 200 kB")
    return min(leads)


STORIES = ["Once upon a time", "Lily and Tom went to the", "The"]


def write_shared(shared, root):
    """Our own numbers about models that lie outside the repository: ids, some logits, norms."""
    from tokenizers import Tokenizer

    for name in ["stories260k-hf", "tinystories-656k"]:
        folder = pathlib.Path(shared) / "models" / name
        model = load(folder)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        prompts = []
        for text in STORIES:
            ids = tokenizer.encode(text).ids
            bos = model.config.bos_token_id
            ids = ids if ids[:1] == [bos] else [bos] + ids
            sites = every_site(model, ids)
            continuation, lead = greedy(model, ids, 32)
            last = sites["logits"][-1]
            chosen = last.topk(6).indices.tolist() + list(range(0, len(last), len(last) // 6))
            norms = {site: [float(f"{n:.7g}") for n in x.double().norm(dim=1).tolist()]
                     for site, x in sites.items()}
            prompts.append({
                "text": text, "ids": ids, "greedy": continuation, "greedy_lead": round(lead, 6),
                "greedy_text": tokenizer.decode(continuation), "norms": norms,
                "last_logits": [[i, float(f"{float(last[i]):.7g}")] for i in sorted(set(chosen))],
            })
        write_json(root / "shared" / f"{name}.json", {
            "command": "Tools/golden.py --shared ../shared", "model": name, "prompts": prompts,
            "sha256": sha256(folder / "model.safetensors"), "versions": versions(),
        })
        print(f"{name:20s} {[p['greedy_text'] for p in prompts]}")


def check():
    """Writes everything afresh and names the files that differ."""
    with tempfile.TemporaryDirectory() as temporary:
        fresh = pathlib.Path(temporary)
        for fixture in FIXTURES:
            write_fixture(fixture, fresh)
        different = [
            str(path.relative_to(fresh)) for path in sorted(fresh.rglob("*")) if path.is_file()
            and not ((GOLDEN / path.relative_to(fresh)).is_file()
                     and filecmp.cmp(path, GOLDEN / path.relative_to(fresh), shallow=False))]
    print("\n".join(different) or "every file is the same")
    sys.exit(bool(different))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="every fixture")
    parser.add_argument("--arch", help="the fixtures of one architecture")
    parser.add_argument("--shared", metavar="FOLDER", help="the folder with models/")
    parser.add_argument("--check", action="store_true", help="compare with what stands")
    parser.add_argument("--out", type=pathlib.Path, default=GOLDEN, help="where to write")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    if arguments.check:
        check()
    chosen = [f for f in FIXTURES if arguments.all or f.arch == arguments.arch]
    if not chosen and not arguments.shared:
        parser.error(f"nothing to do; architectures: {sorted({f.arch for f in FIXTURES})}")
    for fixture in chosen:
        write_fixture(fixture, arguments.out)
    if arguments.shared:
        write_shared(arguments.shared, arguments.out)


main()
