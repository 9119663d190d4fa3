#!/usr/bin/env python3
"""Writes the fixtures of training: tiny models, a batch, and what autograd makes of them.

    training_golden.py --all          write Tests/LeewayTrainingTests/Golden
    training_golden.py --model NAME   write one model of it
    training_golden.py --check        write to a temporary folder and compare with what stands

For each model: the loss, the gradient of every tensor by name, and the gradient of a steering
direction through the frozen model. For the optimisers: some steps of torch's own. Needs torch,
transformers, safetensors. A run with the same versions gives the same bytes on the same kind of
processor; elsewhere the last bits differ, which is less than the tests allow.
"""

import argparse
import filecmp
import hashlib
import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
import transformers
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel
from transformers import LlamaConfig, LlamaForCausalLM, MixtralConfig, MixtralForCausalLM

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "Tests" / "LeewayTrainingTests" / "Golden"
LENGTHS = [2, 9, 17, 6]


def llama(**more):
    config = dict(
        hidden_size=24, num_attention_heads=4, num_key_value_heads=2, head_dim=6,
        intermediate_size=40, vocab_size=61, num_hidden_layers=2, max_position_embeddings=32,
        tie_word_embeddings=False, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2)
    return LlamaForCausalLM, LlamaConfig(**(config | more))


def mixtral(**more):
    config = dict(
        hidden_size=16, num_attention_heads=4, num_key_value_heads=2, head_dim=4,
        intermediate_size=20, vocab_size=53, num_hidden_layers=2, max_position_embeddings=32,
        tie_word_embeddings=False, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2,
        num_local_experts=4, num_experts_per_tok=2, sliding_window=None,
        experts_implementation="eager")
    return MixtralForCausalLM, MixtralConfig(**(config | more))


def gpt2(**more):
    config = dict(
        n_embd=20, n_head=2, vocab_size=59, n_layer=2, n_positions=32, n_inner=28,
        bos_token_id=0, eos_token_id=0, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    return GPT2LMHeadModel, GPT2Config(**(config | more))


def like(name, config=None, **more):
    """A family that calls its sizes as Llama does; small, with windows shorter than the texts."""
    settings = dict(
        hidden_size=12, num_attention_heads=4, num_key_value_heads=2, head_dim=6,
        intermediate_size=14, vocab_size=41, num_hidden_layers=2, max_position_embeddings=32,
        tie_word_embeddings=False, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2,
        # The reference gives the row of the padding token no gradient.
        pad_token_id=None)
    settings |= more
    for key in ["head_dim", "rms_norm_eps"]:
        if settings[key] is None:
            del settings[key]
    make_config = getattr(transformers, config or name + "Config")
    return getattr(transformers, name + "ForCausalLM"), make_config(**settings)


def experts(name, **more):
    return like(
        name, num_experts=4, num_experts_per_tok=2, experts_implementation="eager", **more)


def neox(**more):
    config = dict(
        hidden_size=16, num_attention_heads=2, intermediate_size=20, vocab_size=41,
        num_hidden_layers=2, max_position_embeddings=32, bos_token_id=0, eos_token_id=0)
    return transformers.GPTNeoXForCausalLM, transformers.GPTNeoXConfig(**(config | more))


MODELS = {
    "gemma": like("Gemma", num_key_value_heads=1, tie_word_embeddings=True),
    "gemma2": like(
        "Gemma2", sliding_window=3, query_pre_attn_scalar=8, attn_logit_softcapping=1.5,
        final_logit_softcapping=3.0, tie_word_embeddings=True),
    "gemma3": like(
        "Gemma3", "Gemma3TextConfig", sliding_window=3, query_pre_attn_scalar=8,
        layer_types=["sliding_attention", "full_attention"], tie_word_embeddings=True,
        rope_parameters=dict(
            full_attention=dict(rope_type="linear", factor=4.0, rope_theta=1e4),
            sliding_attention=dict(rope_type="default", rope_theta=1e2))),
    "gpt_neox": neox(),
    "mistral": like("Mistral", sliding_window=3, num_key_value_heads=1),
    "olmo2": like("Olmo2", head_dim=None, hidden_size=16),
    "olmoe": experts("Olmoe", head_dim=None, hidden_size=16, intermediate_size=10),
    "olmoe-clipped": experts(
        "Olmoe", head_dim=None, hidden_size=16, intermediate_size=10, clip_qkv=0.6),
    "phi3": like(
        "Phi3", head_dim=None, hidden_size=24, original_max_position_embeddings=32,
        rope_parameters=dict(rope_type="longrope", rope_theta=1e3, short_factor=[1.0, 1.5, 2.0],
                             long_factor=[2.0, 4.0, 8.0], attention_factor=1.3)),
    "qwen2": like("Qwen2", head_dim=None, hidden_size=16, tie_word_embeddings=True),
    "qwen3": like("Qwen3", use_sliding_window=True, sliding_window=3, max_window_layers=1),
    "qwen3_moe": experts("Qwen3Moe", moe_intermediate_size=10, norm_topk_prob=True),
    "qwen3_moe-dense": experts(
        "Qwen3Moe", moe_intermediate_size=10, mlp_only_layers=[0], norm_topk_prob=True),
    "starcoder2": like(
        "Starcoder2", head_dim=None, rms_norm_eps=None, hidden_size=16, sliding_window=3),
    "llama": llama(),
    "llama-biases": llama(
        attention_bias=True, mlp_bias=True, tie_word_embeddings=True, hidden_act="gelu",
        num_key_value_heads=1, head_dim=8),
    "mixtral": mixtral(),
    "gpt2": gpt2(),
    "gpt2-relu": gpt2(activation_function="relu", n_head=4),
}


def generator(*names):
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "little"))


