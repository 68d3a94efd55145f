"""Who may what, enumerated: every role with every address and every step, in the demo bureau (art. 3 to 11).

``permissions.csv`` is the table that was read and agreed: for each address without arguments what each role is answered.
A new address, or an answer that changes, fails here until the table says so too.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from jiheng.bureau import administrators
from jiheng.bureau.administrators import Named, Seat
from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import DEPARTMENT, ENGAGED, EXPENDITURE, NAMED, OFFICE, UNIT
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import PROCEDURES
from jiheng.regulation.matrix import lines_of
from jiheng.web.middleware import INTERFACE, PUBLIC, SITE

TABLE = Path(__file__).with_name("permissions.csv")
PEOPLE = (
    "leadership1", "performance1", "budget1", "treasury1", "general1", "expenditure1", "procurement1", "assets1",
    "d101", "u101002", "zj01",
)  # fmt: skip
ADMINISTRATORS = tuple(Seat)
"""Whom the demo does not have: they are appointed after everybody else was answered, since the general office then
gives up what is theirs."""


def patterns(found=None) -> Iterator[tuple[str, dict]]:
    """Every named address with its arguments."""
    for each in get_resolver().url_patterns if found is None else found:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns)
        elif isinstance(each, URLPattern) and each.name:
            yield each.name, each.pattern.converters


def client_of(person: Person) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(scope="module")
def people(zone):
    found = {person.username: person for person in Person.objects.filter(zone=zone, is_active=True)}
    engaged = (
        Person.objects.filter(zone=zone, posts__organization__kind="expert").order_by("username").first()
    )
    return {name: found.get(name, engaged) for name in PEOPLE}


def test_every_role_with_every_address_is_as_agreed(zone, people):
    plain = sorted(
        {
            reverse(name)
            for name, converters in patterns()
            if not converters and name not in SITE | PUBLIC | INTERFACE
        }
    )
    with transaction.atomic():
        clients = [client_of(people[name]) for name in PEOPLE]
        found = [
            [address, *(str(client.get(address).status_code) for client in clients)] for address in plain
        ]
        named = {seat: Named(seat.label, f"{seat}-1") for seat in ADMINISTRATORS}
        appointed = administrators.appoint(named, by=people["general1"])
        Person.objects.filter(pk__in=[person.pk for person, _ in appointed]).update(
            must_change_password=False
        )
        clients = [client_of(person) for person, _ in appointed]
        for row in found:
            row.extend(str(client.get(row[0]).status_code) for client in clients)
        transaction.set_rollback(True)
    with TABLE.open(encoding="utf-8", newline="") as file:
        head, *agreed = csv.reader(file)
    assert head == ["address", *PEOPLE, *ADMINISTRATORS]
    assert [row for row in found if row not in agreed] == [], "not as agreed"
    assert [row for row in agreed if row not in found] == [], "agreed, but no longer so"


ENOUGH = 2
"""So many objects of each address are tried: it is one view that answers for all of them."""
SHARED = {
    "organization": "whom one deals with",
    "article": "the regulation",
}
"""Addresses whose objects belong to no department, or are everybody's, with what they show."""


def test_objects_of_other_departments_are_as_if_they_did_not_exist(zone, people):
    """What an all-seeing office opens of another department is answered to others like a key that stands for nothing."""
    foreign = Organization.objects.get(zone=zone, code="103")
    keys = _keys_of(foreign)
    assert len(keys) > 30
    acts = Act.objects.count()
    reached: dict[str, int] = defaultdict(int)
    wrong = []
    with transaction.atomic():
        outsiders = {name: client_of(people[name]) for name in ("d101", "u101002")}
        for name, converters in patterns():
            if name in SITE | PUBLIC or list(map(_kind, converters.values())) != ["uuid"] or name in SHARED:
                continue
            argument = next(iter(converters))
            for label, key in keys:
                if reached[name] == ENOUGH:
                    break
                address = reverse(name, kwargs={argument: key})
                if not _exists(address, people["performance1"]):
                    continue
                reached[name] += 1
                for who, client in outsiders.items():
                    for press in (client.get, client.post):
                        seen, nowhere = (
                            press(address).status_code,
                            press(reverse(name, kwargs={argument: new_key()})).status_code,
                        )
                        if seen != nowhere or nowhere in (200, 302):
                            wrong.append((name, label, who, press.__name__, seen, nowhere))
        transaction.set_rollback(True)
    assert wrong == [], "\n".join(map(str, wrong))
    assert len(reached) > 40 and Act.objects.count() == acts


