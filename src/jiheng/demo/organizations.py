"""The demo's zone, offices, departments, units and people. Everybody is named by post; nobody is real."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from jiheng.bureau import profile, standing
from jiheng.bureau.models import Organization, Person, Post, Zone
from jiheng.bureau.roles import ROLES
from jiheng.demo.tables import organizations

PASSWORD = "Demo-2026"
"""The one password of all demo people. It opens nothing outside a demo: the loader refuses without demo mode."""


@dataclass
class Bureau:
    """The demo bureau while it is being made: its organizations by code (offices by role), its people by username."""

    zone: Zone
    places: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def clerk(self, place: str) -> Person:
        """Who does the daily work at an office (by role), a department or a unit (by code)."""
        return self.people[username(place)]

    def chief(self, role: str) -> Person:
        return self.people[f"{role}2"]


def username(place: str, number: int = 1) -> str:
    """expenditure1 for an office, d101 for a department, u101001 for a unit."""
    if place in ROLES:
        return f"{place}{number}"
    return f"{'d' if len(place) == 3 else 'u'}{place}"


def make(years: list[int], departments: int | None = None) -> Bureau:
    """Creates the zone with everybody in it. ``departments`` limits how many there are (a small demo)."""
    texts = organizations()
    zone = Zone.objects.create(**texts["zone"])
    bureau = Bureau(zone)
    rows: list[Organization] = []
    expenditure = None
    for order, office in enumerate(texts["offices"]):
        row = Organization(
            zone=zone, kind=Organization.Kind.OFFICE, code=office["code"], name=office["name"],
            roles=[office["role"]], order=order,
        )  # fmt: skip
        expenditure = row if office["role"] == "expenditure" else expenditure
        bureau.places[office["role"]] = row
        rows.append(row)
    for code, (name, *units) in list(texts["departments"].items())[:departments]:
        department = Organization(
            zone=zone, kind=Organization.Kind.DEPARTMENT, code=code, name=name, charge=expenditure,
            order=100 + int(code),
        )  # fmt: skip
        bureau.places[code] = department
        rows.append(department)
        for number, unit in enumerate([f"{name}本级", *units], 1):
            row = Organization(
                zone=zone, kind=Organization.Kind.UNIT, code=f"{code}{number:03d}", name=unit,
                parent=department, order=int(f"{code}{number:03d}"),
            )  # fmt: skip
            bureau.places[row.code] = row
            rows.append(row)
    for row in rows:
        row.save(force_insert=True)
    _people(bureau)
    profile.load(zone, profile.DEFAULT.read_text(encoding="utf-8"))
    _calendar(zone, years)
    standing.changed(zone)
    return bureau


def _people(bureau: Bureau) -> None:
    password = make_password(PASSWORD)
    posts = []
    for place, organization in bureau.places.items():
        titles = ["经办"]
        if place in ROLES:
            titles = ["主要领导", "分管领导"] if place == "leadership" else ["经办", "科长"]
        for number, title in enumerate(titles, 1):
            person = Person(
                zone=bureau.zone, username=username(place, number), name=f"{organization.name}{title}",
                must_change_password=False, password=password,
            )  # fmt: skip
            bureau.people[person.username] = person
            posts.append(Post(zone=bureau.zone, person=person, organization=organization, title=title))
    Person.objects.bulk_create(bureau.people.values())
    Post.objects.bulk_create(posts)


def _calendar(zone: Zone, years: list[int]) -> None:
    try:
        from jiheng.bureau.workdays import seed_workdays
    except ImportError:
        return
    seed_workdays(zone, years)
