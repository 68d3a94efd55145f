#!/usr/bin/env bash
# Runs every bench/*.py (not those beginning with _) twice: on a fresh SQLite file and on a fresh PostgreSQL,
# which it finds through DATABASE_URL. Commits reach the disk on both, so that the figures are honest.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for bench in bench/[!_]*.py; do
    [ -e "$bench" ] || { echo "bench/ 里还没有可跑的测量。"; exit 1; }
    echo "== $bench · SQLite"
    DATABASE_URL="sqlite:///$folder/$(basename "$bench" .py).sqlite3" .venv-bench/bin/python "$bench"
    echo "== $bench · PostgreSQL"
    tools/postgres.sh --durable .venv-bench/bin/python "$bench"
done
