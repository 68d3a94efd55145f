"""Reads the regulation's full text from a txt or docx file into an edition (art. 1, 43).

Copes with text that came out of a page layout: sentences broken over lines and pages, page numbers, a title page that
repeats the first chapter's head, an article glued to the end of the one before. All or nothing.
"""

import datetime
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jiheng.bureau.models import Profile, Zone
from jiheng.regulation.articles import ARTICLES, NAME, article
from jiheng.regulation.models import ArticleText, Edition

LIMIT = 5 * 1024 * 1024
_NUMBER = r"第\s*([一二三四五六七八九十百零〇○两\d０-９]+)\s*"
_ARTICLE = re.compile(rf"^{_NUMBER}条(\s*)")
_CHAPTER = re.compile(rf"^{_NUMBER}章(?:\s+|$)(.*)$")
_GLUED = re.compile(rf"(?<=[。；！？”])\s*(?={_NUMBER}条\s)")
_PAGE = re.compile(r"^[-—–－·\s]*\d{1,3}[-—–－·\s]*$|^第\s*\d+\s*页(\s*共\s*\d+\s*页)?$")
_ITEM = re.compile(
    r"^(（[一二三四五六七八九十\d]+）|\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十]+、|\d+[.．、])"
)
_WHOLE = re.compile(r"[。！？][”’）)』]*$")
_DAY = re.compile(r"^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日$")
_LETTER = re.compile(r"[A-Za-z0-9]$")


class RegulationError(ValueError):
    """A file that can't be taken as the regulation; the message lists every fault with its line."""


@dataclass
class Reading:
    """What a file says: articles with their paragraphs, and the day of issue if it carries one."""

    title: str = ""
    day: datetime.date | None = None
    articles: dict[int, list[str]] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Loaded:
    """The edition a file led to, and whether anything was written for it."""

    edition: Edition
    new: bool
    told: str


def number_of(text: str) -> int:
    """第“四十三”条 → 43; Arabic and full-width digits too."""
    text = text.translate(
        str.maketrans("０１２３４５６７８９〇○零一二三四五六七八九两", "01234567890001234567892")
    )
    total, digits = 0, ""
    for sign in text:
        if sign in "十百":
            total, digits = total + int(digits or 1) * {"十": 10, "百": 100}[sign], ""
        else:
            digits += sign
    return total + int(digits or 0)


