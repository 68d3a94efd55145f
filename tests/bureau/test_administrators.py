"""Article 40: three administrators who do no business, none of whom can give account and rights alone."""

import re

import pytest
from axes.models import AccessLog
from django.db import IntegrityError, transaction

from jiheng.bureau import administrators, delegating, directory
from jiheng.bureau.administrators import Named, Seat
from jiheng.bureau.changes import NotAllowed
from jiheng.bureau.models import Change, Delegation, Person, Post
from jiheng.procedure import door
from jiheng.web.middleware import INTERFACE, SITE
from tests.bureau_fixture import make_bureau, make_goal

pytestmark = pytest.mark.article(40)
THREE = {
    Seat.SYSTEM: Named("系统管理", "xitong01"),
    Seat.SECURITY: Named("安全管理", "anquan01"),
    Seat.AUDIT: Named("审计管理", "shenji01"),
}


@pytest.fixture
def three(bureau) -> dict[Seat, Person]:
    made = administrators.appoint(THREE, by=bureau.general)
    for person, _ in made:
        person.must_change_password = False
        person.save()
    return {Seat(person.seat): person for person, _ in made}


def form(prefix: str = "", **given: str) -> dict[str, str]:
    return {f"{prefix}-{key}" if prefix else key: value for key, value in given.items()}


def test_the_general_office_appoints_all_three_at_once_on_the_page(bureau, as_person):
    page = as_person(bureau.general).get("/bureau/administrators/").content.decode()
    assert "还没有设立" in page
    given: dict[str, str] = {}
    for seat, named in THREE.items():
        given |= form(seat, name=named.name, username=named.username)
    answer = as_person(bureau.general).post("/bureau/administrators/", given)
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    passwords = re.findall(r"<code>(\S+)</code>", answer.content.decode())
    assert len(passwords) == 3
    for (seat, person), password in zip(
        administrators.in_office(bureau.zone.pk).items(), passwords, strict=True
    ):
        assert person.name == THREE[seat].name and person.check_password(password)
        assert person.must_change_password and not person.posts.exists()
    assert "设立三员" in Change.objects.values_list("label", flat=True)
    again = as_person(bureau.general).post("/bureau/administrators/", given)
    assert again.status_code == 403


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"audit-name": "系统管理"}, "三员须是三个不同的人"),
        ({"audit-username": "xitong01"}, "三个账号不能相同"),
        ({"security-username": ""}, "安全保密管理员：请填写账号"),
    ],
)
def test_two_duties_of_one_person_are_refused_and_nobody_is_appointed(bureau, as_person, changed, words):
    given: dict[str, str] = {}
    for seat, named in THREE.items():
        given |= form(seat, name=named.name, username=named.username)
    answer = as_person(bureau.general).post("/bureau/administrators/", given | changed)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not any(administrators.in_office(bureau.zone.pk).values())


def test_nobody_but_the_general_office_appoints_them(bureau, as_person):
    given: dict[str, str] = {}
    for seat, named in THREE.items():
        given |= form(seat, name=named.name, username=named.username)
    for person in (bureau.leadership, bureau.budget):
        answer = as_person(person).post("/bureau/administrators/", given)
        assert answer.status_code == 403 and "综合科" in answer.content.decode()
    assert as_person(bureau.department).get("/bureau/administrators/").status_code == 403
    assert not any(administrators.in_office(bureau.zone.pk).values())


def test_an_account_and_its_rights_take_two_of_them(bureau, three, as_person):
    system, security = three[Seat.SYSTEM], three[Seat.SECURITY]
    page = as_person(system).post("/bureau/people/new/", form(name="新人", username="xinren"), follow=True)
    assert "请安全保密管理员为新人设岗位、发口令" in page.content.decode()
    person = Person.objects.get(username="xinren")
    assert not person.has_usable_password() and not person.posts.exists()
    change = f"/bureau/people/{person.pk}/change/"
    office = bureau.organizations["budget"]
    post = form(what="post", **{"post-organization": str(office.pk), "post-title": "经办"})
    for what in (post, form(what="password")):
        answer = as_person(system).post(change, what)
        assert answer.status_code == 403
        assert "由安全保密管理员（安全管理）办理" in answer.content.decode()
    assert as_person(security).post(change, form(what="stop")).status_code == 403
    assert as_person(security).post("/bureau/people/new/").status_code == 403
    as_person(security).post(change, post)
    shown = as_person(security).post(change, form(what="password")).content.decode()
    person.refresh_from_db()
    assert person.check_password(re.search(r"<code>(\S+)</code>", shown)[1])
    assert str(person.posts.get()) == f"{office.name}经办"


def test_the_general_office_gives_up_what_is_theirs_and_keeps_the_rest(bureau, three, as_person):
    for path in ("/bureau/people/new/", "/operations/sign-ins/", "/import/connections/"):
        answer = as_person(bureau.general).get(path)
        assert answer.status_code == 403 and "三员分立" in answer.content.decode()
    for path in ("/operations/backups/", "/procedure/verify/"):
        assert as_person(bureau.general).post(path).status_code == 403
    with pytest.raises(NotAllowed, match="由系统管理员（系统管理）办理"):
        directory.add_person(
            by=bureau.general, username="x", name="x", organization=bureau.organizations["budget"], title="x"
        )
    assert as_person(bureau.general).get("/bureau/organization/new/office/").status_code == 200
    assert as_person(bureau.general).get("/bureau/profile/upload/").status_code == 302


