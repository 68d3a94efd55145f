"""Importing through the pages: looked at first, confirmed, written whole by one act with its evidence, or not at all."""

import argparse
import hashlib
import io
from pathlib import Path

import openpyxl
import pytest
from django.db import IntegrityError

from jiheng.bureau.models import Change, Organization
from jiheng.exchange import command, running
from jiheng.exchange.models import Import
from jiheng.indicator import procedure
from jiheng.indicator.models import LibraryIndicator
from jiheng.indicator.procedure import put_waiting_to_sign
from jiheng.procedure import door, files
from jiheng.procedure.models import Act, Attachment, Case
from jiheng.project.models import Project
from tests.bureau_fixture import make_project
from tests.exchange.books import indicators, projects, units
from tests.rooms import file, words


def upload(client, kind: str, data: bytes, name: str = "表.xlsx"):
    return client.post(f"/import/{kind}/", {"file": file(name, data)}, follow=True)


def confirm(client, page):
    return client.post(f"/import/{page.context['batch'].pk}/confirm/", follow=True)


@pytest.mark.article(40)
def test_projects_of_the_integrated_system_are_looked_at_then_written_with_evidence(bureau, as_person):
    client, data = as_person(bureau.general), projects().xlsx()
    page = upload(client, "projects", data)
    assert "确认写入 2 个项目" in words(page) and "校舍维修" in words(page)
    assert not Project.objects.exists() and not Case.objects.exists()
    done = confirm(client, page)
    assert "新增 2 个项目" in words(done)
    first = Project.objects.get(code="41078126T000000000901")
    assert (first.unit.name, first.total, first.case, first.stage) == (
        "第一小学",
        1_000_000,
        None,
        "proposed",
    )
    assert [(each.year, each.amount) for each in first.years.all()] == [(2026, 400_000), (2027, 600_000)]
    evidence = Attachment.objects.get()
    assert evidence.sha256 == hashlib.sha256(data).hexdigest()
    assert files.content(evidence) == data
    assert evidence.act.record["new"] == 2
    again = upload(client, "projects", data)
    assert "没有变化" in words(again) and "不用再导入" in words(again) and "确认写入" not in words(again)
    confirm(client, again)
    assert (Project.objects.count(), Act.objects.count()) == (2, 1)


@pytest.mark.article(12)
def test_a_unit_imports_its_own_and_each_becomes_its_proposal(bureau, as_person):
    client = as_person(bureau.unit)
    book = projects().set(1, "单位编码", "")
    confirm(client, upload(client, "projects", book.csv("gb18030"), "申报.csv"))
    cases = Case.objects.filter(procedure="project")
    assert {(case.state, case.unit.name) for case in cases} == {("draft", "第一小学")}
    outer = Act.objects.get(step="confirm")
    assert set(Act.objects.filter(step="open").values_list("within", flat=True)) == {outer.pk}
    changed = book.set(0, "项目名称", "校舍加固").xlsx()
    page = upload(client, "projects", changed)
    assert "项目名称：校舍维修 → 校舍加固" in words(page)
    confirm(client, page)
    case = cases.get(code="41078126T000000000901")
    assert case.title == case.library_project.name == "校舍加固"
    door.perform("project.submit", case, by=bureau.unit)
    page = upload(client, "projects", book.set(0, "项目名称", "校舍重建").xlsx())
    assert "“校舍加固”现在是“待部门确认”，不能由导入改动" in words(page)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("unit", "单位“101002”不是本单位"),
        ("department", "项目代码 41078126T000000000901 已是农业农村局的“农技推广”"),
        ("general", "“农技推广”是农技推广站的项目，不能由导入改到第一小学"),
    ],
)
def test_nobody_imports_into_anothers_projects(bureau, as_person, who, told):
    make_project(bureau, unit="unit3", name="农技推广", code="41078126T000000000901")
    page = upload(as_person(bureau.people[who]), "projects", projects().xlsx())
    assert told in words(page)
    assert Project.objects.count() == 1


