"""Article 39: experts and institutions are registered, drawn, engaged, rated; who must stand aside does."""

import datetime
from decimal import Decimal

import pytest
from django.utils.timezone import localdate, make_aware

from jiheng.bureau.models import Organization, Person, Post
from jiheng.goal.models import Goal
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Task
from jiheng.support import engagement, party, rules
from jiheng.support.models import Draw, Engagement, Party
from tests.bureau_fixture import make_bureau, make_goal
from tests.rooms import words
from tests.support.engaged import (
    DECLARED,
    POINTS,
    deliver,
    due,
    goal_for_review,
    invite,
    person_of,
    register,
    report,
    to,
)

pytestmark = pytest.mark.article(39)


@pytest.fixture
def subject(bureau):
    return goal_for_review(bureau)


@pytest.fixture
def expert(bureau):
    return register(bureau, "财务专家甲")


def refused(call) -> list[tuple[int | None, str]]:
    with pytest.raises(door.Refusal) as told:
        call()
    return [(reason.article, reason.text) for reason in told.value.reasons]


@pytest.mark.article(18)
def test_the_whole_story_of_an_engagement(bureau, subject, expert, as_person):
    """Put forward, registered, invited, accepted after looking for conflicts, delivered, rated; all of it is kept."""
    performance, person = bureau.performance, person_of(bureau, expert)
    (case,) = invite(bureau, subject, expert)
    assert (case.unit_id, case.department_id, case.subject) == (expert.organization_id, None, subject.pk)
    assert Task.objects.get(case=case).organization == expert.organization

    door.perform("engagement_goal.accept", case, by=person, **DECLARED)
    assert Task.objects.get(case=case, step="deliver").due.isoformat() == due()
    assert engagement.results([subject.pk]) == {}
    assert engagement.waiting([subject.pk]) == {subject.pk: ["财务专家甲"]}

    deliver(case, person)
    (result,) = engagement.results([subject.pk])[subject.pk]
    assert (result.party, result.score, result.grade, result.conclusion, result.conclusion_label) == (
        "财务专家甲", Decimal("86.00"), "良", "amend", "修改后通过",
    )  # fmt: skip
    assert [file.name for file in result.files] == ["审核报告.pdf"]
    assert result.opinion == "数量指标偏低，建议调高。" and result.case == case.pk
    assert engagement.waiting([subject.pk]) == {}

    door.perform("engagement_goal.rate", case, by=performance, **POINTS, opinion="结论可用。")
    kept = Engagement.objects.select_related("party").get(case=case)
    # 0.2 × 90 + 0.25 × 90 + 0.35 × 90 + 0.2 × 100 (on time) = 92: 优, which adds 2 to 80
    assert (kept.quality, kept.quality_grade) == (Decimal("92.00"), "优")
    assert (kept.credit_before, kept.credit_after, kept.party.credit) == (80, 82, 82)
    assert case.closed
    page = words(as_person(performance).get(expert.case.get_absolute_url()))
    assert "92.00（优）" in page and "80.00 → 82.00" in page
    assert list(chain.verify(bureau.zone.pk)) == []
    roles = [(act.step, act.role) for act in Act.objects.filter(case=case).order_by("seq")]
    assert roles == [
        ("invite", "performance"), ("accept", "engaged"), ("deliver", "engaged"), ("rate", "performance"),
    ]  # fmt: skip


def test_what_was_judged_is_kept_as_it_was_at_acceptance(bureau, subject, expert):
    (case,) = invite(bureau, subject, expert)
    before = Goal.objects.get(case=subject).text
    to(bureau, case, "accepted")
    Goal.objects.filter(case=subject).update(text="后来改过的目标。")
    shown = Engagement.objects.get(case=case).shown
    assert ["年度目标", before] in shown["sections"][0]["facts"]
    assert shown["sections"][1]["rows"][0][2] == "修缮校舍面积"
    subject.refresh_from_db()
    assert (shown["seq"], shown["head"]) == (subject.seq, subject.head)
    act = Act.objects.get(case=case, step="accept")
    assert act.record["shown"] == shown  # and so it stands in the chain


