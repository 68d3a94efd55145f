"""An expert or institution sees its own engagements and nothing else, by whatever address (art. 39)."""

import re
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from jiheng.procedure import door, files
from jiheng.procedure.models import Act, Attachment, Case, Task
from jiheng.support.models import Engagement
from jiheng.web.middleware import ENGAGED, INTERFACE, PUBLIC, SITE
from tests.bureau_fixture import Bureau, advance, make_budget, make_bureau
from tests.support.engaged import DECLARED, deliver, goal_for_review, invite, person_of, register, report, to

pytestmark = [pytest.mark.article(39), pytest.mark.django_db]
SECRETS = ("高标准农田", "农技推广站", "农业专家乙", "第二中学", "取暖改造", "年部门预算")
"""What exists, and what the expert must never read: another case with its unit, another expert, a budget."""


def patterns(found=None, before="") -> dict[str, dict]:
    """Every address name with its arguments' converters."""
    names: dict[str, dict] = {}
    for each in get_resolver().url_patterns if found is None else found:
        if isinstance(each, URLResolver):
            names |= patterns(each.url_patterns)
        elif isinstance(each, URLPattern) and each.name:
            names[each.name] = each.pattern.converters
    return names


NAMES = patterns()
CLOSED = sorted(set(NAMES) - ENGAGED - SITE - INTERFACE)
OPEN = sorted(ENGAGED - PUBLIC)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Two cases with their experts: 教育专家甲 is at work on the first and was invited to a second one of that school."""
    with django_db_blocker.unblock(), transaction.atomic():
        bureau = make_bureau()
        mine, other, later = (
            goal_for_review(bureau, "校舍维修"),
            goal_for_review(bureau, "高标准农田", "unit3"),
            goal_for_review(bureau, "取暖改造", "unit2"),
        )
        make_budget(bureau, [])
        door.perform("goal.re_review_return", mine, by=bureau.performance, opinion="补材料。", desk="draft")
        advance(bureau, mine, ("submit", "unit"), ("confirm", "department"), ("review", "expenditure"))
        expert, rival = register(bureau, "教育专家甲"), register(bureau, "农业专家乙", fields=("农林水",))
        kept = files.keep(bureau.zone.pk, report("佐证.pdf", b"%PDF evidence"))
        act = Act.objects.filter(case=mine).latest("seq")
        evidence = Attachment.objects.create(zone=bureau.zone, case=mine, act=act, need="x", **kept)
        (own,) = invite(bureau, mine, expert)
        (others,) = invite(bureau, other, rival)
        to(bureau, own, "accepted")
        to(bureau, others, "delivered")
        yield SimpleNamespace(
            bureau=bureau, mine=mine, other=other, later=later, expert=expert, rival=rival, own=own, others=others,
            evidence=evidence, person=person_of(bureau, expert),
        )  # fmt: skip
        transaction.set_rollback(True)


@pytest.fixture
def client(world):
    with transaction.atomic():
        signed_in = Client()
        signed_in.force_login(world.person, backend="django.contrib.auth.backends.ModelBackend")
        yield signed_in
        transaction.set_rollback(True)


def addresses(world, name: str) -> list[str]:
    """The name's addresses with every key that could tempt."""
    converters = NAMES[name]
    cases = [world.mine, world.other, world.others, world.expert.case, world.rival.case]
    bureau: Bureau = world.bureau
    keys = [case.pk for case in cases] + [
        world.mine.subject,
        world.evidence.pk,
        bureau.profile.pk,
        bureau.budget.pk,
        bureau.organizations["unit"].pk,
        world.rival.organization_id,
    ]
    values = {
        "uuid": keys,
        "slug": ["goal", "support", "engagement_goal", "submit", "expert", "exante"],
        "int": [18, 39],
        "str": ["goal", "39", "x"],
    }
    found = []
    for number in range(max([len(values[_kind(each)]) for each in converters.values()] or [1])):
        given = {
            key: values[_kind(each)][number % len(values[_kind(each)])] for key, each in converters.items()
        }
        found.append(reverse(name, kwargs=given))
    return found


def _kind(converter) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


def test_no_page_leads_them_where_they_may_not_go(client):
    coming, seen = ["/"], set()
    while coming:
        address = coming.pop()
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.streaming:
            continue
        links = set(re.findall(r'<a[^>]* href="(/[^"#]*)"', answer.content.decode()))
        coming += [each for each in links - seen - set(coming) if not each.startswith(reverse("sign-in"))]
    assert reverse("article", args=[39]) in seen and len(seen) > 40


def test_there_is_something_to_hide(world):
    client = Client()
    client.force_login(world.bureau.budget, backend="django.contrib.auth.backends.ModelBackend")
    assert "高标准农田" in client.get("/work/goal/").content.decode()
    assert "农业专家乙" in client.get("/support/parties/").content.decode()
    assert client.get(f"/case/{world.others.pk}/").status_code == 200


