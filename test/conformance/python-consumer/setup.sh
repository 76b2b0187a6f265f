#!/bin/sh
# Installs what consumer.py needs. See test/rigs/python-venv.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/../../rigs/python-venv.sh" "$here" python-consumer "$@"
