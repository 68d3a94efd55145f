#!/usr/bin/env bash
# Everything the project can check about itself: lint, then the tests on SQLite, then on PostgreSQL.
# All three always run, so that one run shows all that is wrong; it fails if any of them failed.
# pytest itself fails when it ran no test at all.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
for part in lint test-sqlite test-postgres; do
    echo "== make $part"
    make --no-print-directory "$part" || failed+=("$part")
done

if [ ${#failed[@]} -gt 0 ]; then
    echo "未通过：${failed[*]}" >&2
    exit 1
fi
echo "全部通过。"
