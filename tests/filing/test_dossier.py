"""Articles 15 and 36: the dossier of a year is read and checked without the system, and what is missing is told."""

import csv
import hashlib
import io
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from jiheng.cli import main
from jiheng.filing import completeness, dossier, making
from jiheng.filing.models import Dossier, Filing
from jiheng.paper import document
from jiheng.procedure import files
from tests.exante.stories import make_new, reach
from tests.rooms import words

pytestmark = pytest.mark.article(15)
YEAR = 2026


@pytest.fixture
def two(bureau):
    """Two evaluations on file; a third only reported."""
    reach(bureau, "concluded", make_new(bureau, name="新建教学楼"))
    reach(bureau, "concluded", make_new(bureau, name='=食堂: "改造"/扩建'))
    return reach(bureau, "submitted", make_new(bureau, name="操场翻修"))


def archive(client) -> bytes:
    client.post("/filing/dossier/", {"year": str(YEAR)})
    made = Dossier.objects.latest("id")
    assert made.state == "done", made.fault
    return b"".join(client.get(f"/filing/dossier/{made.pk}.zip").streaming_content)


def test_a_dossier_holds_papers_history_evidence_and_what_is_missing(as_person, bureau, two, tmp_path):
    content = archive(as_person(bureau.performance))
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        names = opened.namelist()
        opened.extractall(tmp_path)
    folders = sorted({name.split("/")[1] for name in names if "/" in name})
    assert folders[0].startswith("00001 新建教学楼") and folders[1].startswith("00002 =食堂 改造 扩建")
    for folder in folders:
        inside = tmp_path / "第15条" / folder
        assert (inside / "备案.pdf").read_bytes().startswith(b"%PDF-")
        rows = list(csv.reader((inside / "办理记录.csv").read_text("utf-8-sig").splitlines()))
        assert [row[1] for row in rows] == ["步骤", "编报事前评估报告", "报送", "审核", "同意评估结果"]
        assert [each.name for each in (inside / "佐证").iterdir()] == ["01 可行性论证.txt"]
    book = load_workbook(tmp_path / "目录.xlsx")
    index = [[cell.value for cell in row] for row in book["备案"].iter_rows(min_row=2)]
    filings = {filing.digest: filing for filing in Filing.objects.all()}
    assert {row[10] for row in index} == set(filings) and {row[11] for row in index} == {"与备案时一致"}
    assert all((tmp_path / row[8] / "备案.pdf").exists() for row in index)
    assert [row[5] for row in book["佐证材料"].iter_rows(min_row=2, values_only=True)] == ["在", "在"]
    missing = (tmp_path / "缺项.csv").read_text("utf-8-sig")
    assert "操场翻修" in missing and "支出管理科" in missing and "新建教学楼" not in missing


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum here")
def test_any_sha256sum_finds_what_was_changed(as_person, bureau, two, tmp_path):
    with zipfile.ZipFile(io.BytesIO(archive(as_person(bureau.performance)))) as opened:
        opened.extractall(tmp_path)

    def check():
        return subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, capture_output=True)

    assert check().returncode == 0
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    root = (tmp_path / "MERKLE-ROOT").read_text().strip()
    assert dossier.merkle_root([line.encode() for line in lines]) == root == Dossier.objects.get().root
    listed = {line.split("  ", 1)[1] for line in lines}
    there = {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()}
    assert there - listed == {"SHA256SUMS", "MERKLE-ROOT"}
    evidence = next(tmp_path.rglob("可行性论证.txt"), None) or next(tmp_path.rglob("*可行性论证.txt"))
    evidence.write_bytes(evidence.read_bytes() + b" ")
    assert check().returncode != 0


def test_made_twice_it_is_the_same_to_the_byte(as_person, bureau, two):
    client = as_person(bureau.performance)
    first = archive(client)
    again = archive(client)
    assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest()
    assert Dossier.objects.count() == 1  # the older of the same scope is replaced
    assert Dossier.objects.get().sha256 == hashlib.sha256(first).hexdigest()


def test_evidence_that_is_gone_or_changed_is_told_and_stops_nothing(as_person, bureau, two, capsys, tmp_path):
    filing = Filing.objects.first()
    place = Path(default_storage.path(files.place(filing.zone_id, filing.evidence[0]["sha256"])))
    place.write_bytes(b"changed")
    client = as_person(bureau.performance)
    archive(client)
    assert "处佐证材料缺少或与备案时不符" in words(client.get("/filing/dossier/"))
    place.unlink()
    assert main(["dossier", str(YEAR), "-o", str(tmp_path / "包.zip")]) == 1
    told = capsys.readouterr()
    assert "2 件备案" in told.out and "处佐证材料缺少" in told.err
    with zipfile.ZipFile(tmp_path / "包.zip") as opened:
        book = load_workbook(io.BytesIO(opened.read("目录.xlsx")))
    assert "文件不见了" in [row[5] for row in book["佐证材料"].iter_rows(min_row=2, values_only=True)]
    assert list(tmp_path.iterdir()) == [tmp_path / "包.zip"]


