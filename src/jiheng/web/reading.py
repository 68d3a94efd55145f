"""Reading one case after another (审阅): a screen each, by single keys, and back to the same place in the list.

A reading is a sequence of cases chosen in a list, kept in the session. It serves every procedure: what is shown and what
can be done is the case's own page.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiheng.bureau.scope import visible
from jiheng.procedure.models import Case
from jiheng.procedure.table import WORKS

KEPT = 3
"""So many readings are kept for one person; an older one is dropped."""


@dataclass
class Reading:
    """A sequence of cases somebody goes through, with those done and those put off."""

    token: str
    kept: dict[str, Any]
    request: HttpRequest

    @classmethod
    def of(cls, request: HttpRequest) -> "Reading | None":
        """The reading that the address names, if there is one."""
        return cls.named(request, request.GET.get("reading", ""))

    @classmethod
    def named(cls, request: HttpRequest, token: str) -> "Reading | None":
        kept = request.session.get("readings", {}).get(token)
        return cls(token, kept, request) if kept else None

    @classmethod
    def begin(cls, request: HttpRequest, keys: Sequence[UUID], back: str) -> "Reading":
        readings = dict(list(request.session.get("readings", {}).items())[-(KEPT - 1) :])
        token = secrets.token_hex(4)
        readings[token] = {"keys": [str(key) for key in keys], "done": {}, "later": [], "back": back}
        request.session["readings"] = readings
        return cls(token, readings[token], request)

    @property
    def query(self) -> str:
        return f"reading={self.token}"

    @property
    def total(self) -> int:
        return len(self.kept["keys"])

    @property
    def done(self) -> int:
        return len(self.kept["done"])

    @property
    def put_off(self) -> int:
        return len(set(self.kept["later"]) - set(self.kept["done"]))

    def at(self, key: UUID) -> "Place":
        return Place(self, str(key))

    def url(self, key: str | None) -> str:
        """The page of a case of this reading, or its end."""
        if key is None:
            return reverse("reading-end", args=[self.token])
        return f"{reverse('case', args=[key])}?{self.query}"

    def next_open(self, key: str) -> str | None:
        """The first case after this one that is not done; then, from the beginning, those passed over and put off."""
        keys, done, later = self.kept["keys"], self.kept["done"], self.kept["later"]
        start = keys.index(key) + 1 if key in keys else 0
        waiting = [each for each in keys[start:] + keys[:start] if each not in done and each != key]
        first = [each for each in waiting if each not in later]
        return next(iter(first or [each for each in later if each in waiting]), None)

    def did(self, key: UUID, label: str) -> str:
        """Marks a case as dealt with by a step, and tells where to go on."""
        self.kept["done"][str(key)] = label
        self.request.session.modified = True
        return self.url(self.next_open(str(key)))

    def later(self, key: UUID) -> str:
        """Puts a case off to the end, and tells where to go on."""
        waiting = [each for each in self.kept["later"] if each != str(key)]
        self.kept["later"] = [*waiting, str(key)]
        self.request.session.modified = True
        return self.url(self.next_open(str(key)))


@dataclass(frozen=True)
class Place:
    """Where one is in a reading."""

    reading: Reading
    key: str

    @property
    def number(self) -> int:
        keys = self.reading.kept["keys"]
        return keys.index(self.key) + 1 if self.key in keys else 0

    @property
    def before(self) -> str:
        return self.reading.url(self.reading.kept["keys"][self.number - 2]) if self.number > 1 else ""

    @property
    def after(self) -> str:
        keys = self.reading.kept["keys"]
        return self.reading.url(keys[self.number] if self.number < len(keys) else None)

    @property
    def back(self) -> str:
        """The list as it was left, at this case's line."""
        return f"{self.reading.kept['back']}#case-{self.key}"


@require_POST
def begin(request: HttpRequest, work: str) -> HttpResponse:
    """Begins to read what was chosen in a list, at its first case."""
    from jiheng.web.selection import chosen  # which reads the lists, which show this module's button

    if work not in dict(WORKS):
        raise Http404
    keys, back, _ = chosen(request, work)
    if not keys:
        return redirect(back)
    reading = Reading.begin(request, keys, back)
    return redirect(reading.url(str(keys[0])))


@require_POST
def later(request: HttpRequest, token: str, key: UUID) -> HttpResponse:
    """Puts one case off to the end of its reading."""
    reading = Reading.named(request, token)
    if reading is None or str(key) not in reading.kept["keys"]:
        raise Http404
    return redirect(reading.later(key))


def end(request: HttpRequest, token: str) -> HttpResponse:
    """What was done in a reading, and what is left of it."""
    reading = Reading.named(request, token)
    if reading is None:
        raise Http404
    counts: dict[str, int] = {}
    for label in reading.kept["done"].values():
        counts[label] = counts.get(label, 0) + 1
    left = [key for key in reading.kept["keys"] if key not in reading.kept["done"]]
    known = {str(case.pk): case for case in visible(Case.objects.filter(pk__in=left), request.user)}
    rest = [(known[key], reading.url(key)) for key in left if key in known]
    return render(request, "web/reading_end.html", {"reading": reading, "counts": counts, "rest": rest})
