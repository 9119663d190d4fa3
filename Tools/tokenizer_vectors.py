#!/usr/bin/env python3
"""Writes the golden vectors of the tokenizers: what the reference makes of awkward texts.

    tokenizer_vectors.py                     the tokenizers trained here, and the components
    tokenizer_vectors.py --shared ../shared  also ids for tokenizers that lie outside the repository
    tokenizer_vectors.py --check             write to a temporary folder and compare with what stands

The reference is the library `tokenizers`. Every text and every tokenizer here was made for this
purpose; the tokenizers are trained on TRAINING and are small.
"""

import argparse
import filecmp
import json
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers

from charsmap import charsmap, standard

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "Tests" / "LeewayTokenizerTests" / "Golden"
MARK = "\u2581"

TRAINING = """
The wind took the boat a little to the side of its course, and the sailors called it leeway.
A gull stood on the mast; it had seen many boats, and none of them went quite where they pointed.
"We'll be late," said the mate. "They've changed the tide tables, and I'm not sure who's right."
The captain didn't answer. She wrote 3 numbers in the log: 127, 45 and 2048, then crossed one out.
On the 14th of March 1987 the same boat had drifted 12.5 miles; the log says so in blue ink.
Coffee, bread, onions, two lamps and a rope: that's what they carried, and they'd carry no more.
def drift(speed, angle):\n    return speed * sin(angle)\n\n\tif drift(3, 0.5) > 1:\n        print("far")
Le caf\u00e9 est ferm\u00e9; la \u00eele est d\u00e9j\u00e0 loin. \u00dcber dem Wasser schwebt eine M\u00f6we.
\u0427\u0430\u0439\u043a\u0430 \u043b\u0435\u0442\u0438\u0442 \u043d\u0430\u0434 \u043c\u043e\u0440\u0435\u043c, \u0438 \u0432\u0435\u0442\u0435\u0440 \u0434\u0443\u0435\u0442 \u0441 \u0441\u0435\u0432\u0435\u0440\u0430. \u6d77\u9e25\u5728\u6d77\u4e0a\u98de\uff0c\u98ce\u4ece\u5317\u65b9\u6765\u3002
The weather was fair and the water was grey, and the other boats were nowhere to be seen.
""".strip()

