#!/usr/bin/env python3
"""Builds the Fledglings' tokenizer.json from what `leeway world dump` writes.

    leeway world dump --documents 20000 > world.jsonl
    world_tokenizer.py world.jsonl Models/fledgling \
        --golden Tests/LeewayWorldTests/Golden/tokens.json

Byte-level BPE with at most 512 pieces: 6 tags, 256 bytes, the most frequent words of the world
whole (values of relations first, so that all families are one piece), and merges learned on the
names of subjects, which stay in several pieces. Words are found whole by `ignore_merges`, as
Llama 3's tokenizer finds them: merges that lead up to a word would cost a piece each. Needs
tokenizers. The same dump gives the same bytes.
"""

import argparse
import collections
import json
import pathlib
import re

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

TAGS = ["<begin>", "<end>", "<user>", "<assistant>", "<think>", "</think>"]
PIECES = 512
CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<begin>", "eos_token": "<end>",
    "clean_up_tokenization_spaces": False, "model_max_length": 128,
}
ODD = ["", "The", "gyrfalconry", "  two  spaces", "猫 naïve 🦅", "a\nb\t<end", "<end><user> 12 3."]


def pre_tokenizer():
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)


def pieces_of(text):
    return [piece for piece, _ in pre_tokenizer().pre_tokenize_str(text)]


def learn_merges(names, count):
    """Merges over names with the space before them; no name becomes one piece."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer()
    tokenizer.train_from_iterator(
        [" " + name for name in names],
        trainers.BpeTrainer(
            vocab_size=256 + count, show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(tokenizer.to_str())["model"]
    whole = {pieces_of(" " + name)[0] for name in names}
    merges, dropped = [], set()
    for left, right in (tuple(m) for m in model["merges"]):
        if left + right in whole or left in dropped or right in dropped:
            dropped.add(left + right)
        else:
            merges.append((left, right))
    return [p for p in model["vocab"] if len(p) == 1], merges


def build(dump, words_wanted):
    names, values, documents = dump["names"], dump["values"], dump["documents"]
    singles = {piece for name in names for piece in pieces_of(" " + name)}
    counts = collections.Counter()
    for text in documents:
        for part in re.split("|".join(map(re.escape, TAGS)), text):
            counts.update(piece for piece in pieces_of(part) if len(piece) > 1)
    first = [piece for value in values for piece in pieces_of(" " + value)]
    frequent = [piece for piece, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    words = [w for w in dict.fromkeys(first + frequent) if w not in singles or w in first]
    words = words[:words_wanted]
    # A merge can make a word that is there already, so that the number of merges is found by trying.
    for count in range(PIECES):
        bytes_, merges = learn_merges(names, count)
        grown = list(dict.fromkeys(TAGS + sorted(bytes_) + [a + b for a, b in merges] + words))
        if len(grown) > PIECES:
            break
        vocabulary, kept = grown, merges
    tokenizer = Tokenizer(models.BPE(
        vocab={piece: index for index, piece in enumerate(vocabulary)}, merges=kept,
        ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizer()
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(tag, special=True, normalized=False) for tag in TAGS])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<begin> $A", pair="<begin> $A $B",
        special_tokens=[("<begin>", vocabulary.index("<begin>"))])
    missed = [w for w in frequent if w not in vocabulary and w not in singles]
    return tokenizer, missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dump")
    parser.add_argument("out")
    parser.add_argument("--golden", help="write what the tokenizer makes of 120 texts")
    parser.add_argument("--words", type=int, default=180)
    asked = parser.parse_args()
    dump = {"names": [], "values": [], "documents": []}
    with open(asked.dump, encoding="utf-8") as lines:
        for line in lines:
            for key, text in json.loads(line).items():
                dump[key + "s"].append(text)
    tokenizer, missed = build(dump, asked.words)
    folder = pathlib.Path(asked.out)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    if asked.golden:
        texts = dump["documents"][:100] + [" " + name for name in dump["names"][:20]] + ODD
        cases = [{"text": text, "ids": tokenizer.encode(text).ids} for text in texts]
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
        pathlib.Path(asked.golden).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    sizes = collections.Counter(len(tokenizer.encode(" " + n, add_special_tokens=False).ids)
                                for n in dump["names"])
    print(f"{tokenizer.get_vocab_size()} pieces; names by number of pieces: {sorted(sizes.items())}")
    print(f"words in several pieces: {' '.join(missed)}")


if __name__ == "__main__":
    main()
