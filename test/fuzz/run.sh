#!/bin/sh
# Fuzzes the API of a standalone that it starts: /v2 by its own document, Metronome's routes by theirs. Fails on an answer
# of 5xx, a status or media type that the document does not have, or a body that its schema does not allow. What it starts
# offers no CPU, so no generated command is ever run.
#
#   FUZZ_SECONDS  in all, 120 unless told     FUZZ_SEED  a seed that was printed, to have the same again
#   FUZZ_OUT      keeps the logs in this folder
#
# Needs `npm run build` and test/fuzz/setup.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$("$here/setup.sh" --where)
[ -x "$venv/bin/st" ] || { echo "fuzz: run test/fuzz/setup.sh first" >&2; exit 1; }
half=$((${FUZZ_SECONDS:-120} / 2))
seed=${FUZZ_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
work=$(mktemp -d)
chmod 711 "$work" # as root, its PostgreSQL is run by another user
out=${FUZZ_OUT:-$work}
mkdir -p "$out"

PATH="$root/node_modules/node/bin:$PATH" CARILLON_LOCAL_CPUS=0.005 CARILLON_ADMIN_PORT=0 \
  node "$root/services/standalone/dist/main.js" --port 0 --data "$work/data" >"$out/standalone.log" 2>&1 &
carillon=$!
cleanup() {
  kill "$carillon" 2>/dev/null || true
  wait "$carillon" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

url=
for _ in $(seq 120); do
  url=$(sed -n 's/.*API at \(http:[^ ]*\).*/\1/p' "$out/standalone.log" | head -n 1)
  [ -n "$url" ] && break
  kill -0 "$carillon" 2>/dev/null || break
  sleep 0.5
done
[ -n "$url" ] || { cat "$out/standalone.log"; echo "fuzz: standalone did not start" >&2; exit 1; }

failed=0
cd "$work" # it leaves its database of examples behind
for document in v2/openapi.json public/api/v1/openapi.json; do
  echo "fuzz: $url/$document for $half s, FUZZ_SEED=$seed"
  name=$(echo "$document" | tr / -)
  SCHEMATHESIS_HOOKS=hooks PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1 "$venv/bin/st" run "$url/$document" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --seed "$seed" --max-time "$half" --request-timeout 20 --suppress-health-check all --warnings off --no-color \
    >"$out/$name.log" 2>&1 || failed=1
  sed -n '/= FAILURES/,$p;/^Test cases:/,/^Seed/p' "$out/$name.log" | head -n 200
  grep -q 'generated,' "$out/$name.log" || { cat "$out/$name.log"; failed=1; }
done
"$venv/bin/python" -c '
import json, sys, urllib.request
counters = json.load(urllib.request.urlopen(sys.argv[1] + "/v1/metrics"))["counters"]
print("fuzz: answers", {n.split(".")[3]: c["count"] for n, c in counters.items() if n.startswith("metronome.http.responses")})
' "$url"
if grep -q '"level":"error"' "$out/standalone.log"; then
  grep '"level":"error"' "$out/standalone.log" | head -n 20
  failed=1
fi
[ "$failed" -eq 0 ] && echo "fuzz: nothing found" || { echo "fuzz: FAILED, FUZZ_SEED=$seed" >&2; exit 1; }
