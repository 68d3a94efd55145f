"""Article 38: a library of indicators, published by countersign, used and recommended when goals are written."""

import pytest

from jiheng.exchange import command
from jiheng.goal.models import Goal
from jiheng.indicator import finding, procedure
from jiheng.indicator.library import SEEDS, seeds
from jiheng.indicator.models import LibraryIndicator
from jiheng.procedure import door
from jiheng.procedure.models import Case
from tests.bureau_fixture import INDICATORS, make_goal, make_project
from tests.rooms import in_force, words

pytestmark = [pytest.mark.django_db, pytest.mark.article(38)]


@pytest.fixture
def library(bureau):
    """The product's own library, imported and published."""
    options = type("Options", (), {
        "kind": "indicators", "builtin": True, "file": None, "username": bureau.performance.username, "dry_run": False,
    })  # fmt: skip
    assert command.run(options) == 0
    for act in procedure.put_waiting_to_sign(bureau.performance):
        owner = act.case.procedure.removeprefix("indicator_")
        for person in ("performance", owner):
            door.perform(f"{act.case.procedure}.publish", act.case, by=bureau.people[person])
    return LibraryIndicator.objects.filter(zone=bureau.zone)


def test_what_comes_with_the_product_is_published_by_performance_and_each_owner(bureau, library):
    assert set(library.values_list("status", flat=True)) == {"published"} and library.count() == len(seeds())
    fund = library.filter(field="政府投资基金").first()
    assert fund.owner == "assets"
    signed = fund.proposal.case.acts.filter(step="publish").values_list("role", flat=True)
    assert set(signed) == {"performance", "assets"}
    assert {9, 38} <= set(fund.proposal.case.acts.filter(step="publish").first().articles)


def test_imported_indicators_are_not_used_before_they_are_signed(bureau):
    options = type("Options", (), {
        "kind": "indicators", "builtin": True, "file": None, "username": bureau.performance.username, "dry_run": False,
    })  # fmt: skip
    command.run(options)
    assert not finding.published(bureau.zone.pk).exists()
    (act, *_) = procedure.put_waiting_to_sign(bureau.performance)
    with pytest.raises(door.Refusal, match="会签发布"):
        door.perform(f"{act.case.procedure}.publish", act.case, by=bureau.unit)
    assert procedure.put_waiting_to_sign(bureau.performance) == []


def test_the_library_is_searched_filtered_and_exported(as_person, bureau, library):
    client = as_person(bureau.unit)
    page = words(client.get("/indicator/?q=满意度&level1=满意度指标"))
    assert "师生满意度" in page and "工程验收合格率" not in page
    assert "没有符合条件的指标" in words(client.get("/indicator/?q=不存在的指标"))
    assert b"".join(client.get("/indicator/?export=xlsx").streaming_content)[:2] == b"PK"
    one = library.get(name="义务教育巩固率")
    assert "教育事业统计" in words(client.get(f"/indicator/{one.pk}/"))
    assert b"".join(client.get("/indicator/builtin.csv").streaming_content) == SEEDS.read_bytes()


def test_a_goal_being_written_is_offered_what_fits(as_person, bureau, library):
    goal = make_goal(bureau, make_project(bureau, name="实验小学校舍维修"))
    client = as_person(bureau.unit)
    page = words(client.get(f"/goal/{goal.pk}/recommend/"))
    assert "安全隐患消除率" in page or "师生满意度" in page or "完成修缮面积" in page
    assert "用" in page
    taken = words(client.get(f"/goal/{goal.pk}/recommend/?name=师生满意度&q=满意度"))
    assert "居民满意度" in taken and "师生满意度" not in taken
    assert as_person(bureau.unit3).get(f"/goal/{goal.pk}/recommend/").status_code == 404


