"""From an uploaded file to what it would do, and from there, once confirmed, to one act that does it all or nothing.

Small files are worked on while the page waits; large ones in a thread of their own, so that the page can tell how far
it is. A file that was not confirmed is swept away after two days.
"""

import contextlib
import io
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import DEPARTMENT, UNIT
from jiheng.bureau.scope import posts_of
from jiheng.exchange.models import Import
from jiheng.exchange.plan import Giver, Kind, Plan, silent
from jiheng.exchange.procedure import KINDS, PROCEDURES_OF, in_hand
from jiheng.paper.columns import Fault
from jiheng.paper.container import Unreadable
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import Procedure, Reason, step_named

LARGE = 512 * 1024
KEPT = timedelta(days=2)
DEAD = timedelta(seconds=90)
"""A batch on which nobody has worked for so long was left by a process that died."""
State = Import.State


class Changed(Exception):
    """The data changed between examining and confirming; nothing was written."""


def giver_of(kind: Kind, person: Person) -> Giver | None:
    """From which desk the person may import this, or None."""
    for role in kind.roles:
        for post in posts_of(person):
            if role.key in post.organization.role_keys:
                return Giver(person, role, post.organization)
    return None


def must(kind: Kind, person: Person) -> Giver:
    """The desk from which the person may import; raises Refusal with who may."""
    if giver := giver_of(kind, person):
        return giver
    procedure, step = _step(kind, kind.roles[-1].key)
    who = "、".join(role.label for role in kind.roles)
    words = Reason(
        f"{kind.label}由{who}导入", kind.article, kind="role", next=f"请把文件交给{kind.roles[-1].label}。"
    )
    raise door.Refusal(procedure, step, Case(title=f"导入{kind.label}"), [words], f"导入{kind.label}")


def _step(kind: Kind, role: str) -> tuple[Procedure, Any]:
    return step_named(f"{PROCEDURES_OF[kind.key, role]}.confirm")


def receive(kind: Kind, person: Person, name: str, data: bytes, sha256: str) -> Import:
    """Takes a file in and examines it, or begins to."""
    sweep(person)
    batch = Import.objects.create(
        zone_id=person.zone_id, person=person, kind=kind.key, name=name[-200:], size=len(data), sha256=sha256
    )
    default_storage.save(batch.place, ContentFile(data))
    _go(batch, len(data), lambda: examine(batch))
    return batch


def _go(batch: Import, size: int, work: Callable[[], Any]) -> None:
    if size < LARGE:
        work()
        return

    def apart() -> None:
        try:
            work()
        finally:
            connections.close_all()

    # Begun when this request's transaction, if any, is over: the thread must find the batch.
    transaction.on_commit(threading.Thread(target=apart, name=f"import-{batch.pk}", daemon=True).start)


def read(batch: Import) -> bytes:
    with default_storage.open(batch.place) as file:
        content: bytes = file.read()
    return content


def examine(batch: Import) -> Plan | None:
    """Finds out what the file would do and keeps the answer with the batch. Writes nothing else."""
    kind = KINDS[batch.kind]

    def say(done: int, rows: int) -> None:
        Import.objects.filter(pk=batch.pk).update(done=done, rows=rows, touched_at=timezone.now())

    try:
        plan = kind.examine(read(batch), batch.name, must(kind, batch.person), say)
    except Unreadable as error:
        plan = Plan()
        plan.report.add(Fault("", batch.name, "", f"读不了：{error}", "改好后重新上传"))
    except Exception:
        _fail(batch, "核对时出了意外，没有写入任何数据", "重新上传；还不行的请综合科看日志")
        raise
    _keep(batch, plan)
    return plan


def _fail(batch: Import, words: str, remedy: str) -> None:
    plan = Plan()
    plan.report.add(Fault("", batch.name, "", words, remedy))
    _keep(batch, plan)


