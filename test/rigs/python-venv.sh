#!/bin/sh
# python-venv.sh FOLDER NAME [--where]: installs FOLDER/requirements.txt into a virtual environment in the cache, once
# for each version of that file, and prints its folder; --where only prints it. What else it needs is done by
# FOLDER/after-install.sh VENV, where there is one. Needs Python 3.10 or newer with venv (Debian: python3-venv).
# CARILLON_CACHE moves the cache (default ~/.cache/carillon).
set -eu
folder=$1
version=$(cksum <"$folder/requirements.txt" | cut -d' ' -f1)
venv="${CARILLON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/carillon}/$2-$version"
if [ "${3:-}" != --where ] && [ ! -f "$venv/.complete" ]; then
  rm -rf "$venv"
  mkdir -p "$(dirname "$venv")"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$folder/requirements.txt"
  if [ -f "$folder/after-install.sh" ]; then sh "$folder/after-install.sh" "$venv"; fi
  touch "$venv/.complete"
fi
echo "$venv"
