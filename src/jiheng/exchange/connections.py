"""Connections of other systems: made and revoked by the general office, on its page or by command (art. 40)."""

import secrets

from django.db import transaction
from django.utils import timezone

from jiheng.bureau.changes import NotAllowed, Seat, demand, log
from jiheng.bureau.models import Change, Person
from jiheng.bureau.roles import TREASURY
from jiheng.bureau.scope import holds
from jiheng.exchange.models import Connection


def create(name: str, person: Person, *, by: Person) -> tuple[Connection, str]:
    """A connection and its token, told this once. Raises NotAllowed."""
    demand(by, Seat.SECURITY)
    name = name.strip()
    if not name:
        raise NotAllowed("请写明对接的是哪个系统。")
    if person.zone_id != by.zone_id or not person.is_active or not holds(person, [TREASURY]):
        raise NotAllowed(
            f"责任人须是国库科的在用人员：执行数由国库科载入（规程第7条），“{person.name}”不是。请另选一位。"
        )
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        made = Connection.objects.create(
            zone_id=by.zone_id, name=name[:60], person=person, token=Connection.hashed(token)
        )
        log(by, Change.Kind.CONNECTION, made.name, "建立对接", after={"责任人": person.name})
    return made, token


def revoke(connection: Connection, *, by: Person) -> bool:
    """Whatever shows its token from now on is refused; False where it was revoked before. Raises NotAllowed."""
    demand(by, Seat.SECURITY)
    with transaction.atomic():
        standing = Connection.objects.filter(pk=connection.pk, zone_id=by.zone_id, revoked_at=None)
        if not standing.update(revoked_at=timezone.now()):
            return False
        log(
            by, Change.Kind.CONNECTION, connection.name, "停用对接", before={"责任人": connection.person.name}
        )
    return True
