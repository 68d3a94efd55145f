"""The profile: one fault a file, each told with its place; and a case keeps the profile it began under (art. 43)."""

import argparse
import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from jiheng.bureau import command, profile
from jiheng.bureau.models import Change, Profile
from jiheng.bureau.profile_views import differences, sections_of, shown
from jiheng.procedure import door
from tests.bureau_fixture import advance, make_goal

DEFAULT = profile.DEFAULT.read_text()


def changed(old: str, new: str, text: str = DEFAULT) -> str:
    assert text.count(old) == 1, f"{old} stands {text.count(old)} times"
    return text.replace(old, new)


FAULTS = {
    "no day of effect": (
        ("effective = 2024-01-01\n", ""),
        "[profile] effective：生效日应为日期，如 2025-01-01（规程第43条）",
    ),
    "day of effect as text": (
        ("effective = 2024-01-01", 'effective = "2024-01-01"'),
        "[profile] effective：生效日应为日期，如 2025-01-01（规程第43条）",
    ),
    "day of effect with a time": (
        ("effective = 2024-01-01", "effective = 2024-01-01T08:00:00"),
        "[profile] effective：生效日应为日期，如 2025-01-01（规程第43条）",
    ),
    "no name": (('name = "平原示范区财政局局情配置"', 'name = " "'), "[profile] name：须写明名称"),
    "a parameter is missing": (
        ('goal_review = { value = 5, source = "本局设定" }\n', ""),
        '[days] goal_review（支出管理科审核绩效目标）：须写成 { value = …, source = "…" }',
    ),
    "a parameter nobody knows": (
        ("[major]\n", '[major]\nyears = { value = 3, source = "本局设定" }\n'),
        "[major] years：不认识的参数，请删去或改正名称",
    ),
    "a section nobody knows": (
        ("[major]\n", '[weather]\nsun = { value = 1, source = "本局设定" }\n[major]\n'),
        "[weather] sun：不认识的参数，请删去或改正名称",
    ),
    "a bare value": (
        ('goal_submit = { value = 10, source = "本局设定" }', "goal_submit = 10"),
        '[days] goal_submit（单位编报绩效目标）：须写成 { value = …, source = "…" }',
    ),
    "no source": (
        ('amount = { value = 5000000, source = "本局设定" }', "amount = { value = 5000000 }"),
        '[major] amount（重大项目金额起点）：须写成 { value = …, source = "…" }',
    ),
    "an empty source": (
        ('amount = { value = 5000000, source = "本局设定" }', 'amount = { value = 5000000, source = "" }'),
        "[major] amount（重大项目金额起点）：须写明出处；没有上位依据的写“本局设定”",
    ),
    "no days": (
        ("goal_submit = { value = 10,", "goal_submit = { value = 0,"),
        "[days] goal_submit（单位编报绩效目标）：值 0 不合要求，应为1 至 250 的整数",
    ),
    "half a day": (
        ("goal_submit = { value = 10,", "goal_submit = { value = 2.5,"),
        "[days] goal_submit（单位编报绩效目标）：值 2.5 不合要求，应为1 至 250 的整数",
    ),
    "true for a number of days": (
        ("goal_submit = { value = 10,", "goal_submit = { value = true,"),
        "[days] goal_submit（单位编报绩效目标）：值 True 不合要求，应为1 至 250 的整数",
    ),
    "a share over one": (
        ("poor_cut = { value = 1,", "poor_cut = { value = 20,"),
        "[application] poor_cut（等级“差”至少压减）：值 20 不合要求，应为0 至 1 的数",
    ),
    "a number as text": (
        ("amount = { value = 5000000,", 'amount = { value = "500万",'),
        "[major] amount（重大项目金额起点）：值 '500万' 不合要求，应为不小于 0 的数",
    ),
    "an endless amount": (
        ("amount = { value = 5000000,", "amount = { value = inf,"),
        "[major] amount（重大项目金额起点）：值 inf 不合要求，应为不小于 0 的数",
    ),
    "a role nobody knows": (
        ('government_debt = { value = "budget"', 'government_debt = { value = "预算科"'),
        "[fields] government_debt（政府债务领域牵头）：值 '预算科' 不合要求，应为职责名，如 expenditure",
    ),
    "a list for a role": (
        ('government_debt = { value = "budget"', 'government_debt = { value = ["budget"]'),
        "[fields] government_debt（政府债务领域牵头）：值 ['budget'] 不合要求，应为职责名，如 expenditure",
    ),
    "a role that is no office's": (
        ('government_debt = { value = "budget"', 'government_debt = { value = "unit"'),
        "[fields] government_debt（政府债务领域牵头）：值 'unit' 不合要求，应为职责名，如 expenditure",
    ),
    "a way of scoring nobody knows": (
        ('execution_strategy = { value = "ratio"', 'execution_strategy = { value = "best"'),
        "[scoring] execution_strategy（执行率计分办法（ratio 比例、interval 区间））："
        "值 'best' 不合要求，应为ratio 或 interval",
    ),
    "grades upside down": (
        ("\ngood = { value = 80,", "\ngood = { value = 95,"),
        "[grades]：等级起点须由高到低",
    ),
    "lights upside down": (
        ("\nyellow = { value = 0.6,", "\nyellow = { value = 0.9,"),
        "[lights] green：绿灯起点须高于黄灯起点 yellow",
    ),
}