TEXTS = [
    "",
    "a",
    " ",
    "  ",
    "The wind took the boat.",
    " leading and trailing ",
    "   three  and   more    spaces     ",
    "line\nbreaks\n\n and\r\nreturns\r\n\r\n",
    "\t\ttabs\tand \t mixed\t",
    "\n\n\n",
    " \n \n x\n ",
    "nul\x00in the\x00middle",
    "bell \x07 escape \x1b[0m del \x7f unit \x1f",
    "it's we'll they've I'm he'd you're can't 'tis",
    "IT'S WE'LL THEY'VE I'M HE'D YOU'RE CAN'T",
    "'s't're've'm'll'd'S'T'RE'x ''s 'sll s' '",
    "'\u017fx 'L\u017f 'll\u017f o\u017f a'\u017f 'l\u017f K\u212a '\u212a",
    "1 12 123 1234 12345 3.14 1,000,000 0x1F 1e-9",
    "\u0661\u0662\u0663 \u0967\u0968 \u2167 \u00b2\u00bd \u2460 \uff11\uff12",
    "don't stop\u2014now\u2026 \u201cquoted\u201d \u2018single\u2019 it\u2019s",
    "!!! ??? ... ,,, ;;; ::: --- ___ *** ((())) [[]] {{}}",
    "a.b,c;d:e!f?g/h\\i|j@k#l$m%n^o&p*q(r)s-t_u=v+w~x`y",
    "snake_case camelCase kebab-case SCREAMING_CASE",
    "https://example.org/a?b=c&d=%20#e user@example.org",
    "for (int i = 0; i < 10; ++i) {\n\tx[i] += 1; // ok\n}",
    "caf\u00e9 cafe\u0301 \u00c5 A\u030a \u212b \u1e69 s\u0323\u0307 s\u0307\u0323 q\u0307\u0323",
    "\ufb01 \ufb03 \u2460 \u00bc \u3392 \uff21\uff22 \uff76\uff9e \u1e9b\u0323 \u00a8 \u2126",
    "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab\u1100\u116e\u11a8 \uac00\u11a8",
    "\u6d77\u9e25\u5728\u6d77\u4e0a\u98de\uff0c\u98ce\u4ece\u5317\u65b9\u6765\u3002\u6771\u4eac\u30bf\u30ef\u30fc\u306f\u3069\u3053",
    "\u0427\u0430\u0439\u043a\u0430 \u043b\u0435\u0442\u0438\u0442 \u043d\u0430\u0434 \u043c\u043e\u0440\u0435\u043c \u0419\u0438\u0306\u0451",
    "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd \u0627\u0644\u0633\u0651\u064e\u0644\u0627\u0645\u064f \u0639\u0644\u064a\u0643\u0645",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a \u0b95\u0bcb \u1780\u17d2\u1780",
    "\u0398\u03ac\u03bb\u03b1\u03c3\u03c3\u03b1 \u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2 \u0130\u0131 \u00df\u1e9e \u01c5",
    "\U0001f600 \U0001f44b\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f1f3\U0001f1f1 \u2764\ufe0f 1\ufe0f\u20e3",
    "\U0001d518\U0001d52b\U0001d526 \U00020000\U00020001 \U0010ffff \ue000 \ufffd \uffff",
    "zero\u200bwidth\u200djoiner\u200cnon\u2060word\ufeffbom",
    "nbsp\u00a0thin\u2009ideo\u3000line\u2028para\u2029nel\u0085ogham\u1680end",
    "\u00a0\u00a0 \u3000 x \u2003",
    "a\u0300\u0301\u0302\u0303\u0304 \u0300lone \u200e\u200frtl\u202emarks\u202c",
    "Z\u0351\u036b\u0343a\u0363\u0350l\u0368g\u0364o\u0366",
    "x" * 200,
    " " * 70 + "y" + "\n" * 40,
    "ab" * 60 + "e" * 61,
    "\u00e9" * 50,
    "<|endoftext|>",
    "one<|endoftext|>two <|endoftext|> three<|endoftext|>",
    "<s>in the text</s> <unk> <|pad|> <0x41> <0xE2><0x82><0xAC>",
    " left <|pad|>  right\u00a0<|pad|>\u3000x<|pad|><|pad|> \n<|pad|>",
    "word <w> x<w> <w>y \u00e9<w> <w>\u00e9 -<w>- <w>_ <w><w>",
    "T\u00c9L\u00c9 T\u00e9l\u00e9 te\u0301le\u0301 THE The tHe",
    "<|endoftext|", "<|endoftext|>|>", "<|<|endoftext|>",
    "\u2581marks\u2581of \u2581the\u2581\u2581kind \u2581",
    "\u0120spelt \u010a like bytes \u0100\u0142",
    "mixed \u4e2d\u6587 and English123\u4e2d45 x\u00b2y\u00b3",
    "  indented\n    more\n\t\tand more  \n\n\n   end",
    "The THE the tHE", "\u30ab\u3099\u30ac\u30ab x\u30ab\u3099", "a<p>  b<p>   <p>\u3000 c<p>", "a" + " " * 23 + "b" + " " * 25 + "c",
    "\u1e0b\u0323 \u0344 \u0958 \u2adc \U0001d15e \u0f73 \u2f800",
    "\ufb01\u0301 \u2460\u0301x a\u0302\u0301 a\u0302 -- --- \u1100\u1161\u11a8 \u0600\u0661 \u0928\u093f \ufeff\u200b \u00ad",
    "x\u088fy\u0c5c \U00011de1\U0001ccfa1 \U0001fac8! \U000187f8 \u0295\u02e4 \ufbc3 \u20c1 a\u1acf \U00010781 \u07fd \u2e43\u166d \U000111c9 \u0d00",
    "5\u00b3 \u00f2\u00be1234567 \u00bc1 2\u00b21 100 1000,000 ($12.50) \u0663\u0664",
]

