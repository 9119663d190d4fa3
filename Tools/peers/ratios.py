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
    ours, theirs, training = {}, {}, []
    with open(sys.argv[1]) as file:
        for line in file:
            if not line.startswith("{"):
                continue
            row = json.loads(line)
            if row["job"] == "train":
                training.append(row)
                continue
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
    print_training(training)


def print_training(rows):
    """Tokens per second, and Leeway's over each peer's on as many threads."""
    if not rows:
        return
    ours = {row["threads"]: row for row in rows if "peer" not in row}
    print("\ntraining          dtype threads   tokens/s   of peak   Leeway over it   load")
    for row in rows:
        mine = ours.get(row["threads"])
        ratio = mine["tokens_per_second"] / row["tokens_per_second"] if mine else None
        peak = f"{row['share_of_peak']:8.0%}" if "share_of_peak" in row else " " * 8
        beside = f"{ratio:12.2f} x" if ratio and "peer" in row else " " * 14
        print(f"{row.get('peer', 'Leeway'):17s} {row.get('dtype', 'f32'):5s} "
              f"{row['threads']:7d} {row['tokens_per_second']:10.0f}  {peak}   {beside}   "
              f"{row.get('load') or 0:.2f}")


main()
