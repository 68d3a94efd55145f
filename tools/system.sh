#!/usr/bin/env bash
# Sees to what the tests need from the system: a browser, Chinese fonts, PostgreSQL.
# Installs what is missing when root on Debian; otherwise says exactly what to install.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
"$(dirname "$0")/postgres.sh" --find >/dev/null 2>&1 || missing+=(postgresql)

[ ${#missing[@]} -eq 0 ] && exit

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "测试还需要：${missing[*]}，现在安装……"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    echo "测试还需要：${missing[*]}。请由管理员安装后重试：apt-get install ${missing[*]}" >&2
    exit 1
fi
