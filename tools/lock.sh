#!/usr/bin/env bash
# Writes requirements/*.txt anew: exact versions with hashes, no registry named. What is locked stays
# at its version unless it must move; `UPGRADE=1 make lock` takes the newest that fit.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {
    .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links ${UPGRADE:+--upgrade} "$@"
}
R=requirements
lock pyproject.toml $R/build.in -o $R/run.txt
lock pyproject.toml $R/build.in --extra test -c $R/run.txt -o $R/test.txt
lock pyproject.toml $R/build.in $R/bench.in -c $R/run.txt -o $R/bench.txt
lock $R/node.in -o $R/node.txt
lock $R/lock.in -o $R/lock.txt

npm=install
[ -z "${UPGRADE:-}" ] || npm=update
tools/npm.sh $npm --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error