def _exists(address: str, person: Person) -> bool:
    """Whether the view finds the object for an all-seeing office; what it then shows or refuses is of no interest."""
    found = resolve(address)
    request = RequestFactory().get(address)
    request.user, request.session, request.htmx = person, {}, False
    try:
        return found.func(request, *found.args, **found.kwargs).status_code != 404
    except Http404:
        return False
    except Exception:
        return True


def _kind(converter) -> str:
    return type(converter).__name__.removesuffix("Converter").lower()


def _keys_of(department: Organization) -> list[tuple[str, object]]:
    """One object of every table that tells a department, and a case of every procedure, of this department."""
    from django.apps import apps

    found: list[tuple[str, object]] = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if (
            model is Case
            or not model.__module__.startswith("jiheng.")
            or model._meta.pk.get_internal_type() != "UUIDField"
        ):
            continue
        for path in (
            "department",
            "case__department",
            "unit__parent",
            "project__department",
            "goal__case__department",
        ):
            if path.split("__")[0] in names:
                try:
                    row = model.objects.filter(**{path: department}).first()
                except Exception:  # no such path in this table
                    continue
                if row is not None:
                    found.append((model.__name__, row.pk))
                    break
    for key in PROCEDURES:
        if case := Case.objects.filter(department=department, procedure=key).first():
            found.append((key, case.pk))
    return found


def test_every_step_is_offered_to_those_the_matrix_names_and_refused_to_all_others(zone, people):
    asked = 0
    for procedure in PROCEDURES.values():
        told = {line.step.key: line for line in lines_of(procedure)}
        for step in procedure.steps:
            case = (
                Case.objects.filter(zone=zone, procedure=procedure.key, state__in=step.source)
                .select_related("department", "unit", "zone", "profile")
                .first()
            )
            if case is None:
                continue
            roles = [role for role, cell in zip(_roles(), told[step.key].cells, strict=True) if cell]
            for name, person in people.items():
                answer = door.may(procedure.name_of(step), case, person)
                refused = [reason for reason in answer.reasons if reason.kind == "role"]
                asked += 1
                assert bool(refused) != _fills(person, roles, case), (procedure.key, step.key, name)
                assert all(reason.article in step.articles for reason in refused)
    assert asked > 1500


def _roles():
    from jiheng.bureau.roles import ROLES

    return ROLES.values()


def _fills(person: Person, roles, case: Case) -> bool:
    """Told apart from the door: whether the person is one of those the matrix means for this case."""
    (organization,) = [post.organization for post in person.posts.select_related("organization")]
    office = organization.kind == "office"
    for role in roles:
        if role in (UNIT, ENGAGED, NAMED):
            if organization.pk == case.unit_id and (role != NAMED or office):
                return True
        elif role == DEPARTMENT:
            if organization.pk == case.department_id:
                return True
        elif role == OFFICE:
            if office and organization.roles != ["leadership"]:
                return True
        elif office and role.key in organization.roles:
            charge = case.department.charge_id if case.department else None
            if role != EXPENDITURE or not charge or charge == organization.pk:
                return True
    return False


def test_a_button_pressed_by_somebody_else_does_nothing(zone, people):
    """Through the address of the step itself, by one who isn't named for it: 404 where unseen, else a reasoned refusal."""
    acts = Act.objects.count()
    pressed = 0
    with transaction.atomic():
        clients = {name: client_of(people[name]) for name in ("general1", "treasury1", "d101")}
        for procedure in PROCEDURES.values():
            for step in procedure.steps[1:4]:
                case = Case.objects.filter(zone=zone, procedure=procedure.key, state__in=step.source).first()
                if case is None:
                    continue
                for name, client in clients.items():
                    if not _fills(people[name], step.roles, case):
                        answer = client.post(f"/case/{case.pk}/do/{step.key}/", {"opinion": "不该办的人"})
                        assert answer.status_code in (404, 409), (procedure.key, step.key, name)
                        pressed += 1
                        break
        assert Act.objects.count() == acts
        transaction.set_rollback(True)
    assert pressed > 80