def _keep(batch: Import, plan: Plan) -> None:
    report = plan.report
    batch.new, batch.changed, batch.unchanged = plan.counts
    batch.fault_count, batch.notes, batch.shown = report.count, report.notes, plan.shown
    batch.faults = [[f.sheet, f.cell, f.field, f.message, f.remedy] for f in report.faults]
    batch.state = State.FAULTY if report.count else State.CHECKED
    batch.save()


def faults_of(batch: Import) -> list[Fault]:
    return [Fault(*each) for each in batch.faults]


def confirm(batch: Import) -> bool:
    """Begins to write what was examined; False where it is not (or no longer) waiting to be confirmed."""
    waiting = Import.objects.filter(pk=batch.pk, state=State.CHECKED).exclude(new=0, changed=0)
    if not waiting.update(state=State.WRITING, touched_at=timezone.now()):
        return False
    batch.refresh_from_db()
    _go(batch, batch.size, lambda: _confirm(batch))
    return True


def _confirm(batch: Import) -> None:
    try:
        data = read(batch)
        giver = must(KINDS[batch.kind], batch.person)
        carry_out(batch, KINDS[batch.kind].examine(data, batch.name, giver, silent), giver, data)
    except Changed:
        Import.objects.filter(pk=batch.pk).update(state=State.READING)
        batch.refresh_from_db()
        examine(batch)
        Import.objects.filter(pk=batch.pk).update(
            notes=["核对之后数据有变动，没有写入。这是重新核对的结果，请再看一遍。", *batch.notes]
        )
    except (IntegrityError, door.Refusal) as error:
        words = str(error) if isinstance(error, door.Refusal) else "写入时别人刚改了同样的数据，全部没有写入"
        _fail(batch, words, "重新上传这个文件再核对一次")
    except Exception:
        _fail(batch, "写入时出了意外，全部没有写入", "重新上传；还不行的请综合科看日志")
        raise


def carry_out(batch: Import, plan: Plan, giver: Giver, data: bytes) -> Act:
    """Writes a plan in one act, with the file as its evidence. Raises Changed where it is not what was examined."""
    if plan.report.count or plan.counts != (batch.new, batch.changed, batch.unchanged):
        raise Changed
    kind = KINDS[batch.kind]
    organization = giver.organization
    department = {UNIT: organization.parent, DEPARTMENT: organization}.get(giver.role)
    case = Case(
        zone=giver.person.zone,
        year=timezone.localdate(door.now()).year,
        department=department,
        unit=organization if organization.kind == Organization.Kind.UNIT else None,
        title=f"导入{kind.label}：新增 {plan.new}、修改 {plan.changed}（{batch.name}）"[:200],
    )

    def make(cases: list[Case]) -> None:
        batch.case, batch.state = cases[0], State.DONE
        batch.save()

    file = io.BytesIO(data)
    file.name = batch.name
    token = in_hand.set((plan, giver))
    try:
        with transaction.atomic():
            name = f"{PROCEDURES_OF[kind.key, giver.role.key]}.confirm"
            act = door.start(name, [case], by=giver.person, make=make, file=[file])[0]
    except BaseException:
        batch.case = None
        raise
    finally:
        in_hand.reset(token)
    _forget(batch)
    return act


def _forget(batch: Import) -> None:
    """The file in its waiting place; what was confirmed lies with its act."""
    with contextlib.suppress(OSError):
        default_storage.delete(batch.place)


def revive(batch: Import) -> None:
    """A batch left by a process that died is told as such: its transaction, if any, was never finished."""
    if batch.state in (State.READING, State.WRITING) and timezone.now() - batch.touched_at > DEAD:
        _fail(batch, "办到一半服务停了，没有写入任何数据", "重新上传这个文件")


def sweep(person: Person) -> None:
    """Takes away what was never confirmed."""
    old = Import.objects.filter(zone_id=person.zone_id, case=None, touched_at__lt=timezone.now() - KEPT)
    for batch in old:
        _forget(batch)
        batch.delete()


def withdraw(batch: Import) -> None:
    """Forgets a batch that was not confirmed."""
    _forget(batch)
    batch.delete()
