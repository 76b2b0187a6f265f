#!/bin/sh
# Installs PyPI's pymesos, a third party's client of Mesos, into a virtual environment in the cache, once for each
# requirements.txt, and prints its folder; --where only prints it. Needs Python 3.8 or newer with venv.
# http-parser 0.9.0, which it depends on, has a C part that Python 3.11 and later do not compile (longintrepr.h has
# moved). The package has the same parser in Python and takes it where the C part is missing: its Python files are put
# in place as they are.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=$(cksum <"$here/requirements.txt" | cut -d' ' -f1)
venv="${CARILLON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/carillon}/pymesos-$version"
if [ "${1:-}" != --where ] && [ ! -f "$venv/.complete" ]; then
  rm -rf "$venv"
  mkdir -p "$(dirname "$venv")"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
  mkdir "$venv/http-parser"
  "$venv/bin/pip" download --quiet --disable-pip-version-check --no-deps -d "$venv/http-parser" http-parser==0.9.0
  tar -xzf "$venv/http-parser/http-parser-0.9.0.tar.gz" -C "$venv/http-parser"
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
  mkdir "$site/http_parser"
  cp "$venv"/http-parser/http-parser-0.9.0/http_parser/*.py "$site/http_parser/"
  "$venv/bin/python" -c 'import pymesos'
  touch "$venv/.complete"
fi
echo "$venv"
