#!/usr/bin/env python3
"""Times PyTorch, eager and in its default settings, on the training of the benchmark.

    train.py [--threads 2] [--heads 4] [--dtypes f32,bf16]

    {"job": "train", "peer": "PyTorch", "dtype": "f32", "threads": 2, "seconds_per_step": 0.35,
     "tokens_per_second": 5700.0, "load": 0.02}

4 blocks of GPT-2's shape, width 256, vocabulary 2048, 16 sequences of 128 tokens, AdamW fused; bf16
is autocast. The shape and the work of a step are those of `LeewayBench train`; one thread is timed
in CPU seconds, several in wall seconds.
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

import jobs

LAYERS, WIDTH, VOCABULARY, SEQUENCE, BATCH = 4, 256, 2048, 128, 16


class Block(nn.Module):
    def __init__(self, heads):
        super().__init__()
        self.heads = heads
        self.attn_norm, self.mlp_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.into, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        rows, length, _ = x.shape
        q, k, v = (part.view(rows, length, self.heads, -1).transpose(1, 2)
                   for part in self.into(self.attn_norm(x)).split(WIDTH, -1))
        z = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(z.transpose(1, 2).reshape(rows, length, WIDTH))
        return x + self.down(F.gelu(self.up(self.mlp_norm(x)), approximate="tanh"))


class Model(nn.Module):
    def __init__(self, heads):
        super().__init__()
        self.embed, self.positions = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(SEQUENCE, WIDTH)
        self.blocks = nn.ModuleList(Block(heads) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, tokens, targets):
        x = self.embed(tokens) + self.positions.weight
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.norm(x), self.embed.weight)
        return F.cross_entropy(logits.view(-1, VOCABULARY).float(), targets.reshape(-1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--dtypes", default="f32,bf16")
    parser.add_argument("--repetitions", type=int, default=6)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    for dtype in arguments.dtypes.split(","):
        model = Model(arguments.heads)
        optimizer = torch.optim.AdamW(model.parameters(), 3e-4, fused=True)
        tokens = torch.randint(VOCABULARY, (BATCH, SEQUENCE + 1))

        def step():
            with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bf16"):
                loss = model(tokens[:, :-1], tokens[:, 1:])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()

        step()
        own = []

        def counted():
            start = time.process_time()
            step()
            own.append(time.process_time() - start)

        seconds, load = jobs.timed(counted, arguments.repetitions)
        if arguments.threads == 1:
            # As Leeway is timed on one thread: what others take of it does not count.
            seconds = statistics.median(own)
        print(json.dumps({
            "job": "train", "peer": "PyTorch", "version": torch.__version__, "dtype": dtype,
            "threads": arguments.threads, "seconds_per_step": round(seconds, 5),
            "tokens_per_second": round(BATCH * SEQUENCE / seconds, 1), "load": round(load, 3),
        }), flush=True)


main()
