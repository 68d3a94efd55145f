"""Article 15: each evaluation is filed with the performance office, with its evidence, as it was that day."""

import io

import pytest
from openpyxl import load_workbook

from jiheng.filing.filing import digest
from jiheng.filing.models import Filing
from jiheng.procedure import door
from jiheng.project.models import Project
from tests.exante.stories import FAIR, make_new, reach, save_key
from tests.rooms import words

pytestmark = pytest.mark.article(15)


def test_concluding_files_the_report_with_scores_conclusion_and_evidence(as_person, bureau):
    evaluation = reach(bureau, "concluded", make_new(bureau, name="新建教学楼"))
    filing = Filing.objects.get()
    act = evaluation.case.acts.get(step="accept")
    assert (filing.article, filing.year, filing.act, filing.what) == (
        15, 2026, act, "新建教学楼 2026年事前绩效评估（予以支持）",
    )  # fmt: skip
    assert filing.frozen["record"] == act.record and digest(filing) == filing.digest
    assert [each[1] for each in filing.frozen["acts"]] == ["编报事前评估报告", "报送", "审核", "同意评估结果"]
    assert [each["name"] for each in filing.evidence] == ["可行性论证.txt"]
    Project.objects.update(name="后来改了名")
    client = as_person(bureau.performance)
    page = words(client.get(f"/filing/{filing.pk}/"))
    for told in (
        "新建教学楼",
        "立项实施必要性",
        "economy的论证",
        "区政府常务会议纪要",
        "550.00 万元",
        "内容与备案时一致",
    ):
        assert told in page, told
    assert "后来改了名" not in page and 'necessity"' not in page
    got = client.get(f"/filing/{filing.pk}/evidence/1/")
    assert b"".join(got.streaming_content) == b"grounds" and "attachment" in got["Content-Disposition"]
    assert client.get(f"/filing/{filing.pk}/evidence/2/").status_code == 404
    assert "已随办结备案" in words(client.get(f"/case/{evaluation.case_id}/"))


def test_a_key_evaluation_is_filed_with_its_report(bureau):
    evaluation = reach(bureau, "key")
    save_key(evaluation, bureau.budget)
    door.perform("exante.conclude", evaluation.case, by=bureau.budget)
    filing = Filing.objects.get()
    assert {(each["name"], each["label"]) for each in filing.evidence} == {
        ("可行性论证.txt", "部门佐证材料"),
        ("重点评估报告.txt", "重点评估报告"),
    }
    (section,) = [each for each in filing.frozen["paper"] if each["title"].startswith("六、")]
    assert ["第三方机构", "某会计师事务所"] in section["facts"]


def test_nothing_is_filed_before(bureau):
    reach(bureau, "reviewed")
    reach(bureau, "key", make_new(bureau, name="另一个"))
    assert not Filing.objects.exists()


@pytest.fixture
def ledger(bureau):
    reach(bureau, "concluded", make_new(bureau, name="新建教学楼"))
    reach(
        bureau,
        "concluded",
        make_new(bureau, "unit2", name="=运动场"),
        year=2027,
        scores=FAIR,
        conclusion="part",
        amount="100",
    )
    reach(bureau, "concluded", make_new(bureau, "unit3", name="农技补助"))
    return bureau


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("performance", 3), ("leadership", 3), ("expenditure", 3), ("department", 2), ("unit", 1), ("department2", 1),
    ],
)  # fmt: skip
def test_everybody_sees_their_own_and_the_performance_office_all(as_person, ledger, person, seen):
    client = as_person(ledger.people[person])
    page = client.get("/filing/")
    assert page.content.decode().count("jh-row-link") == seen
    foreign = Filing.objects.get(what__startswith="农技补助")
    status = 200 if seen == 3 or person == "department2" else 404
    assert client.get(f"/filing/{foreign.pk}/").status_code == status
    file = client.get(f"/filing/{foreign.pk}/evidence/1/")
    assert file.status_code == status
    file.close()


def test_the_ledger_is_filtered_searched_and_exported(as_person, ledger):
    client = as_person(ledger.performance)

    def found(**query):
        return [filing.what.split()[0] for filing in client.get("/filing/", query).context["page"]]

    assert found(year="2027") == ["=运动场"]
    assert found(department=str(ledger.organizations["department2"].pk)) == ["农技补助"]
    assert found(q="教学 2026") == ["新建教学楼"]
    assert len(found(article="15")) == 3 and found(article="20") == found()
    assert "没有符合条件的备案" in words(client.get("/filing/", {"q": "不存在"}))
    exported = client.get("/filing/", {"export": "xlsx", "year": "2027"})
    rows = list(
        load_workbook(io.BytesIO(b"".join(exported.streaming_content))).active.iter_rows(values_only=True)
    )
    assert len(rows) == 2 and rows[1][:3] == ("第15条", 2027, "=运动场 2027年事前绩效评估（部分支持）")
    assert rows[1][7] == 1 and rows[1][8] == Filing.objects.get(year=2027).digest


def test_an_empty_ledger_says_what_will_come(as_person, bureau):
    assert "还没有归您看的备案" in words(as_person(bureau.unit).get("/filing/"))