@pytest.mark.article(43)
@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_told_with_its_place_and_nothing_else_is(name):
    edit, said = FAULTS[name]
    with pytest.raises(profile.ProfileError) as refused:
        profile.read(changed(*edit))
    assert refused.value.faults == [said]
    assert str(refused.value) == f"局情配置有 1 处需要修改：\n{said}"


def test_several_faults_are_told_at_once():
    text = DEFAULT
    for name in ("no name", "no days", "a share over one"):
        text = changed(*FAULTS[name][0], text)
    with pytest.raises(profile.ProfileError) as refused:
        profile.read(text)
    assert refused.value.faults == [FAULTS[name][1] for name in ("no name", "no days", "a share over one")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[profile", "不是可读的 TOML 文件"),
        ("profile = 3", r"\[profile\] effective"),
        ("days = 3", r"\[days\]：不认识"),
    ],
)
def test_what_is_hardly_a_profile_is_refused_in_words(text, said):
    with pytest.raises(profile.ProfileError, match=said):
        profile.read(text)


@pytest.mark.parametrize(
    ("data", "said"),
    [("配置".encode("gb18030"), "不是 UTF-8 文字"), (b"#" * 1024 * 1024 + b"#", "超过 1 兆")],
)
def test_bytes_that_are_no_profile_are_refused_in_words(data, said):
    with pytest.raises(profile.ProfileError, match=said):
        profile.decode(data)


def test_every_section_of_the_catalogue_has_a_label():
    assert {parameter.section for parameter in profile.CATALOGUE} == set(profile.SECTIONS)


def test_values_are_shown_as_users_read_them():
    _, _, values = profile.read(DEFAULT)
    told = {
        f"{setting.parameter.section}.{setting.parameter.key}": (value, setting.local)
        for _, settings in sections_of(values)
        for setting, value in settings
    }
    assert len(told) == len(profile.CATALOGUE)
    assert {
        key: told[key] for key in ("days.goal_submit", "application.fair_cut", "major.amount", "grades.good")
    } == {
        "days.goal_submit": ("10 个工作日", True),
        "application.fair_cut": ("10%", True),
        "major.amount": ("5,000,000.00 元", True),
        "grades.good": ("80 分", False),
    }
    assert told["fields.government_debt"] == ("预算科", False)


def later(day: datetime.date, days: int = 3) -> str:
    text = re.sub(r"effective = \S+", f"effective = {day}", DEFAULT)
    return changed("goal_review = { value = 5,", f"goal_review = {{ value = {days},", text)


@pytest.mark.article(43)
def test_each_day_has_the_profile_in_force_on_it_and_the_same_file_again_changes_nothing(bureau):
    new = profile.load(bureau.zone, later(datetime.date(2026, 7, 1)))
    corrected = profile.load(bureau.zone, later(datetime.date(2026, 7, 1), 4))
    assert profile.load(bureau.zone, later(datetime.date(2026, 7, 1), 4)) == corrected
    days = [datetime.date(2023, 12, 31), datetime.date(2026, 6, 30), datetime.date(2026, 7, 1)]
    assert [profile.in_force(bureau.zone.pk, day) for day in days] == [None, bureau.profile, corrected]
    assert (new.version, corrected.version) == (1, 2)


@pytest.mark.article(43)
def test_a_case_begun_under_the_old_profile_keeps_it_and_a_new_case_takes_the_new(bureau):
    old = make_goal(bureau)
    changed_profile = profile.load(bureau.zone, later(localdate(), 30))
    new = make_goal(bureau)
    assert (old.profile, new.profile) == (bureau.profile, changed_profile)
    left = {}
    for case in (old, new):
        advance(bureau, case, ("submit", "unit"), ("confirm", "department"))
        task = case.tasks.get(step="review")
        left[case.pk] = door.standing(bureau.zone).workdays_between(localdate(), task.due)
    assert left == {old.pk: 5, new.pk: 30}