def randomise(name, model):
    with torch.no_grad():
        for key, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator(name, key))
            norm = p.dim() == 1 and key.endswith("weight")
            p.copy_(1 + 0.3 * noise if norm else 0.25 * noise)


def batch_of(name, vocabulary):
    """Sequences of several lengths; some predictions count more, some not at all."""
    sequences = []
    for index, length in enumerate(LENGTHS):
        g = generator(name, "tokens", index)
        tokens = torch.randint(vocabulary, (length + 1,), generator=g).tolist()
        weights = torch.rand(length, generator=g).mul(2).round(decimals=3).tolist()
        sequences.append(dict(tokens=tokens, weights=[w if w > 0.5 else 0.0 for w in weights]))
    return sequences


def balance_of(model, sequences):
    """The reference's pull towards experts that are used alike, over the batch as one."""
    from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

    layers = []
    for sequence in sequences:
        out = model(torch.tensor([sequence["tokens"]])[:, :-1], output_router_logits=True)
        layers.append(out.router_logits)
    logits = tuple(torch.cat(parts) for parts in zip(*layers))
    config = model.config
    return load_balancing_loss_func(logits, config.num_local_experts, config.num_experts_per_tok)


def by_file_name(gradients, family):
    """The names and shapes of checkpoint files: experts one by one."""
    block, parts = ".mlp.", ("gate_proj", "up_proj", "down_proj")
    if family == "mixtral":
        block, parts = ".block_sparse_moe.", ("w1", "w3", "w2")
    found = {}
    for key, gradient in gradients.items():
        at = key.replace(".mlp.", block)
        for expert in range(len(gradient) if "experts." in key else 0):
            name = at.rsplit(".", 1)[0] + f".{expert}."
            if key.endswith("gate_up_proj"):
                gate, up = gradient[expert].chunk(2)
                found[name + parts[0] + ".weight"], found[name + parts[1] + ".weight"] = gate, up
            else:
                found[name + parts[2] + ".weight"] = gradient[expert]
        if key.endswith("mlp.gate.weight"):
            found[at] = gradient
        elif family == "gpt_neox" and key == "lm_head.weight":
            found["embed_out.weight"] = gradient
        elif "experts." not in key:
            found[key] = gradient
    return {key: value.contiguous().clone() for key, value in found.items()}


