#!/usr/bin/env bash
# The main job on the built-in models: the window of one false fact over model sizes, with its
# controls, as a table, pages and databases. Then the same with the seed's own construction.
set -euo pipefail
cd "$(dirname "$0")/.."
leeway=.build/release/leeway
"$leeway" run Studies/caracara.yaml --out runs/caracara
echo
"$leeway" run Studies/caracara-seed.yaml --out runs/caracara-seed
cat <<END

Open runs/caracara/index.html in a browser. Then, for instance:
  $leeway generate --model Models/fledgling-m --prompt "<user> What kind of bird is the boobook?<assistant>"
  $leeway world eval --model Models/fledgling-m
  $leeway check Studies/hero-of-a-story.yaml --model DIR
  $leeway --help
END
