"""The public site: what is published and nothing else, whichever address is tried; dated, cached, the same for everybody."""

import io
import json
import re
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from jiheng.bureau.models import Organization, Person
from jiheng.disclosure.fields import COLUMNS
from jiheng.disclosure.items import ITEMS
from jiheng.disclosure.models import Disclosure, Entry, Published
from jiheng.disclosure.rules import findings, masked
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project.models import Project
from jiheng.web.middleware import SITE
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project, make_whole_goal
from tests.disclosure.publishing import prepared, published, saved
from tests.rooms import words

ZONE = "/public/410781/"
ANY_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SECRETS = ("甲一号保密工程", "乙二号未公开工程", "丙三号撤下工程", "丁四号登记网址", "戊五号没有批复")
OPEN = "校门前道路修缮"


def budget(bureau, name: str, unit: str, department: str, *more: str) -> Disclosure:
    """An approved budget with projects of these names, to be published; what they say bears their names."""
    projects = [make_project(bureau, unit, name=each) for each in (name, *more)]
    for project in projects:
        case = make_goal(bureau, project, unit)
        Goal.objects.filter(case=case).update(text=f"{project.name}的年度目标：完成并验收。")
        confirmers = [
            (step, {"unit": unit, "department": department}.get(who, who)) for step, who in GOAL_PATH.passed
        ]
        advance(bureau, case, *confirmers)
    case = make_budget(bureau, projects, department)
    advance(bureau, case, ("submit", department), ("approve", "budget"))
    return Disclosure.objects.select_related("case", "department").get(source=case)


@pytest.fixture
def shelves(as_person, bureau):
    """Something of every kind: published, withheld, waiting, taken back, published elsewhere, never approved."""
    first = budget(bureau, OPEN, "unit", "department", SECRETS[0])
    client = as_person(bureau.department)
    prepared(client, first)
    entry = Entry.objects.get(name=SECRETS[0])
    saved(client, first, **{f"withheld-{entry.pk}": "secret", f"word-{entry.pk}": "定密。"})
    door.perform("disclosure_budget.submit", first.case, by=bureau.department)
    door.perform("disclosure_budget.confirm", first.case, by=bureau.expenditure)
    waiting = budget(bureau, SECRETS[1], "unit3", "department2")
    prepared(as_person(bureau.department2), waiting)
    taken = budget(bureau, SECRETS[2], "unit", "department")
    published(as_person(bureau.department), taken, bureau.department)
    door.perform("disclosure_budget.withdraw", taken.case, by=bureau.department, opinion="撤下核对。")
    link = budget(bureau, SECRETS[3], "unit2", "department")
    given = {"way": "link", "link": "https://www.example.gov.cn/2026.html"}
    published(as_person(bureau.department), link, bureau.department, **given)
    make_goal(bureau, make_project(bureau, name=SECRETS[4]))
    make_whole_goal(bureau, "unit2")
    return first


def body(response) -> str:
    """What comes back, in one piece or as it is written."""
    return (b"".join(response) if response.streaming else response.content).decode()


def guessed() -> list[str]:
    """Every address that somebody might try who knows all codes and all keys of the inside."""
    departments = set(Organization.objects.filter(kind="department").values_list("code", flat=True))
    owners = set(Organization.objects.filter(kind__in=("department", "unit")).values_list("code", flat=True))
    codes = {*owners, *Project.objects.values_list("code", flat=True)}
    slugs = {f"{code}{more}" for code in codes for more in ("", "-2", "-3", "-a")} | {"link-1", "link-3"}
    keys = [
        str(key)
        for model in (Case, Disclosure, Entry, Published)
        for key in model.objects.values_list("pk", flat=True)
    ]
    people = Person.objects.values_list("name", flat=True)
    places = [f"{ZONE}{year}/{code}/" for year, code in product((2025, 2026), departments)]
    return [
        "/public/", ZONE, f"{ZONE}dictionary/", f"{ZONE}search/", f"{ZONE}search/?item=budget", "/robots.txt", *places,
        *(f"{place}{item}/{slug}/" for place in places[2:] for item in ITEMS for slug in slugs),
        *(f"{ZONE}project/{each}/" for each in (*codes, *keys)), *(f"{ZONE}2026/101/budget/{key}/" for key in keys),
        *(f"{ZONE}data/{year}.{kind}" for year in (2025, 2026) for kind in ("json", "csv")),
        *(f"{ZONE}data/2026.json?department={code}" for code in departments),
        *(f"{ZONE}search/?department={code}&year=2026" for code in departments),
        *(f"{ZONE}search/?q={word}" for word in (*SECRETS, *codes, *people, keys[0])),
    ]  # fmt: skip