def test_an_administrator_reaches_no_business_and_no_task(bureau, three, as_person):
    case = make_goal(bureau)
    for person in three.values():
        for path in (
            f"/case/{case.pk}/",
            "/work/goal/",
            "/projects/",
            "/search/?q=x",
            "/office/",
            "/goal/new/",
        ):
            assert as_person(person).get(path).status_code == 404, path
        assert as_person(person).get("/", follow=True).redirect_chain == [("/operations/", 302)]
        assert not any(answer.allowed for answer in door.offers(case, person))


def test_what_an_administrator_may_reach_exists_and_is_no_business(three):
    from django.urls import get_resolver

    named = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert named >= administrators.REACHES
    assert not administrators.REACHES & (SITE | INTERFACE)


def test_no_page_leads_an_administrator_where_they_may_not_go(bureau, three, as_person):
    for person in three.values():
        client, seen = as_person(person), set()
        coming = ["/operations/"]
        while coming:
            address = coming.pop()
            seen.add(address)
            answer = client.get(address)
            assert answer.status_code == 200, address
            links = set(re.findall(r'<a[^>]* href="(/[^"#]*)"', answer.content.decode()))
            coming += [each for each in links - seen - set(coming) if each != "/"]


def test_an_administrator_gets_no_post_and_stands_in_for_nobody(bureau, three):
    system, security = three[Seat.SYSTEM], three[Seat.SECURITY]
    with pytest.raises(NotAllowed, match="不办业务"):
        directory.add_post(system, bureau.organizations["budget"], "经办", by=security)
    post = Post.objects.get(person=bureau.budget)
    today = door.now().date()
    with pytest.raises(NotAllowed, match="不能代办这个岗位"):
        delegating.delegate(post, system, today, today, "出差", by=security)
    # Even if the database said so, the door would not take it.
    Post.objects.create(zone=bureau.zone, person=system, organization=bureau.organizations["budget"])
    Delegation.objects.create(
        zone=bureau.zone, post=post, substitute=system, first=today, last=today, reason="出差"
    )
    offers = door.offers(make_goal(bureau), Person.objects.get(pk=system.pk))
    assert offers and not any(answer.allowed for answer in offers)


def test_only_the_auditor_reads_sign_ins_and_verifies(bureau, three, as_person):
    AccessLog.objects.create(username=bureau.budget.username, ip_address="127.0.0.1")
    page = as_person(three[Seat.AUDIT]).get("/operations/sign-ins/").content.decode()
    assert bureau.budget.name in page
    for seat in (Seat.SYSTEM, Seat.SECURITY):
        assert as_person(three[seat]).get("/operations/sign-ins/").status_code == 403
        assert as_person(three[seat]).post("/procedure/verify/").status_code == 403
    for person in three.values():
        for path in ("/operations/", "/operations/runs/", "/bureau/changes/", "/bureau/people/", "/bureau/"):
            assert as_person(person).get(path).status_code == 200, path


@pytest.mark.parametrize("seat", Seat)
def test_each_is_replaced_by_another_and_the_old_account_ends(bureau, three, as_person, seat):
    given = {"seat": seat, **form(seat, name="新人", username="xinren")}
    keeper = administrators.REPLACED_BY[seat]
    for person in (bureau.general, *(three[each] for each in Seat if each != keeper)):
        assert as_person(person).post("/bureau/administrators/", given).status_code == 403
    taken = {**given, f"{seat}-name": three[keeper].name}
    answer = as_person(three[keeper]).post("/bureau/administrators/", taken)
    assert answer.status_code == 422 and "三个不同的人" in answer.content.decode()
    answer = as_person(three[keeper]).post("/bureau/administrators/", given)
    assert answer.status_code == 200 and "xinren" in answer.content.decode()
    assert administrators.in_office(bureau.zone.pk)[seat].name == "新人"
    assert not Person.objects.get(pk=three[seat].pk).is_active
    with pytest.raises(NotAllowed, match="三员分立"):
        directory.set_active(Person.objects.get(pk=three[seat].pk), True, by=three[Seat.SYSTEM])


def test_nobody_resets_their_own_password(three, as_person):
    for person in three.values():
        answer = as_person(person).post(f"/bureau/people/{person.pk}/change/", form(what="password"))
        assert answer.status_code == 403
    security, system = three[Seat.SECURITY], three[Seat.SYSTEM]
    assert "一次性口令" in (
        as_person(system)
        .post(f"/bureau/people/{security.pk}/change/", form(what="password"))
        .content.decode()
    )


def test_another_bureau_keeps_its_own_way(bureau, three, as_person):
    other = make_bureau("410782")
    assert as_person(other.general).get("/bureau/people/new/").status_code == 200
    assert as_person(other.general).get(f"/bureau/people/{three[Seat.AUDIT].pk}/").status_code == 404


def test_the_database_itself_knows_one_person_in_each_seat(bureau, three):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create_person(zone=bureau.zone, username="second", name="x", seat=Seat.AUDIT)
    Person.objects.create_person(
        zone=bureau.zone, username="second", name="x", seat=Seat.AUDIT, is_active=False
    )
