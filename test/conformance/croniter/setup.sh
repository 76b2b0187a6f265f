#!/bin/sh
# Installs what answer.py needs into a virtual environment in the cache, once for each requirements.txt, and prints
# its folder; --where only prints it. Needs Python 3.10 or newer with venv (Debian: python3-venv). CARILLON_CACHE
# moves the cache (default ~/.cache/carillon).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=$(cksum <"$here/requirements.txt" | cut -d' ' -f1)
venv="${CARILLON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/carillon}/croniter-$version"
if [ "${1:-}" != --where ] && [ ! -f "$venv/.complete" ]; then
  rm -rf "$venv"
  mkdir -p "$(dirname "$venv")"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
  touch "$venv/.complete"
fi
echo "$venv"
