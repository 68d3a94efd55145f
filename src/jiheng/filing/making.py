"""Making a dossier in the background, telling how far it is; one that a dead process left is told as such."""

import hashlib
import threading
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.scope import visible
from jiheng.filing import completeness, dossier
from jiheng.filing.models import Dossier, Filing
from jiheng.paper.document import NoFont

SMALL = 30
"""So many filings are made while the page waits."""
DEAD = timedelta(seconds=90)
KEPT = timedelta(days=30)
State = Dossier.State


def filings_of(
    person: Person, year: int, article: int | None, department: Organization | None
) -> QuerySet[Filing]:
    """What a dossier of this scope holds, as far as the person sees."""
    found = visible(Filing.objects.filter(year=year), person)
    if article:
        found = found.filter(article=article)
    return found.filter(department=department) if department else found


def begin(person: Person, year: int, article: int | None, department: Organization | None) -> Dossier:
    """Begins to make one; an older one of the same scope by the same person is replaced."""
    same = Dossier.objects.filter(
        zone_id=person.zone_id, person=person, year=year, article=article, department=department
    )
    old = Dossier.objects.filter(zone_id=person.zone_id, touched_at__lt=timezone.now() - KEPT)
    for each in same.exclude(state=State.MAKING) | old.exclude(state=State.MAKING):
        remove(each)
    made = Dossier.objects.create(
        zone_id=person.zone_id,
        person=person,
        year=year,
        article=article,
        department=department,
        total=filings_of(person, year, article, department).count(),
    )
    if made.total <= SMALL:
        make(made)
    else:

        def apart() -> None:
            try:
                make(made)
            finally:
                connections.close_all()

        # Begun when this request's transaction, if any, is over: the thread must find the row.
        transaction.on_commit(threading.Thread(target=apart, name=f"dossier-{made.pk}", daemon=True).start)
    return made


def make(made: Dossier) -> None:
    """Writes the archive beside its place and moves it there when it is whole."""

    def say(done: int, total: int) -> None:
        Dossier.objects.filter(pk=made.pk).update(done=done, total=total, touched_at=timezone.now())

    person, year = made.person, made.year
    target = Path(default_storage.path(made.place))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    try:
        missing = completeness.of_scope(person, year, timezone.localdate(), made.article, made.department)
        with partial.open("wb") as file:
            done = dossier.make(
                filings_of(person, year, made.article, made.department), missing, file, say, str(made)
            )
        with partial.open("rb") as file:
            made.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        made.size = partial.stat().st_size
        partial.replace(target)
        made.state, made.root = State.DONE, done.root
        made.done = made.total = done.filings
        made.problems = done.problems
    except NoFont as error:
        made.state, made.fault = State.FAILED, str(error)[:200]
    except Exception:
        made.state, made.fault = State.FAILED, "制作时出了意外；请再做一次，还不行的请综合科看日志"
        raise
    finally:
        partial.unlink(missing_ok=True)
        made.save()


def revive(made: Dossier) -> None:
    """One left by a process that died is told as such."""
    if made.state == State.MAKING and timezone.now() - made.touched_at > DEAD:
        made.state, made.fault = State.FAILED, "做到一半服务停了；请再做一次"
        made.save(update_fields=["state", "fault"])


def remove(made: Dossier) -> None:
    """The archive and what is known of it; the filings stay."""
    default_storage.delete(made.place)
    made.delete()
