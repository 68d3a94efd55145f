"""The three administrators (三员分立, art. 40): who they are, what each does, how they are appointed and replaced.

They are accounts of their own without a post, so none can do business, and no one of them can give a person an
account and its rights. They are appointed together; an account that ends still tells its seat, for the record.
"""

from dataclasses import dataclass

from django.db import transaction

from jiheng.bureau.changes import NotAllowed, demand, log, separated
from jiheng.bureau.directory import temporary_password
from jiheng.bureau.models import Change, Person, Zone

Seat = Person.Seat
WORK: dict[Seat, tuple[str, ...]] = {
    Seat.SYSTEM: ("新增、停用账号，改姓名", "备份和试恢复", "更换安全保密管理员"),
    Seat.SECURITY: (
        "设岗位、撤岗位，替别人设代办",
        "发放、重置口令，解除暂停登录",
        "系统对接的令牌",
        "更换系统管理员、安全审计员",
    ),
    Seat.AUDIT: ("登录记录", "核验办理记录", "看另外两位和综合科的全部改动"),
}
"""What each does. Nobody changes the records: the database refuses it (``bureau.protection``)."""
REPLACED_BY: dict[Seat, Seat] = {
    Seat.SYSTEM: Seat.SECURITY,
    Seat.SECURITY: Seat.SYSTEM,
    Seat.AUDIT: Seat.SECURITY,
}

REACHES = frozenset(
    {
        "home", "password", "organizations", "organization", "people", "person", "person-new", "person-change", "changes",
        "administrators", "connections", "connection-revoke", "delegations", "delegation-end", "profile",
        "profile-version", "profile-toml", "workdays", "health", "runs", "sign-ins", "backups", "backup-trial", "unlock",
        "verify", "regulation", "article",
    }
)  # fmt: skip
"""Names of all addresses that an administrator can reach: nothing of the business. The pages say who may do what."""


@dataclass(frozen=True)
class Named:
    """Who is to become an administrator, as typed: the account is a new one."""

    name: str
    username: str


def in_office(zone_id) -> dict[Seat, Person | None]:
    """Who has each seat; nobody while none were appointed."""
    found = {
        person.seat: person
        for person in Person.objects.filter(zone=zone_id, is_active=True).exclude(seat="").order_by("pk")
    }
    return {seat: found.get(seat) for seat in Seat}


def _created(seat: Seat, named: Named, zone: Zone) -> tuple[Person, str]:
    password = temporary_password()
    person = Person.objects.create_person(
        zone=zone, username=named.username, name=named.name, password=password, seat=seat
    )
    return person, password


@transaction.atomic
def appoint(given: dict[Seat, Named], *, by: Person) -> list[tuple[Person, str]]:
    """The first three, by the general office, with their first passwords. Raises NotAllowed; all three or none."""
    demand(by)
    Zone.objects.select_for_update().get(pk=by.zone_id)
    if separated(by.zone_id):
        raise NotAllowed("三员已经设立。更换由系统管理员和安全保密管理员互相办理（规程第40条）。")
    if len({named.name for named in given.values()}) < len(Seat):
        raise NotAllowed("三员须是三个不同的人（规程第40条）。请各指定一位。")
    made = [_created(seat, given[seat], by.zone) for seat in Seat]
    log(
        by,
        Change.Kind.PERSON,
        "三员",
        "设立三员",
        after={Seat(person.seat).label: f"{person.name}（{person.username}）" for person, _ in made},
    )
    return made


@transaction.atomic
def replace(seat: Seat, named: Named, *, by: Person) -> tuple[Person, str]:
    """Somebody else takes the seat over, with an account of their own; the old account ends. Raises NotAllowed."""
    demand(by, REPLACED_BY[seat])
    Zone.objects.select_for_update().get(pk=by.zone_id)
    now = in_office(by.zone_id)
    others = {person.name for key, person in now.items() if person and key != seat}
    if named.name in others:
        raise NotAllowed(f"{named.name}已是另一位管理员，三员须是三个不同的人（规程第40条）。请另指定一位。")
    before = now[seat]
    if before is not None:
        before.is_active = False
        before.save(update_fields=["is_active"])
    person, password = _created(seat, named, by.zone)
    log(
        by,
        Change.Kind.PERSON,
        seat.label,
        "更换三员",
        before={seat.label: f"{before.name}（{before.username}）" if before else ""},
        after={seat.label: f"{named.name}（{named.username}）"},
    )
    return person, password