def test_only_the_performance_office_keeps_the_register(bureau):
    typed = party.Profile("expert", "专家乙", ["教育"], title="教授", employer="某大学")
    assert refused(lambda: party.propose(typed, by=bureau.budget)) == [
        (39, "“推荐专家或机构”由预算绩效管理科办理")
    ]
    assert not Organization.objects.filter(name="专家乙").exists()
    made = party.propose(typed, by=bureau.performance)
    assert made.organization.code == "Z0001" and made.credit == 80
    assert (
        party.propose(
            party.Profile("institution", "机构一", ["教育"]), by=bureau.performance
        ).organization.code
        == "J0001"
    )
    assert refused(lambda: door.perform("party.register", made.case, by=bureau.budget))[0][0] == 39


def test_one_whose_facts_are_missing_is_not_registered(bureau):
    made = party.propose(party.Profile("expert", "专家乙", ["教育"]), by=bureau.performance)
    told = refused(lambda: door.perform("party.register", made.case, by=bureau.performance))
    assert told == [(39, "没有填职称"), (39, "没有填所在单位")]


def test_who_is_not_registered_cannot_be_invited(bureau, subject):
    made = party.propose(
        party.Profile("expert", "专家乙", ["教育"], title="教授", employer="某大学"), by=bureau.performance
    )
    assert refused(lambda: invite(bureau, subject, made)) == [(39, "专家乙现在是“待入库”，不能选用")]


def test_a_barred_one_cannot_be_invited_until_the_day_or_until_restored(bureau, subject, expert):
    until = localdate() + datetime.timedelta(days=10)
    given = {"until": until.isoformat(), "opinion": "报告抄袭。"}
    assert refused(lambda: door.perform("party.bar", expert.case, by=bureau.budget, **given))[0][0] == 39
    door.perform("party.bar", expert.case, by=bureau.performance, **given)
    expert.refresh_from_db()
    assert refused(lambda: invite(bureau, subject, expert)) == [
        (39, f"财务专家甲暂停选用至 {until:%Y-%m-%d}：报告抄袭。")
    ]
    candidates, left_out = engagement.pool(subject, "expert", "教育")
    assert candidates == [] and [each for each, _ in left_out] == [expert]
    token = door.clock.set(
        make_aware(datetime.datetime.combine(until, datetime.time(10)) + datetime.timedelta(days=1))
    )
    try:
        assert engagement.pool(subject, "expert", "教育")[0] == [expert]
    finally:
        door.clock.reset(token)
    door.perform("party.restore", expert.case, by=bureau.performance, opinion="已改正。")
    expert.refresh_from_db()
    invite(bureau, subject, expert)


@pytest.mark.parametrize("until", ["2020-01-01", "明年", "2026-13-01"])
def test_a_bar_names_a_day_to_come(bureau, expert, until):
    told = refused(
        lambda: door.perform("party.bar", expert.case, by=bureau.performance, until=until, opinion="x")
    )
    assert told == [(39, "暂停选用的截止日期应晚于今天")]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"employer": "第一小学"}, "所在单位“第一小学”就是被评单位或其主管部门“第一小学”"),
        ({"employer": "平原示范区教育局"}, "所在单位“平原示范区教育局”就是被评单位或其主管部门“教育局”"),
        ({"services": [("第一小学", 2020, localdate().year - 3)]}, f"{localdate().year - 3}年为“第一小学”提供过服务，未满 3 年"),
    ],
)  # fmt: skip
def test_who_must_stand_aside_cannot_be_invited(bureau, subject, given, why):
    partial = register(bureau, "专家丙", **given)
    assert refused(lambda: invite(bureau, subject, partial)) == [(39, f"专家丙应当回避：{why}")]
    assert engagement.pool(subject, "expert", "")[0] == []


def test_a_service_long_ago_is_no_hindrance(bureau, subject):
    free = register(
        bureau, "专家丁", services=[("第一小学", 2015, localdate().year - 4), ("农技推广站", 2020, 2026)]
    )
    invite(bureau, subject, free)


def test_whose_people_hold_a_post_with_the_judged_stands_aside(bureau, subject, expert):
    person = person_of(bureau, expert)
    Post.objects.create(zone=bureau.zone, person=person, organization=bureau.organizations["unit2"])
    told = refused(lambda: invite(bureau, subject, expert))
    assert told == [(39, "财务专家甲应当回避：其人员在“第二中学”任职")]


def test_a_conflict_found_after_the_invitation_bars_acceptance(bureau, subject, expert):
    (case,) = invite(bureau, subject, expert)
    Party.objects.filter(pk=expert.pk).update(employer="教育局")
    person = person_of(bureau, expert)
    told = refused(lambda: door.perform("engagement_goal.accept", case, by=person, **DECLARED))
    assert [article for article, _ in told] == [39] and "应当回避" in told[0][1]
    door.perform("engagement_goal.decline", case, by=person, ground="recusal", opinion="现在教育局任职。")
    case.refresh_from_db()
    assert case.state == "declined" and case.closed


