"""How the door's rows are read under lock and written: SQL made once from the models, not anew for each act.

Building and compiling a queryset costs more time than its row costs on either database, and an act is six of them.
So the door, and the door alone, says its few statements itself: names and values come from the models' fields, and
each write goes out in as few trips to the database as it allows (PostgreSQL: one text of several statements, COPY for
many rows; SQLite: ``executemany``). What pages read goes through querysets as everywhere.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Model

from jiheng.bureau.models import Zone
from jiheng.bureau.standing import standing_at
from jiheng.procedure.models import Act, Case, Task

FEW = 20
"""Up to so many rows are written as VALUES on PostgreSQL; beyond, COPY is quicker."""


class Duty(NamedTuple):
    """What the door has to know of an open task."""

    id: UUID
    case_id: UUID
    step: str
    role: str
    due: datetime.date | None


class NewTask(NamedTuple):
    """A task to be opened: a row of ``Task``."""

    id: UUID
    zone_id: UUID
    case_id: UUID
    step: str
    role: str
    organization_id: UUID | None
    due: datetime.date | None
    opened_at: datetime.datetime
    opened_by_id: UUID


class Statement(NamedTuple):
    sql: str
    params: Sequence[Any]


class Rows(NamedTuple):
    """New rows of one table: objects that have the model's fields."""

    model: type[Model]
    objects: Sequence[Any]

    def values(self) -> Iterator[list[Any]]:
        fields = _preparers(self.model)
        for each in self.objects:
            yield [
                getattr(each, name) if prepare is None else prepare(getattr(each, name))
                for name, prepare in fields
            ]


def hold(keys: Sequence[UUID]) -> list[Case]:
    """Locks the cases until the transaction ends, in one order for everybody, and reads them as they then stand.

    Zone, department and unit come along: the zone's revision is read here, the rest stands as of that revision.
    Raises Case.DoesNotExist when one of them is not there.
    """
    link = connections[DEFAULT_DB_ALIAS]
    return _cases(link, keys, _ask(link, [_locking(link, keys)])[0])


def hold_with_duties(keys: Sequence[UUID]) -> tuple[list[Case], dict[UUID, list[Duty]]]:
    """``hold``, and the cases' open tasks.

    The tasks are asked for in a statement of their own after the lock: while it was waited for, somebody signed.
    """
    link = connections[DEFAULT_DB_ALIAS]
    among = _among(link, "case_id", keys)
    owing = Statement(f"SELECT {', '.join(Duty._fields)} FROM {_table(Task)} WHERE {among.sql}", among.params)
    found, open_tasks = _ask(link, [_locking(link, keys), owing])
    read = _reader(Task, Duty._fields)
    owed: dict[UUID, list[Duty]] = {key: [] for key in keys}
    for row in open_tasks:
        duty = Duty._make(read(link, row))
        owed[duty.case_id].append(duty)
    return _cases(link, keys, found), owed


def _locking(link: BaseDatabaseWrapper, keys: Sequence[UUID]) -> Statement:
    among = _among(link, "held.id", keys)
    lock = " FOR UPDATE OF held" if link.features.has_select_for_update else ""
    return Statement(
        f"SELECT {_columns(Case, 'held')}, zone.revision FROM {_table(Case)} held "
        f"JOIN {_table(Zone)} zone ON zone.id = held.zone_id WHERE {among.sql} ORDER BY held.id{lock}",
        among.params,
    )


def _cases(link: BaseDatabaseWrapper, keys: Sequence[UUID], found: Sequence[Sequence[Any]]) -> list[Case]:
    if len(found) != len(keys):
        raise Case.DoesNotExist("没有这一事项")
    read, fields, cases = _reader(Case, names(Case)), names(Case), []
    for *row, revision in found:
        case = Case.from_db(link.alias, fields, read(link, row))
        stands = standing_at(case.zone_id, revision)
        known = case._state.fields_cache
        known["zone"] = stands.zone
        for name, key in (("department", case.department_id), ("unit", case.unit_id)):
            if key in stands.organizations:
                known[name] = stands.organizations[key]
        cases.append(case)
    return cases


def _ask(link: BaseDatabaseWrapper, questions: Sequence[Statement]) -> list[Sequence[Sequence[Any]]]:
    """The rows that each statement finds, in one trip where the database takes several at once."""
    with link.cursor() as cursor:
        if not _takes_several(link):
            found = []
            for sql, params in questions:
                cursor.execute(sql, params)
                found.append(cursor.fetchall())
            return found
        cursor.execute(*_joined(questions))
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return found


def _takes_several(link: BaseDatabaseWrapper) -> bool:
    """PostgreSQL takes several statements in one text, unless values are bound on the server."""
    return link.vendor == "postgresql" and not getattr(link.features, "uses_server_side_binding", False)


def _joined(statements: Sequence[Statement]) -> Statement:
    return Statement(
        "; ".join(each.sql for each in statements), [v for each in statements for v in each.params]
    )


