"""Article 40: who is away lets somebody act from their post for a while, and every act tells both names."""

import datetime

import pytest
from django.utils import timezone

from jiheng.bureau import delegating
from jiheng.bureau.changes import NotAllowed
from jiheng.bureau.models import Change, Delegation, Person, Post
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Case
from tests.bureau_fixture import advance
from tests.rooms import words

pytestmark = pytest.mark.article(40)


def fresh(person: Person) -> Person:
    """As the next request reads them: posts are kept with the person object."""
    return Person.objects.get(pk=person.pk)


def post_of(person: Person) -> Post:
    return Post.objects.select_related("person", "organization").get(person=person)


@pytest.fixture
def today():
    return timezone.localdate()


def stand_in(absent, substitute, first, last, by=None) -> Delegation:
    return delegating.delegate(post_of(absent), substitute, first, last, "出差", by=by or absent)


def test_the_substitute_acts_for_the_absent_and_both_names_are_kept(as_person, bureau, goal_case, today):
    advance(bureau, goal_case, ("submit", "unit"), ("confirm", "department"))
    refused = door.may("goal.review", goal_case, bureau.assets)
    assert not refused.concerns
    client = as_person(bureau.expenditure)
    assert "委托代办" in words(client.get("/"))
    client.post(
        "/bureau/delegations/",
        {"post": str(post_of(bureau.expenditure).pk), "substitute": str(bureau.assets.pk), "first": today.isoformat(),
         "last": (today + datetime.timedelta(days=3)).isoformat(), "reason": "出差"},
    )  # fmt: skip
    client = as_person(fresh(bureau.assets))
    home = words(client.get("/"))
    assert "代支出管理科经办（支出管理科）" in home and "审核" in home
    client.post(f"/case/{goal_case.pk}/do/review/", {})
    act = Act.objects.get(case=goal_case, step="review")
    assert (act.person_id, act.organization_name) == (bureau.assets.pk, "支出管理科")
    assert act.person_name == "国资金融管理科经办（代支出管理科经办）"
    assert "国资金融管理科经办（代支出管理科经办）" in words(client.get(f"/case/{goal_case.pk}/"))
    assert Change.objects.filter(label="委托代办").get().after["代办人"] == "国资金融管理科经办"
    assert list(chain.verify(bureau.zone.pk)) == []


def test_it_counts_from_its_first_day_to_its_last_and_not_when_taken_back(bureau, goal_case, today):
    advance(bureau, goal_case, ("submit", "unit"), ("confirm", "department"))
    day = datetime.timedelta(days=1)
    made = stand_in(bureau.expenditure, bureau.assets, today, today + day)

    def may():
        return door.may("goal.review", goal_case, fresh(bureau.assets)).concerns

    assert may()
    for first, last, counts in (
        (today + day, today + day, False),
        (today - day, today - day, False),
        (today - day, today, True),
    ):
        Delegation.objects.update(first=first, last=last)
        assert may() == counts
    delegating.end(made, by=fresh(bureau.assets))
    assert not may() and not delegating.end(made, by=bureau.expenditure)
    assert Change.objects.filter(label="收回代办").count() == 1


def test_an_account_out_of_use_is_stood_in_for_by_nobody(bureau, goal_case, today):
    advance(bureau, goal_case, ("submit", "unit"), ("confirm", "department"))
    stand_in(bureau.expenditure, bureau.assets, today, today)
    Person.objects.filter(pk=bureau.expenditure.pk).update(is_active=False)
    assert not door.may("goal.review", goal_case, fresh(bureau.assets)).concerns


def test_one_person_does_not_sign_for_two_offices(bureau, goal_case, today):
    advance(bureau, goal_case, ("submit", "unit"), ("confirm", "department"), ("review", "expenditure"))
    stand_in(bureau.performance, bureau.assets, today, today)
    both = fresh(bureau.assets)
    door.perform("goal.re_review", goal_case, by=both)
    with pytest.raises(door.Refusal, match="同一个人不能再代表") as refused:
        door.perform("goal.re_review", goal_case, by=fresh(bureau.assets))
    (reason,) = refused.value.reasons
    assert reason.article == 40 and "请" in reason.next
    assert Case.objects.get(pk=goal_case.pk).state == "reviewed"
    first = Act.objects.get(case=goal_case, step="re_review")
    other = bureau.performance if first.organization_name == "国资金融管理科" else None
    assert other is not None  # a post of one's own is signed for first
    door.perform("goal.re_review", goal_case, by=fresh(other))
    assert Case.objects.get(pk=goal_case.pk).state == "passed"


REFUSED = [
    ("leadership", "budget", 0, 1, "局领导的批示和签发不委托"),
    ("budget", "unit", 0, 1, "不能代办这个岗位"),
    ("unit", "unit3", 0, 1, "不能代办这个岗位"),
    ("department", "budget", 0, 1, "不能代办这个岗位"),
    ("budget", "budget", 0, 1, "不能代办这个岗位"),
    ("budget", "treasury", -1, 1, "代办从今天或以后开始"),
    ("budget", "treasury", 2, 1, "结束不能早于开始"),
    ("budget", "treasury", 0, 92, "代办最长 92 天"),
]


@pytest.mark.parametrize(("absent", "substitute", "first", "last", "why"), REFUSED)
def test_who_can_not_stand_in_and_why(bureau, today, absent, substitute, first, last, why):
    people = bureau.people
    days = [today + datetime.timedelta(days=each) for each in (first, last)]
    with pytest.raises(NotAllowed, match=why):
        stand_in(people[absent], people[substitute], *days)
    assert not Delegation.objects.exists() and not Change.objects.exists()


def test_within_a_department_people_stand_in_for_each_other(bureau, goal_case, today):
    stand_in(bureau.unit, bureau.department, today, today)
    door.perform("goal.submit", goal_case, by=fresh(bureau.department))
    assert Act.objects.get(case=goal_case, step="submit").person_name == "教育局经办（代第一小学经办）"


def test_one_at_a_time_and_only_ones_own_or_the_general_office(as_person, bureau, today):
    stand_in(bureau.budget, bureau.treasury, today, today)
    with pytest.raises(NotAllowed, match="这段时间已由国库科经办代办"):
        stand_in(bureau.budget, bureau.assets, today, today)
    with pytest.raises(NotAllowed, match="别人的代办由综合科维护"):
        stand_in(bureau.assets, bureau.treasury, today, today, by=bureau.performance)
    made = stand_in(bureau.assets, bureau.treasury, today, today, by=bureau.general)
    page = as_person(bureau.performance).get("/bureau/delegations/")
    assert "国库科经办" not in words(page).split("由谁代办")[0].split("委托代办")[-1]
    assert as_person(bureau.performance).post(f"/bureau/delegations/{made.pk}/end/").status_code == 404
    general = as_person(bureau.general)
    assert "国资金融管理科" in words(general.get("/bureau/delegations/"))
    general.post(f"/bureau/delegations/{made.pk}/end/")
    made.refresh_from_db()
    assert made.ended_at is not None


def test_what_is_missing_is_told(as_person, bureau):
    wrong = as_person(bureau.budget).post("/bureau/delegations/", {"first": "x"})
    said = words(wrong)
    assert wrong.status_code == 422 and "请选择由谁代办" in said and "请选择起止日期" in said