def test_one_engagement_a_party_and_case_at_a_time(bureau, subject, expert):
    (case,) = invite(bureau, subject, expert)
    assert refused(lambda: invite(bureau, subject, expert)) == [
        (39, "财务专家甲已受托办理本事项，现在是“待答复邀请”")
    ]
    door.perform("engagement_goal.cancel", case, by=bureau.performance, opinion="另有安排。")
    invite(bureau, subject, expert)


def test_who_declined_is_not_asked_again(bureau, subject, expert):
    to(bureau, invite(bureau, subject, expert)[0], "declined")
    assert refused(lambda: invite(bureau, subject, expert)) == [(39, "财务专家甲已谢绝本事项的邀请")]


@pytest.mark.article(18)
def test_only_the_office_of_the_kind_engages_and_only_where_it_is_possible(bureau, subject, expert):
    told = refused(lambda: invite(bureau, subject, expert, by=bureau.budget))
    assert told[0] == (18, "“邀请”由预算绩效管理科办理")
    early = make_goal(bureau)
    told = refused(lambda: invite(bureau, early, expert))
    assert told == [(18, f"“{early.title}”现在是“编制中”，要在“待再审核”时聘请")]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"score": "100.5"}, "得分“100.5”不是 0 至 100 的数（最多两位小数）"),
        ({"score": "八十"}, "得分“八十”不是 0 至 100 的数（最多两位小数）"),
        ({"conclusion": "good"}, "结论不在可选范围内"),
        ({"conclusion": ""}, "请选择结论"),
        ({"opinion": " "}, "请填写专业意见"),
        ({"report": []}, "请上传报告"),
    ],
)
def test_a_result_is_whole_or_not_taken(bureau, subject, expert, given, fault):
    case = to(bureau, invite(bureau, subject, expert)[0], "accepted")
    assert [text for _, text in refused(lambda: deliver(case, person_of(bureau, expert), **given))] == [fault]


def test_a_poor_result_goes_back_and_the_office_s_days_are_not_the_expert_s(bureau, subject, expert):
    case = to(bureau, invite(bureau, subject, expert, due=due(1))[0], "delivered")
    first = Engagement.objects.get(case=case)
    later = make_aware(
        datetime.datetime.combine(localdate() + datetime.timedelta(days=14), datetime.time(10))
    )
    token = door.clock.set(later)
    try:
        with pytest.raises(door.Refusal):
            door.perform("engagement_goal.return", case, by=bureau.performance)  # without a reason
        door.perform("engagement_goal.return", case, by=bureau.performance, opinion="没有附底稿。")
        again = Engagement.objects.get(case=case)
        assert again.due > first.due
        assert Task.objects.get(case=case, step="deliver").due == again.due
        assert engagement.results([subject.pk]) == {}
        deliver(case, person_of(bureau, expert), report=[report("补充报告.pdf")])
        assert Engagement.objects.get(case=case).late == 0
    finally:
        door.clock.reset(token)
    (result,) = engagement.results([subject.pk])[subject.pk]
    assert [file.name for file in result.files] == ["补充报告.pdf"]


def test_late_work_of_low_quality_costs_credit_until_nobody_may_choose_them(bureau, expert):
    person = person_of(bureau, expert)
    for number, credit in enumerate((70, 60, 50), 1):
        subject = goal_for_review(bureau, f"校舍维修第{number}期")
        case = to(bureau, invite(bureau, subject, expert, due=due(3))[0], "accepted")
        token = door.clock.set(make_aware(datetime.datetime.combine(localdate(), datetime.time(10)) + datetime.timedelta(days=40)))  # fmt: skip
        try:
            deliver(case, person)
        finally:
            door.clock.reset(token)
        door.perform(
            "engagement_goal.rate", case, by=bureau.performance, plan="50", process="50", report="40"
        )
        kept = Engagement.objects.get(case=case)
        assert kept.late > 10 and kept.points["timeliness"] == ["0.00", "0.2"]
        assert (kept.quality, kept.quality_grade, kept.credit_after) == (Decimal("36.50"), "差", credit)
    expert.refresh_from_db()
    told = refused(lambda: invite(bureau, goal_for_review(bureau, "操场"), expert))
    assert told == [(39, "财务专家甲信用分 50.00，低于 60")]


