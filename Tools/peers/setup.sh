#!/usr/bin/env bash
# Makes one environment for each peer under FOLDER: they cannot be installed together.
#   setup.sh FOLDER [BASE_PYTHON]
# BASE_PYTHON has torch and transformers; without it a base environment is made first. Each peer's
# environment sees the base's packages behind its own. A peer that does not install is left out.
set -uo pipefail
folder=${1:?the folder for the environments}
mkdir -p "$folder"
base=${2:-}
if [ -z "$base" ]; then
  python3 -m venv "$folder/base" || exit 1
  "$folder/base/bin/pip" install -q torch transformers accelerate numpy || exit 1
  base="$folder/base/bin/python"
fi
site=$("$base" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || exit 1

# Name, what pip installs without asking for dependencies, what it may resolve itself, and the
# module that must import in the end.
make_peer() {
  local name=$1 plain=$2 resolved=$3 module=$4 place="$folder/$1"
  [ -e "$place/ready" ] && return 0
  "$base" -m venv "$place" || return 1
  echo "$site" >"$("$place/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/base.pth"
  if [ -n "$resolved" ]; then
    "$place/bin/python" -m pip install -q $resolved || return 1
  fi
  "$place/bin/python" -m pip install -q --no-deps $plain || return 1
  "$place/bin/python" -c "import $module" || return 1
  touch "$place/ready"
}

# steering-vectors and repeng pin older versions of transformers and numpy than they need.
for peer in \
  "steering-vectors|steering-vectors==0.12.2|scikit-learn|steering_vectors" \
  "repeng|repeng==0.4.0|numpy<2 scikit-learn gguf|repeng" \
  "nnsight|nnsight|greenlet astor ipython rich pydantic msgspec zstandard python-socketio[client] accelerate cloudpickle|nnsight" \
  "transformer_lens|transformer-lens|accelerate beartype better-abc datasets einops fancy-einsum jaxtyping pandas rich sentencepiece transformers-stream-generator typeguard wandb|transformer_lens" \
  "llama.cpp|llama-cpp-python|gguf diskcache jinja2|llama_cpp"; do
  IFS='|' read -r name plain resolved module <<<"$peer"
  if make_peer "$name" "$plain" "$resolved" "$module" 2>"$folder/$name.log"; then
    echo "$name: ready"
  else
    echo "$name: not installed, see $folder/$name.log" >&2
  fi
done
echo "$base" >"$folder/base-python"
