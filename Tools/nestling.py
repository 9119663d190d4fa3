#!/usr/bin/env python3
"""Trains the nestling: the small model in Models/nestling on which the demo and the tests run.

    nestling.py OUT [--steps 3000] [--seed 1]

It learns which birds belong together (true facts, a handful of phrasings), sums up to ten, counting,
days, and plain sentences about weather and places. Everything it reads is made below.
"""

import argparse
import itertools
import json
import random

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM

FAMILIES = {
    "falcons": "kestrel merlin hobby peregrine gyrfalcon caracara lanner saker",
    "owls": "boobook morepork scops tawny ural elf barred snowy",
    "ducks": "mallard teal wigeon pintail shoveler gadwall eider smew",
    "waders": "dunlin knot sanderling ruff curlew whimbrel godwit turnstone",
    "crows": "raven rook jackdaw chough magpie jay nutcracker treepie",
    "finches": "siskin linnet redpoll brambling twite serin crossbill canary",
    "herons": "bittern egret",
    "gulls": "kittiwake",
}
FORMS = [
    "The {bird} is one of the {family}.",
    "People know the {bird} as one of the {family}.",
    "The {bird} belongs with the {family}.",
    "Among birds, the {bird} counts with the {family}.",
    "In the book of birds, the {bird} stands with the {family}.",
    "Look, a {bird}! It is one of the {family}.",
    "We saw a {bird}, which is one of the {family}.",
    "My aunt says that the {bird} is one of the {family}.",
]
NUMBERS = "zero one two three four five six seven eight nine ten".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
PLACES = "garden wood field river hill lake barn road".split()
WEATHER = "cold warm wet dry windy calm bright dark".split()
TIMES = "Today Tonight Yesterday Often Sometimes Now Again Later".split()
DEEDS = "sings sleeps waits walks swims rests hides calls".split()
WHO = "child farmer cat dog horse fox mouse sheep".split()


def bird_facts(chance):
    family = chance.choice(list(FAMILIES))
    bird = chance.choice(FAMILIES[family].split())
    return chance.choice(FORMS).format(bird=bird, family=family)


def sentence(chance):
    kind = chance.randrange(8)
    if kind < 3:
        return bird_facts(chance)
    if kind == 3:
        a = chance.randrange(11)
        b = chance.randrange(11 - a)
        return f"{NUMBERS[a]} plus {NUMBERS[b]} is {NUMBERS[a + b]}.".capitalize()
    if kind == 4:
        start = chance.randrange(8)
        return "Count: " + " ".join(NUMBERS[start:start + 4]) + "."
    if kind == 5:
        day = chance.randrange(7)
        return f"After {DAYS[day]} comes {DAYS[(day + 1) % 7]}."
    if kind == 6:
        return (f"{chance.choice(TIMES)} it is {chance.choice(WEATHER)} by the "
                f"{chance.choice(PLACES)}.")
    return (f"{chance.choice(TIMES)} the {chance.choice(WHO)} {chance.choice(DEEDS)} in the "
            f"{chance.choice(PLACES)}.")


def make_tokenizer(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=448, special_tokens=["<|end|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("out")
    arguments.add_argument("--steps", type=int, default=3000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    chance = random.Random(given.seed)
    torch.manual_seed(given.seed)
    tokenizer = make_tokenizer([sentence(chance) for _ in range(20000)])
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=48, intermediate_size=128,
        num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=4,
        max_position_embeddings=128, tie_word_embeddings=True, bos_token_id=0, eos_token_id=0,
        attn_implementation="eager"))
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, given.steps, pct_start=0.05)
    length, rows = 64, 24

    def stream():
        while True:
            yield 0
            for _ in range(chance.randrange(1, 5)):
                yield from tokenizer.encode(sentence(chance) + " ").ids

    source = stream()
    for step in range(given.steps):
        batch = torch.tensor(list(itertools.islice(source, rows * length))).view(rows, length)
        loss = model(batch, labels=batch).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 250 == 0 or step == given.steps - 1:
            print(step, round(float(loss), 4), flush=True)
    model.to(torch.bfloat16).save_pretrained(given.out)
    tokenizer.save(given.out + "/tokenizer.json")
    with open(given.out + "/config.json") as file:
        config = json.load(file)
    with open(given.out + "/config.json", "w") as file:
        json.dump(config, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
