"""A backup: one archive with the whole database, all files, and a manifest of what is in it (art. 40).

The database is a copy of one moment, taken while people go on working; the files come after it, so that whatever it
names is there. Not in it: the signing key (a backup is then no key to sessions; a new key only signs everybody out),
dossiers (they can be made again) and collected static files.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from jiheng.bureau.models import Zone
from jiheng.operations.models import Run
from jiheng.operations.running import Failed

FORMAT = 1
PIECE = 1 << 20
SPARE = 1.1
"""So much more room than the data itself takes must be free before a backup begins."""
LEFT_OUT = ("dossiers",)
Say = Callable[[int, int], None]


def folder() -> Path:
    """Where backups lie; nobody but the service's own account may look into it."""
    place: Path = settings.BACKUPS
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o700)
    return place


def kept_files() -> Iterator[Path]:
    """All uploaded files; what is just being written (a name that begins with a dot) is not yet one."""
    root = Path(settings.MEDIA_ROOT)
    for place, folders, names in os.walk(root):
        if Path(place) == root:
            folders[:] = [each for each in folders if each not in LEFT_OUT]
        folders.sort()
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(place) / name


def database_size() -> int:
    """Bytes that the database takes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def demand_room(place: Path) -> None:
    """Raises Failed when the disk has too little room for another backup."""
    files = 0
    for path in kept_files():
        with suppress(FileNotFoundError):  # swept away meanwhile
            files += path.stat().st_size
    # SQLite's copy and the archive lie side by side for a moment.
    wanted = int((files + database_size() * (2 if connection.vendor == "sqlite" else 1)) * SPARE)
    free = shutil.disk_usage(place).free
    if free < wanted:
        raise Failed(
            f"备份目录所在的盘只剩 {_mega(free)}，要 {_mega(wanted)}。请删去旧备份，或用 JIHENG_BACKUPS 换到更大的盘。"
        )


def _mega(size: int) -> str:
    return f"{size / 1024 / 1024:,.0f} MB"


def make(target: Path, say: Say = lambda done, total: None) -> dict[str, Any]:
    """Writes a backup to ``target``, which comes into its place whole or not at all; returns what is known of it.

    Raises Failed for want of room or of PostgreSQL's programs, and OSError where the place can't be written.
    """
    demand_room(target.parent)
    partial = target.with_name(f".{target.name}.part")
    try:
        with _private(partial) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            total = sum(1 for _ in kept_files()) + 1
            say(0, total)
            manifest = _database(archive, target.parent)
            say(1, total)
            # Those that came in meanwhile too: the database may name them.
            manifest["files"] = {}
            for number, path in enumerate(kept_files(), 1):
                name = path.relative_to(settings.MEDIA_ROOT).as_posix()
                with suppress(FileNotFoundError), path.open("rb") as source:
                    manifest["files"][name] = _add(archive, f"files/{name}", source)
                if number % 50 == 0:
                    say(min(number + 1, total), total)
            text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
            archive.writestr("manifest.json", text, zipfile.ZIP_DEFLATED)
        with partial.open("rb+") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return {
        "file": target.name,
        "size": target.stat().st_size,
        "sha256": digest,
        "rows": sum(manifest["rows"].values()),
        "files": len(manifest["files"]),
    }


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file that only the service's account may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        yield file


def _add(archive: zipfile.ZipFile, name: str, source: Any, compress: int = zipfile.ZIP_STORED) -> list[Any]:
    """Puts a file into the archive and tells its size and SHA-256."""
    summed, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(name, datetime.now().timetuple()[:6])  # noqa: DTZ005 - zip knows local time alone
    entry.compress_type = compress
    entry.external_attr = 0o600 << 16
    with archive.open(entry, "w", force_zip64=True) as written:
        while piece := source.read(PIECE):
            summed.update(piece)
            size += len(piece)
            written.write(piece)
    return [size, summed.hexdigest()]


def _database(archive: zipfile.ZipFile, beside: Path) -> dict[str, Any]:
    """The database of one moment, and what must be found again when it is restored."""
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": version("jiheng"),
        "made_at": timezone.localtime().isoformat(timespec="seconds"),
        "engine": connection.vendor,
        "zones": [f"{zone.code} {zone.name}" for zone in Zone.objects.order_by("code")],
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
    }
    with (_from_sqlite if connection.vendor == "sqlite" else _from_postgresql)(beside) as (file, rows):
        compress = zipfile.ZIP_DEFLATED if connection.vendor == "sqlite" else zipfile.ZIP_STORED
        manifest["database"] = _add(archive, f"database.{connection.vendor}", file, compress)
        manifest["rows"] = rows
    return manifest


@contextmanager
def _from_sqlite(beside: Path) -> Iterator[tuple[Any, dict[str, int]]]:
    connection.ensure_connection()
    handle, name = tempfile.mkstemp(dir=beside, prefix=".copy-")
    os.close(handle)
    try:
        copy = sqlite3.connect(name)
        try:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            rows = counted(copy)
        finally:
            copy.close()
        with Path(name).open("rb") as file:
            yield file, rows
    finally:
        Path(name).unlink(missing_ok=True)


def counted(database: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table of an SQLite database has."""
    tables = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
    ).fetchall()
    return {name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for (name,) in tables}


