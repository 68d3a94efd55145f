"""``jiheng bureau begin``: from an empty database to somebody who can sign in and set up the rest (art. 40)."""

import argparse
import os
import re
import subprocess
import sys

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from jiheng.bureau import begin_command
from jiheng.bureau.directory import unfilled
from jiheng.bureau.models import Change, Organization, Person, Workday, Zone
from jiheng.bureau.profile import in_force

WORDS = ("--code", "410700", "--name", "某区", "--bureau", "某区财政局", "--username", "zonghe01")


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    begin_command.add_arguments(parser)
    return begin_command.run(parser.parse_args(["begin", *words]))


def rows() -> list[int]:
    return [model.objects.count() for model in (Zone, Organization, Person, Workday, Change)]


@pytest.mark.article(40)
@pytest.mark.django_db
def test_the_first_person_signs_in_changes_the_password_and_adds_a_department(client, capsys):
    assert call(*WORDS) == 0
    password = re.search(r"综合科账号 zonghe01，口令 (\S+)", capsys.readouterr().out).group(1)
    zone = Zone.objects.get(code="410700")
    assert unfilled(zone.pk) == []
    loaded = in_force(zone.pk, localdate())
    assert loaded.name == "某区财政局局情配置"
    assert loaded.text.count("平原") == 0

    client.post(reverse("sign-in"), {"username": "zonghe01", "password": password})
    assert client.get(reverse("home")).url.startswith(reverse("password"))
    new = "Changed-2026"
    client.post(reverse("password"), {"old_password": password, "new_password1": new, "new_password2": new})
    assert client.get(reverse("home")).status_code == 200
    charge = Organization.objects.get(zone=zone, roles=["expenditure"])
    answer = client.post(
        reverse("organization-new", args=["department"]),
        {"name": "教育局", "code": "101", "charge": charge.pk, "order": "1"},
    )
    assert answer.status_code == 302
    assert Organization.objects.get(zone=zone, code="101").charge == charge
    assert list(Change.objects.filter(zone=zone).order_by("at").values_list("label", flat=True)) == [
        "建立本局",
        "新增部门",
    ]


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("--bureau", "另一个财政局", "区划 410700 已有“某区财政局”"),
        ("--code", "410701", "账号 zonghe01 已有人使用"),
        ("--code", "4107", "区划代码“4107”应为 6 位或 9 位数字"),
        ("--name", "长" * 61, "区划最多 60 个字"),
    ],
)
@pytest.mark.django_db
def test_refused_with_what_to_do_and_nothing_written(place, value, says, capsys):
    assert call(*WORDS) == 0
    before = rows()
    words = list(WORDS)
    words[words.index(place) + 1] = value
    assert call(*words) == 1
    assert says in capsys.readouterr().err
    assert rows() == before


@pytest.mark.django_db
def test_a_name_with_signs_of_the_profile_file_does_no_harm():
    words = ['“城\\区”"新区"财政局' if word == "某区财政局" else word for word in WORDS]
    assert call(*words) == 0
    assert in_force(Zone.objects.get().pk, localdate()).name == '“城\\区”"新区"财政局局情配置'


def test_a_database_without_tables_is_told(tmp_path):
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "JIHENG_DATA": str(tmp_path),
    }
    told = subprocess.run(
        [sys.executable, "-m", "jiheng", "bureau", "begin", *WORDS], env=env, capture_output=True, text=True
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "没有建立：库里还没有表。请先运行 jiheng manage migrate，再来一次。\n"


@pytest.mark.django_db
def test_what_is_missing_is_asked_for_by_its_name(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert call(*WORDS[:-2]) == 2
    assert "--username" in capsys.readouterr().err
    assert not Zone.objects.exists()


@pytest.mark.django_db
def test_a_second_bureau_stands_beside_the_first(bureau):
    mine = Organization.objects.filter(zone=bureau.zone).count()
    assert call(*WORDS) == 0
    assert Organization.objects.filter(zone=bureau.zone).count() == mine
    assert Organization.objects.filter(zone__code="410700").count() == 8
