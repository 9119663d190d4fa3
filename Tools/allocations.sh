#!/usr/bin/env bash
# Counts allocations per generated token: a run of many tokens less a run of few, over the tokens
# between them. Linux with clang or cc; counts every malloc of the process.
#   Tools/allocations.sh [CHECKPOINT [PROMPT]]
set -euo pipefail
cd "$(dirname "$0")/.."
model=${1:-Models/nestling}
prompt=${2:-The kestrel is one of the}
place=.build/allocations
mkdir -p "$place"
cat >"$place/count.c" <<'C'
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
extern void *__libc_malloc(size_t);
static atomic_long calls;
void *malloc(size_t size) {
  calls++;
  return __libc_malloc(size);
}
__attribute__((destructor)) static void tell(void) {
  fprintf(stderr, "allocations %ld\n", (long)calls);
}
C
"$(command -v clang || command -v cc)" -O2 -shared -fPIC "$place/count.c" -o "$place/count.so"
count() {
  LD_PRELOAD="$PWD/$place/count.so" .build/release/leeway generate --model "$model" \
    --prompt "$prompt" --temperature 2 --seed 5 --tokens "$1" --threads 1 2>&1 >/dev/null |
    sed -n 's/^allocations //p'
}
few=$(count 20)
many=$(count 84)
echo "$few allocations with 20 tokens, $many with 84:" \
  "$(((many - few) / 64)) per token (text and printing included)"