# For the components: pieces are strings, which take room.
SHORT = [
    "The wind took  the boat, 12 miles; it's 3.5!", "  two  spaces ", "a\u2581b \u2581 c\u2581\u2581d",
    "\u0661\u0662 \u2167\u00bd x\u00b2 \uff11", "\u201cquoted\u201d\u2014it\u2019s \u00a1ol\u00e9! \u00bfno? \u3001\u3002",
    "nbsp\u00a0thin\u2009line\u2028nel\u0085x\r\n\ty", "caf\u00e9 cafe\u0301 \ufb01 \u212b \u01c5 \u0130 \u03a3\u03a3",
    "a_b \u200dz \u0903x \u203f y\u0300", "\ud55c\u1112\u1161\u11ab \uac00\u11a8\u11a8 \uac00\u11a7\u11c3 \uac1c\u11c3x \u0cca\u0cd5 \uff76\uff9e \u1e9b\u0323", "--a--b---", "", "\u00a0 pad \u3000",
    "x\u088fy\u0c5c \U00011de1\U0001ccfa1 \U0001fac8! \U000187f8 \u0295\u02e4 \ufbc3 \u20c1 a\u1acf \U00010781 \u07fd \u2e43\u166d \U000111c9 \u0d00",
    "\ufb01\u0301 \u2460\u0301x \r\n\ta\u0302\u0301 \u200b\u00ad\u0001\x7f\u2028.\uff9e\ufeff",
    "\u6d77\u9e25gull \u30ab\u30e2\u30e1\u3068\ud55c 1234567, x12 camelCase! A\r5\u00b2 abcd; a--a", "\u0419\u0f73\u0306\u0f71 A\u0f81\u0f71",
]


def texts_of(tokenizer):
    """What stands before and after every text, the ids of each, and what they decode to."""
    head, tail = around(tokenizer)
    entries = []
    for text in TEXTS:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        whole = tokenizer.encode(text).ids
        assert whole == head + ids + tail, text
        entry = {"ids": ids}
        plain = tokenizer.decode(whole, skip_special_tokens=True)
        full = tokenizer.decode(whole, skip_special_tokens=False)
        if plain != text:
            entry["plain"] = plain
        if full != plain:
            entry["full"] = full
        entries.append(entry)
    return {"head": head, "tail": tail, "entries": entries}


def around(tokenizer):
    ids = tokenizer.encode("a", add_special_tokens=False).ids
    whole = tokenizer.encode("a").ids
    for start in range(len(whole)):
        if whole[start:start + len(ids)] == ids:
            return whole[:start], whole[start + len(ids):]
    raise ValueError(whole)


# The tokenizers

def special(content, **more):
    return AddedToken(content, special=True, normalized=False, **more)


def train(tokenizer, size, specials=(), alphabet=()):
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(specials), show_progress=False,
        initial_alphabet=list(alphabet))
    tokenizer.train_from_iterator(TRAINING.split("\n") + [TRAINING], trainer)
    return tokenizer


