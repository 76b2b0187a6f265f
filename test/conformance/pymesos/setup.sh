#!/bin/sh
# Installs PyPI's pymesos, a third party's client of Mesos. See test/rigs/python-venv.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/../../rigs/python-venv.sh" "$here" pymesos "$@"
