"""The reference jobs, the same for every peer, and how they are timed.

Job A: 32 prompts of 24 tokens (8 shared), every block x 9 strengths, log-probabilities of two
       answers after each prompt.
Job F: the same behind 72 more shared tokens (few-shot prompts).
Job B: 8 such prompts, one middle block x 9 strengths, 48 new greedy tokens.

A vector is added to the stream behind a block. A peer runs two conditions; its seconds are scaled
to the whole job.
"""

import dataclasses
import os
import statistics
import time

import torch

STRENGTHS = [-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0]
NEW_TOKENS = 48
SHAPES = {"A": (32, 24, 8), "F": (32, 96, 80), "B": (8, 24, 8)}
"""Prompts, tokens of each, and how many of them all share."""
ANSWERS = [11, 13]


@dataclasses.dataclass
class Job:
    name: str
    prompts: torch.Tensor
    direction: torch.Tensor
    blocks: list
    """Two (block, strength) pairs: the sample that is timed."""
    sample: list

    @property
    def generates(self):
        return self.name == "B"

    @property
    def conditions(self):
        return len(self.blocks) * len(STRENGTHS)


def make(name, config):
    chance = torch.Generator().manual_seed(1)
    count, length, shared = SHAPES[name]
    prompts = torch.randint(20, config.vocab_size, (count, length), generator=chance)
    prompts[:, :shared] = prompts[0, :shared]
    direction = torch.randn(config.hidden_size, generator=chance)
    direction = 3 * direction / direction.norm()
    layers = config.num_hidden_layers
    blocks = [layers // 2] if name == "B" else list(range(layers))
    sample = [(blocks[len(blocks) // 3], 2.0), (blocks[2 * len(blocks) // 3], -3.0)]
    return Job(name, prompts, direction, blocks, sample)


def answers(last_logits):
    """[rows, vocabulary] -> log-probabilities of the answers, [rows, 2]."""
    x = last_logits.float()
    return x[:, ANSWERS] - x.logsumexp(-1, keepdim=True)


def busy_seconds():
    """CPU seconds that the machine spent on anything, stolen time included."""
    with open("/proc/stat") as file:
        ticks = [int(x) for x in file.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def timed(run, repetitions):
    """Median seconds, and the median share of the machine that others used meanwhile."""
    seconds, load = [], []
    for _ in range(repetitions):
        busy, own, start = busy_seconds(), own_seconds(), time.perf_counter()
        run()
        wall = time.perf_counter() - start
        others = busy_seconds() - busy - (own_seconds() - own)
        seconds.append(wall)
        load.append(max(0.0, others) / (wall * (os.cpu_count() or 1)))
    return statistics.median(seconds), statistics.median(load)