@pytest.mark.article(43)
def test_the_page_shows_every_parameter_with_source_and_marks_what_is_the_bureaus_own(bureau, as_person):
    page = as_person(bureau.unit).get(reverse("profile")).content.decode()
    assert [p.label for p in profile.CATALOGUE if p.label not in page] == []
    local = DEFAULT.count('source = "本局设定"')
    assert page.count('<span class="jh-state jh-state-open">本局设定</span>') == local
    assert "由综合科维护（规程第40条）" in page and "载入新配置" not in page


def test_a_profiles_own_file_can_be_had_back(bureau, as_person):
    response = as_person(bureau.unit).get(reverse("profile-toml", args=[bureau.profile.pk]))
    assert response.content.decode() == DEFAULT


def put(client, text: str):
    file = SimpleUploadedFile("p.toml", text.encode(), "application/toml")
    return client.post(reverse("profile-upload"), {"file": file})


@pytest.mark.article(40)
def test_upload_shows_what_changes_before_it_is_taken(bureau, as_person):
    client, text = as_person(bureau.general), later(datetime.date(2027, 1, 1))
    preview = put(client, text)
    told = [(d.parameter.key, old, new) for d, old, new in preview.context["differences"]]
    assert told == [("goal_review", "5 个工作日", "3 个工作日")]
    assert Profile.objects.count() == 1
    client.post(reverse("profile-upload"), {"confirm": "1", "text": preview.context["text"]})
    assert profile.in_force(bureau.zone.pk, datetime.date(2027, 1, 1)).text == text
    line = Change.objects.get(kind="profile")
    assert (line.before, line.after) == ({"[days] goal_review": 5}, {"[days] goal_review": 3})


@pytest.mark.article(40)
def test_a_faulty_upload_lists_every_fault_and_changes_nothing(bureau, as_person):
    text = changed(*FAULTS["no days"][0], changed(*FAULTS["no name"][0]))
    response = put(as_person(bureau.general), text)
    assert response.status_code == 422
    assert [error["text"] for error in response.context["errors"]] == [
        FAULTS["no name"][1],
        FAULTS["no days"][1],
    ]
    assert Profile.objects.count() == 1


@pytest.mark.article(40)
def test_confirming_a_text_that_was_tampered_with_is_checked_again(bureau, as_person):
    text = changed(*FAULTS["no days"][0])
    response = as_person(bureau.general).post(reverse("profile-upload"), {"confirm": "1", "text": text})
    assert (response.status_code, Profile.objects.count()) == (422, 1)


@pytest.mark.article(40)
@pytest.mark.parametrize("who", ["performance", "leadership", "department", "unit"])
def test_only_the_general_office_may_load_a_profile(bureau, as_person, who):
    response = put(as_person(bureau.people[who]), later(datetime.date(2027, 1, 1)))
    assert (response.status_code, Profile.objects.count()) == (403, 1)
    assert "局情配置由综合科维护（规程第40条）" in response.content.decode()


def test_differences_tell_a_change_of_source_alone(bureau):
    _, _, before = profile.read(DEFAULT)
    _, _, after = profile.read(
        changed(
            'good = { value = 80, source = "财预〔2020〕10号" }', 'good = { value = 80, source = "本局设定" }'
        )
    )
    found = differences(before, after)
    assert [(d.parameter.key, d.before.source, d.after.source) for d in found] == [
        ("good", "财预〔2020〕10号", "本局设定")
    ]
    assert shown(found[0].after) == "80 分"


@pytest.fixture
def call(tmp_path):
    def run(what: str, text: str | None) -> int:
        path = tmp_path / "p.toml"
        if text is not None:
            path.write_text(text)
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        return command.run(parser.parse_args([what, str(path)]))

    return run


def test_check_from_the_command_line(call, capsys):
    assert call("check", None) == 2
    assert call("check", DEFAULT) == 0
    assert capsys.readouterr().out == (
        f"平原示范区财政局局情配置：{len(profile.CATALOGUE)} 个参数都合要求，2024-01-01 起生效。\n"
    )
    assert call("check", changed(*FAULTS["no days"][0])) == 1
    assert FAULTS["no days"][1] in capsys.readouterr().err


def test_load_from_the_command_line(bureau, call, capsys):
    assert call("load", later(datetime.date(2027, 1, 1))) == 0
    assert call("load", later(datetime.date(2027, 1, 1))) == 0
    assert "同样的文件已经载入，没有改动" in capsys.readouterr().out
    assert Profile.objects.count() == 2


@pytest.mark.article(43)
@pytest.mark.django_db
def test_a_profile_older_than_a_question_answers_with_the_shipped_value(bureau):
    values = {section: dict(keys) for section, keys in bureau.profile.values.items() if section != "support"}
    del values["days"]["allocation_issue"]
    old = profile.Values(values)
    assert old("support", "recusal_years") == 3 and old("days", "allocation_issue") == 5
    assert old("days", "goal_submit") == bureau.profile.values["days"]["goal_submit"]["value"]