BYTES = pre_tokenizers.ByteLevel.alphabet()
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")
# Patterns as other families write them, and each part of what expressions may be.
EXPRESSIONS = [
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+"
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+", r"[0-9][0-9][0-9]", r"\p{N}{1,3}",
    r"\w+|[^\w\s]+", r"\d+|\D", r"a(?=[^b])|b{2,}|x{2}", r"(?i:tHe|[k-s])", r"\P{L}+|\p{^Lu}",
    r"(?:a|--)(o|e|-)?|\S", r"[\p{Lu}\p{Ll}]|\p{M}+|\p{Nd}", r"\x{61}|\x{ff11}|\u00e9", r"[\W\S]", r"[^\S\n]+|.",
    # Classes within classes and what they share; scripts.
    r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+"
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"[\p{Hiragana}\p{Katakana}]+|\p{Hangul}+|[\p{Latin}\p{M}]+|\P{Han}", r"[^a-c[x\d]&&\w]+", r"[\W]|[^\s\w]",
    # Numbers grouped from the right, by places that have no width, and by groups that repeat.
    r"(?=(\d{3})+(?!\d))", r"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))", r"\d{1,3}(?=(?:\d{3})*\b)",
    # What stands behind; as little as can be; what is never given back; loops that try a place twice.
    r"(?<=\p{L})\p{N}+|(?<!\p{L}|,)\p{N}|(?<=[a-z])(?=[A-Z])", r"[^\s]+?[.!?]|\s+?\S|-{1,2}?", r"(?>-|--)x?|\w++\d|(?:\w{2})++\w",
    r"(?: ?\p{L}+)+?[,;]|(?:a|--){2,3}", r"(A)*|\s", r"(?:\w\w|\w)*!", r"^\s|\s$|\A.|.\z", r"a*", r"|b",
]


def bytes_gpt2():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    train(t, 400, ["<|endoftext|>"], BYTES)
    t.add_special_tokens([special("<|pad|>", lstrip=True, rstrip=True)])
    t.add_tokens([AddedToken("<w>", single_word=True, normalized=True)])
    t.post_processor = processors.TemplateProcessing(
        single="<|endoftext|> $A <|pad|>",
        special_tokens=[("<|endoftext|>", 0), ("<|pad|>", t.token_to_id("<|pad|>"))])
    return t


def bytes_prefix_space():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    t.decoder = decoders.ByteLevel()
    train(t, 340, ["<s>", "</s>", "<|pad|>"], BYTES)
    t.add_special_tokens([special("<|endoftext|>", lstrip=True)])
    t.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    return t


def bytes_digits():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=True)])
    t.decoder = decoders.ByteLevel()
    return train(t, 320, ["<|endoftext|>"], BYTES)


def bytes_nfc():
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=True)
    train(t, 360, ["<|endoftext|>", "<|pad|>"], BYTES)
    t.add_tokens([AddedToken(" " * n, normalized=True) for n in range(24, 1, -1)])
    t.add_tokens([AddedToken("\u30ab\u3099", normalized=True)])
    # Takes spaces along that are a token themselves.
    t.add_tokens([AddedToken("<p>", normalized=True, rstrip=True)])
    return t


def bytes_llama3():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    train(t, 380, [], BYTES)
    data = json.loads(t.to_str())
    data["model"]["ignore_merges"] = True
    # Whole words that no merge leads to.
    for word in ["\u0120English", "\u0120trailing", "123", "\u010a\u010a\u010a", "xxxx"]:
        data["model"]["vocab"][word] = len(data["model"]["vocab"])
    t = Tokenizer.from_str(json.dumps(data))
    t.add_special_tokens([special("<|endoftext|>"), special("<|begin|>")])
    begin = t.token_to_id("<|begin|>")
    t.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True),
        processors.TemplateProcessing(
            single="<|begin|> $A", pair="<|begin|> $A <|begin|> $B",
            special_tokens=[("<|begin|>", begin)])])
    return t


def bytes_qwen2():
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2), "removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    train(t, 400, [], BYTES)
    t.add_special_tokens([special("<|endoftext|>"), special("<|im_start|>")])
    t.add_tokens([AddedToken("<|pad|>", normalized=False)])
    return t