def test_what_is_let_in_is_changed_by_the_general_office_alone(bureau, as_person):
    make_project(bureau, code="41078126T000000000901", stage="reserve")
    told = "库内状态是“储备”，只由综合科按一体化系统的数据改"
    assert told in words(upload(as_person(bureau.department), "projects", projects().xlsx()))
    client = as_person(bureau.general)
    confirm(client, upload(client, "projects", projects().xlsx()))
    changed = Project.objects.get(code="41078126T000000000901")
    assert (changed.name, changed.stage, changed.years.count()) == ("校舍维修", "reserve", 2)


@pytest.mark.article(40)
def test_departments_and_units_are_written_with_a_line_each_in_the_log(bureau, as_person):
    client = as_person(bureau.general)
    revision = bureau.zone.revision
    book = units().set(1, "名称", "水利局机关")
    book.rows.append(["单位", "101002", "第二高级中学", "101", "", 102])
    page = upload(client, "units", book.xlsx())
    assert "名称：第二中学 → 第二高级中学" in words(page)
    confirm(client, page)
    made = Organization.objects.get(code="201001")
    assert (made.name, made.parent.name, made.parent.charge.name) == ("水利局机关", "水利局", "支出管理科")
    assert Organization.objects.get(code="101009").parent.name == "教育局"
    labels = list(Change.objects.order_by("label").values_list("label", flat=True))
    assert labels == ["导入修改单位", "导入新增单位", "导入新增单位", "导入新增部门"]
    bureau.zone.refresh_from_db()
    assert bureau.zone.revision > revision
    assert "没有变化" in words(upload(client, "units", book.xlsx()))


@pytest.mark.article(38)
def test_the_indicator_library_is_filled_from_a_workbook_and_changes_make_versions(bureau, as_person):
    client = as_person(bureau.performance)
    confirm(client, upload(client, "indicators", indicators().xlsx()))
    known = LibraryIndicator.objects.get(code="K001")
    assert (known.level1, known.level2, known.kind, known.status) == (
        "效益指标",
        "社会效益指标",
        "qualitative",
        "proposed",
    )
    assert (known.owner, known.version) == ("procurement", 1)  # 政府购买服务, art. 9
    trained = LibraryIndicator.objects.get(name="培训教师人数")
    assert (trained.direction, trained.reference, trained.owner) == ("higher-better", "≥200", "expenditure")
    for act in put_waiting_to_sign(bureau.performance):
        for person in (bureau.performance, bureau.people[act.case.procedure.removeprefix("indicator_")]):
            door.perform(f"{act.case.procedure}.publish", act.case, by=person, opinion="同意。")
    LibraryIndicator.objects.update(used=3)
    changed = indicators().set(1, "参考值", "显著提高").xlsx()
    page = upload(client, "indicators", changed)
    assert "参考值：明显提高 → 显著提高" in words(page)
    assert (page.context["batch"].new, page.context["batch"].changed, page.context["batch"].unchanged) == (
        0,
        1,
        2,
    )
    confirm(client, page)
    known.refresh_from_db()
    as_it_was = ("明显提高", 1, "published", 3)
    assert (
        known.reference,
        known.version,
        known.status,
        known.used,
    ) == as_it_was  # in use until it is signed
    assert "没有变化" in words(upload(client, "indicators", changed))
    assert "还没有送会签" in words(client.get(f"/indicator/{known.pk}/"))
    # Another file before it is signed takes the place of the first.
    confirm(client, upload(client, "indicators", indicators().set(1, "参考值", "明显改善").xlsx()))
    confirm(client, upload(client, "indicators", changed))
    assert known.revisions.count() == 1
    client.post("/indicator/publish/")
    case = known.revisions.get().proposal.case
    assert "显著提高" in words(client.get(case.get_absolute_url()))
    for person in (bureau.performance, bureau.procurement):
        door.perform("indicator_procurement.publish", case, by=person, opinion="同意。")
    known.refresh_from_db()
    assert (known.reference, known.version, known.status, known.used) == ("显著提高", 2, "published", 3)
    assert [each.values["reference"] for each in known.editions.all()] == ["显著提高", "明显提高"]
    trained.refresh_from_db()
    assert (trained.version, trained.status) == (1, "published")
    assert "没有变化" in words(upload(client, "indicators", changed))


