"""Files given with acts, stored once by their content's hash."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from jiheng.procedure.models import Attachment

PIECE = 1 << 20


def place(zone_id: UUID, sha256: str) -> str:
    return str(PurePosixPath(str(zone_id), sha256[:2], sha256))


def keep(zone_id: UUID, file: Any) -> dict[str, Any]:
    """Stores an uploaded file under its hash and tells name, size and hash for the act.

    It comes into its place whole and on disk, or not at all: an act must not name a file that a crash cut short, and
    two people may give the same file at once. Giving it again mends a stored copy that was damaged.
    """
    folder = Path(default_storage.path(str(zone_id)))
    folder.mkdir(parents=True, exist_ok=True)
    summed, size = hashlib.sha256(), 0
    with _fresh(folder) as (written, path):
        for piece in _pieces(file):
            summed.update(piece)
            size += len(piece)
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())
        target = Path(default_storage.path(place(zone_id, summed.hexdigest())))
        target.parent.mkdir(exist_ok=True)
        path.chmod(0o640)
        path.replace(target)
        _sync(target.parent)
    name = PurePosixPath(str(file.name).replace("\\", "/")).name
    return {"name": _short(name), "size": size, "sha256": summed.hexdigest()}


def _short(name: str, longest: int = 200) -> str:
    """The name within the length kept, its ending saved."""
    ending = PurePosixPath(name).suffix[:20]
    return name if len(name) <= longest else name[: longest - len(ending)] + ending


def _pieces(file: Any) -> Iterator[bytes]:
    """The whole content, even when a form has read the file before."""
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


@contextlib.contextmanager
def _fresh(folder: Path) -> Iterator[tuple[Any, Path]]:
    """A new file in ``folder`` that is gone afterwards unless it was moved away."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(handle, "wb") as written:
            yield written, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Brings a folder's new entries to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(zone_id: UUID, sha256: str) -> bytes:
    with default_storage.open(place(zone_id, sha256)) as file:
        whole: bytes = file.read()
    return whole


def content(attachment: Attachment) -> bytes:
    return read(attachment.zone_id, attachment.sha256)


def download(zone_id: UUID, name: str, sha256: str) -> FileResponse:
    """A stored file under its name, to be saved: never shown as a page of ours. Raises Http404 when it is not there."""
    try:
        stored = default_storage.open(place(zone_id, sha256))
    except FileNotFoundError:
        raise Http404(f"{name}：文件不见了") from None
    response = FileResponse(
        stored, as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def standing(zone_id: UUID, sha256: str) -> str:
    """Whether the stored content is ``whole``, ``missing`` or ``changed``."""
    if not default_storage.exists(place(zone_id, sha256)):
        return "missing"
    with default_storage.open(place(zone_id, sha256)) as file:
        return "whole" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "changed"


def content_fault(attachment: Attachment) -> str:
    """What is wrong with the stored content, or nothing."""
    words = {"missing": "文件不见了", "changed": "文件内容与办理时不符"}
    found = standing(attachment.zone_id, attachment.sha256)
    return f"{attachment.name}：{words[found]}" if found in words else ""
