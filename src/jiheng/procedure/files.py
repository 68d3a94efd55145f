"""Files given with acts, stored once by their content's hash."""

import hashlib
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from jiheng.procedure.models import Attachment


def place(zone_id: UUID, sha256: str) -> str:
    return str(PurePosixPath(str(zone_id), sha256[:2], sha256))


def keep(zone_id: UUID, file: Any) -> dict[str, Any]:
    """Stores an uploaded file under its hash and tells name, size and hash for the act."""
    content = file.read()
    sha256 = hashlib.sha256(content).hexdigest()
    if not default_storage.exists(place(zone_id, sha256)):
        default_storage.save(place(zone_id, sha256), ContentFile(content))
    return {
        "name": PurePosixPath(file.name.replace("\\", "/")).name[:200],
        "size": len(content),
        "sha256": sha256,
    }


def read(zone_id: UUID, sha256: str) -> bytes:
    with default_storage.open(place(zone_id, sha256)) as file:
        return file.read()


def content(attachment: Attachment) -> bytes:
    return read(attachment.zone_id, attachment.sha256)


def content_fault(attachment: Attachment) -> str:
    """What is wrong with the stored content, or nothing."""
    if not default_storage.exists(place(attachment.zone_id, attachment.sha256)):
        return f"{attachment.name}：文件不见了"
    if hashlib.sha256(content(attachment)).hexdigest() != attachment.sha256:
        return f"{attachment.name}：文件内容与办理时不符"
    return ""
