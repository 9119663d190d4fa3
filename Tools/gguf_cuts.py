#!/usr/bin/env python3
"""Writes what llama.cpp makes of awkward texts under every name of a way to cut words that it shares
with Leeway (pip install gguf tokenizers llama-cpp-python):

    gguf_cuts.py            Tests/LeewayTokenizerTests/Golden/gguf-cuts.json

The vocabulary is trained on the texts without cutting them, so that its pieces reach across every
border and a border elsewhere gives other ids; a fifth of its merges is taken out, so that some pieces
stand only where whole words may be pieces. Where a name's own model cuts otherwise than llama.cpp
does (it tells cases apart in ASCII only, leaves texts uncomposed, and its `\\s` and ranges do not mix),
the ids of the library `tokenizers` with the model's own patterns stand beside it.
"""

import ctypes
import json
import pathlib
import random
import tempfile

import gguf
import llama_cpp.llama_cpp as C
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "Tests" / "LeewayTokenizerTests" / "Golden" / "gguf-cuts.json"
BETWEEN = "<|between|>"

NAMES = """default a.x-4.0 chatglm-bpe codeshell command-r dbrx deepseek-coder deepseek-r1-qwen
deepseek-v3 exaone exaone4 f2llmv2 falcon falcon-h1 falcon3 gigachat glm4 glm5 gpt-2 gpt-4o
granite-docling grok-2 hunyuan hunyuan-dense hy_v4 jais jina-de jina-es jina-v1-en jina-v2-code
jina-v2-de jina-v2-es jina-v5-nano joyai-llm kanana2 kormo lfm2 llama-bpe llama-v3 llama3 llama4
megrez mellum mellum2 midm-2.0 minerva-7b minimax-m2 modern-bert mpt olmo phi-2 pixtral qwen2 qwen35
refact roberta-bpe seed-coder smaug-bpe smollm solar-open stablelm2 starcoder talkie tekken
trillion""".split()

TEXTS = [
    "Hello, World!", "I'm can't WON'T you'LL we'Ve they're he'd 'S 'tis rock'n'roll O'Reilly's",
    "1 12 123 1234 12345 123456 1,234,567.89 -5 3.14e-10 0x1F \u00bd \u2154 \u00b2 \u2167 \u0663\u0664\u0665 \u2460\u2461",
    "a\nb\n\nc\n\n\nd\r\ne\r\rf\n\r\n  g\n \n h", " leading", "trailing ", "  two  ",
    "   three   spaces    four ", "\t\ttabs\t a\t\n\t b", "\n", "\n\n", " \n", "\n ", " ", "   ",
    "\r\n", "\u4f60\u597d\uff0c\u4e16\u754c\uff01\u6771\u4eac\u30bf\u30ef\u30fc \u3072\u3089 \ud55c\uad6d\uc5b4 \u3131\u3134 \uff8a\uff9d",
    "\u4e2d\u6587abc\u4e2d\u6587123\u4e2d\u6587", "\u0e44\u0e17\u0e22 \u0e20\u0e32\u0e29\u0e32 \u1019\u103c\u1014\u103a\u1019\u102c",
    "\u0939\u093f\u0928\u094d\u0926\u0940 \u0926\u0947\u0935", "\u0627\u0644\u0639 \u06f1\u06f2 \u05e9\u05dc\u05d5\u05dd",
    "\u00dcn\u00efc\u00f6d\u00e9 \u00d1and\u00fa \u00dfstra\u00dfe \u0141\u00d3D\u0179 \u01c5 \u02b0 \u00aa \u00ba",
    "e\u0301 e\u0301e\u0301 n\u0303 A\u030a \u0301start a\u0300\u0301b",
    "CamelCaseWords HTTPServer iPhone aBcDeF ABC abc Abc aBC ABCdef \u00c0\u00c9\u00ce\u00f5\u00fc \u00c0\u00e9\u00ce",
    "\u0414\u041e\u041c \u0434\u043e\u043c \u0414\u043e\u043c \u0434\u041e\u041c \u0391\u0392\u0393 \u03b1\u03b2\u03b3 \u0391\u03b2\u03b3",
    "snake_case kebab-case a/b\\c path//to http://x.y/z?a=b&c=d#e user@host.com",
    "!@#$%^&*()_+-=[]{}|;':\",./<>?`~", "!!! ??? ... --- === $$$ ```code``` ~~~",
    "\u00abquotes\u00bb \u201ccurly\u201d \u2018single\u2019 don\u2019t", "\u20ac100 $9.99 5% \u00b13 \u2264\u2260 \u2211 \u2192",
    "\U0001f600\U0001f600 \U0001f468\u200d\U0001f469 \U0001f1e9\U0001f1ea \u2615\ufe0f 1\ufe0f\u20e3 \u00a9",
    "\u00a0nbsp\u00a0\u00a0x \u2003em \u3000ideo \u200bzw \ufeff \u2028ls \x85nel", "\x00\x01 \x7f \x1b[0m \x0b \x0c x",
    "$ + < = > ^ ~ | ` $a +b <c =d >e ^f ~g |h `i", "def f(x):\n    return x**2  # c\n\n\nclass A:\n\tpass\n",
    "if (a && b) { c[i]++; } // x\n/* y */\n", "'", "''", " '", "'s", "'S", "'\u017f", "'ll'll", "x's's",
    "\ufb01 \u01f3 \u2126 \u212a \u212b \u0130 \u0131", "/// //\n/\n a/\n b/", "12 345 6789 0", "ab12cd345ef6789",
    "\uff11\uff12\uff13\uff14 \uff21\uff22 \uff41", "\n\n\n\n", "  \n  \n  ", "x\n\n  y", "x  \n\n y", ".\n\n", ". \n",
    "1" * 20, " " * 20, "\n" * 9, "\u00e9" * 9, "." * 12, "\u2003\u200b\u3000\u200b ",
]

