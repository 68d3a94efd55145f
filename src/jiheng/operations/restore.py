"""Reading a backup back: checking it, trying it in a place of its own, putting it in the place of what is there (art. 40).

Nothing that is there is touched before the whole archive was read and found right. Faults are told by the file.
"""

import fcntl
import hashlib
import json
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from jiheng.operations.backup import COUNTED, FORMAT, PIECE, counted, postgresql
from jiheng.operations.running import Failed

Say = Callable[[int, int], None]
SHOWN = 20


class Backup:
    """An archive opened for reading, with its manifest. Raises Failed where it is none of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.archive = zipfile.ZipFile(path)
            self.manifest: dict[str, Any] = json.loads(self.archive.read("manifest.json"))
            self.engine: str = self.manifest["engine"]
            self.rows: dict[str, int] = self.manifest["rows"]
            self.files: dict[str, list[Any]] = self.manifest["files"]
            known = self.manifest["format"]
        except OSError as fault:
            raise Failed(f"{path} 打不开：{fault.strerror or fault}") from fault
        except (zipfile.BadZipFile, KeyError, ValueError) as fault:
            raise Failed(f"{path.name} 不是绩衡的备份，或没有传完整。") from fault
        if known != FORMAT:
            raise Failed(f"{path.name} 是更新的绩衡做的备份，请先升级绩衡。")

    def faults(self, say: Say = lambda done, total: None) -> list[str]:
        """Every part that is missing, too much, or not as the manifest says."""
        wanted = {f"files/{name}": told for name, told in self.files.items()}
        wanted[f"database.{self.engine}"] = self.manifest["database"]
        names = set(self.archive.namelist()) - {"manifest.json"}
        found = [f"{name}：备份里没有" for name in sorted(wanted.keys() - names)]
        found += [f"{name}：清单里没有，是后来加进来的" for name in sorted(names - wanted.keys())]
        for number, name in enumerate(sorted(wanted.keys() & names), 1):
            summed, size = hashlib.sha256(), 0
            try:
                with self.archive.open(name) as file:
                    while piece := file.read(PIECE):
                        summed.update(piece)
                        size += len(piece)
            except (zipfile.BadZipFile, OSError, EOFError, zlib.error) as fault:
                found.append(f"{name}：读不出来（{fault}）")
                continue
            if [size, summed.hexdigest()] != wanted[name]:
                found.append(f"{name}：内容与清单不符")
            if number % 50 == 0:
                say(number, len(wanted))
        return found

    def demand_fit(self) -> None:
        """Raises Failed where this installation can't take it: another kind of database, or a newer version's."""
        if self.engine != connection.vendor:
            names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
            raise Failed(
                f"备份来自 {names.get(self.engine, self.engine)}，这里用的是 {names[connection.vendor]}。"
                "请把 DATABASE_URL 设为同一种数据库再恢复。"
            )
        known = MigrationLoader(None).disk_migrations
        newer = [
            each for each in self.manifest["migrations"] if tuple(each) not in known and each[0] in _ours()
        ]
        if newer:
            raise Failed(f"备份来自更新的版本（{self.manifest['version']}），请先升级绩衡再恢复。")

    def unpack(self, name: str, target: Path) -> None:
        with self.archive.open(name) as source, target.open("wb") as written:
            shutil.copyfileobj(source, written, PIECE)
        target.chmod(0o600)


def _ours() -> set[str]:
    from django.apps import apps

    return {config.label for config in apps.get_app_configs()}


def check(path: Path, say: Say = lambda done, total: None) -> tuple[Backup, str]:
    """Reads the whole archive and restores its database into a place of its own, which is taken away afterwards.

    Returns the backup and what was proved, in words. Raises Failed with every fault.
    """
    backup = Backup(path)
    backup.demand_fit()
    if faults := backup.faults(say):
        shown = "；".join(faults[:SHOWN])
        raise Failed(f"{path.name} 有 {len(faults)} 处不对：{shown}。请换一份备份，并查看存放它的盘。")
    proved = _tried_sqlite(backup) if backup.engine == "sqlite" else _tried_postgresql(backup)
    rows, files = sum(backup.rows.values()), len(backup.files)
    return backup, f"{path.name}：{proved}；{rows:,} 行逐表相符，{files:,} 个文件哈希相符"


def _compare(backup: Backup, rows: dict[str, int]) -> None:
    if rows != backup.rows:
        differing = sorted(name for name in rows | backup.rows if rows.get(name) != backup.rows.get(name))
        raise Failed(f"{backup.path.name} 恢复出来的行数与清单不符：{'、'.join(differing[:SHOWN])}")


def _tried_sqlite(backup: Backup) -> str:
    with tempfile.TemporaryDirectory(dir=backup.path.parent, prefix=".trial-") as place:
        path = Path(place) / "database"
        backup.unpack("database.sqlite", path)
        sound(path)
        database = sqlite3.connect(path)
        try:
            _compare(backup, counted(database))
        finally:
            database.close()
    return "已在另一处恢复并打开，结构完好"


def sound(path: Path) -> None:
    """Raises Failed unless SQLite finds the file whole."""
    database = sqlite3.connect(path)
    try:
        said = [line for (line,) in database.execute("PRAGMA integrity_check(20)")]
        dangling = database.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as fault:
        raise Failed(f"库打不开：{fault}") from fault
    finally:
        database.close()
    if said != ["ok"]:
        raise Failed(f"库的结构有损坏：{'；'.join(said)}")
    if dangling:
        raise Failed(f"库里有 {len(dangling)} 行所指的内容不存在（如 {dangling[0][0]}）")


def _tried_postgresql(backup: Backup) -> str:
    """In a database of its own, where the account may create one; otherwise the dump is read from end to end."""
    import psycopg
    from psycopg import sql

    asked = connection.settings_dict
    at = {
        "host": asked["HOST"],
        "port": asked["PORT"] or 5432,
        "user": asked["USER"],
        "password": asked["PASSWORD"],
    }
    name = f"jiheng_trial_{secrets.token_hex(4)}"
    with psycopg.connect(dbname=asked["NAME"], autocommit=True, **at) as server:
        try:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            with backup.archive.open("database.postgresql") as dump:
                _fed(dump, "pg_restore", "--file=/dev/null")
            return "备份能完整读出（本库账号不许建库，没有在另一处恢复；要试恢复请给 CREATEDB 权限）"
        try:
            _load(backup, backup.path.parent, name)
            with psycopg.connect(dbname=name, **at) as tried:
                tables = [table for (table,) in tried.execute(COUNTED).fetchall()]
                _compare(
                    backup,
                    {
                        table: tried.execute(
                            sql.SQL("SELECT COUNT(*) FROM public.{}").format(sql.Identifier(table))
                        ).fetchone()[0]
                        for table in tables
                    },
                )
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    return "已在另一个库里恢复并清点"


def _fed(dump: Any, program: str, *arguments: str, name: str = "") -> None:
    """Runs a program of PostgreSQL's with the dump as its input. Raises Failed with what it said."""
    with tempfile.TemporaryFile() as said:
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": said}
        with postgresql(program, *arguments, name=name, **options) as process:
            assert process.stdin is not None
            try:
                shutil.copyfileobj(dump, process.stdin, PIECE)
                process.stdin.close()
            except BrokenPipeError:
                pass
        if process.returncode:
            said.seek(0)
            raise Failed(f"{program} 没有做成：{said.read().decode(errors='replace').strip()[-400:]}")


