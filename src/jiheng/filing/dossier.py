"""The dossier of a year (佐证包): every filing with its evidence in one archive that is read and checked without us.

In it: an index workbook, for each filing a folder with its paper as PDF, what was done on it as CSV and its evidence, a
list of what is missing, SHA256SUMS for any sha256sum, and the Merkle root over its lines. Nothing in it tells when it was
made: made twice while nothing was filed or moved on between, it is the same to the byte.
"""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.timezone import localtime

from jiheng.filing.filing import digest
from jiheng.filing.models import Filing
from jiheng.paper import document
from jiheng.procedure import files

PIECE = 1024 * 1024
LONGEST = 48
FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
"""What Windows allows in no file's name."""
PACKED = (".pdf", ".zip", ".xlsx", ".docx", ".png", ".jpg", ".jpeg", ".7z", ".rar")
"""What is compressed already is stored as it is."""
INDEX, MISSING, HOW, SUMS, ROOT = "目录.xlsx", "缺项.csv", "校验说明.txt", "SHA256SUMS", "MERKLE-ROOT"
HEADS = (
    ("编号", 8), ("依据", 8), ("年度", 8), ("备案内容", 50), ("部门", 22), ("单位", 26), ("备案时间", 18), ("经办", 30),
    ("所在目录", 60), ("佐证材料（份）", 14), ("内容哈希", 68), ("核对", 14),
)  # fmt: skip
EVIDENCE_HEADS = (("备案编号", 10), ("名称", 50), ("说明", 30), ("字节", 12), ("SHA-256", 68), ("情况", 14))
MISSING_HEADS = ("依据", "类别", "事项", "编码", "部门", "单位", "办到哪里", "在谁那里")
INSTRUCTIONS = """怎样核对这个佐证包

不需要本系统，任何一台电脑都能核对。

1. 解压后在这个目录里运行：
       sha256sum -c SHA256SUMS
   Windows 上可以用：
       certutil -hashfile 文件名 SHA256
   结果和 SHA256SUMS 里那一行相同，文件就没有改动过；少了文件会报找不到。

2. MERKLE-ROOT 里是 SHA256SUMS 各行的 Merkle 根（RFC 6962 的算法）：每一行（不含换行）前面加字节 00 求 SHA-256，
   得到叶子；相邻两个前面加字节 01 再求 SHA-256，逐层向上，落单的直接上移，最后得到根。
   抄下这一个数，就能证明整个包从那时起没有改动。

3. “目录.xlsx”列出全部备案和佐证材料。每件备案一个目录：“备案.pdf”是备案当时的内容，“办理记录.csv”是备案前谁、何时、
   办了哪一步，“佐证”里是当时的佐证材料。“内容哈希”在系统里也留有一份，可以对照。

4. “缺项.csv”列出这个范围里还没有备案的事项，写明办到哪里、在谁那里。
"""

Say = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """What came of it: how many filings, evidence missing or not as it was, the Merkle root."""

    filings: int
    problems: int
    root: str


class Archive:
    """A zip written file by file, each hashed as it goes in; dates and rights are the same for all."""

    def __init__(self, target: IO[bytes]) -> None:
        self.zip = zipfile.ZipFile(target, "w", allowZip64=True)
        self.sums: list[tuple[str, str]] = []

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, 0o644 << 16
        info.compress_type = zipfile.ZIP_STORED if name.lower().endswith(PACKED) else zipfile.ZIP_DEFLATED
        return info

    def add(self, name: str, content: bytes, *, summed: bool = True) -> None:
        self.zip.writestr(self._info(name), content)
        if summed:
            self.sums.append((hashlib.sha256(content).hexdigest(), name))

    def copy(self, name: str, source: IO[bytes]) -> str:
        """Copies a file in, piece by piece; tells its hash."""
        hashed = hashlib.sha256()
        with self.zip.open(self._info(name), "w", force_zip64=True) as written:
            while piece := source.read(PIECE):
                hashed.update(piece)
                written.write(piece)
        self.sums.append((hashed.hexdigest(), name))
        return hashed.hexdigest()