def test_a_dossier_holds_what_its_maker_sees_and_only_its_maker_has_it(as_person, bureau, two):
    archive(as_person(bureau.performance))
    made = Dossier.objects.get()
    other = as_person(bureau.department2)
    assert other.get(f"/filing/dossier/{made.pk}.zip").status_code == 404
    assert other.post(f"/filing/dossier/{made.pk}/remove/").status_code == 404
    with zipfile.ZipFile(io.BytesIO(archive(other))) as opened:
        assert not [name for name in opened.namelist() if name.endswith(".pdf")]
        assert "操场翻修" not in opened.read("缺项.csv").decode("utf-8-sig")
    assert other.post("/filing/dossier/", {"year": "1999"}).status_code == 404
    client = as_person(bureau.performance)
    client.post(f"/filing/dossier/{made.pk}/remove/")
    assert not default_storage.exists(made.place) and Filing.objects.count() == 2


def test_without_a_chinese_font_it_says_what_to_install(as_person, bureau, two, monkeypatch):
    monkeypatch.setattr(document, "families", lambda: frozenset({"DejaVu Sans"}))
    client = as_person(bureau.performance)
    client.post("/filing/dossier/", {"year": str(YEAR)})
    assert "fonts-noto-cjk" in words(client.get("/filing/dossier/"))
    made = Path(
        default_storage.path(Dossier.objects.get().place)
    )  # another worker may be making its own beside it
    assert made.parent.exists() and not list(made.parent.iterdir())


def test_one_that_a_dead_process_left_is_told(as_person, bureau):
    made = Dossier.objects.create(zone=bureau.zone, person=bureau.performance, year=YEAR, total=9)
    Dossier.objects.filter(pk=made.pk).update(touched_at=timezone.now() - timedelta(minutes=2))
    assert "做到一半服务停了；请再做一次" in words(as_person(bureau.performance).get("/filing/dossier/"))


def test_while_it_is_made_the_page_tells_how_far(as_person, bureau):
    Dossier.objects.create(zone=bureau.zone, person=bureau.performance, year=YEAR, total=40, done=20)
    page = as_person(bureau.performance).get("/filing/dossier/", headers={"HX-Request": "true"})
    assert "20 / 40 件" in words(page) and 'hx-trigger="every 2s"' in page.content.decode()
    assert "<html" not in page.content.decode()


def test_many_are_made_in_the_background(bureau, two, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(making, "SMALL", 0)
    begun = []
    monkeypatch.setattr(making.threading.Thread, "start", lambda thread: begun.append(thread.name))
    with django_capture_on_commit_callbacks(execute=True):
        made = making.begin(bureau.performance, YEAR, None, None)
    assert begun == [f"dossier-{made.pk}"] and made.state == "making"
    making.make(made)
    assert (made.state, made.done) == ("done", 2)


@pytest.mark.article(36)
@pytest.mark.article(20)
def test_the_page_of_what_is_missing_names_article_case_and_whose_it_is(as_person, bureau, two):
    found = {
        (line.article, line.procedure.key): line
        for line in completeness.lines(bureau.performance, YEAR, timezone.localdate())
    }
    assert {15, 20, 25, 36} <= {article for article, _ in found}
    line = found[15, "exante"]
    assert (line.filed, [each.case.title for each in line.missing]) == (2, [two.case.title])
    assert line.missing[0].holders == ["支出管理科"] and found[36, "result_summary"].none
    page = words(as_person(bureau.performance).get(f"/filing/missing/?year={YEAR}"))
    assert "操场翻修" in page and "支出管理科" in page and "本年没有这类事项" in page
    assert "在案 2 件，还没有备案 1 件" in page
    assert "操场翻修" not in words(as_person(bureau.department2).get(f"/filing/missing/?year={YEAR}"))
    sheet = as_person(bureau.performance).get(f"/filing/missing/?year={YEAR}&export=xlsx")
    rows = list(
        load_workbook(io.BytesIO(b"".join(sheet.streaming_content))).active.iter_rows(values_only=True)
    )
    assert any(row[2] and "操场翻修" in row[2] for row in rows)


def by_the_book(lines):
    """RFC 6962, 2.1, as it is written."""
    if not lines:
        return hashlib.sha256(b"").digest()
    if len(lines) == 1:
        return hashlib.sha256(b"\x00" + lines[0]).digest()
    k = 1
    while k * 2 < len(lines):
        k *= 2
    return hashlib.sha256(b"\x01" + by_the_book(lines[:k]) + by_the_book(lines[k:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_the_merkle_root_is_that_of_rfc_6962(lines):
    assert dossier.merkle_root(lines) == by_the_book(lines).hex()
