"""`jiheng score`: the JSON contract, exit codes, and hostile files that must end in one line or a named check."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.paper.layouts import as_bytes, clean, official, saved
from tests.paper.ole import xls_file

ROOT = Path(__file__).parents[2]
# 中间隔一个小进程：子进程的峰值会带上父进程（测试本身）的内存
PROBE = (
    "import resource, subprocess, sys; done = subprocess.run([sys.executable, '-m', 'jiheng', *sys.argv[1:]]);"
    "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss;"
    "print('PEAK', peak // 1024, file=sys.stderr); sys.exit(done.returncode)"
)


def score(path: Path, *options: str) -> tuple[int, str, str, int]:
    """Run in a process of its own → exit code, stdout, stderr without the measure, peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "score", str(path), *options], capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=False,
    )  # fmt: skip
    found = re.search(r"PEAK (\d+)\n", done.stderr)
    assert found, done.stderr
    return done.returncode, done.stdout, done.stderr.replace(found[0], ""), int(found[1])


def written(tmp_path: Path, data: bytes, name: str = "form.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_json_contract(tmp_path: Path) -> None:
    form = clean()
    form["budget"] |= {"full_year": 43.2, "executed": 37.24, "rate": "86.2%", "score": 8.62}
    form["parts"] = []
    form["rows"][0] |= {"target": "≥266米", "actual": "≥266米"}
    form["total"] = 98.62
    code, out, err, _ = score(written(tmp_path, as_bytes(form)), "--json")
    (sheet,) = json.loads(out)["sheets"]
    assert (code, err) == (1, "")
    assert list(sheet) == [
        "sheet", "project", "department", "unit", "budget", "rows", "published_total", "total", "grade", "checks",
    ]  # fmt: skip
    assert sheet["budget"] == {
        "initial": "8500000", "full_year": "432000", "executed": "372400", "rate": "0.8620", "weight": "10", "score": "8.62",
    }  # fmt: skip
    assert sheet["rows"][0] == {
        "cell": "C10", "level1": "产出指标", "level2": "数量指标", "indicator": "新建农村公厕", "target": "≥266米",
        "actual": "≥266米", "weight": "20", "published_score": "20", "score": None,
    }  # fmt: skip
    assert sheet["rows"][1]["score"] == "10.00"
    assert (sheet["published_total"], sheet["total"], sheet["grade"]) == ("98.62", "98.62", "优")
    assert [list(check) for check in sheet["checks"]] == [["code", "level", "cell", "message"]] * 2
    assert {(c["code"], c["level"], c["cell"]) for c in sheet["checks"]} == {
        ("not-a-number", "error", "E10"), ("execution-low", "warning", "G6"),
    }  # fmt: skip


def test_a_clean_form_exits_nought_and_shows_its_working(tmp_path: Path) -> None:
    code, out, err, peak = score(written(tmp_path, as_bytes(clean())))
    assert (code, err) == (0, "")
    assert "重算总分：100.00" in out and "校验：没有问题" in out and "完成值 50 达到指标值 50" in out
    assert peak < 100


def test_a_warning_alone_exits_nought(tmp_path: Path) -> None:
    form = clean()
    form["rows"][0]["actual"] = "61座"
    code, out, _, _ = score(written(tmp_path, as_bytes(form)))
    assert (code, "over-achieved" in out) == (0, True)


def test_a_named_scheme(tmp_path: Path) -> None:
    _, out, _, _ = score(written(tmp_path, as_bytes(clean())), "--json", "--scheme", "cost")
    assert [c["code"] for c in json.loads(out)["sheets"][0]["checks"]] == ["weight-part"]


# ---- 坏文件、恶意文件 ----


def repacked(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The same workbook with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def sheet_of(body: bytes) -> bytes:
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return repacked(
        as_bytes(clean()), {"xl/worksheets/sheet1.xml": head + body + b"</sheetData></worksheet>"}
    )


def zip_bomb() -> bytes:
    return repacked(as_bytes(clean()), {"xl/sharedStrings.xml": b"<sst>" + b"A" * 70_000_000 + b"</sst>"})


def lying_bomb() -> bytes:
    """A part that claims to be small and unpacks large."""
    data = bytearray(repacked(as_bytes(clean()), {"xl/media/a.xml": b"0" * 5_000_000}))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.rindex(
            mark,
            0,
            data.rindex(b"xl/media/a.xml") if mark == b"PK\x01\x02" else data.index(b"xl/media/a.xml"),
        )
        data[place + offset : place + offset + 4] = struct.pack("<I", 100)
    return bytes(data)


def many_cells() -> bytes:
    rows = b"".join(
        b'<row r="%d">' % r + b'<c><v>1</v></c>' * 300 + b"</row>" for r in range(1, 2001)
    )  # fmt: skip
    return sheet_of(rows)


def far_corner() -> bytes:
    return sheet_of(
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )


def many_strings() -> bytes:
    return repacked(as_bytes(clean()), {
        "xl/sharedStrings.xml": b"<sst>" + b"".join(b"<si><t>%x</t></si>" % i for i in range(1_500_000)) + b"</sst>"
    })  # fmt: skip


def dtd() -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return repacked(
        as_bytes(clean()), {"xl/workbook.xml": b'<?xml version="1.0"?>' + bomb + b"<workbook>&b;</workbook>"}
    )


def encrypted() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(504)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(2000)
    )


def locked_zip() -> bytes:
    data = bytearray(as_bytes(clean()))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


REFUSED = {
    "empty": (lambda: b"", "空"),
    "html": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    "text": (lambda: "项目,分值\n".encode(), "不是 Excel"),
    "pdf": (lambda: b"%PDF-1.7", "PDF"),
    "truncated": (lambda: as_bytes(clean())[:-700], "损坏"),
    "torn inside": (lambda: as_bytes(clean()).replace(b"PK\x03\x04", b"PK\x03\x05", 1), "损坏"),
    "encrypted": (encrypted, "密码"),
    "locked zip": (locked_zip, "密码"),
    "zip bomb": (zip_bomb, "炸弹"),
    "lying bomb": (lying_bomb, "损坏"),
    "macro": (lambda: repacked(as_bytes(clean()), {"xl/vbaProject.bin": b"x"}), "宏"),
    "dde": (
        lambda: repacked(as_bytes(clean()), {"xl/externalLinks/externalLink1.xml": b"<x><ddeLink/></x>"}),
        "DDE",
    ),
    "dtd": (dtd, "DTD"),
    "not xml": (
        lambda: repacked(as_bytes(clean()), {"xl/worksheets/sheet1.xml": b"<worksheet><row>"}),
        "不合规范",
    ),
    "many cells": (many_cells, "过多"),
    "many strings": (many_strings, "不像一张表"),
    "far corner": (far_corner, "没有找到绩效表"),
    "no sheet": (lambda: repacked(as_bytes(clean()), {"xl/worksheets/sheet1.xml": None}), "没有工作表"),
    "plain zip": (lambda: repacked(as_bytes(clean()), {"xl/workbook.xml": None}), "不是 Excel"),
    "oversized": (lambda: b"PK" + bytes(21 * 1024 * 1024), "上限"),
    "broken xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "xls"),
    "wide xls": (lambda: xls_file([(0, 0, "项目名称"), (65535, 255, 1.0)]), "xls"),
    "bad number": (lambda: sheet_of(b'<row r="1"><c r="A1"><v>abc</v></c></row>'), "不合规范"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_files_are_refused_in_one_line_within_300_mb(name: str, tmp_path: Path) -> None:
    make, reason = REFUSED[name]
    code, out, err, peak = score(written(tmp_path, make()), "--json")
    assert (code, out) == (2, "")
    assert err.startswith("读不了：") and reason in err and err.count("\n") == 1
    assert peak < 300


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert score(tmp_path / "没有.xlsx")[0] == 2
    assert "文件夹" in score(tmp_path)[2]


def test_external_link_is_a_named_error(tmp_path: Path) -> None:
    data = repacked(as_bytes(clean()), {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    code, out, _, _ = score(written(tmp_path, data), "--json")
    checks = json.loads(out)["sheets"][0]["checks"]
    assert (code, [(c["code"], c["level"]) for c in checks]) == (1, [("external-link", "error")])


@pytest.mark.parametrize(
    "formula", ["=1+1", "=SUM(F11:F16)", '=HYPERLINK("http://example.com","点我")', "=cmd|'/C calc'!A0"]
)
def test_a_formula_is_a_named_check(formula: str, tmp_path: Path) -> None:
    book = official(clean())
    book.active["H11"] = formula
    code, out, _, _ = score(written(tmp_path, saved(book)), "--json")
    checks = json.loads(out)["sheets"][0]["checks"]
    assert (code, [(c["code"], c["cell"]) for c in checks]) == (0, [("formula-cell", "H11")])


@pytest.mark.parametrize(
    "text", ["=cmd|'/C calc'!A0", "@SUM(1+1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0"]
)
def test_text_that_would_become_a_formula_is_a_named_check(text: str, tmp_path: Path) -> None:
    form = clean()
    form["rows"][0]["reason"] = text
    _, out, _, _ = score(written(tmp_path, as_bytes(form)), "--json")
    assert [(c["code"], c["cell"]) for c in json.loads(out)["sheets"][0]["checks"]] == [
        ("formula-cell", "H11")
    ]


def test_old_xls_is_read(tmp_path: Path) -> None:
    form = clean()
    sheet = official(form).active
    cells = [
        (cell.row - 1, cell.column - 1, float(cell.value) if isinstance(cell.value, int) else cell.value)
        for row in sheet.iter_rows() for cell in row if cell.value is not None
    ]  # fmt: skip
    code, out, err, peak = score(written(tmp_path, xls_file(cells), "form.xls"), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["sheets"][0]["total"] == "100.00"
    assert peak < 300
