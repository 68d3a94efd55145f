"""Keeping the operations log: a run that begins, tells how far it is, and ends; one whose process died is told as such."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from jiheng.bureau.models import Person, Zone
from jiheng.operations.models import Run

BY_COMMAND = "命令行"
BEAT = 30.0
DEAD = timedelta(minutes=3)
"""So long without a sign of life, which comes every ``BEAT`` seconds, and the process is taken for dead."""
State = Run.State
Work = Callable[[Run], str]
"""What a run does; returns what is to be told of it. Raises Failed with the reason and what next."""


class Failed(Exception):
    """A run that can't go on: what is wrong and what next, in words for the general office."""


def seen_by(person: Person) -> QuerySet[Run]:
    """The runs of the person's zone and of the whole installation."""
    return Run.objects.filter(Q(zone=person.zone_id) | Q(zone=None))


def begin(kind: Run.Kind, *, person: Person | None = None, zone: Zone | None = None, **details: Any) -> Run:
    """A new line of the log, under way. Raises Failed when one of its kind is under way already."""
    for other in Run.objects.filter(kind=kind, state=State.RUNNING, zone=zone):
        revive(other)
        if other.state == State.RUNNING:
            raise Failed(f"{other}正在进行（{other.by}开始的），请等它做完。")
    return Run.objects.create(
        kind=kind, person=person, by=person.name if person else BY_COMMAND, zone=zone, details=details
    )


def noted(kind: Run.Kind, told: str, *, state: str = State.DONE, by: str = BY_COMMAND, **more: Any) -> Run:
    """A line for something that is over."""
    return Run.objects.create(kind=kind, state=state, told=told, by=by, ended_at=timezone.now(), **more)


def say(run: Run, done: int, total: int) -> None:
    """Tells how far a run is."""
    Run.objects.filter(pk=run.pk, state=State.RUNNING).update(
        done=done, total=total, touched_at=timezone.now()
    )
    run.done, run.total = done, total


def carry_out(run: Run, work: Work) -> Run:
    """Does the work and ends the run, well or not. What is not foreseen is raised after the log has it."""
    over = threading.Event()
    threading.Thread(target=_beat, args=(run, over), name=f"beat-{run.pk}", daemon=True).start()
    try:
        run.told, run.state = work(run), State.DONE
    except Failed as fault:
        run.told, run.state = str(fault), State.FAILED
    except Exception as fault:
        run.told, run.state = f"出了意外（{type(fault).__name__}），详情在服务的日志里", State.FAILED
        raise
    finally:
        over.set()
        _end(run)
    return run


def _end(run: Run) -> None:
    """A line that is over stays as it is: a run that was taken for dead meanwhile gets a second one."""
    run.ended_at = timezone.now()
    ended = {"state": run.state, "told": run.told, "ended_at": run.ended_at, "details": run.details}
    if not Run.objects.filter(pk=run.pk, state=State.RUNNING).update(**ended):
        Run.objects.create(kind=run.kind, person=run.person, by=run.by, zone=run.zone, **ended)


def _beat(run: Run, over: threading.Event) -> None:
    """Tells now and then that the process lives, however long one part of the work takes."""
    try:
        while not over.wait(BEAT):
            Run.objects.filter(pk=run.pk, state=State.RUNNING).update(touched_at=timezone.now())
    finally:
        connections.close_all()


def carry_out_apart(run: Run, work: Work) -> None:
    """The same beside the request that asked for it, begun when its transaction is over."""

    def apart() -> None:
        try:
            carry_out(run, work)
        finally:
            connections.close_all()

    transaction.on_commit(threading.Thread(target=apart, name=f"run-{run.pk}", daemon=True).start)


def revive(run: Run) -> None:
    """One left by a process that died is told as such."""
    if run.state == State.RUNNING and timezone.now() - run.touched_at > DEAD:
        told, now = "做到一半服务停了；请再做一次", timezone.now()
        over = {"state": State.FAILED, "told": told, "ended_at": now}
        Run.objects.filter(pk=run.pk, state=State.RUNNING).update(**over)
        run.refresh_from_db()


def last(kind: Run.Kind, zone_id: Any = None) -> Run | None:
    """The newest run of a kind that is over, of a zone or of the installation."""
    rows = Run.objects.filter(Q(zone=zone_id) | Q(zone=None), kind=kind).exclude(state=State.RUNNING)
    return rows.first()


def interrupted() -> None:
    """Ends what a restored database says to be under way: the backup it comes from, and whatever ran beside it."""
    running = Run.objects.filter(state=State.RUNNING)
    over = {"ended_at": timezone.now()}
    running.filter(kind=Run.Kind.BACKUP).update(state=State.DONE, told="就是恢复所用的这份备份", **over)
    running.update(state=State.FAILED, told="恢复时中断", **over)