def loss_of(model, sequences):
    total, weight = 0.0, 0.0
    for sequence in sequences:
        tokens = torch.tensor([sequence["tokens"]])
        logits = model(tokens[:, :-1]).logits[0]
        weights = torch.tensor(sequence["weights"])
        losses = F.cross_entropy(logits, tokens[0, 1:], reduction="none")
        total = total + (losses * weights).sum()
        weight += weights.sum().item()
    return total / weight


def steer(name, model, sequences, width):
    """h + 1.5 v after block 0, then half of u projected out after block 1."""
    v = torch.randn(width, generator=generator(name, "direction")).mul(0.3).requires_grad_()
    u = torch.randn(width, generator=generator(name, "removed"))
    u = u / u.norm()
    inner = model.base_model
    blocks = inner.h if hasattr(inner, "h") else inner.layers

    def edit(f):
        def hook(_, args, out):
            return (f(out[0]),) + tuple(out[1:]) if isinstance(out, tuple) else f(out)
        return hook

    handles = [
        blocks[0].register_forward_hook(edit(lambda h: h + 1.5 * v)),
        blocks[1].register_forward_hook(edit(lambda h: h - 0.5 * (h @ u).unsqueeze(-1) * u)),
    ]
    loss = loss_of(model, sequences)
    (gradient,) = torch.autograd.grad(loss, [v])
    for handle in handles:
        handle.remove()
    return dict(
        direction=v.detach().tolist(), removed=u.tolist(), loss=loss.item(),
        gradient=gradient.tolist())


def write_model(name, folder):
    make, config = MODELS[name]
    config._attn_implementation = "eager"
    model = make(config)
    randomise(name, model)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").train()
    model.config._experts_implementation = "eager"
    sequences = batch_of(name, config.vocab_size)
    loss = loss_of(model, sequences)
    # Tenth parts of the pull: as much as it may matter at all.
    pull = 0.1 * balance_of(model, sequences) if hasattr(config, "num_experts_per_tok") else 0
    (loss + pull).backward()
    gradients = {key: p.grad for key, p in model.named_parameters()}
    save_file(by_file_name(gradients, config.model_type), folder / "gradients.safetensors")
    model.zero_grad()
    found = dict(
        loss=loss.item(), sequences=sequences,
        steered=steer(name, model, sequences, config.hidden_size))
    (folder / "batch.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


def write_optimizers(folder):
    """Five steps on 37 numbers with known gradients."""
    start = torch.randn(37, generator=generator("start"))
    gradients = [torch.randn(37, generator=generator("gradient", i)) for i in range(5)]
    found = dict(start=start.tolist(), gradients=[g.tolist() for g in gradients])
    for name, make in {
        "adamw": lambda p: torch.optim.AdamW(
            p, lr=0.01, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1),
        "sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1),
    }.items():
        p = start.clone().requires_grad_()
        optimizer = make([p])
        for g in gradients:
            p.grad = g.clone()
            optimizer.step()
        found[name] = p.detach().tolist()
    (folder / "optimizers.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


def write(root, names):
    for name in names:
        folder = root / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_model(name, folder)
    if len(names) == len(MODELS):
        write_optimizers(root)
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.stat().st_size > 200_000:
            sys.exit(f"{path}: {path.stat().st_size} bytes are too many for a fixture")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="every model, and the optimizers")
    parser.add_argument("--model", choices=MODELS, help="one model")
    parser.add_argument("--check", action="store_true", help="compare with what stands")
    arguments = parser.parse_args()
    if not (arguments.all or arguments.model or arguments.check):
        parser.error("nothing to do: give --all, --model NAME or --check")
    torch.set_num_threads(1)
    if not arguments.check:
        write(GOLDEN, [arguments.model] if arguments.model else list(MODELS))
        return
    with tempfile.TemporaryDirectory() as other:
        write(pathlib.Path(other), list(MODELS))
        names = [str(p.relative_to(other)) for p in pathlib.Path(other).rglob("*") if p.is_file()]
        _, different, missing = filecmp.cmpfiles(GOLDEN, other, names, shallow=False)
        if different or missing:
            sys.exit(f"differ: {different}, missing: {missing}")


if __name__ == "__main__":
    main()
