#!/usr/bin/env bash
# Do the NEON kernels give the bits of all others? Builds kernel_bits.c with the kernels for this
# machine and for a 64-bit ARM under qemu, and compares what they print. Needs (Debian's names)
# qemu-user, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross; CLANG is the toolchain's compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in qemu-aarch64 aarch64-linux-gnu-gcc; do
  command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done
clang=${CLANG:-$(dirname "$(readlink -f "$(command -v swift)")")/clang}
place=.build/kernel-bits
mkdir -p "$place"
sources=(Sources/CLeewayKernels/*.c Tools/kernel_bits.c)
flags=(-O2 -Wall -Wextra -Werror -I Sources/CLeewayKernels/include)
"$clang" "${flags[@]}" "${sources[@]}" -o "$place/here" -lm -lpthread
objects=()
for source in "${sources[@]}"; do
  object="$place/$(basename "$source" .c).o"
  "$clang" -target aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include "${flags[@]}" \
    -c "$source" -o "$object"
  objects+=("$object")
done
aarch64-linux-gnu-gcc -static "${objects[@]}" -o "$place/arm" -lm -lpthread
"$place/here" >"$place/here.txt"
qemu-aarch64 "$place/arm" >"$place/arm.txt"
reference=$(cut -d' ' -f1 "$place/here.txt" | tail -1)
of() { grep "^$1 " "$2" | cut -d' ' -f2-; }
status=0
for file in here arm; do
  for set in $(cut -d' ' -f1 "$place/$file.txt" | uniq); do
    if diff <(of "$reference" "$place/here.txt") <(of "$set" "$place/$file.txt") >"$place/diff"; then
      echo "$set ($file): all $(of "$set" "$place/$file.txt" | wc -l) hashes equal"
    else
      echo "$set ($file): $(grep -c '^>' "$place/diff") differ: $(grep '^>' "$place/diff" |
        cut -d' ' -f2 | sort -u | tr '\n' ' ')"
      status=1
    fi
  done
done
exit $status