CASED = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+END|"
         r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*END|\p{N}{1,MOST}|"
         r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?LETTERS+|\p{N}| ?[^\sOTHER\p{N}]+[\r\n]*|"
        r"\s*[\r\n]+|\s+(?!\S)|\s+")
GPT4O = [CASED.replace("END", "(?i:'s|'t|'re|'ve|'m|'ll|'d)?").replace("MOST", "3")]
QWEN2 = [QWEN.replace("LETTERS", r"\p{L}").replace("OTHER", r"\p{L}")]
# Patterns of models' own files, where llama.cpp approximates them.
OWN = {
    **{name: GPT4O for name in ["gpt-4o", "kanana2", "llama4", "minimax-m2", "talkie"]},
    "tekken": [CASED.replace("END", "").replace("MOST", "1")],
    "deepseek-coder": [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+",
                       "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+", r"\p{N}"],
    **{name: QWEN2 for name in ["deepseek-r1-qwen", "qwen2"]},
    "qwen35": [QWEN.replace("LETTERS", r"[\p{L}\p{M}]").replace("OTHER", r"\p{L}\p{M}")],
}
COMPOSING = {"deepseek-r1-qwen", "qwen2", "qwen35"}


def texts():
    chance = random.Random(3)
    pools = ["abcdef", "ABCDEF", "0123456789", "   \t", "\n\n\r", ".,;:!?'\"()[]{}", "$+<=>^~|`", "-_/\\@#%&*",
             "\u00e9\u00fc\u00d1\u00c0", "\u0434\u043e\u0436\u0429\u042f", "\u4e2d\u6587\u5b57", "\u3042\u30a4", "\ud55c\uad6d", "\u0905\u0915\u0902\u093f",
             "\u0301\u0308", "\U0001f600\u200d\ufe0f", "\u00bd\u00b2\u2167\u0663", "\u00a0\u3000\u2003\u200b", "'s't're've'm'll'd'S'T'RE",
             "\u00ab\u201d\u2019\u2026", "\u20ac\u2122", "\u01c5\u02b0\u00aa", "\u0e44\u0e17", "\u05d0\u05d1"]
    made = list(TEXTS)
    for _ in range(60):
        chosen = chance.sample(pools, chance.randint(2, 5))
        made.append("".join(
            chance.choice(pool) for pool in
            (chance.choice(chosen) for _ in range(chance.randint(4, 20))) for _ in range(chance.randint(1, 3))))
    return made


def vocabulary(lines):
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trained.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=900, min_frequency=2, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(trained.to_str())["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)
    merges = [" ".join(pair) if isinstance(pair, list) else pair for pair in model["merges"]]
    chance = random.Random(1)
    return pieces, [merge for merge in merges if chance.random() > 0.2]


def write(path, name, pieces, merges):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(8)
    writer.add_embedding_length(8)
    writer.add_block_count(1)
    writer.add_feed_forward_length(8)
    writer.add_head_count(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(name)
    writer.add_token_list(pieces + [BETWEEN])
    writer.add_token_types([1] * len(pieces) + [3])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(len(pieces))
    writer.add_eos_token_id(len(pieces))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def cut(ids, at):
    parts = [[]]
    for one in ids:
        if one == at:
            parts.append([])
        else:
            parts[-1].append(one)
    return parts


def llama_cpp(path, lines, between):
    options = C.llama_model_default_params()
    options.vocab_only = True
    model = C.llama_model_load_from_file(str(path).encode(), options)
    assert model, path
    text = BETWEEN.join(lines).encode()
    ids = (C.llama_token * (len(text) + 8))()
    count = C.llama_tokenize(
        C.llama_model_get_vocab(model), text, len(text), ids, len(ids), False, True)
    begins = C.llama_vocab_get_add_bos(C.llama_model_get_vocab(model))
    C.llama_model_free(model)
    return cut(ids[:count], between), begins


def main():
    quiet = C.llama_log_callback(lambda level, text, data: None)
    C.llama_log_set(quiet, ctypes.c_void_p(0))
    C.llama_backend_init()
    lines = texts()
    pieces, merges = vocabulary(lines)
    names, found = {}, []
    base = None
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "vocabulary.gguf"
            write(path, name, pieces, merges)
            theirs, begins = llama_cpp(path, lines, len(pieces))
        assert len(theirs) == len(lines), name
        base = base or theirs
        entry = {"begins": begins}
        entry["differs"] = {
            str(i): ids for i, ids in enumerate(theirs) if ids != base[i]}
        if name in OWN:
            own = Tokenizer(models.BPE(
                vocab={piece: i for i, piece in enumerate(pieces)},
                merges=[tuple(merge.split(" ")) for merge in merges], ignore_merges=name == "tekken"))
            if name in COMPOSING:
                own.normalizer = normalizers.NFC()
            own.pre_tokenizer = pre_tokenizers.Sequence(
                [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in OWN[name]]
                + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
            own = [own.encode(line, add_special_tokens=False).ids for line in lines]
            entry["own"] = {str(i): ids for i, ids in enumerate(own) if ids != theirs[i]}
        if entry not in found:
            found.append(entry)
        names[name] = found.index(entry)
    PLACE.write_text(json.dumps(
        {"pieces": pieces, "merges": merges, "texts": lines, "base": base, "kinds": found,
         "names": names}, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{PLACE}: {len(names)} names, {len(found)} kinds, {len(lines)} texts,"
          f" {PLACE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
