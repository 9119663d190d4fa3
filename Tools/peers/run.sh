#!/usr/bin/env bash
# Every peer that setup.sh installed under FOLDER, on CHECKPOINT: JSON lines on standard output.
#   run.sh FOLDER CHECKPOINT [--only PEER] [options of measure.py]
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?the folder of the environments}
checkpoint=${2:?a GPT-2 or Llama folder}
shift 2
only=""
if [ "${1:-}" = --only ]; then
  only=${2:?a peer after --only}
  shift 2
fi
if [ ! -e "$folder/base-python" ]; then
  echo "no environments under $folder: run setup.sh first; no peer is timed" >&2
  exit 0
fi
for peer in hooks rows steering-vectors repeng nnsight transformer_lens llama.cpp; do
  [ -z "$only" ] || [ "$peer" = "$only" ] || continue
  case $peer in
    hooks | rows) python=$(cat "$folder/base-python") ;;
    *) python="$folder/$peer/bin/python" ;;
  esac
  case $peer in
    hooks | rows) ;;
    *)
      if [ ! -e "$folder/$peer/ready" ]; then
        echo "$peer: skipped, not installed under $folder" >&2
        continue
      fi
      ;;
  esac
  "$python" "$here/measure.py" "$checkpoint" --peers "$peer" "$@"
done