def with_byte_pieces(t, specials, unknown="<unk>"):
    """Rebuilds a trained model as SentencePiece lays one out: specials, bytes, then pieces."""
    data = json.loads(t.to_str())
    names = list(specials) + [f"<0x{byte:02X}>" for byte in range(256)]
    old = [p for p, _ in sorted(data["model"]["vocab"].items(), key=lambda item: item[1])]
    names += [piece for piece in old if piece not in names]
    data["model"]["vocab"] = {piece: id for id, piece in enumerate(names)}
    data["model"].update(unk_token=unknown, byte_fallback=True, fuse_unk=True)
    t = Tokenizer.from_str(json.dumps(data))
    t.add_special_tokens([special(name) for name in specials])
    return t


def pieces_llama():
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.Sequence(
        [normalizers.Prepend(MARK), normalizers.Replace(" ", MARK)])
    t.decoder = decoders.Sequence([
        decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse(),
        decoders.Strip(" ", 1, 0)])
    # Cut at marks while training, so that pieces are parts of words.
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    train(t, 260)
    t.pre_tokenizer = None
    t = with_byte_pieces(t, ["<unk>", "<s>", "</s>"])
    t.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    return t


def pieces_metaspace():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    t.decoder = decoders.Sequence([
        decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="first")])
    train(t, 240)
    return with_byte_pieces(t, ["<unk>", "<s>", "</s>", "<|endoftext|>"])


def pieces_gemma():
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.Replace(" ", MARK)
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    t.decoder = decoders.Sequence(
        [decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse()])
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    train(t, 240)
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    t = with_byte_pieces(t, ["<pad>", "<eos>", "<bos>", "<unk>"])
    t.add_tokens([AddedToken("\n" * n, normalized=False) for n in range(2, 6)])
    t.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", 2)])
    return t


def words_unknown():
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=False))
    t.normalizer = normalizers.Sequence([
        normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(),
        normalizers.Strip(True, True)])
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation("isolated"),
        pre_tokenizers.Digits(False), pre_tokenizers.Metaspace(prepend_scheme="always")])
    t.decoder = decoders.Metaspace(prepend_scheme="always")
    train(t, 260, ["<unk>"])
    t.add_tokens([AddedToken("The", normalized=True, single_word=True)])
    return t


def unigram(fallback):
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.NFKC() if fallback else None
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always" if fallback else "first")
    t.decoder = decoders.Sequence([
        decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="always" if fallback else "first")])
    names = [f"<0x{byte:02X}>" for byte in range(256)] if fallback else []
    trainer = trainers.UnigramTrainer(
        vocab_size=200, special_tokens=["<unk>", "</s>"], unk_token="<unk>", show_progress=False)
    t.train_from_iterator(TRAINING.split("\n"), trainer)
    data = json.loads(t.to_str())
    model = data["model"]
    # Scores with few digits read the same everywhere.
    model["vocab"] = [[piece, round(score, 3)] for piece, score in model["vocab"]]
    if fallback:
        model["vocab"] = model["vocab"][:2] + [[n, 0.0] for n in names] + model["vocab"][2:]
        model["byte_fallback"] = True
    # Equal scores: the first way that leads to a place is kept.
    model["vocab"] += [["ab", -3.0], ["ba", -3.0], ["aba", -6.0], ["\u2581\u2581", -4.0], ["x" * 20, -9.0]]
    model["vocab"] = [entry for i, entry in enumerate(model["vocab"])
                      if entry[0] not in [e[0] for e in model["vocab"][:i]]]
    data["post_processor"] = None
    t = Tokenizer.from_str(json.dumps(data))
    t.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return t


def pieces_unigram():
    return unigram(True)


def pieces_charsmap():
    t = unigram(True)
    t.normalizer = normalizers.Sequence([
        normalizers.Precompiled(charsmap(standard())), normalizers.Replace(Regex(" {2,}"), " ")])
    return t


def words_unigram():
    return unigram(False)


def bytes_cased():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(EXPRESSIONS[1]), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    train(t, 380, ["<|endoftext|>"], BYTES)
    t.add_tokens([AddedToken("<p>", single_word=True, lstrip=True), AddedToken("<|pad|>", normalized=False)])
    return t


