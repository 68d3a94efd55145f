"""A smallest possible .xls (BIFF8 in an OLE file), written by hand for the tests of reading old forms."""

from __future__ import annotations

import struct

END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _workbook(cells: list[tuple[int, int, str | float]]) -> bytes:
    bof = struct.pack("<HHHHII", 0x0600, 0, 0x0DBB, 0x07CC, 0, 6)
    start = _record(0x0809, bof[:2] + struct.pack("<H", 0x0005) + bof[4:]) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    name = "自评表"
    label = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    sheet_at = len(start) + 4 + 6 + len(label) + 4
    start += _record(0x0085, struct.pack("<IBB", sheet_at, 0, 0) + label) + _record(0x000A, b"")
    body = _record(0x0809, bof[:2] + struct.pack("<H", 0x0010) + bof[4:])
    rows, columns = max(c[0] for c in cells) + 1, max(c[1] for c in cells) + 1
    body += _record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    for row, column, value in cells:
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            body += _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + text)
        else:
            body += _record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    return start + body + _record(0x000A, b"")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    return (
        raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, FREE, FREE, child) + bytes(36)
        + struct.pack("<IQ", start, size)
    )  # fmt: skip


def xls_file(cells: list[tuple[int, int, str | float]]) -> bytes:
    """Cells as (row, column, text or number), counted from nought → the bytes of an .xls file."""
    stream = _workbook(cells)
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    chain = [FAT, END, *(i + 3 for i in range(sectors - 1)), END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    directory = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(stream))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
        + struct.pack("<IIIIIIIII", 1, 1, 0, 4096, END, 0, END, 0, 0) + b"\xff" * 432
    )  # fmt: skip
    assert len(header) == 512 and len(fat) == 512
    return header + fat + directory.ljust(512, b"\0") + stream