@pytest.mark.article(38)
def test_an_indicator_changed_while_it_is_signed_leaves_what_is_signed(bureau, as_person):
    client = as_person(bureau.performance)
    confirm(client, upload(client, "indicators", indicators().xlsx()))
    for act in put_waiting_to_sign(bureau.performance):
        case = act.case
    door.perform(f"{case.procedure}.publish", case, by=bureau.performance, opinion="同意。")
    signed = LibraryIndicator.objects.get(code="K001")
    assert signed.proposal.case == case
    confirm(client, upload(client, "indicators", indicators().set(1, "参考值", "显著提高").xlsx()))
    door.perform(f"{case.procedure}.publish", case, by=bureau.procurement, opinion="同意。")
    signed.refresh_from_db()
    assert (signed.reference, signed.status, signed.proposal) == ("显著提高", "proposed", None)
    assert procedure.waiting_count(bureau.zone.pk) == 1


@pytest.mark.article(38)
def test_the_library_taken_along_as_excel_comes_back_without_a_change(bureau, as_person):
    client = as_person(bureau.performance)
    book = indicators()
    book.heads.append("标准类别")
    for row, standard in zip(book.rows, ("公共服务标准", "", ""), strict=True):
        row.append(standard)
    confirm(client, upload(client, "indicators", book.xlsx()))
    assert LibraryIndicator.objects.get(name="培训教师人数").standard == "service"
    taken = client.get("/indicator/?status=proposed&export=xlsx")
    page = words(upload(client, "indicators", b"".join(taken.streaming_content)))
    assert "没有变化" in page, page


def test_merged_cells_percents_and_formulas_are_read_as_they_are_shown(bureau, as_person):
    book = indicators().set(1, "一级", "产出指标").set(1, "二级", "质量指标")

    def shown(workbook):
        sheet = workbook.active
        sheet.merge_cells("B2:B3")
        sheet["H2"].value, sheet["H2"].number_format = 0.95, "0%"
        sheet["F2"].value = "%"

    client = as_person(bureau.performance)
    page = upload(client, "indicators", book.then(shown).xlsx())
    assert "竖向合并的单元格，各行都按左上角的值读入" in words(page)
    confirm(client, page)
    assert LibraryIndicator.objects.get(name="培训教师人数").reference == "95%"
    assert LibraryIndicator.objects.get(code="K001").level1 == "产出指标"


def test_nothing_is_written_when_the_last_row_fails(bureau, as_person, monkeypatch):
    client = as_person(bureau.general)
    page = upload(client, "projects", projects().xlsx())

    def half(rows):
        assert Project.objects.count() == 2  # the projects are in, their years are not
        raise IntegrityError

    monkeypatch.setattr("jiheng.project.entry.write_years", half)
    done = confirm(client, page)
    assert "写入时别人刚改了同样的数据，全部没有写入" in words(done)
    assert (Project.objects.count(), Case.objects.count(), Act.objects.count()) == (0, 0, 0)


def test_what_changed_between_looking_and_confirming_is_looked_at_again(bureau, as_person):
    client = as_person(bureau.general)
    page = upload(client, "projects", projects().xlsx())
    make_project(bureau, code="41078126T000000000901", name="刚刚导入的")
    done = confirm(client, page)
    assert "核对之后数据有变动，没有写入" in words(done) and "刚刚导入的 → 校舍维修" in words(done)
    assert Project.objects.count() == 1
    confirm(client, done)
    assert Project.objects.count() == 2


def test_only_who_gave_a_file_sees_it_and_only_who_may_gives_one(bureau, as_person):
    key = upload(as_person(bureau.general), "units", units().xlsx()).context["batch"].pk
    for person in (bureau.budget, bureau.unit):
        client = as_person(person)
        assert client.get(f"/import/{key}/").status_code == 404
        assert client.post(f"/import/{key}/confirm/").status_code == 404
        assert "部门和单位由综合科导入" in words(client.get("/import/units/"))
    client = as_person(bureau.general)
    client.post(f"/import/{key}/drop/")
    assert not Import.objects.exists()


