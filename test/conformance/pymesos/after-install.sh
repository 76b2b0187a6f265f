#!/bin/sh
# http-parser 0.9.0, which pymesos depends on, has a C part that Python 3.11 and later do not compile (longintrepr.h has
# moved). The package has the same parser in Python and takes it where the C part is missing: its Python files are put
# in place as they are.
set -eu
venv=$1
mkdir "$venv/http-parser"
"$venv/bin/pip" download --quiet --disable-pip-version-check --no-deps -d "$venv/http-parser" http-parser==0.9.0
tar -xzf "$venv/http-parser/http-parser-0.9.0.tar.gz" -C "$venv/http-parser"
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
mkdir "$site/http_parser"
cp "$venv"/http-parser/http-parser-0.9.0/http_parser/*.py "$site/http_parser/"
"$venv/bin/python" -c 'import pymesos'