COUNTED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1
"""


@contextmanager
def _from_postgresql(beside: Path) -> Iterator[tuple[Any, dict[str, int]]]:
    """pg_dump and the rows' numbers read one and the same snapshot."""
    from psycopg import sql

    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            cursor.execute(COUNTED)
            rows = {}
            for (table,) in cursor.fetchall():
                cursor.execute(sql.SQL("SELECT COUNT(*) FROM public.{}").format(sql.Identifier(table)))
                rows[table] = cursor.fetchone()[0]
            command = ["--format=custom", "--schema=public", f"--snapshot={snapshot}", "--no-owner"]
            with tempfile.TemporaryFile() as said:
                with postgresql("pg_dump", *command, stdout=subprocess.PIPE, stderr=said) as process:
                    yield process.stdout, rows
                if process.returncode:
                    said.seek(0)
                    raise Failed(f"pg_dump 没有做成：{said.read().decode(errors='replace').strip()[-400:]}")
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def postgresql(program: str, *arguments: str, name: str = "", **options: Any) -> "subprocess.Popen[bytes]":
    """Starts one of PostgreSQL's programs on our database, the password in its environment alone."""
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda each: int(each.parent.name.split(".")[0]),
        reverse=True,
    )
    found = next((str(each / program) for each in places if (each / program).exists()), shutil.which(program))
    if not found:
        raise Failed(
            f"没有找到 {program}。请在这台机器上装 PostgreSQL 客户端（Debian：apt-get install postgresql-client）。"
        )
    asked = connection.settings_dict
    environment = os.environ | {
        "PGHOST": asked["HOST"] or "", "PGPORT": str(asked["PORT"] or 5432), "PGUSER": asked["USER"] or "",
        "PGPASSWORD": asked["PASSWORD"] or "", "PGDATABASE": name or asked["NAME"],
    }  # fmt: skip
    return subprocess.Popen([found, *arguments], env=environment, **options)


def name_for(moment: datetime) -> str:
    return f"jiheng-{moment:%Y%m%d-%H%M%S}.zip"


def carry_out(run: Run, keep: int, say: Say) -> str:
    """A backup into the folder as a run of the log; only the newest ``keep`` stay."""
    place, name = folder(), name_for(timezone.localtime(run.began_at))
    # Known before the copy is taken, so that the copy, when it is restored, knows where it comes from.
    Run.objects.filter(pk=run.pk).update(details={"file": name})
    try:
        known = make(place / name, say)
    except OSError as fault:
        raise Failed(f"备份目录写不进去：{fault.strerror or fault}。请查看目录的权限和余量。") from fault
    run.details = known
    removed = thin_out(keep)
    told = f"{known['file']}，{known['rows']:,} 行、{known['files']:,} 个文件，{_mega(known['size'])}"
    return f"{told}；按留存份数删去 {removed} 份旧的" if removed else told


def listed() -> list[Path]:
    """The backups in the folder, the newest first."""
    return sorted(folder().glob("jiheng-*.zip"), reverse=True)


def thin_out(keep: int) -> int:
    """Deletes all but the newest ``keep`` backups; returns how many went."""
    old = listed()[keep:]
    for path in old:
        path.unlink()
    return len(old)