def test_all_errors_come_as_excel_and_the_sample_file_can_be_imported(bureau, as_person):
    client = as_person(bureau.general)
    page = upload(client, "projects", projects().set(0, "项目总额", "=1+").set(1, "类别", "工程").xlsx())
    batch = page.context["batch"]
    assert f"有 {batch.fault_count} 处要改" in words(page)
    told = openpyxl.load_workbook(io.BytesIO(client.get(f"/import/{batch.pk}/faults.xlsx").content)).active
    assert told.max_row == batch.fault_count + 1
    assert [cell.value for cell in told[told.max_row]][2:5] == ["D3", "类别", "类别“工程”不在可选范围内"]
    for kind in ("projects", "units", "indicators"):
        got = client.get(f"/import/{kind}/template.xlsx")
        sample = openpyxl.load_workbook(io.BytesIO(got.content))
        assert sample.sheetnames[1] == "填写说明" and sample.worksheets[0].data_validations.dataValidation
    assert "标题行以下没有一行部门或单位" in words(
        upload(client, "units", client.get("/import/units/template.xlsx").content)
    )


def test_a_missing_or_too_large_file_is_told_at_its_field(bureau, as_person, settings):
    client = as_person(bureau.general)
    assert "请选择要导入的项目文件" in words(client.post("/import/projects/"))
    settings.UPLOAD_LIMIT = 100
    assert "请分几份导入" in words(upload(client, "projects", projects().xlsx()))


def test_a_large_file_tells_how_far_it_is_and_a_dead_one_that_it_died(bureau, as_person, monkeypatch):
    waiting = []
    monkeypatch.setattr(running, "_go", lambda batch, size, work: waiting.append(work))
    client = as_person(bureau.general)
    page = upload(client, "projects", projects().xlsx())
    batch = page.context["batch"]
    Import.objects.filter(pk=batch.pk).update(done=5000, rows=9000)
    assert "已核对 5000 行，约 9000 行" in words(client.get(f"/import/{batch.pk}/progress/"))
    waiting.pop()()
    assert client.get(f"/import/{batch.pk}/progress/")["HX-Refresh"] == "true"
    client.post(f"/import/{batch.pk}/confirm/")
    assert "正在一次写入 2 行" in words(client.get(f"/import/{batch.pk}/"))
    Import.objects.filter(pk=batch.pk).update(touched_at="2026-01-01T00:00:00Z")
    assert "办到一半服务停了，没有写入任何数据" in words(client.get(f"/import/{batch.pk}/"))
    assert not Project.objects.exists()


@pytest.mark.parametrize(("dry", "written"), [(True, 0), (False, 3)])
def test_the_command_writes_through_the_same_door(bureau, tmp_path: Path, capsys, dry, written):
    path = tmp_path / "指标.xlsx"
    path.write_bytes(indicators().xlsx())
    given = ["indicators", str(path), "--as", bureau.performance.username, *(["--dry-run"] if dry else [])]
    assert _run(*given) == 0
    assert "新增 3，修改 0，没有变化 0。" in capsys.readouterr().out
    assert (LibraryIndicator.objects.count(), Act.objects.count()) == (written, 1 if written else 0)


def test_the_command_tells_faults_and_who_may(bureau, tmp_path: Path, capsys):
    path = tmp_path / "指标.csv"
    path.write_bytes(indicators().set(0, "方向", "向上").csv())
    assert _run("indicators", str(path)) == 1
    assert "第 2 行第 7 列：方向“向上”认不出。填写正向、反向或约束" in capsys.readouterr().out
    assert _run("indicators", str(path), "--as", bureau.unit.username) == 2
    assert "指标由预算绩效管理科导入（规程第38条）" in capsys.readouterr().err


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


def test_uploads_nobody_confirmed_are_swept_away(bureau, as_person):
    client = as_person(bureau.general)
    old = upload(client, "units", units().xlsx()).context["batch"]
    Import.objects.filter(pk=old.pk).update(touched_at="2026-01-01T00:00:00Z")
    new = upload(client, "units", units().xlsx()).context["batch"]
    assert list(Import.objects.values_list("pk", flat=True)) == [new.pk]