def write(
    acts: Sequence[Act], done: Sequence[UUID], opened: Sequence[NewTask], open_states: Sequence[str]
) -> None:
    """Keeps acts, brings each case to where its act leads, ends the tasks ``done`` and opens new ones."""
    link = connections[DEFAULT_DB_ALIAS]
    parts: list[Statement | Rows] = [Rows(Act, acts), _move(link, acts, open_states)]
    if done:
        among = _among(link, "id", done)
        parts.append(Statement(f"DELETE FROM {_table(Task)} WHERE {among.sql}", among.params))
    if opened:
        parts.append(Rows(Task, opened))
    with link.cursor() as cursor:
        if link.vendor == "sqlite":
            _write_sqlite(cursor, parts)
        else:
            _write_postgresql(cursor, parts, at_once=_takes_several(link))


def _move(link: BaseDatabaseWrapper, acts: Sequence[Act], open_states: Sequence[str]) -> Statement:
    """A case stands where its last act led: state, round, number, hash and time are taken from the act's row."""
    among = _among(link, "act.id", [act.pk for act in acts])
    open_states = open_states or ("",)
    marks = ", ".join(["%s"] * len(open_states))
    return Statement(
        f"UPDATE {_table(Case)} SET state = act.to_state, closed = act.to_state NOT IN ({marks}), "
        f"round = act.round, seq = act.seq, head = act.hash, moved_at = act.at FROM {_table(Act)} act "
        f"WHERE {among.sql} AND {_table(Case)}.id = act.case_id",
        [*open_states, *among.params],
    )


def _write_sqlite(cursor: Any, parts: Iterable[Statement | Rows]) -> None:
    for part in parts:
        if isinstance(part, Rows):
            cursor.executemany(_insert(part.model), part.values())
        else:
            cursor.execute(part.sql, part.params)


def _write_postgresql(cursor: Any, parts: Iterable[Statement | Rows], *, at_once: bool) -> None:
    """One trip for each run of small statements; COPY for many rows."""
    waiting: list[Statement] = []

    def send() -> None:
        for each in [_joined(waiting)] if at_once and waiting else waiting:
            cursor.execute(each.sql, each.params)
        waiting.clear()

    for part in parts:
        if isinstance(part, Statement):
            waiting.append(part)
        elif len(part.objects) <= FEW:
            sql = _insert(part.model)
            waiting += (Statement(sql, values) for values in part.values())
        else:
            send()
            with cursor.copy(f"COPY {_table(part.model)} ({_columns(part.model)}) FROM STDIN") as copy:
                for values in part.values():
                    copy.write_row(values)
    send()


@cache
def _insert(model: type[Model]) -> str:
    marks = ", ".join(["%s"] * len(model._meta.concrete_fields))
    return f"INSERT INTO {_table(model)} ({_columns(model)}) VALUES ({marks})"


def _table(model: type[Model]) -> str:
    return model._meta.db_table


@cache
def _columns(model: type[Model], alias: str = "") -> str:
    """The model's columns by name, quoted, in the fields' order."""
    before = f"{alias}." if alias else ""
    return ", ".join(f'{before}"{field.column}"' for field in model._meta.concrete_fields)


@cache
def names(model: type[Model]) -> tuple[str, ...]:
    """The model's fields as objects have them, in the columns' order."""
    return tuple(field.attname for field in model._meta.concrete_fields)


Read = Callable[[BaseDatabaseWrapper, Sequence[Any]], list[Any]]


@cache
def _reader(model: type[Model], wanted: tuple[str, ...]) -> Read:
    """What turns a row of these columns, as the database gives it, into the values of the model's fields."""
    link = connections[DEFAULT_DB_ALIAS]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    steps = []
    for place, name in enumerate(wanted):
        column = fields[name].get_col(_table(model))
        converters = link.ops.get_db_converters(column) + column.get_db_converters(link)
        steps += [(place, convert, column) for convert in converters]

    def read(link: BaseDatabaseWrapper, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, convert, column in steps:
            values[place] = convert(values[place], column, link)
        return values

    return read


@cache
def _preparers(model: type[Model]) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """Each field's name, and what its value needs before it is written; text and whole numbers need nothing."""
    return tuple((field.attname, _preparer(field)) for field in model._meta.concrete_fields)


def _preparer(field: Field) -> Callable[[Any], Any] | None:
    link = connections[DEFAULT_DB_ALIAS]
    whole: Any = field
    while isinstance(whole, ForeignKey):
        whole = whole.target_field
    kind = whole.get_internal_type()
    if kind in ("CharField", "TextField", "PositiveIntegerField", "PositiveSmallIntegerField"):
        return None
    if kind == "UUIDField":
        return None if link.features.has_native_uuid_field else lambda key: key and key.hex
    if kind == "DateTimeField":
        adapt: Callable[[Any], Any] = link.ops.adapt_datetimefield_value
        return adapt
    if kind == "JSONField":
        return lambda value: None if value is None else link.ops.adapt_json_value(value, whole.encoder)
    return lambda value: field.get_db_prep_save(value, link)


def _among(link: BaseDatabaseWrapper, column: str, keys: Sequence[UUID]) -> Statement:
    """The condition that a column of keys holds one of these."""
    if len(keys) > 1 and link.vendor == "postgresql":
        return Statement(f"{column} = ANY(%s)", [list(keys)])
    params = keys if link.features.has_native_uuid_field else [key.hex for key in keys]
    return Statement(f"{column} IN ({', '.join(['%s'] * len(keys))})", params)