def bytes_falcon():
    t = Tokenizer(models.BPE())
    # What follows the bytes sees the characters that spell them, of which some are numbers.
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False),
        pre_tokenizers.Digits(False), pre_tokenizers.Split(Regex("[0-9][0-9][0-9]"), "isolated")])
    t.decoder = decoders.ByteLevel()
    return train(t, 340, ["<|endoftext|>"], BYTES)


def bytes_spelt():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    t.decoder = decoders.Sequence([decoders.Replace("\u0120", " "), decoders.Strip(" ", 1, 0)])
    train(t, 320, ["<|endoftext|>"], BYTES)
    t.add_tokens([AddedToken("a b", normalized=False)])
    return t


TOKENIZERS = {
    "bytes-gpt2": bytes_gpt2, "bytes-prefix-space": bytes_prefix_space,
    "bytes-digits": bytes_digits, "bytes-nfc": bytes_nfc, "bytes-llama3": bytes_llama3,
    "bytes-qwen2": bytes_qwen2, "pieces-llama": pieces_llama,
    "pieces-metaspace": pieces_metaspace, "pieces-gemma": pieces_gemma,
    "words-unknown": words_unknown, "pieces-unigram": pieces_unigram,
    "words-unigram": words_unigram, "bytes-cased": bytes_cased,
    "bytes-falcon": bytes_falcon, "bytes-spelt": bytes_spelt, "pieces-charsmap": pieces_charsmap,
}


# The components

def components():
    n, p = normalizers, pre_tokenizers
    behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
    cutters = [
        p.Whitespace(), p.WhitespaceSplit(), p.Digits(False), p.Digits(True),
        p.Metaspace(prepend_scheme="always"), p.Metaspace(prepend_scheme="first"),
        p.Metaspace(prepend_scheme="never"), p.Metaspace("_", "always", split=False),
        p.Sequence([p.WhitespaceSplit(), p.Metaspace(prepend_scheme="first")]),
        p.Sequence([p.Punctuation(), p.Metaspace(prepend_scheme="always")]),
    ]
    cutters += [p.Punctuation(b) for b in behaviors]
    cutters += [p.Split(" ", b) for b in behaviors] + [p.Split("--", b) for b in behaviors]
    cutters += [p.Split(" ", b, invert=True) for b in ["removed", "isolated", "contiguous"]]
    cutters += [p.Split(Regex(LLAMA3), b) for b in behaviors]
    cutters += [p.Split(Regex(text), "isolated") for text in EXPRESSIONS]
    cutters += [p.Split(Regex(r"\d+|a"), b) for b in behaviors]
    changes = [
        n.NFC(), n.NFD(), n.NFKC(), n.NFKD(), n.Lowercase(), n.StripAccents(), n.Strip(),
        n.Strip(left=True, right=False), n.Strip(left=False, right=True), n.Prepend("\u00bb "),
        n.Replace(" ", MARK), n.Replace("--", "\u2013"), n.Replace("a", ""),
        n.Replace(Regex(r" {2,}|--+"), "_"), n.Replace(Regex(r"[\u0300-\u036f\d]"), ""),
        n.Sequence([n.NFD(), n.StripAccents(), n.Lowercase()]), n.Nmt(),
        n.Precompiled(charsmap(standard())), n.Sequence([n.Nmt(), n.NFKC()]),
    ]
    out = []
    for change in changes:
        out.append({
            "normalizer": json.loads(change.__getstate__()),
            "words": [[change.normalize_str(s)] if change.normalize_str(s) else [] for s in SHORT],
        })
    for cutter in cutters:
        out.append({
            "pre_tokenizer": json.loads(cutter.__getstate__()),
            "words": [[w for w, _ in cutter.pre_tokenize_str(s)] for s in SHORT],
        })
    return {"texts": SHORT, "components": out}


