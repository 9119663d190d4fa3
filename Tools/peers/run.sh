#!/usr/bin/env bash
# Every peer that setup.sh installed under FOLDER, on CHECKPOINT: JSON lines on standard output.
#   run.sh FOLDER CHECKPOINT [options of measure.py]
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?the folder of the environments}
checkpoint=${2:?a GPT-2 or Llama folder}
shift 2
if [ ! -e "$folder/base-python" ]; then
  echo "no environments under $folder: run setup.sh first; no peer is timed" >&2
  exit 0
fi
"$(cat "$folder/base-python")" "$here/measure.py" "$checkpoint" --peers hooks,rows "$@"
for peer in steering-vectors repeng nnsight transformer_lens llama.cpp; do
  [ -e "$folder/$peer/ready" ] || continue
  "$folder/$peer/bin/python" "$here/measure.py" "$checkpoint" --peers "$peer" "$@"
done
