"""Articles 1, 5, 6 and 9: what the work rests on is kept by its day; who makes which rules, and who signs."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from jiheng.bureau import profile
from jiheng.procedure import door
from jiheng.regulation.documents import DOCUMENTS
from jiheng.rulebook import drafting
from jiheng.rulebook.models import RuleDocument
from jiheng.rulebook.procedure import standing

Kind = RuleDocument.Kind
TYPED = {
    "title": "预算绩效管理工作办法",
    "number": "平财〔2026〕1号",
    "issuer": "平原示范区财政局",
    "text": "一、适用范围。",
}


def own(bureau, **changed) -> RuleDocument:
    return drafting.begin(Kind.OWN, TYPED | changed, by=bureau.performance, replaces=changed.get("replaces"))


def issued(bureau, record: RuleDocument, day: str) -> RuleDocument:
    door.perform("rule.send", record.case, by=bureau.performance)
    door.perform("rule.agree", record.case, by=bureau.budget)
    door.perform("rule.issue", record.case, by=bureau.performance, effective=day)
    record.refresh_from_db()
    return record


@pytest.mark.article(1)
def test_a_document_from_above_is_taken_in_with_its_file_and_everybody_reads_it(bureau, as_person):
    cited = DOCUMENTS[0]
    page = as_person(bureau.performance).get(reverse("rules")).content.decode()
    assert cited.number in page and "还没有收录全文的" in page
    client = as_person(bureau.performance)
    form = client.get(reverse("rule-new"), {"kind": "basis", "number": cited.number})
    assert form.context["form"].initial["title"] == cited.title
    answer = client.post(
        f"{reverse('rule-new')}?kind=basis",
        {"title": cited.title, "number": cited.number, "issuer": cited.issuer, "text": ""},
    )
    record = RuleDocument.objects.get()
    assert answer.url == record.case.get_absolute_url()
    with pytest.raises(door.Refusal, match="没有正文，也没有附文件"):
        door.perform("basis.issue", record.case, by=bureau.performance, effective="2018-09-01")
    file = SimpleUploadedFile("意见.pdf", b"%PDF whole text")
    door.perform("basis.issue", record.case, by=bureau.performance, effective="2018-09-01", files=[file])
    unit = as_person(bureau.unit)
    page = unit.get(reverse("rules"))
    assert [row.number for row in page.context["page"]] == [cited.number]
    assert cited.number not in [each.number for each in page.context["cited"]]
    shown = unit.get(reverse("rule", args=[record.pk]))
    (kept,) = shown.context["files"]
    got = unit.get(reverse("rule-file", args=[record.pk, kept.pk]))
    assert b"".join(got.streaming_content) == b"%PDF whole text"


@pytest.mark.article(5, 6)
def test_the_bureaus_rules_are_made_by_performance_with_budget(bureau, as_person):
    record = own(bureau)
    assert as_person(bureau.unit).get(reverse("rule", args=[record.pk])).status_code == 404
    assert as_person(bureau.unit).get(record.case.get_absolute_url()).status_code == 404
    door.perform("rule.send", record.case, by=bureau.performance)
    with pytest.raises(door.Refusal, match="预算科办理"):
        door.perform("rule.agree", record.case, by=bureau.performance)
    door.perform("rule.return", record.case, by=bureau.budget, opinion="请写明时限")
    client = as_person(bureau.performance)
    edit = reverse("rule-edit", args=[record.case_id])
    assert as_person(bureau.unit).get(edit).status_code == 404
    client = as_person(bureau.performance)
    client.post(edit, TYPED | {"text": "一、适用范围。二、时限。", "revision": 0})
    record.refresh_from_db()
    assert (record.text, record.revision) == ("一、适用范围。二、时限。", 1)
    late = client.post(edit, TYPED | {"text": "旧的", "revision": 0})
    assert late.status_code == 422 and "在别处保存过" in late.content.decode()
    issued(bureau, record, "2026-01-01")
    assert "二、时限" in as_person(bureau.unit).get(reverse("rule", args=[record.pk])).content.decode()


@pytest.mark.article(43, 1)
def test_each_edition_stands_from_its_own_day(bureau, as_person):
    first = issued(bureau, own(bureau), "2024-01-01")
    second = own(bureau, number="平财〔2026〕9号", replaces=first)
    door.perform("rule.send", second.case, by=bureau.performance)
    door.perform("rule.agree", second.case, by=bureau.budget)
    with pytest.raises(door.Refusal, match="不晚于所替代的"):
        door.perform("rule.issue", second.case, by=bureau.performance, effective="2024-01-01")
    coming = timezone.localdate() + datetime.timedelta(days=30)
    door.perform("rule.issue", second.case, by=bureau.performance, effective=str(coming))
    zone, day = bureau.zone.pk, datetime.timedelta(days=1)
    assert [list(standing(zone, each)) for each in (coming - day, coming)] == [[first], [second]]
    page = as_person(bureau.unit).get(reverse("rule", args=[first.pk])).content.decode()
    assert f"{coming.year}年{coming.month}月{coming.day}日起由" in page
    assert list(as_person(bureau.unit).get("/rulebook/?standing=coming").context["page"]) == [second]
    assert list(standing(zone, datetime.date(2023, 12, 31))) == []


@pytest.mark.article(5)
def test_a_number_is_used_once(bureau):
    issued(bureau, own(bureau), "2024-01-01")
    other = own(bureau, title="另一份办法")
    door.perform("rule.send", other.case, by=bureau.performance)
    door.perform("rule.agree", other.case, by=bureau.budget)
    with pytest.raises(door.Refusal, match="文号 平财〔2026〕1号 已有"):
        door.perform("rule.issue", other.case, by=bureau.performance, effective="2026-01-01")


@pytest.mark.article(9)
def test_common_rules_of_a_field_are_its_owners_by_the_profile(bureau, as_person):
    typed = TYPED | {"title": "政府采购绩效管理办法", "number": ""}
    address = f"{reverse('rule-new')}?kind=common&field=政府采购"
    refused = as_person(bureau.budget).get(address)
    assert refused.status_code == 409
    assert "政府采购领域的共性制度由采购评审管理科负责" in refused.content.decode()
    as_person(bureau.procurement).post(address, typed)
    record = RuleDocument.objects.get()
    assert (record.case.procedure, record.field) == ("rule_procurement", "政府采购")
    door.perform("rule_procurement.send", record.case, by=bureau.procurement)
    door.perform("rule_procurement.agree", record.case, by=bureau.performance)
    act = door.perform("rule_procurement.issue", record.case, by=bureau.procurement, effective="2026-01-01")
    assert act.articles == [9]
    text = profile.DEFAULT.read_text().replace(
        'government_procurement = { value = "procurement"', 'government_procurement = { value = "assets"'
    )
    profile.load(bureau.zone, text)
    assert as_person(bureau.assets).get(address).status_code == 200
    assert as_person(bureau.procurement).get(address).status_code == 409


@pytest.mark.article(1, 9)
def test_the_rulebook_is_searched_filtered_and_taken_along(bureau, as_person):
    issued(bureau, own(bureau), "2024-01-01")
    issued(bureau, own(bureau, title="公开办法", number="", text="二、公开时限"), "2024-02-01")
    client = as_person(bureau.unit)
    assert [row.title for row in client.get("/rulebook/?q=公开时限").context["page"]] == ["公开办法"]
    assert list(client.get("/rulebook/?kind=common").context["page"]) == []
    assert list(client.get("/rulebook/?standing=making").context["page"]) == []
    assert client.get("/rulebook/?export=xlsx")["Content-Type"].endswith("sheet")
    assert client.get(f"{reverse('rule-new')}?kind=common&field=nothing").status_code == 404
    assert client.get(f"{reverse('rule-new')}?replaces=x").status_code == 404
