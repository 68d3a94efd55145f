"""Sign-in and the frame: who gets in, what every page carries, and that nothing inline ever gets out."""

import re

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jiheng.goal import drafts
from jiheng.web.middleware import INTERFACE, PUBLIC, SITE, RefusalPage
from tests.bureau_fixture import PASSWORD, make_project, sign_in_by_password

VALUES = {
    "uuid": "01a20fda-3039-76a6-aaeb-c21f309038ff",
    "slug": "goal",
    "int": "18",
    "str": "goal",
    "path": "x",
}


def addresses(patterns=None, prefix=""):
    """Every address of the product, with something in place of each parameter, and its name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield "/" + re.sub(r"<(\w+):\w+>", lambda found: VALUES[found[1]], route), pattern.name


def test_every_address_asks_for_sign_in_unless_it_is_public(client, db):
    found = list(addresses())
    assert {"home", "case", "case-do", "case-file", "work", "project"} <= {name for _, name in found}
    for url, name in found:
        response = client.get(url)
        if name in SITE:  # nothing is published here: whatever is asked for is as if it were not there
            assert response.status_code == (200 if name in ("robots", "public-home") else 404), url
        elif name in INTERFACE:  # a system shows its token, or is told so
            assert (response.status_code, client.post(url).status_code) == (405, 401), url
        elif name in PUBLIC:
            # A calendar's address is itself the secret: a wrong one is as if there were none.
            assert response.status_code in ((404,) if name == "calendar-feed" else (200, 405)), url
        else:
            assert (response.status_code, response["Location"].split("?")[0]) == (302, "/sign-in/"), url


def test_sign_in_leads_back_to_where_one_wanted_to_go(client, bureau):
    sign_in_by_password(bureau.unit)
    first = client.get("/work/goal/?q=校舍")
    given = {
        "username": bureau.unit.username,
        "password": PASSWORD,
        "next": "/work/goal/?q=%E6%A0%A1%E8%88%8D",
    }
    assert first["Location"].startswith("/sign-in/?next=%2Fwork%2Fgoal%2F%3Fq%3D")
    assert client.post("/sign-in/", given)["Location"] == given["next"]


def test_a_wrong_password_keeps_the_account_and_says_what_to_do(client, bureau):
    sign_in_by_password(bureau.unit)
    page = client.post("/sign-in/", {"username": bureau.unit.username, "password": "不对"}).content.decode()
    assert "<title>错误：登录" in page
    assert f'value="{bureau.unit.username}"' in page
    assert "有 1 处需要修改" in page
    assert "账号或口令不对" in page


def test_five_wrong_passwords_lock_and_tell_until_when(client, bureau):
    sign_in_by_password(bureau.unit)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = client.post("/sign-in/", {"username": bureau.unit.username, "password": "不对"})
    page = response.content.decode()
    assert response.status_code == 429
    assert re.search(r"请在 \d\d:\d\d 以后再试", page)
    assert f'value="{bureau.unit.username}"' in page
    right = client.post("/sign-in/", {"username": bureau.unit.username, "password": PASSWORD})
    assert right.status_code == 429


def test_the_first_password_has_to_be_changed_before_anything_else(client, bureau):
    person = sign_in_by_password(bureau.unit)
    type(person).objects.filter(pk=person.pk).update(must_change_password=True)
    client.post("/sign-in/", {"username": person.username, "password": PASSWORD})
    assert client.get("/")["Location"] == "/password/"
    weak = client.post(
        "/password/", {"old_password": PASSWORD, "new_password1": "abcdefgh", "new_password2": "abcdefgh"}
    )
    assert "三种" in weak.content.decode()
    same = client.post(
        "/password/", {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    )
    assert "新口令不能与现在的口令相同" in same.content.decode()
    new = "Xiaoxue-2027"
    done = client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert done["Location"] == "/"
    assert client.get("/").status_code == 200
    person.refresh_from_db()
    assert person.must_change_password is False
    assert person.check_password(new)


def test_the_demo_lists_its_people_and_lets_one_in_without_a_password(client, bureau, settings):
    settings.DEMO = True
    page = client.get("/sign-in/").content.decode()
    assert [page.count(f'value="{person.pk}"') for person in bureau.people.values()] == [1] * len(
        bureau.people
    )
    assert client.post("/sign-in/demo/", {"person": bureau.budget.pk})["Location"] == "/"
    assert "预算科经办" in client.get("/").content.decode()


def test_outside_the_demo_nobody_is_listed_and_nobody_gets_in(client, bureau, settings):
    settings.DEMO = False
    assert "预算科经办" not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/demo/", {"person": bureau.budget.pk}).status_code == 404
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("person", ["00000000-0000-0000-0000-000000000000", "x", ""])
def test_the_demo_knows_only_its_people(client, bureau, settings, person):
    settings.DEMO = True
    assert client.post("/sign-in/demo/", {"person": person}).status_code == 404


def test_the_demo_leads_to_no_other_host(client, bureau, settings):
    settings.DEMO = True
    given = {"person": bureau.budget.pk, "next": "https://example.com/"}
    assert client.post("/sign-in/demo/", given)["Location"] == "/"


def test_the_demo_takes_a_word_for_an_address_below_and_not_for_a_name(client, bureau, settings):
    settings.DEMO = True
    answer = client.post("/sign-in/demo/", {"person": bureau.budget.pk, "next": "养老"})
    assert answer.status_code == 302 and answer["Location"].startswith("%E5")


def test_pages_forbid_and_contain_nothing_inline(as_person, bureau, goal_case):
    client = as_person(bureau.unit)
    for url in ("/", f"/case/{goal_case.pk}/", "/work/goal/", "/work/exante/", "/projects/", "/search/?q=校舍",
                "/password/", f"/projects/{goal_case.subject}/"):  # fmt: skip
        response = client.get(url)
        page = response.content.decode()
        assert response.status_code == 200, url
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "style-src 'self'" in policy and "unsafe" not in policy
        assert (
            re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|https?://", page) == []
        ), url
        assert '<html lang="zh-CN">' in page and page.count("<h1>") == 1, url


def test_a_page_that_is_not_there_says_what_next(as_person, bureau):
    response = as_person(bureau.unit).get("/case/01a20fda-3039-76a6-aaeb-c21f309038ff/")
    assert response.status_code == 404
    assert "回首页" in response.content.decode()


@pytest.mark.article(2)
def test_the_six_kinds_of_work_stand_in_the_regulations_order(as_person, bureau):
    page = as_person(bureau.unit).get("/").content.decode()
    works = ["事前绩效评估", "绩效目标", "绩效监控", "绩效评价", "结果应用", "支撑保障"]
    assert re.findall(r'<a href="/work/\w+/">(\w+)</a>', page) == works


def test_signing_out_needs_a_post(as_person, bureau):
    client = as_person(bureau.unit)
    assert client.get(reverse("sign-out")).status_code == 405
    client.post(reverse("sign-out"))
    assert client.get("/").status_code == 302


def test_who_comes_second_to_begin_the_same_thing_reads_that_it_was_done(bureau, rf):
    """Two pages were open on the same free project; the second press finds the row there already."""
    project = make_project(bureau)
    drafts.begin(project, 2026, by=bureau.unit)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        drafts.begin(project, 2026, by=bureau.unit)
    request = rf.post("/goal/new/")
    request.user = bureau.unit
    page = RefusalPage(lambda asked: HttpResponse()).process_exception(request, caught.value)
    assert page is not None and page.status_code == 409
    assert "同一件事已经记下了一次" in page.content.decode()
    other = RefusalPage(lambda asked: HttpResponse()).process_exception(
        request, IntegrityError("NOT NULL failed")
    )
    assert other is None
