#!/usr/bin/env bash
# Speed as ratios to loops and peers of the same run; JSON lines stay in .build/bench.
#   Tools/bench.sh              kernels, then the reference jobs
#   PEERS=FOLDER Tools/bench.sh the same, with every peer that Tools/peers/setup.sh put there
#   SHAPES="qwen2.5-0.5b llama-3.2-1b" Tools/bench.sh   only jobs A and B of these, in bf16
set -euo pipefail
cd "$(dirname "$0")/.."
bench=.build/release/LeewayBench
place=.build/bench
mkdir -p "$place"
shape=gpt2-small
lines="$place/jobs.jsonl"
echo "load of the machine before: $(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime)"

ours() { # WEIGHTS PRECISION THREADS JOBS
  "$bench" jobs "$place/$shape-$1" --shape "$shape" --weights "$1" --precision "$2" \
    --threads "$3" --jobs "$4" |
    tee -a "$lines"
}
theirs() { # PEER DTYPES, on the weights as $stored
  Tools/peers/run.sh "$PEERS" "$place/$shape-${stored:-f32}" --only "$1" --dtypes "$2" \
    --jobs "${jobs:-AB}" --repetitions 2 |
    tee -a "$lines"
}
ratios() {
  if command -v python3 >/dev/null; then python3 Tools/peers/ratios.py "$lines"; fi
}

if [ -n "${SHAPES:-}" ]; then
  for shape in $SHAPES; do
    echo "== reference jobs ($shape's shape, random weights)"
    lines="$place/$shape.jsonl"
    : >"$lines"
    ours bf16 exact 2 AB
    for peer in hooks rows llama.cpp; do
      ours bf16 fast 2 AB
      if [ -n "${PEERS:-}" ]; then stored=bf16 theirs "$peer" bf16; fi
    done
    ratios
  done
  exit
fi

: >"$lines"
echo "== kernels, as shares of a multiply-add loop and a read loop of the same process"
"$bench" kernels

echo "== reference jobs (GPT-2 small's shape, random weights)"
ours f32 exact 1 A
ours f32 exact 2 AFLB
ours bf16 exact 2 AFLB
ours bf16 fast 2 AFLB

# Others take a core while this runs: work is handed out in pieces, so that must not stop the rest.
timed() { # THREADS
  "$bench" jobs "$place/gpt2-small-f32" --weights f32 --threads "$1" --jobs A |
    sed -nE 's/.*"seconds":([0-9.]+).*/\1/p'
}
quiet=$(timed 2)
alone=$(timed 1)
(while :; do :; done) &
loop=$!
trap 'kill $loop 2>/dev/null' EXIT
disturbed=$(timed 2)
kill $loop
awk -v q="$quiet" -v a="$alone" -v d="$disturbed" 'BEGIN {
  printf "job A, f32 exact: %.1f s on one thread, %.1f s on two (%.2f x);", a, q, a / q
  printf " with a busy loop beside it %.1f s (%.2f x its quiet time)\n", d, d / q }'

if [ -n "${PEERS:-}" ]; then
  for peer in hooks rows steering-vectors repeng nnsight transformer_lens llama.cpp; do
    ours f32 exact 2 AB
    theirs "$peer" f32,bf16
    ours bf16 fast 2 AB
  done
  jobs=F theirs hooks bf16
fi

echo "== training (4 blocks of GPT-2's shape, width 256, 16 x 128 tokens, AdamW)"
for threads in 2 1; do
  "$bench" train --threads "$threads" | tee -a "$lines"
  if [ -e "${PEERS:-}/base-python" ]; then
    "$(cat "$PEERS/base-python")" Tools/peers/train.py --threads "$threads" | tee -a "$lines"
  fi
done
ratios