def test_uses_are_counted_when_goals_come_into_force(as_person, bureau, library):
    before = {row.name: row.used for row in library.filter(name__in=[row[2] for row in INDICATORS])}
    goal = in_force(bureau)
    after = {row.name: row.used for row in library.filter(name__in=[row[2] for row in INDICATORS])}
    both = 2  # the project's goal and the department's whole goal came into force with the budget
    assert before and after == {name: used + both for name, used in before.items()}
    name = next(iter(after))
    said = words(as_person(bureau.unit).get(f"/indicator/{library.get(name=name).pk}/"))
    assert goal.project.name in said
    assert goal.project.name not in words(
        as_person(bureau.unit3).get(f"/indicator/{library.get(name=name).pk}/")
    )


def test_a_unit_proposes_an_indicator_of_its_goal(as_person, bureau, library):
    goal = Goal.objects.get(case=make_goal(bureau))
    client = as_person(bureau.unit)
    row = goal.indicators.get(name="修缮校舍面积")
    wrong = client.post("/goal/indicator/propose/", {"goal": goal.case_id, "row": row.pk})
    assert wrong.status_code == 422 and "请写明为什么值得大家用" in words(wrong)
    sent = {"goal": goal.case_id, "row": row.pk, "industry": "教育", "word": "各校都能用"}
    client.post("/goal/indicator/propose/", sent)
    case = Case.objects.get(procedure="indicator_expenditure", state="proposed")
    new = LibraryIndicator.objects.get(name="修缮校舍面积")
    assert (new.status, new.unit, new.owner) == ("proposed", "平方米", "expenditure")
    again = client.post("/goal/indicator/propose/", sent)
    assert again.status_code == 422 and "已经提出过" in words(again)
    door.perform("indicator_expenditure.publish", case, by=bureau.performance)
    assert LibraryIndicator.objects.get(pk=new.pk).status == "proposed"
    door.perform("indicator_expenditure.publish", case, by=bureau.expenditure)
    assert LibraryIndicator.objects.get(pk=new.pk).status == "published"
    door.perform("indicator_expenditure.retire", case, by=bureau.performance, opinion="并入完成修缮面积")
    assert LibraryIndicator.objects.get(pk=new.pk).status == "retired"


def test_the_same_name_is_not_published_twice(bureau, library):
    known = library.get(name="师生满意度")
    twin = LibraryIndicator(
        zone=bureau.zone,
        code="X1",
        level1=known.level1,
        level2=known.level2,
        name=known.name,
        owner="expenditure",
    )
    case = procedure.propose("office_propose", "expenditure", "重复", by=bureau.performance, new=[twin]).case
    (reason,) = door.may("indicator_expenditure.publish", case, bureau.performance).reasons
    assert "库里已有" in reason.text and reason.article == 38
    door.perform("indicator_expenditure.refuse", case, by=bureau.performance, opinion="与库里的重复")
    assert LibraryIndicator.objects.get(code="X1").status == "retired"


NEW = {
    "field": "政府采购", "level": "产出指标|时效指标", "name": "合同签订及时率", "kind": "quantitative", "unit": "%",
    "direction": "higher-better", "reference": "≥95%", "industry": "", "source": "采购台账", "standard": "",
    "word": "各单位都要用到",
}  # fmt: skip


def signed(bureau, case, *people):
    for person in people:
        door.perform(f"{case.procedure}.publish", case, by=bureau.people[person])


@pytest.mark.article(9)
def test_an_owner_writes_a_new_indicator_of_its_field_and_others_are_told_whose_it_is(bureau, as_person):
    assert as_person(bureau.treasury).get("/indicator/new/").status_code == 409
    page = as_person(bureau.procurement).get("/indicator/new/")
    offered = [key for key, _ in page.context["form"].fields["field"].choices]
    assert set(offered) == {"政府采购", "政府购买服务"}
    wrong = as_person(bureau.procurement).post(
        "/indicator/new/", NEW | {"direction": "", "reference": "较高"}
    )
    assert wrong.status_code == 422
    assert {"direction", "reference"} <= set(wrong.context["form"].errors)
    answer = as_person(bureau.procurement).post("/indicator/new/", NEW)
    row = LibraryIndicator.objects.get(name="合同签订及时率")
    assert answer.url == row.proposal.case.get_absolute_url()
    assert (row.owner, row.status, row.proposal.case.acts.get().step) == (
        "procurement",
        "proposed",
        "owner_propose",
    )
    again = as_person(bureau.procurement).post("/indicator/new/", NEW)
    assert again.status_code == 422 and "请在它的页面修订" in again.content.decode()
    signed(bureau, row.proposal.case, "performance", "procurement")
    row.refresh_from_db()
    assert row.status == "published" and row.editions.get().version == 1