def lines_of(name: str, data: bytes) -> list[str]:
    """The file's lines. Raises RegulationError for what is neither a readable txt nor a docx."""
    if len(data) > LIMIT:
        raise RegulationError(
            f"{name}：文件超过 {LIMIT // 1024 // 1024} 兆，不像是规程全文。请换成纯文字的文件。"
        )
    if data[:4] == b"PK\x03\x04" or name.lower().endswith(".docx"):
        return _docx(name, data)
    if data[:4] == b"\xd0\xcf\x11\xe0" or b"\0" in data[:2000]:
        raise RegulationError(
            f"{name}：不是 txt 或 docx 文件。请在 Word 或 WPS 中另存为 docx 或纯文本后再载入。"
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
    raise RegulationError(f"{name}：文字编码不是 UTF-8 或 GB18030。请另存为 UTF-8 后再载入。")


def _docx(name: str, data: bytes) -> list[str]:
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > 20 * LIMIT:
                raise RegulationError(f"{name}：解开后过大，不像是规程全文。")
        document = docx.Document(io.BytesIO(data))
        return [line for paragraph in document.paragraphs for line in paragraph.text.splitlines()]
    except RegulationError:
        raise
    except Exception as error:  # python-docx lets through whatever lxml and zipfile raise on a damaged file
        raise RegulationError(
            f"{name}：打不开这个 docx（{type(error).__name__}）。请确认没有损坏、没有加密。"
        ) from None


def _pieces(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Lines that carry text, with their numbers; an article glued behind a sentence stands on its own."""
    for number, line in enumerate(lines, 1):
        clean = line.replace("\ufeff", "").replace("\u3000", " ").strip()
        if not clean or _PAGE.match(clean):
            continue
        for piece in _GLUED.sub("\n", clean).split("\n"):
            if piece.strip():
                yield number, piece.strip()


def read(lines: Sequence[str], expected: Sequence[int] = tuple(a.number for a in ARTICLES)) -> Reading:
    """Sorts lines into articles and paragraphs. Raises RegulationError naming every missing or doubled article."""
    reading, faults = Reading(), []
    paragraphs: list[str] = []
    current, chapter = 0, 0
    for line, piece in _pieces(lines):
        if found := _CHAPTER.match(piece):
            chapter = number_of(found[1])
            continue
        found = _ARTICLE.match(piece)
        if found and _heads(found, piece, current, paragraphs):
            current = number_of(found[1])
            if current in reading.articles:
                faults.append(f"第 {line} 行：第{current}条重复，第 {reading.lines[current]} 行已有")
                paragraphs = []
                continue
            if current in expected and chapter and article(current).chapter.number != chapter:
                should = article(current).chapter
                faults.append(
                    f"第 {line} 行：第{current}条应在{should.label} {should.title}，文件里在第{chapter}章"
                )
            paragraphs = reading.articles[current] = []
            reading.lines[current] = line
            piece = piece[found.end() :]
            if not piece:
                continue
        elif not current:
            if "规程" in piece and not reading.title:
                reading.title = piece.strip("《》")
            reading.day = reading.day or _day(piece)
            continue
        elif day := _day(piece):
            reading.day = day
            continue
        _put(paragraphs, piece)
    faults += _gaps(reading, expected)
    if faults:
        raise RegulationError("\n".join([f"规程全文有 {len(faults)} 处需要核对：", *faults]))
    return reading


def _heads(found: re.Match[str], piece: str, current: int, paragraphs: Sequence[str]) -> bool:
    """Whether 第…条 at a line's beginning begins an article, or is a reference that a line break put there."""
    if found[2] or found.end() == len(piece):
        return True
    ended = not paragraphs or bool(_WHOLE.search(paragraphs[-1]))
    return ended and number_of(found[1]) == current + 1


def _put(paragraphs: list[str], piece: str) -> None:
    """Adds a line: to the last paragraph while its sentence is not ended, otherwise as a new one."""
    if not paragraphs or _WHOLE.search(paragraphs[-1]) or _ITEM.match(piece):
        paragraphs.append(piece)
    else:
        gap = " " if _LETTER.search(paragraphs[-1]) and piece[0].isascii() and piece[0].isalpha() else ""
        paragraphs[-1] += gap + piece


def _day(piece: str) -> datetime.date | None:
    if not (found := _DAY.match(piece)):
        return None
    try:
        return datetime.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _gaps(reading: Reading, expected: Sequence[int]) -> Iterator[str]:
    if not reading.articles:
        yield "没有找到“第一条”这样的条文。请确认选的是规程全文"
        return
    last = 0
    for number in expected:
        if number in reading.articles:
            if not reading.articles[number]:
                yield f"第 {reading.lines[number]} 行：第{number}条只有条号，没有内容"
            if last and reading.lines[number] < reading.lines[last]:
                yield f"第 {reading.lines[number]} 行：第{number}条排在第{last}条（第 {reading.lines[last]} 行）之前"
            last = number
        else:
            place = f"第{last}条（第 {reading.lines[last]} 行）之后" if last else "开头"
            yield f"{place}：缺第{number}条“{article(number).title}”"
    for number in reading.articles.keys() - set(expected):
        yield f"第 {reading.lines[number]} 行：多出第{number}条，本系统按 {len(expected)} 条编写"


def load(zone: Zone, path: Path, *, effective: datetime.date | None = None) -> Loaded:
    """Takes a file as an edition. The same file again changes nothing, unless it corrects the day of effect.

    Without ``effective`` the day of issue in the file counts (art. 43), and without that the day of effect of the
    bureau's first profile, which the edition then says.
    """
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    if known := Edition.objects.filter(zone=zone, sha256=sha256).first():
        if effective is None or effective == known.effective:
            return Loaded(known, False, "同一文件已经载入，没有改动。")
        raise RegulationError(
            f"{path.name}：同一文件已按 {known.effective} 起生效载入，不能再按 {effective} 载入。"
            "如果原来的生效日有误，请用 --correct-day 更正。"
        )
    reading = read(lines_of(path.name, data))
    day, basis = _effect(zone, reading, effective)
    with transaction.atomic():
        last = Edition.objects.filter(zone=zone, effective=day).order_by("-version").first()
        edition = Edition.objects.create(
            zone=zone,
            name=(reading.title or zone.bureau + NAME)[:120],
            effective=day,
            version=last.version + 1 if last else 1,
            basis=basis,
            source=path.name[:200],
            sha256=sha256,
        )
        ArticleText.objects.bulk_create(
            ArticleText(zone=zone, edition=edition, number=number, paragraphs=paragraphs)
            for number, paragraphs in sorted(reading.articles.items())
        )
    return Loaded(edition, True, f"已载入 {len(reading.articles)} 条，{day} 起生效（{basis}）。")


def _effect(zone: Zone, reading: Reading, given: datetime.date | None) -> tuple[datetime.date, str]:
    if given:
        return given, "载入时给出"
    if reading.day:
        return reading.day, "文件所载印发日期"
    first = (
        Profile.objects.filter(zone=zone).order_by("effective").values_list("effective", flat=True).first()
    )
    if first is None:
        raise RegulationError(
            "文件里没有印发日期。规程第43条：自印发之日起施行，请用 --effective 给出印发日期。"
        )
    return first, "文件里没有印发日期，暂按本局最早的局情配置"


def correct_day(edition: Edition, day: datetime.date) -> Edition:
    """Puts right the day of effect of an edition that was loaded with a wrong one."""
    last = Edition.objects.filter(zone=edition.zone_id, effective=day).exclude(pk=edition.pk)
    newest = last.order_by("-version").first()
    edition.effective, edition.version = day, newest.version + 1 if newest else 1
    edition.basis = "载入后更正"
    edition.save(update_fields=["effective", "version", "basis"])
    return edition


def in_force(zone_id: UUID, day: datetime.date | None = None) -> Edition | None:
    """The edition in force on ``day``, today if none is given (art. 43)."""
    return Edition.objects.filter(zone_id=zone_id, effective__lte=day or timezone.localdate()).first()