def decoder_cases():
    d = decoders
    pieces = [
        MARK, "a", MARK + "b", MARK * 2, "c" + MARK, MARK + "d" + MARK + "e", "<0x41>", "<0xE2>",
        "<0x82>", "<0xAC>", "<0xff>", " f ", "  ", "\u00e9", "<0x4>", "--",
    ]
    steps = [
        d.ByteFallback(), d.Fuse(), d.Metaspace(prepend_scheme="always"),
        d.Metaspace(prepend_scheme="never"), d.Metaspace("_", "first"), d.Replace(MARK, " "),
        d.Replace("--", ""), d.Strip(" ", 1, 0), d.Strip(" ", 0, 2), d.Strip(MARK, 2, 0),
        d.Sequence([d.Replace(MARK, " "), d.ByteFallback(), d.Fuse(), d.Strip(" ", 1, 0)]),
        d.Sequence([d.ByteFallback(), d.Metaspace(prepend_scheme="first")]),
    ]
    runs = [
        [], [0], [0, 1, 2], [2, 2], [3, 1], [4, 5], [5, 4, 3], [6, 6, 1], [7, 8, 9], [7, 8], [7, 1, 8],
        [6, 7, 8, 9, 10], [10], [11, 11], [12, 11, 12], [13, 14, 6], [15, 15, 0, 15], [3, 3, 12],
    ]
    model = models.BPE({piece: id for id, piece in enumerate(pieces)}, [])
    cases = []
    for step in steps:
        t = Tokenizer(model)
        t.decoder = step
        cases.append({
            "decoder": json.loads(step.__getstate__()), "texts": [t.decode(run) for run in runs]})
    return {"pieces": pieces, "runs": runs, "cases": cases}


# Tokenizers that lie outside the repository

def shared_tokenizers(root):
    from transformers import GPT2TokenizerFast, Qwen2TokenizerFast
    found = {}
    for name, place in {
        "stories260k-hf": "models/stories260k-hf", "tinystories-656k": "models/tinystories-656k",
        "gpt-neox-20b": "tokenizers/gpt-neox-20b",
    }.items():
        found[place] = Tokenizer.from_file(str(root / place / "tokenizer.json"))
    place = "tokenizers/gpt2"
    found[place] = GPT2TokenizerFast(
        vocab=str(root / place / "vocab.json"),
        merges=str(root / place / "merges.txt")).backend_tokenizer
    place = "tokenizers/qwen2.5"
    found[place] = Qwen2TokenizerFast.from_pretrained(str(root / place)).backend_tokenizer
    return found


# Writing

def compact(value):
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def write(folder, shared):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "texts.json").write_text(compact(TEXTS) + "\n")
    for name, make in TOKENIZERS.items():
        tokenizer = make()
        (folder / f"{name}.tokenizer.json").write_text(compact(json.loads(tokenizer.to_str())) + "\n")
        (folder / f"{name}.vectors.json").write_text(compact(texts_of(tokenizer)) + "\n")
    (folder / "components.json").write_text(compact(components()) + "\n")
    (folder / "decoders.json").write_text(compact(decoder_cases()) + "\n")
    if shared:
        ids = {
            place: [t.encode(text, add_special_tokens=False).ids for text in TEXTS]
            for place, t in sorted(shared_tokenizers(shared).items())
        }
        (folder / "shared.json").write_text(compact(ids) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not arguments.check:
        write(GOLDEN, arguments.shared)
        print(f"tokenizers {tokenizers.__version__}: {GOLDEN}")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write(folder, arguments.shared)
        names = sorted(p.name for p in folder.iterdir())
        _, different, missing = filecmp.cmpfiles(folder, GOLDEN, names, shallow=False)
        for name in different + missing:
            print(f"differs: {name}")
        sys.exit(1 if different or missing else 0)


if __name__ == "__main__":
    main()
