#!/usr/bin/env python3
"""Reads the lines of one benchmark run and prints Leeway's times beside each peer's.

    ratios.py .build/bench/jobs.jsonl

Medians over the run. A ratio is the peer's seconds over Leeway's; the load column is the largest
share of the machine that others used during either.
"""

import json
import statistics
import sys


# A peer takes as long whatever positions are steered, so its job A also stands beside "last only".
JOBS = {"A": ["A", "A last only"], "F": ["A few-shot"], "B": ["B"]}


def main():
    ours, theirs = {}, {}
    with open(sys.argv[1]) as file:
        for line in file:
            if not line.startswith("{"):
                continue
            row = json.loads(line)
            if "peer" in row:
                for job in JOBS[row["job"]]:
                    key = (job, row["peer"], row["dtype"])
                    theirs.setdefault(key, []).append((row["scaled_seconds"], row["load"]))
            else:
                key = (row["job"], row["weights"].lower(), row["precision"], row["threads"])
                ours.setdefault(key, []).append((row["seconds"], row.get("load") or 0))

    def middle(values):
        return statistics.median(seconds for seconds, _ in values)

    print("\nLeeway            weights precision threads   seconds   runs   load")
    for (job, weights, precision, threads), values in sorted(ours.items()):
        load = max(load for _, load in values)
        print(f"{job:17s} {weights:7s} {precision:9s} {threads:7d} {middle(values):9.2f} "
              f"{len(values):6d}   {load:.2f}")
    one, two = ours.get(("A", "f32", "exact", 1)), ours.get(("A", "f32", "exact", 2))
    if one and two:
        print(f"\ntwo threads over one, job A, f32 exact: {middle(one) / middle(two):.2f} x")
    if theirs:
        print("\njob         peer              dtype   seconds   over f32 exact   over bf16 fast   load")
    for (job, peer, dtype), values in sorted(theirs.items()):
        seconds = middle(values)
        cells, load = [], max(load for _, load in values)
        for key in [(job, "f32", "exact", 2), (job, "bf16", "fast", 2)]:
            cells.append(f"{seconds / middle(ours[key]):12.1f} x" if key in ours else " " * 14)
            load = max([load] + [other for _, other in ours.get(key, [])])
        print(f"{job:11s} {peer:17s} {dtype:5s} {seconds:9.1f}   {cells[0]}   {cells[1]}   {load:.2f}")


main()
