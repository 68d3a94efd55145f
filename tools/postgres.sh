#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own, reachable through DATABASE_URL, and takes it away afterwards:
#
#     tools/postgres.sh .venv/bin/pytest
#     tools/postgres.sh --durable .venv/bin/python bench/acts.py    (commits reach the disk, as in production)
#     tools/postgres.sh --find                                      (only says where the programs are)
#
# The cluster lives in a temporary folder and listens on 127.0.0.1 alone, on a free port, with a password.
# The exit code is the command's. PostgreSQL refuses to run as root, so root hands it to the user postgres.
set -euo pipefail

programs=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -1) || true
if [ ! -x "$programs/initdb" ]; then
    programs=$(dirname "$(command -v initdb || echo .)")
fi
if [ ! -x "$programs/initdb" ]; then
    echo "没有找到 PostgreSQL。请先安装：apt-get install postgresql" >&2
    exit 1
fi
if [ "${1:-}" = --find ]; then
    echo "$programs"
    exit
fi

speed=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
if [ "${1:-}" = --durable ]; then
    speed=()
    shift
fi
if [ $# -eq 0 ]; then
    echo "用法：tools/postgres.sh [--durable] 命令……" >&2
    exit 2
fi

folder=$(mktemp -d /tmp/jiheng-postgres.XXXXXX)
pid=""
finish() {
    if [ -n "$pid" ] && kill -INT "$pid" 2>/dev/null; then # SIGINT: fast shutdown
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    fi
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

(umask 077 && echo "$password" >"$folder/password")
owner=()
if [ "$(id -u)" = 0 ]; then
    owner=(runuser -u postgres --)
    chown -R postgres "$folder"
fi
quietly_as_owner() { # shows what was said only when it went wrong
    (cd "$folder" && "${owner[@]}" "$@") >"$folder/said" 2>&1 || { cat "$folder/said" >&2; exit 1; }
}

quietly_as_owner "$programs/initdb" --pgdata=data --username=jiheng --pwfile=password \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync
quietly_as_owner "$programs/pg_ctl" start --pgdata=data --wait --log=log \
    --options="-h 127.0.0.1 -p $port -k $folder ${speed[*]}"
pid=$(head -1 "$folder/data/postmaster.pid")
PGPASSWORD=$password "$programs/createdb" --host=127.0.0.1 --port="$port" --username=jiheng jiheng

DATABASE_URL="postgres://jiheng:$password@127.0.0.1:$port/jiheng" "$@"
