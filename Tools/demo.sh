#!/usr/bin/env bash
# The main job on the built-in model: a window with its controls, as a table and a page.
set -euo pipefail
cd "$(dirname "$0")/.."
leeway=.build/release/leeway
"$leeway" run Studies/falcon-or-owl.yaml --out runs/falcon-or-owl
cat <<END

Open runs/falcon-or-owl/index.html in a browser. Then, for instance:
  $leeway generate --model Models/nestling --prompt "The kestrel is one of the"
  $leeway check Studies/hero-of-a-story.yaml --model DIR
  $leeway --help
END