@pytest.mark.parametrize("name", CLOSED)
def test_every_address_not_meant_for_the_engaged_does_not_exist(world, client, name):
    for address in addresses(world, name):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code == 404, address


@pytest.mark.parametrize("name", OPEN)
def test_pages_meant_for_the_engaged_tell_of_nobody_else(world, client, name):
    for address in addresses(world, name):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200 or NAMES[name].keys() & {"key"}, address
        page = b"".join(answer) if answer.streaming else answer.content
        assert [secret for secret in SECRETS if secret in page.decode(errors="replace")] == [], address
        if "key" in NAMES[name]:
            assert answer.status_code == 404, address
            assert client.post(address).status_code == 404, address


def test_own_engagement_shows_its_material_and_leads_nowhere_else(world, client):
    page = client.get(f"/case/{world.own.pk}/").content.decode()
    assert "校舍维修" in page and "修缮校舍面积" in page and "佐证.pdf" in page
    assert [secret for secret in SECRETS if secret in page] == []
    assert f"/case/{world.mine.pk}/" not in page and "/projects/" not in page and "/search/" not in page
    assert client.get(f"/procedure/picture/{world.own.pk}.svg").status_code == 200
    answer = client.get(f"/support/engagements/{world.own.pk}/material/{world.evidence.pk}/")
    assert b"".join(answer) == b"%PDF evidence"
    assert client.get(f"/case/{world.mine.pk}/file/{world.evidence.pk}/").status_code == 404
    assert "校舍维修" in client.get("/").content.decode()
    assert "校舍维修" in client.get("/support/engagements/").content.decode()


def test_material_is_read_from_acceptance_to_the_end_alone(world, client):
    """Invited: title and unit, to look for conflicts. Rated: the own result, no longer what was judged."""
    bureau, person = world.bureau, world.person
    (case,) = invite(bureau, world.later, world.expert)
    page = client.get(f"/case/{case.pk}/").content.decode()
    assert "取暖改造" in page and "第二中学" in page and "修缮校舍面积" not in page
    door.perform("engagement_goal.accept", case, by=person, **DECLARED)
    assert "修缮校舍面积" in client.get(f"/case/{case.pk}/").content.decode()
    deliver(case, person)
    to_rate = {"plan": "90", "process": "90", "report": "90"}
    door.perform("engagement_goal.rate", case, by=bureau.performance, **to_rate)
    page = client.get(f"/case/{case.pk}/").content.decode()
    assert "数量指标偏低" in page and "修缮校舍面积" not in page
    deliver(world.own, person)
    answer = client.get(f"/support/engagements/{world.own.pk}/material/{world.evidence.pk}/")
    assert b"".join(answer) == b"%PDF evidence"
    door.perform("engagement_goal.rate", world.own, by=bureau.performance, **to_rate)
    assert client.get(f"/support/engagements/{world.own.pk}/material/{world.evidence.pk}/").status_code == 404
    office = Client()
    office.force_login(bureau.performance, backend="django.contrib.auth.backends.ModelBackend")
    assert "修缮校舍面积" in office.get(f"/case/{case.pk}/").content.decode()


def test_material_of_one_engagement_is_not_reached_through_another(world, client):
    foreign = f"/support/engagements/{world.others.pk}/material/{world.evidence.pk}/"
    assert client.get(foreign).status_code == 404
    strange = Attachment.objects.filter(case=world.others).first()
    assert strange is not None
    assert client.get(f"/support/engagements/{world.own.pk}/material/{strange.pk}/").status_code == 404


def test_nobody_outside_acts_on_what_is_not_theirs(world, client):
    before = (Act.objects.count(), Task.objects.count())
    for step in ("accept", "decline", "deliver", "rate", "cancel"):
        assert client.post(f"/case/{world.others.pk}/do/{step}/", {"opinion": "x"}).status_code == 404
    for step in ("rate", "cancel"):
        assert client.post(f"/case/{world.own.pk}/do/{step}/", {"opinion": "x"}).status_code == 409
    assert (Act.objects.count(), Task.objects.count()) == before


def test_units_and_departments_do_not_see_engagements_on_their_cases(world):
    for person in (world.bureau.unit, world.bureau.department):
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(f"/case/{world.own.pk}/").status_code == 404
        for address in (
            "/work/support/?procedure=engagement_goal",
            "/search/?q=专家",
            f"/projects/{world.mine.subject}/",
            "/bureau/",
            "/bureau/people/",
        ):
            assert "教育专家甲" not in client.get(address).content.decode(), address
    assert Engagement.objects.count() >= 2 and Case.objects.filter(procedure="party").count() == 2