def make(
    filings: QuerySet[Filing], missing: Iterable[Sequence[str]], target: IO[bytes], say: Say, title: str
) -> Made:
    """Writes the dossier of these filings. Raises document.NoFont where no PDF can be made."""
    document.chosen_fonts()
    found = (
        filings.select_related("department", "unit", "act")
        .defer("act__record", "act__given", "act__articles")
        .order_by("article", "filed_at", "id")
    )
    total = found.count()
    archive = Archive(target)
    index: list[tuple[Any, ...]] = []
    evidence: list[tuple[Any, ...]] = []
    problems = 0
    number = 0
    for number, filing in enumerate(found.iterator(chunk_size=200), 1):
        folder = f"第{filing.article:02}条/{number:05} {_name(filing.what)}"
        intact = digest(filing) == filing.digest
        archive.add(f"{folder}/备案.pdf", document.to_pdf(letter(filing)))
        archive.add(f"{folder}/办理记录.csv", _history(filing))
        for place, file in enumerate(filing.evidence, 1):
            told = _copy(archive, filing, file, f"{folder}/佐证/{place:02} {_name(file['name'], file=True)}")
            problems += bool(told)
            evidence.append(
                (number, file["name"], file.get("label", ""), file["size"], file["sha256"], told or "在")
            )
        problems += not intact
        index.append(
            (
                number, f"第{filing.article}条", filing.year, filing.what,
                filing.department.name if filing.department else "", filing.unit.name if filing.unit else "",
                f"{localtime(filing.filed_at):%Y-%m-%d %H:%M}",
                f"{filing.act.organization_name} {filing.act.person_name}",
                folder, len(filing.evidence), filing.digest, "与备案时一致" if intact else "与备案时不符",
            )
        )  # fmt: skip
        if not number % 20:
            say(number, total)
    rows = [tuple(row) for row in missing]
    archive.add(INDEX, _workbook(title, index, evidence, rows))
    archive.add(MISSING, _csv(MISSING_HEADS, rows))
    archive.add(HOW, INSTRUCTIONS.encode("utf-8-sig"))
    manifest = [f"{sha256}  {name}" for sha256, name in sorted(archive.sums, key=lambda line: line[1])]
    root = merkle_root([line.encode() for line in manifest])
    archive.add(SUMS, "".join(f"{line}\n" for line in manifest).encode(), summed=False)
    archive.add(ROOT, f"{root}\n".encode(), summed=False)
    archive.zip.close()
    say(number, total)
    return Made(number, problems, root)


def letter(filing: Filing) -> document.Document:
    """A filing's paper as a document, with what was done and what it proves."""
    proof = {
        "title": "凭据",
        "facts": [
            ["依据", f"规程第{filing.article}条"],
            ["备案时间", f"{localtime(filing.filed_at):%Y-%m-%d %H:%M}"],
            ["随哪一步", f"{filing.act.label}（{filing.act.organization_name} {filing.act.person_name}）"],
            ["佐证材料", f"{len(filing.evidence)} 份"],
            ["内容哈希", filing.digest],
        ],
    }
    return document.of_sections(filing.what, [*filing.frozen["paper"], proof])


def _copy(archive: Archive, filing: Filing, file: dict[str, Any], name: str) -> str:
    """Copies one evidence file; tells what is wrong with it, or nothing."""
    try:
        stored = default_storage.open(files.place(filing.zone_id, file["sha256"]))
    except FileNotFoundError:
        return "文件不见了"
    with stored:
        return "" if archive.copy(name, stored) == file["sha256"] else "与备案时不符"


def _name(words: str, *, file: bool = False) -> str:
    """The words as a file's or folder's name, not too long; a file keeps its ending."""
    plain = " ".join(FORBIDDEN.sub(" ", words).split()).strip(" .") or "无名"
    ending = Path(plain).suffix[:10] if file else ""
    stem = plain[: -len(ending)] if ending else plain
    return stem[:LONGEST].strip(" .") + ending


def _history(filing: Filing) -> bytes:
    heads = ("序", "步骤", "科室、部门或单位", "办理人", "时间", "意见", "哈希")
    return _csv(heads, filing.frozen.get("acts", ()))


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV that Excel opens right: UTF-8 with its mark; no text is taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([f"'{cell}" if str(cell).startswith(("=", "+", "-", "@")) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _workbook(
    title: str, index: Sequence[tuple], evidence: Sequence[tuple], missing: Sequence[tuple]
) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": title, "created": localtime().replace(2000, 1, 1, 0, 0, 0, 0)})
    head = book.add_format({"bold": True, "bg_color": "#EEF3F9", "border": 1})
    quoted = book.add_format({"quote_prefix": True})
    sheets = (
        ("备案", HEADS, index), ("佐证材料", EVIDENCE_HEADS, evidence), ("缺项", [(each, 20) for each in MISSING_HEADS], missing),
    )  # fmt: skip
    for name, heads, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, (label, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, label, head)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    risky = cell.startswith(("=", "+", "-", "@"))
                    sheet.write_string(line, column, cell, quoted if risky else None)
                else:
                    sheet.write_number(line, column, cell)
        sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
    book.close()
    return out.getvalue()


def merkle_root(lines: Sequence[bytes]) -> str:
    """The root over lines by RFC 6962: leaves and nodes are hashed with different first bytes."""
    level = [hashlib.sha256(b"\x00" + line).digest() for line in lines]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        above = [
            hashlib.sha256(b"\x01" + level[place] + level[place + 1]).digest()
            for place in range(0, len(level) - 1, 2)
        ]
        level = above + ([level[-1]] if len(level) % 2 else [])
    return level[0].hex()
