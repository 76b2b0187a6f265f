#!/bin/sh
# Installs schemathesis. See test/rigs/python-venv.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/../rigs/python-venv.sh" "$here" fuzz "$@"
