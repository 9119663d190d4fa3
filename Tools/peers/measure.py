#!/usr/bin/env python3
"""Times peers on the reference jobs; one JSON object a line.

    measure.py CHECKPOINT [--jobs AB] [--peers hooks,rows] [--dtypes f32,bf16] [--threads 2]

    {"job": "A", "peer": "hooks", "dtype": "f32", "threads": 2, "seconds_per_condition": 0.9,
     "scaled_seconds": 97.2, "load": 0.02, "agreement": 1.2e-05}

`load` is the share of the machine that others used meanwhile: above 0.1 the line says little.
`agreement` compares with hooks in f32: the largest difference of a log-probability in job A, the
share of equal tokens in job B.
"""

import argparse
import importlib.metadata
import json
import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

import jobs
import peers

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}
PACKAGES = {"hooks": "transformers", "rows": "transformers", "llama.cpp": "llama-cpp-python"}


def version(name):
    try:
        return importlib.metadata.version(PACKAGES.get(name, name))
    except importlib.metadata.PackageNotFoundError:
        return None


def agreement(job, found, reference):
    pairs = list(zip(found, reference))
    if not job.generates:
        return max(float((a - b).abs().max()) for a, b in pairs)
    return sum(float((a == b).float().mean()) for a, b in pairs) / len(pairs)


@torch.inference_mode()
def measure(arguments):
    reference = peers.load(arguments.checkpoint, torch.float32)
    work = [jobs.make(name, reference.config) for name in arguments.jobs]
    truth = {}
    for job in work:
        hooks = peers.Hooks.__new__(peers.Hooks)
        hooks.model = reference
        truth[job.name] = hooks.conditions(job)
    del reference, hooks
    for name in arguments.peers.split(","):
        kind = peers.ALL[name]
        if version(name) is None:
            print(f"{name}: not installed here", file=sys.stderr)
            continue
        for dtype in [d for d in arguments.dtypes.split(",") if d in kind.dtypes]:
            for job in work:
                try:
                    with peers.quiet():
                        peer = kind(arguments.checkpoint, DTYPES[dtype])
                        found = peer.conditions(job)
                        seconds, load = jobs.timed(
                            lambda: peer.conditions(job), arguments.repetitions)
                except Exception as error:  # a peer that fails is a finding, not our fault
                    print(f"{name}, {dtype}, job {job.name}: {error!r}"[:300], file=sys.stderr)
                    continue
                yield {
                    "job": job.name, "peer": name, "version": version(name), "dtype": dtype,
                    "threads": arguments.threads, "conditions": job.conditions,
                    "seconds_per_condition": round(seconds / kind.covers, 5),
                    "scaled_seconds": round(seconds / kind.covers * job.conditions, 3),
                    "load": round(load, 3),
                    "agreement": agreement(job, found, truth[job.name]),
                }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint")
    parser.add_argument("--jobs", default="AB")
    parser.add_argument("--peers", default=",".join(peers.ALL))
    parser.add_argument("--dtypes", default="f32,bf16")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    unknown = [name for name in arguments.peers.split(",") if name not in peers.ALL]
    if unknown:
        parser.error(f"no peer is called {unknown[0]}; known: {', '.join(peers.ALL)}")
    torch.set_num_threads(arguments.threads)
    for line in measure(arguments):
        print(json.dumps(line), flush=True)


main()
