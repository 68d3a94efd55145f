"""What test_backup.py asks of one process: a bureau begun, backed up, changed, restored. Prints what happened as JSON.

All through the commands, as whoever runs the system would; a database of its own, because it is replaced.
"""

import contextlib
import fcntl
import io
import json
import sys
import threading
import zipfile
from pathlib import Path

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.signals import got_request_exception  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from jiheng import cli  # noqa: E402
from jiheng.bureau.models import Person, Zone  # noqa: E402
from jiheng.operations import restore  # noqa: E402
from jiheng.operations.models import Run  # noqa: E402
from jiheng.procedure import files  # noqa: E402

SAID: dict[str, list] = {}


def jiheng(name: str, *arguments: str) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = cli.main(arguments)
    SAID[name] = [code, out.getvalue()]


def damaged(whole: Path, part: str) -> Path:
    """The backup with one part's content changed, its own checksum put right: only the manifest can tell."""
    target = whole.with_name(f"damaged-{part.replace('/', '-')[:20]}.zip")
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:-1] + b"?" if name.startswith(part) else content)
    return target


# Tables straight from the models: twenty migrations' rooms take longer than all the rest.
settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
jiheng(
    "begin",
    "bureau",
    "begin",
    "--code",
    "410798",
    "--name",
    "甲区",
    "--bureau",
    "甲区财政局",
    "--username",
    "zonghe01",
)
zone = Zone.objects.get()
told = files.keep(zone.pk, SimpleUploadedFile("证明.pdf", b"%PDF evidence"))
place = files.place(zone.pk, told["sha256"])

jiheng("backup", "backup")
(made,) = settings.BACKUPS.glob("jiheng-*.zip")
SAID["mode"] = [made.stat().st_mode & 0o777, settings.BACKUPS.stat().st_mode & 0o777]
SAID["parts"] = [sorted(name.split("/")[0] for name in zipfile.ZipFile(made).namelist()), ""]
jiheng("check", "restore", str(made), "--check")

for _ in range(2):
    try:
        raise KeyError("输入的内容")
    except KeyError:
        got_request_exception.send(sender=None, request=RequestFactory().get(f"/case/{zone.pk}/"))
SAID["fault"] = [list(Run.objects.filter(kind="fault").values_list("told", "by", "state")), ""]

jiheng(
    "second",
    "bureau",
    "begin",
    "--code",
    "410797",
    "--name",
    "乙区",
    "--bureau",
    "乙区财政局",
    "--username",
    "zonghe02",
)
Path(default_storage.path(place)).write_bytes(b"spoilt")
SAID["changed"] = [Zone.objects.count(), Person.objects.count()]

with (settings.DATA / "serving").open("a") as lock:
    fcntl.flock(lock, fcntl.LOCK_SH)
    jiheng("while serving", "restore", str(made), "--yes")
jiheng("damaged database", "restore", str(damaged(made, "database")), "--yes")
jiheng("damaged file", "restore", str(damaged(made, "files/")), "--yes")
made.with_name("not.zip").write_text("这不是备份")
jiheng("no backup", "restore", str(made.with_name("not.zip")), "--yes")
with zipfile.ZipFile(made) as whole:
    manifest = json.loads(whole.read("manifest.json"))
    with zipfile.ZipFile(made.with_name("newer.zip"), "w") as newer:
        newer.writestr("manifest.json", json.dumps(manifest | {"migrations": [["bureau", "9999_later"]]}))
jiheng("newer", "restore", str(made.with_name("newer.zip")), "--yes")
if connection.vendor == "postgresql":
    stays = connection.copy().get_new_connection(connection.get_connection_params())
    restore.LEAVING = 0.5
    jiheng("while connected", "restore", str(made), "--yes")
    restore.LEAVING = 60.0
    threading.Timer(1.0, stays.close).start()
SAID["untouched"] = [Zone.objects.count(), Person.objects.count()]

jiheng("restore", "restore", str(made), "--yes")
SAID["restored"] = [Zone.objects.count(), Person.objects.count()]
SAID["file"] = [Path(default_storage.path(place)).read_bytes() == b"%PDF evidence", ""]
SAID["runs"] = [sorted(Run.objects.values_list("kind", "state")), ""]
jiheng("verify", "audit", "verify")
connection.close()
json.dump(SAID, sys.stdout)
