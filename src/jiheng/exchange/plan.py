"""What a file would do, found without writing anything; and how many rows go into the database at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model, UUIDField

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import Role
from jiheng.paper.columns import Column, Report
from jiheng.procedure.models import Act

SHOWN = 50
STEP = 5000
Say = Callable[[int, int], None]
"""Told how many rows of how many were read."""


def silent(done: int, rows: int) -> None:
    """Nobody waits for it."""


@dataclass(frozen=True)
class Giver:
    """Who imports, and from which desk."""

    person: Person
    role: Role
    organization: Organization


@dataclass
class Plan:
    """What would be new, changed and unchanged; ``work`` is what the kind needs to write it."""

    report: Report = field(default_factory=Report)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)
    work: Any = None

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.new, self.changed, self.unchanged

    def show(self, what: str, code: str, name: str, changes: Sequence[tuple[str, str, str]] = ()) -> None:
        if len(self.shown) < SHOWN:
            self.shown.append(
                {"what": what, "code": code, "name": name, "changes": [list(c) for c in changes]}
            )


@dataclass(frozen=True)
class Kind:
    """Something that can be imported: its columns, who may, how a file is examined and how it is written."""

    key: str
    label: str
    unit: str
    article: int
    roles: tuple[Role, ...]
    columns: Callable[[], Sequence[Column]]
    notes: tuple[str, ...]
    examine: Callable[[bytes, str, Giver, Say], Plan]
    write: Callable[[Plan, Giver, Act], None]
    page: str


def _is_key(model: type[Model], attname: str) -> bool:
    field = next(each for each in model._meta.concrete_fields if each.attname == attname)
    return isinstance(getattr(field, "target_field", field), UUIDField)


def _plain(row: Sequence[Any], keys: list[int]) -> list[Any]:
    """A row as SQLite keeps it: keys as their hexadecimal digits."""
    cells = list(row)
    for at in keys:
        if cells[at] is not None:
            cells[at] = cells[at].hex
    return cells


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Puts many rows into a model's table at once: COPY on PostgreSQL, executemany on SQLite. Values are plain data."""
    fields = {each.attname: each.column for each in model._meta.concrete_fields}
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(fields[column]) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        keys = [at for at, name in enumerate(columns) if _is_key(model, name)]
        plain = (_plain(row, keys) for row in rows)
        while part := list(islice(plain, STEP)):  # Django would keep all that it was given at once
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part)
