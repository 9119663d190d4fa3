#!/usr/bin/env bash
# Installs what a fresh machine lacks: SQLite's headers, which the result store links.
set -euo pipefail
if ! command -v swift >/dev/null; then
  echo "leeway needs Swift 6.3 or newer on the PATH: https://www.swift.org/install" >&2
  exit 1
fi
for header in /usr/include/sqlite3.h /usr/local/include/sqlite3.h /opt/homebrew/include/sqlite3.h; do
  [ -e "$header" ] && exit 0
done
[ "$(uname)" = Darwin ] && exit 0
if command -v apt-get >/dev/null; then
  echo "installing libsqlite3-dev (the result store needs SQLite's headers)"
  root=""; [ "$(id -u)" = 0 ] || root=sudo
  $root apt-get update -qq && $root apt-get install -y -qq libsqlite3-dev
else
  echo "leeway needs SQLite's headers: install your system's sqlite development package" >&2
  exit 1
fi