@pytest.mark.article(22, 37)
def test_nothing_unpublished_is_reached_by_any_address_id_or_word(client, bureau, shelves):
    people = set(Person.objects.values_list("name", flat=True))
    client.logout()
    answered = set()
    for address in guessed():
        response = client.get(address)
        asked = address.partition("?q=")[2]
        text = body(response)
        text = text.replace(asked, "") if asked else text
        assert not any(secret in text for secret in SECRETS), address
        assert not any(name in text for name in people) and not ANY_KEY.search(text), address
        if response.status_code == 200:
            answered.add(address.partition("?")[0])
        else:
            assert response.status_code == 404, address
    kept = list(Published.objects.all())
    assert {page.title for page in kept} == {OPEN, "教育局整体支出", "教育局2026年预算和绩效目标"}
    pages = {f"{ZONE}{'/'.join(map(str, page.address[1:]))}/" for page in kept}
    assert {each for each in answered if len(each.split("/")) > 6} == pages
    assert "共 1 页" in words(client.get(f"{ZONE}search/?q={OPEN}"))
    assert all("没有找到" in words(client.get(f"{ZONE}search/?q={secret}")) for secret in SECRETS)


def test_the_site_knows_no_table_but_what_is_published(
    client, bureau, shelves, django_assert_max_num_queries
):
    """Whatever page is asked for, the database is asked for published copies alone."""
    project = Project.objects.get(name=OPEN)
    for address in (
        "",
        "2026/",
        "2026/101/",
        f"2026/101/budget/{project.code}/",
        "search/?q=道路",
        "data/2026.json",
    ):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(ZONE + address)
            assert answer.status_code == 200 and body(answer)
        tables = {name for query in asked for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
        assert tables <= {"disclosure_published", "disclosure_shelf"}, address
        assert len(asked) <= 7, address


def test_pages_are_cached_and_the_same_for_everybody(as_person, client, bureau, shelves):
    project = Project.objects.get(name=OPEN)
    address = f"{ZONE}2026/101/budget/{project.code}/"
    client.logout()
    first = client.get(address)
    assert "public" in first["Cache-Control"] and "must-revalidate" in first["Cache-Control"]
    assert first["Last-Modified"] and "Cookie" not in first.get("Vary", "") and not first.cookies
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    assert as_person(bureau.department).get(address).content == first.content
    assert client.post(address).status_code == 405
    # a change anywhere on the site makes everything be asked for anew; what is taken back is gone for caches too
    door.perform("disclosure_budget.withdraw", shelves.case, by=bureau.department, opinion="撤下核对。")
    for given in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}, {}):
        gone = client.get(address, headers=given)
        assert gone.status_code == 404 and OPEN not in words(gone)
        assert client.get(f"{ZONE}2026/101/", headers=given).status_code == 200  # the link stands


def test_what_is_published_can_be_taken_along(client, bureau, shelves):
    elsewhere = client.get(f"{ZONE}2026/101/budget/link-3/").content.decode()
    assert 'href="https://www.example.gov.cn/2026.html"' in elsewhere and "年度目标" not in elsewhere
    whole = json.loads(body(client.get(f"{ZONE}data/2026.json")))
    assert {each["name"] for each in whole["items"]} == {OPEN, "教育局整体支出", "教育局2026年预算和绩效目标"}
    road = next(each for each in whole["items"] if each["name"] == OPEN)
    assert road["body"]["total"] == "1000000.00" and len(road["body"]["indicators"]) == 5
    assert client.get(road["address"]).status_code == 200
    assert client.get(f"{ZONE}data/2026.json?department=102").status_code == 404
    table = body(client.get(f"{ZONE}data/2026.csv")).lstrip("\ufeff").splitlines()
    assert table[0] == ",".join(field.key for field in COLUMNS)
    assert sum(OPEN in line for line in table) == 5
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{ZONE}data/2026.xlsx"))))
    assert [cell.value for cell in book.active[1]] == [field.label for field in COLUMNS]
    told = words(client.get(f"{ZONE}dictionary/"))
    assert all(field.key in told and field.label in told for field in COLUMNS)
    assert client.get(f"{ZONE}data/2026.exe").status_code == 404


def test_robots_may_read_the_public_site_alone(client, db):
    assert client.get("/robots.txt").content.decode().splitlines() == [
        "User-agent: *", "Allow: /public/", "Disallow: /",
    ]  # fmt: skip
    assert "还没有公开的内容" in words(client.get("/public/"))
    assert {"public-page", "public-search", "robots"} <= SITE


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("面积1200平方米，投资13800.00万元", []),
        ("联系13812345678", ["手机号"]),
        ("身份证410781199001011234", ["身份证号"]),
        ("张三丰负责，电话138-1234-5678", ["手机号", "人员姓名"]),
    ],
)
def test_personal_data_is_found_wherever_it_stands_and_put_out_of_sight(text, kinds):
    body = {"text": "完成任务", "indicators": [{"reason": text}]}
    found = findings(body, ["张三丰"])
    assert [kind for kind, _ in found] == kinds
    hidden = json.dumps(masked(body, found), ensure_ascii=False)
    assert findings(json.loads(hidden), ["张三丰"]) == []
    assert hidden.count("（已隐去）") == len(kinds)
