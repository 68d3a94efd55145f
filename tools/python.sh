#!/usr/bin/env bash
# Prints the first Python that is new enough and can build a virtual environment;
# otherwise says what to install. `PYTHON=… make run` chooses one by hand.
set -euo pipefail

seen=""
for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    command -v "$python" >/dev/null || continue
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    seen=$python
    if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        command -v "$python"
        exit
    fi
done

if [ -n "$seen" ]; then
    echo "找到了 $("$seen" --version)，但缺少建立虚拟环境的组件。请先安装：apt-get install python3-venv" >&2
else
    echo "绩衡需要 Python 3.11 或更高版本。请先安装：apt-get install python3 python3-venv" >&2
    echo "已装在别处的，可以指明：PYTHON=/path/to/python3.12 make run" >&2
fi
exit 1