def test_lots_are_drawn_invited_and_can_be_repeated(bureau, subject, as_person):
    for name in "甲乙丙丁戊":
        register(bureau, f"教育专家{name}")
    register(bureau, "农业专家", fields=("农林水",))
    partial = register(bureau, "回避专家", employer="教育局")
    client = as_person(bureau.performance)
    answer = client.post(
        f"/support/invite/{subject.pk}/",
        {"draw": "1", "kind": "expert", "field": "教育", "number": "２".translate(str.maketrans("２", "2")), "due": due(), "task": "审核目标。"},
    )  # fmt: skip
    assert answer.status_code == 302
    draw = Draw.objects.get(subject=subject)
    codes = [code for code, _, _ in draw.pool]
    assert rules.draw(draw.seed, sorted(codes), 5) == codes and len(codes) == 5
    assert draw.left_out == [
        [
            partial.organization.code,
            "回避专家",
            "回避专家应当回避：所在单位“教育局”就是被评单位或其主管部门“教育局”",
        ]
    ]
    invited = Engagement.objects.filter(draw=draw).select_related("party__organization", "case")
    assert {each.party.organization.code for each in invited} == set(codes[:2])
    for each in invited:
        act = Act.objects.get(case=each.case, step="invite")
        assert act.record["draw"] == [str(draw.pk), draw.seed, draw.sha256]
    assert draw.sha256 == engagement.digest(draw)
    page = words(client.get(f"/support/draw/{draw.pk}/"))
    assert draw.seed in page and "回避专家" in page and "不符" not in page
    Draw.objects.filter(pk=draw.pk).update(left_out=[])
    assert "与记录内容不符" in words(client.get(f"/support/draw/{draw.pk}/"))


def test_too_few_to_draw_from_invites_nobody(bureau, subject, expert, as_person):
    given = {
        "draw": "1",
        "kind": "expert",
        "field": "教育",
        "number": "2",
        "due": due(),
        "task": "审核目标。",
    }
    answer = as_person(bureau.performance).post(f"/support/invite/{subject.pk}/", given)
    assert answer.status_code == 422
    assert "符合条件的专家只有 1 位，不够抽 2 位" in words(answer)
    assert not Draw.objects.exists() and not Engagement.objects.exists()


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"number": "0"}, "抽取数应是 1 至 20 的整数"),
        ({"number": "x"}, "抽取数应是 1 至 20 的整数"),
        ({"task": ""}, "请写明委托事项和要求"),
        ({"due": "2020-01-01"}, "交成果的日期应晚于今天"),
        ({"draw": None}, "请至少选一位"),
    ],
)
def test_an_invitation_says_what_is_missing(bureau, subject, expert, as_person, given, fault):
    whole = {
        "draw": "1",
        "kind": "expert",
        "field": "教育",
        "number": "1",
        "due": due(),
        "task": "审核目标。",
    }
    posted = {key: value for key, value in {**whole, **given}.items() if value is not None}
    answer = as_person(bureau.performance).post(f"/support/invite/{subject.pk}/", posted)
    assert answer.status_code == 422 and fault in words(answer)
    assert not Engagement.objects.exists()


def test_the_case_shows_its_engagements_to_offices_alone(bureau, subject, expert, as_person):
    to(bureau, invite(bureau, subject, expert)[0], "delivered")
    page = words(as_person(bureau.performance).get(f"/case/{subject.pk}/"))
    assert "聘请专家或机构" in page and "财务专家甲" in page and "数量指标偏低" in page
    assert "财务专家甲" in words(as_person(bureau.budget).get(f"/case/{subject.pk}/"))
    for judged in (bureau.unit, bureau.department):
        page = words(as_person(judged).get(f"/case/{subject.pk}/"))
        assert subject.title in page and "财务专家甲" not in page and "数量指标偏低" not in page


def test_another_bureau_s_experts_and_cases_are_unknown(bureau, subject, expert):
    other = make_bureau("410782")
    stranger = register(other, "外区专家")
    assert refused(lambda: invite(bureau, subject, stranger)) == [(39, "专家和机构库里没有这一方")]
    assert engagement.pool(subject, "expert", "")[0] == [expert]
    assert not Person.objects.filter(zone=other.zone, posts__organization=expert.organization).exists()