@pytest.fixture
def published(bureau, as_person):
    as_person(bureau.procurement).post("/indicator/new/", NEW)
    row = LibraryIndicator.objects.get(name="合同签订及时率")
    signed(bureau, row.proposal.case, "performance", "procurement")
    row.refresh_from_db()
    return row


def test_a_revision_leaves_the_indicator_in_use_until_it_is_signed_and_keeps_the_old_edition(
    bureau, as_person, published
):
    address = f"/indicator/{published.pk}/revise/"
    assert as_person(bureau.budget).get(address).status_code == 409
    client = as_person(bureau.procurement)
    same = client.post(address, NEW)
    assert same.status_code == 422 and "没有改动任何内容" in same.content.decode()
    client.post(address, NEW | {"reference": "≥98%", "word": "按新的考核要求"})
    case = published.revisions.get().proposal.case
    published.refresh_from_db()
    assert (published.reference, published.version, published.status) == ("≥95%", 1, "published")
    assert finding.published(bureau.zone.pk, "政府采购").filter(pk=published.pk).exists()
    twice = client.post(address, NEW | {"reference": "≥99%"})
    assert twice.status_code == 422 and "已有修订在会签" in twice.content.decode()
    signed(bureau, case, "procurement", "performance")
    published.refresh_from_db()
    assert (published.reference, published.version) == ("≥98%", 2)
    assert [each.values["reference"] for each in published.editions.all()] == ["≥98%", "≥95%"]
    page = words(as_person(bureau.unit).get(f"/indicator/{published.pk}/"))
    assert "第 2 版（现行）" in page and "参考值：≥95%" in page
    told = words(as_person(bureau.performance).get(case.get_absolute_url()))
    assert "≥95%" in told and "≥98%" in told


def test_a_revision_of_what_was_changed_meanwhile_is_not_signed(bureau, as_person, published):
    as_person(bureau.procurement).post(f"/indicator/{published.pk}/revise/", NEW | {"reference": "≥98%"})
    LibraryIndicator.objects.filter(pk=published.pk).update(reference="≥96%")
    with pytest.raises(door.Refusal, match="提出之后又改过"):
        door.perform(
            "indicator_procurement.publish", published.revisions.get().proposal.case, by=bureau.performance
        )


def test_a_revision_does_not_bring_back_what_was_retired_meanwhile(bureau, as_person, published):
    as_person(bureau.procurement).post(f"/indicator/{published.pk}/revise/", NEW | {"reference": "≥98%"})
    door.perform(
        "indicator_procurement.retire", published.proposal.case, by=bureau.performance, opinion="不再用。"
    )
    with pytest.raises(door.Refusal, match="在提出之后停用了"):
        door.perform(
            "indicator_procurement.publish", published.revisions.get().proposal.case, by=bureau.performance
        )


def test_a_single_indicator_is_retired_by_both_signatures(bureau, as_person, published):
    client = as_person(bureau.procurement)
    client.post(f"/indicator/{published.pk}/stop/", {"word": ""})
    assert not published.revisions.exists()
    client.post(f"/indicator/{published.pk}/stop/", {"word": "已并入另一条"})
    signed(bureau, published.revisions.get().proposal.case, "procurement", "performance")
    published.refresh_from_db()
    assert (published.status, published.editions.count()) == ("retired", 1)
    assert client.get(f"/indicator/{published.pk}/revise/").status_code == 404