SERVING = "serving"
"""The file in the data folder that the running website holds a shared lock on."""
LEAVING = 10.0
"""Seconds given to connections that were closed a moment ago: PostgreSQL's side of them ends a little later."""


def _others() -> int:
    """How many programs stay connected to the PostgreSQL database, its own workers aside."""
    until = time.monotonic() + LEAVING
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            others: int = cursor.fetchone()[0]
        if not others or time.monotonic() > until:
            return others
        time.sleep(0.2)


@contextmanager
def alone() -> Iterator[None]:
    """Raises Failed while the website runs on this data folder, or anybody else is connected to the database."""
    with (Path(settings.DATA) / SERVING).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed("网站还在运行。请先停止服务，再恢复。") from None
        if connection.vendor == "postgresql" and (others := _others()):
            raise Failed(f"还有 {others} 个连接在用这个库。请先停止服务和别的程序，再恢复。")
        yield


def put_back(backup: Backup, moment: datetime) -> str:
    """Puts the database and the files in their places. To be called ``alone`` and after ``check``.

    Files are kept by their content, so those that are there and whole stay; the database comes last. Returns where
    the database lies that was there before, for whoever finds out that it was the wrong backup.
    """
    root = Path(settings.MEDIA_ROOT)
    for name, (size, sha256) in sorted(backup.files.items()):
        target = root / name
        if root.resolve() not in target.resolve().parents:
            raise Failed(f"{name}：不是数据目录里的位置")
        if target.exists() and target.stat().st_size == size and _sha256(target) == sha256:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        backup.unpack(f"files/{name}", partial)
        partial.chmod(0o640)
        partial.replace(target)
    return (
        _put_back_sqlite(backup, moment)
        if backup.engine == "sqlite"
        else _put_back_postgresql(backup, moment)
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put_back_sqlite(backup: Backup, moment: datetime) -> str:
    database = Path(connection.settings_dict["NAME"])
    connection.close()
    fresh = database.with_name(f".{database.name}.restored")
    backup.unpack("database.sqlite", fresh)
    sound(fresh)
    before = database.with_name(f"{database.name}.before-{moment:%Y%m%d-%H%M%S}")
    if database.exists():
        # Whatever the log beside it still holds belongs to the database that goes.
        old = sqlite3.connect(database)
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        old.close()
        # A second name first, so that at no moment there is no database.
        before.hardlink_to(database)
    for tail in ("-wal", "-shm"):
        database.with_name(database.name + tail).unlink(missing_ok=True)
    fresh.replace(database)
    return str(before)


def _put_back_postgresql(backup: Backup, moment: datetime) -> str:
    """What is there is kept as a dump of its own first."""
    connection.close()
    before = Path(settings.BACKUPS) / f"before-{moment:%Y%m%d-%H%M%S}.dump"
    before.parent.mkdir(parents=True, exist_ok=True)
    with postgresql("pg_dump", "--format=custom", "--schema=public", f"--file={before}") as process:
        process.wait()
    if process.returncode:
        raise Failed("恢复前没能把现有的库另存一份，没有恢复。请查看磁盘余量和账号权限。")
    before.chmod(0o600)
    _load(backup, before.parent)
    return str(before)


def _load(backup: Backup, beside: Path, name: str = "") -> None:
    """In one transaction: the schema goes and comes again from the dump, or everything stays as it was."""
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as place:
        script, whole = Path(place) / "restore.sql", Path(place) / "whole.sql"
        with backup.archive.open("database.postgresql") as dump:
            _fed(dump, "pg_restore", "--no-owner", f"--file={script}")
        with whole.open("wb") as written, script.open("rb") as source:
            written.write(b"DROP SCHEMA IF EXISTS public CASCADE;\n")
            if not _makes_schema(script):
                written.write(b"CREATE SCHEMA public;\n")
            shutil.copyfileobj(source, written, PIECE)
        with whole.open("rb") as source:
            options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
            _fed(source, "psql", *options, name=name)


def _makes_schema(script: Path) -> bool:
    with script.open("rb") as file:
        return any(line.startswith(b"CREATE SCHEMA public") for line in file)
