"""Article 40: the general office keeps people and organizations right; everybody else reads why they can't."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from jiheng.bureau import directory, workdays
from jiheng.bureau.changes import NotAllowed
from jiheng.bureau.models import Change, Organization, Person, Post, Workday
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.standing import standing
from jiheng.procedure import door
from tests.bureau_fixture import GOAL_PATH, PASSWORD, advance, make_bureau, make_goal, sign_in_by_password

pytestmark = pytest.mark.article(40)


def fields(organization, **changed):
    told = {"name": organization.name, "code": organization.code, "order": organization.order}
    if organization.kind == "office":
        told["roles"] = organization.roles
    elif organization.kind == "department":
        told["charge"] = organization.charge_id
    else:
        told["parent"] = organization.parent_id
    return told | changed


def test_the_general_office_adds_a_department_that_then_has_a_desk_in_charge(bureau, as_person):
    revision = bureau.zone.revision
    response = as_person(bureau.general).post(
        reverse("organization-new", args=["department"]),
        {"name": "　民政局 ", "code": "１０3", "charge": bureau.organizations["expenditure"].pk, "order": ""},
    )
    added = Organization.objects.get(code="103")
    assert response.url == reverse("organization", args=[added.pk])
    assert (added.name, added.kind, added.charge, added.zone) == (
        "民政局",
        "department",
        bureau.organizations["expenditure"],
        bureau.zone,
    )
    bureau.zone.refresh_from_db()
    assert bureau.zone.revision == revision + 1


def test_a_change_of_charge_is_seen_by_the_door_at_once(bureau):
    second = Organization(zone=bureau.zone, kind="office", code="099", name="农业科", roles=["expenditure"])
    directory.save_organization(second, by=bureau.general)
    department = bureau.organizations["department2"]
    department.charge = second
    directory.save_organization(department, by=bureau.general)
    bureau.zone.refresh_from_db()
    held = standing(bureau.zone).holder(EXPENDITURE, unit_id=None, department=department)
    assert held == second.pk
    line = Change.objects.first()
    assert (line.label, line.before, line.after) == (
        "修改部门",
        {"归口科室": "支出管理科"},
        {"归口科室": "农业科"},
    )


def test_open_duties_go_with_the_charge_and_with_the_role(bureau):
    waiting, other = make_goal(bureau), make_goal(bureau, unit="unit3")
    advance(bureau, waiting, *GOAL_PATH.confirmed)
    advance(bureau, other, ("submit", "unit3"), ("confirm", "department2"))
    second = Organization(zone=bureau.zone, kind="office", code="099", name="教科文科", roles=["expenditure"])
    directory.save_organization(second, by=bureau.general)
    department = bureau.organizations["department"]
    department.charge = second
    directory.save_organization(department, by=bureau.general)
    assert waiting.tasks.get().organization == second
    assert other.tasks.get().organization == bureau.organizations["expenditure"]
    clerk, _ = directory.add_person(
        by=bureau.general, username="jkw", name="教科文科经办", organization=second, title="经办"
    )
    waiting.refresh_from_db()
    assert door.may("goal.review", waiting, clerk).reasons == []
    door.perform("goal.review", waiting, by=clerk)
    third = Organization(zone=bureau.zone, kind="office", code="098", name="资产科", roles=["assets"])
    directory.save_organization(third, by=bureau.general)
    office = bureau.organizations["assets"]
    office.roles = ["procurement"]
    directory.save_organization(office, by=bureau.general)
    assert {task.role: task.organization.name for task in waiting.tasks.all()} == {
        "performance": "预算绩效管理科",
        "assets": "资产科",
    }
    third.roles = ["treasury"]
    directory.save_organization(third, by=bureau.general)
    assert waiting.tasks.get(role="assets").organization is None


@pytest.mark.parametrize(
    ("kind", "given", "field", "said"),
    [
        (
            "office",
            {"name": "教育局", "code": "900", "roles": ["budget"]},
            "name",
            "已有同名的部门（编码 101）",
        ),
        ("office", {"name": "新科", "code": "101", "roles": ["budget"]}, "code", "编码 101 已用于“教育局”"),
        ("office", {"name": "新科", "code": "900"}, "roles", "至少选一项职责"),
        ("office", {"name": "新科", "code": "900", "roles": ["unit"]}, "roles", "unit"),
        ("department", {"name": "新局", "code": "900"}, "charge", "这个字段是必填项"),
        ("unit", {"name": "新校", "code": "900"}, "parent", "这个字段是必填项"),
    ],
)
def test_a_wrong_organization_is_refused_at_its_field(bureau, as_person, kind, given, field, said):
    before = Organization.objects.count()
    response = as_person(bureau.general).post(reverse("organization-new", args=[kind]), given)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert said in str(response.context["form"].errors[field])
    assert Organization.objects.count() == before


def test_an_office_that_is_not_expenditure_cant_have_charge(bureau, as_person):
    department = bureau.organizations["department"]
    response = as_person(bureau.general).post(
        reverse("organization-edit", args=[department.pk]),
        fields(department, charge=bureau.organizations["budget"].pk),
    )
    assert list(response.context["form"].errors) == ["charge"]


def test_the_last_general_office_cant_be_taken_away(bureau, as_person):
    office = bureau.organizations["general"]
    response = as_person(bureau.general).post(
        reverse("organization-edit", args=[office.pk]), fields(office, roles=["budget"])
    )
    assert "没有人能维护本系统" in response.context["errors"][0]["text"]
    office.refresh_from_db()
    assert office.roles == ["general"]


@pytest.mark.parametrize("who", ["leadership", "performance", "expenditure", "department", "unit"])
def test_nobody_else_may_change_anything_and_reads_who_may(bureau, as_person, who):
    client = as_person(bureau.people[who])
    # Whom this person may see at all: somebody out of sight answers as if they did not exist.
    target = bureau.people[who]
    asked = [
        client.post(
            reverse("organization-new", args=["office"]), {"name": "新", "code": "1", "roles": ["budget"]}
        ),
        client.post(reverse("organization-edit", args=[bureau.organizations["unit"].pk]), {"name": "改"}),
        client.post(reverse("person-new"), {"name": "甲", "username": "jia"}),
        *(
            client.post(reverse("person-change", args=[target.pk]), {"what": what})
            for what in ("password", "stop", "post", "name", "unpost")
        ),
        client.post(reverse("workdays-change"), {"what": "seed", "year": "2026"}),
    ]
    assert [response.status_code for response in asked] == [403] * len(asked)
    assert all("由综合科维护（规程第40条）" in response.content.decode() for response in asked)
    assert (Change.objects.count(), Workday.objects.count()) == (0, 0)
    for function in (
        lambda: directory.set_active(target, False, by=target),
        lambda: directory.reset_password(target, by=target),
        lambda: workdays.seed([2026], by=target),
    ):
        with pytest.raises(NotAllowed):
            function()


def test_a_new_person_signs_in_once_with_the_password_shown_once_and_must_change_it(
    bureau, as_person, client
):
    response = as_person(bureau.general).post(
        reverse("person-new"),
        {
            "name": "支出管理科复核",
            "username": "zc-2",
            "title": "复核",
            "organization": bureau.organizations["expenditure"].pk,
        },
    )
    password = response.context["password"]
    assert response["Cache-Control"] == "no-store" and password in response.content.decode()
    added = Person.objects.get(username="zc-2")
    assert (added.zone, [str(post) for post in added.posts.all()]) == (bureau.zone, ["支出管理科复核"])
    client.logout()
    client.post(reverse("sign-in"), {"username": "zc-2", "password": password})
    assert client.get(reverse("home")).url == reverse("password")
    assert password not in str(list(Change.objects.values()))


def test_a_reset_password_ends_the_old_one(bureau):
    person = sign_in_by_password(bureau.unit)
    password = directory.reset_password(person, by=bureau.general)
    person.refresh_from_db()
    assert (
        person.check_password(PASSWORD),
        person.check_password(password),
        person.must_change_password,
    ) == (
        False,
        True,
        True,
    )


def test_temporary_passwords_pass_the_houses_own_rule():
    from django.contrib.auth.password_validation import validate_password

    made = {directory.temporary_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        validate_password(password)


def test_a_stopped_account_is_signed_out_and_can_be_taken_back(bureau, client):
    client.force_login(bureau.unit, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("home")).status_code == 200
    directory.set_active(bureau.unit, False, by=bureau.general)
    assert client.get(reverse("home")).url.startswith(reverse("sign-in"))
    directory.set_active(bureau.unit, True, by=bureau.general)
    told = list(Change.objects.order_by("at").values_list("label", "before", "after"))
    assert told == [
        ("停用账号", {"状态": "在用"}, {"状态": "停用"}),
        ("启用账号", {"状态": "停用"}, {"状态": "在用"}),
    ]


def test_the_general_office_cant_lock_itself_out(bureau):
    with pytest.raises(NotAllowed, match="不能停用自己的账号"):
        directory.set_active(bureau.general, False, by=bureau.general)
    with pytest.raises(NotAllowed, match="没有人能维护本系统"):
        directory.remove_post(bureau.general.posts.get(), by=bureau.general)
    directory.add_post(bureau.budget, bureau.organizations["general"], "兼管", by=bureau.general)
    directory.remove_post(bureau.general.posts.get(), by=bureau.general)
    assert Post.objects.filter(organization=bureau.organizations["general"]).get().person == bureau.budget


def test_a_second_post_in_the_same_place_is_refused_in_words(bureau, as_person):
    response = as_person(bureau.general).post(
        reverse("person-change", args=[bureau.budget.pk]),
        {"what": "post", "post-organization": bureau.organizations["budget"].pk, "post-title": "经办"},
    )
    assert response.context["errors"][0]["text"] == "预算科经办在预算科已有岗位。"


def test_who_sees_which_organizations_and_people(bureau):
    def names(person):
        return {
            organization.name
            for organization in directory.organizations(person)
            if organization.kind != Organization.Kind.OFFICE
        }

    assert names(bureau.budget) == {"教育局", "农业农村局", "第一小学", "第二中学", "农技推广站"}
    assert names(bureau.department) == {"教育局", "第一小学", "第二中学"}
    assert names(bureau.unit3) == {"农业农村局", "农技推广站"}
    assert bureau.unit not in directory.people(bureau.unit3)
    assert set(directory.people(bureau.department)) >= {bureau.unit, bureau.unit2, bureau.department}
    assert directory.people(bureau.unit3).filter(pk=bureau.department.pk).exists() is False


def test_another_zones_rows_answer_as_if_they_did_not_exist(bureau, as_person):
    other = make_bureau("410799")
    client = as_person(bureau.general)
    for name, key in (
        ("organization", other.organizations["unit"].pk),
        ("organization-edit", other.organizations["unit"].pk),
        ("person", other.unit.pk),
        ("profile-version", other.profile.pk),
        ("profile-toml", other.profile.pk),
    ):
        assert client.get(reverse(name, args=[key])).status_code == 404, name
    assert (
        client.post(reverse("person-change", args=[other.unit.pk]), {"what": "password"}).status_code == 404
    )
    response = client.post(
        reverse("organization-new", args=["unit"]),
        {"name": "混入", "code": "900", "parent": other.organizations["department"].pk},
    )
    assert list(response.context["form"].errors) == ["parent"]


def test_the_database_refuses_to_change_the_log(bureau):
    directory.rename(bureau.unit, "新名", by=bureau.general)
    line = Change.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.filter(pk=line.pk).update(label="没改过")
    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.filter(pk=line.pk).delete()
    assert Change.objects.get().label == "改名"


def test_the_log_is_read_by_offices_only(bureau, as_person):
    directory.rename(bureau.unit, "新名", by=bureau.general)
    assert "改名" in as_person(bureau.treasury).get(reverse("changes")).content.decode()
    assert as_person(bureau.unit).get(reverse("changes")).status_code == 403


def test_people_are_found_filtered_and_paged_in_few_queries(bureau, as_person, django_assert_max_num_queries):
    for number in range(70):
        directory_person = Person.objects.create_person(
            zone=bureau.zone, username=f"x{number:02}", name=f"甲{number}"
        )
        Post.objects.create(
            zone=bureau.zone, person=directory_person, organization=bureau.organizations["unit"]
        )
    client = as_person(bureau.budget)
    with django_assert_max_num_queries(10):
        page = client.get(reverse("people"), {"q": "第一小学", "page": 2}).context["page"]
    assert (page.paginator.count, page.number, page.pages, len(page.object_list)) == (71, 2, 3, 30)
    assert [p.username for p in client.get(reverse("people"), {"q": "甲69"}).context["page"]] == ["x69"]
    assert client.get(reverse("people"), {"use": "no"}).context["page"].paginator.count == 0


def test_a_role_that_nobody_fills_is_pointed_out(bureau, as_person):
    office = bureau.organizations["treasury"]
    office.roles = ["budget"]
    directory.save_organization(office, by=bureau.general)
    response = as_person(bureau.unit).get(reverse("organizations"))
    assert [role.key for role in response.context["unfilled"]] == ["treasury"]


def test_the_calendar_is_seeded_for_known_years_and_says_which_it_does_not_know(bureau):
    seeded = workdays.seed_workdays(bureau.zone, [2025, 2199])
    days = dict(Workday.objects.filter(zone=bureau.zone).values_list("day", "works"))
    assert days[datetime.date(2025, 10, 1)] is False and days[datetime.date(2025, 9, 28)] is True
    assert all(works != (day.weekday() < 5) for day, works in days.items())
    assert seeded.unknown == [2199] and "2199 年的放假安排不在随附的日历中" in str(seeded)
    again = workdays.seed_workdays(bureau.zone, [2025])
    assert (again.added, again.kept) == (0, seeded.added)


def test_a_day_entered_by_hand_survives_seeding_and_counts_at_once(bureau, as_person):
    workdays.set_day(datetime.date(2025, 10, 1), False, "手工", by=bureau.general)
    workdays.seed_workdays(bureau.zone, [2025])
    assert Workday.objects.get(day=datetime.date(2025, 10, 1)).name == "手工"
    bureau.zone.refresh_from_db()
    after = standing(bureau.zone).workday_after(datetime.date(2025, 9, 30), 1)
    assert after == datetime.date(2025, 10, 9)


@pytest.mark.parametrize(
    ("day", "works", "status"),
    [("2026-03-02", "no", 302), ("2026-03-02", "yes", 422), ("2026-03-01", "no", 422), ("", "no", 422)],
)
def test_only_days_that_depart_are_entered(bureau, as_person, day, works, status):
    response = as_person(bureau.general).post(
        reverse("workdays-change"),
        {"what": "set", "day": day, "works": works, "name": "停电", "year": "2026"},
    )
    assert (response.status_code, Workday.objects.count()) == (status, int(status == 302))


def test_a_day_is_taken_out_again(bureau, as_person):
    day = workdays.set_day(datetime.date(2026, 3, 2), False, "停电", by=bureau.general)
    as_person(bureau.general).post(
        reverse("workdays-change"), {"what": "remove", "day": day.pk, "year": "2026"}
    )
    assert Workday.objects.count() == 0
    assert [line.label for line in Change.objects.all()] == ["删除工作日", "新增工作日"]


@pytest.mark.parametrize("name", ["organizations", "people", "profile", "workdays", "changes", "person-new"])
def test_every_page_asks_for_sign_in(client, db, name):
    assert client.get(reverse(name)).url.startswith(reverse("sign-in"))


@pytest.mark.article(3)
def test_the_matrix_is_reached_from_the_bureau_too(bureau, as_person):
    assert as_person(bureau.unit).get("/bureau/matrix/").url == reverse("matrix")
