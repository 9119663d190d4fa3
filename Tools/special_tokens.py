#!/usr/bin/env python3
"""Writes what stands around a text by tokenizer.json and by the flags of tokenizer_config.json.

    special_tokens.py            adds this environment's transformers to the fixture
    special_tokens.py --check    compares instead

Versions 4 and 5 of transformers disagree: 4 has classes that go by `add_bos_token` and
`add_eos_token` whatever tokenizer.json says, 5 goes by tokenizer.json. So it is run once with each.
"""

import argparse
import itertools
import json
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import transformers
from transformers import AutoTokenizer

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURE = ROOT / "Tests" / "LeewayTokenizerTests" / "Golden" / "special-tokens.json"
TEXT = "ab a"
PIECES = ["<unk>", "<s>", "</s>", "\u2581", "a", "b", "\u2581a", "ab", "\u2581ab"]
MODEL_TYPES = {
    "LlamaTokenizerFast": "llama", "LlamaTokenizer": "mistral", "GemmaTokenizerFast": "gemma2",
    "PreTrainedTokenizerFast": "llama", "Qwen2TokenizerFast": "qwen2",
    "GPT2TokenizerFast": "gpt2", "GPTNeoXTokenizerFast": "gpt_neox",
}
FLAGS = [{}, {"add_bos_token": True}, {"add_bos_token": False},
         {"add_bos_token": True, "add_eos_token": True}]


def processor(before, after):
    """None, or what puts these tokens before and behind a text."""
    if not before and not after:
        return None
    token = lambda name: {"SpecialToken": {"id": name, "type_id": 0}}
    text = lambda name, kind: {"Sequence": {"id": name, "type_id": kind}}
    single = [*map(token, before), text("A", 0), *map(token, after)]
    return {
        "type": "TemplateProcessing", "single": single, "pair": single + [text("B", 1)],
        "special_tokens": {name: {"id": name, "ids": [PIECES.index(name)], "tokens": [name]}
                           for name in (*before, *after)}}


PROCESSORS = {
    "none": processor([], []), "first": processor(["<s>"], []),
    "both": processor(["<s>"], ["</s>"]),
    "bytes": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False,
              "use_regex": True},
}


def tokenizer(post):
    return {
        "version": "1.0", "truncation": None, "padding": None, "normalizer": None,
        "added_tokens": [
            {"id": i, "content": PIECES[i], "single_word": False, "lstrip": False,
             "rstrip": False, "normalized": False, "special": True} for i in range(3)],
        "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581",
                          "prepend_scheme": "first", "split": False},
        "post_processor": post, "decoder": {"type": "Fuse"},
        "model": {
            "type": "BPE", "dropout": None, "unk_token": "<unk>",
            "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": True,
            "byte_fallback": False, "ignore_merges": False,
            "vocab": {piece: i for i, piece in enumerate(PIECES)},
            "merges": ["\u2581 a", "a b", "\u2581 ab"]}}


def around(name, post, flags):
    """Which of the two tokens stand around a text: "", "first", "last" or "first last"."""
    with tempfile.TemporaryDirectory() as folder:
        for file, value in {
            "tokenizer.json": tokenizer(PROCESSORS[post]),
            "tokenizer_config.json": {
                "tokenizer_class": name, "bos_token": "<s>", "eos_token": "</s>",
                "unk_token": "<unk>", **flags},
            "config.json": {"model_type": MODEL_TYPES[name]},
        }.items():
            pathlib.Path(folder, file).write_text(json.dumps(value))
        ids = AutoTokenizer.from_pretrained(folder)(TEXT)["input_ids"]
    return " ".join(["first"] * (ids[0] == 1) + ["last"] * (ids[-1] == 2))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with what stands")
    check = parser.parse_args().check
    transformers.utils.logging.set_verbosity_error()
    found = json.loads(FIXTURE.read_text()) if FIXTURE.exists() else {}
    major = transformers.__version__.split(".")[0]
    cases = [
        {"class": name, "processor": post, "flags": flags, "around": around(name, post, flags)}
        for name, post, flags in itertools.product(MODEL_TYPES, PROCESSORS, FLAGS)]
    fresh = found | {
        "tokenizers": {name: tokenizer(post) for name, post in PROCESSORS.items()},
        "text": TEXT, major: {"version": transformers.__version__, "cases": cases}}
    if check:
        sys.exit(fresh != found)
    FIXTURE.write_text(json.dumps(fresh, sort_keys=True) + "\n")


main()
