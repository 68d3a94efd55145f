"""How the door's rows are read under lock and written: SQL made once from the models, not anew for each act.

Building and compiling a queryset costs more time than its row costs on either database, and an act is six of them.
So the door, and the door alone, says its few statements itself: names and values come from the models' fields, and
each write goes out in as few trips to the database as it allows (PostgreSQL: libpq's pipeline, COPY for many rows;
SQLite: ``executemany``). What pages read goes through querysets as everywhere.
"""

import contextlib
import datetime
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignKey, Model
from django.db.models.base import ModelState

from jiheng.bureau.models import Zone
from jiheng.bureau.standing import standing_at
from jiheng.procedure.models import Act, Case, Task

M = TypeVar("M", bound=Model)
FEW = 4
"""Up to so many rows go to PostgreSQL one by one in the same trip; COPY, a trip of its own, is for more."""


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
        shared: dict[int, str | None] = {}

        def once(value: Any) -> str | None:
            """JSON of what all rows of a selection share is written once."""
            if id(value) not in shared:
                shared[id(value)] = _as_json(value)
            return shared[id(value)]

        fields = [
            (name, once if prepare is _as_json else prepare) for name, prepare in _preparers(self.model)
        ]
        for each in self.objects:
            # Past Django's descriptors: a foreign key's would cost more than the value is worth.
            held = vars(each) if isinstance(each, Model) else each._asdict()
            yield [held[name] if prepare is None else prepare(held[name]) for name, prepare in fields]

    def statements(self) -> Iterator[Statement]:
        return (Statement(_insert(self.model), values) for values in self.values())


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
        case = instance(Case, dict(zip(fields, read(link, row), strict=True)))
        stands = standing_at(case.zone_id, revision)
        known = case._state.fields_cache
        known["zone"] = stands.zone
        for name, key in (("department", case.department_id), ("unit", case.unit_id)):
            if key in stands.organizations:
                known[name] = stands.organizations[key]
        cases.append(case)
    return cases


def instance(model: type[M], values: dict[str, Any]) -> M:
    """A row as an object, as ``from_db`` gives it; ``values`` has every field, so none needs to be looked at."""
    made = model.__new__(model)
    made._state = ModelState()
    made._state.db, made._state.adding = DEFAULT_DB_ALIAS, False
    made.__dict__.update(values)
    return made


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
    _do(link, parts)


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


def _ask(link: BaseDatabaseWrapper, questions: Sequence[Statement]) -> list[Sequence[Sequence[Any]]]:
    """The rows that each statement finds."""
    with _together(link):
        return [cursor.fetchall() for cursor in [_execute(link, *question) for question in questions]]


def _do(link: BaseDatabaseWrapper, parts: Sequence[Statement | Rows]) -> None:
    """Carries out statements and adds rows, in their order."""
    few = FEW if link.vendor == "postgresql" else 1
    for many, run in groupby(parts, lambda part: isinstance(part, Rows) and len(part.objects) > few):
        if many:
            for part in run:
                assert isinstance(part, Rows)
                _add_many(link, part)
            continue
        with _together(link):
            for part in run:
                for statement in [part] if isinstance(part, Statement) else part.statements():
                    _execute(link, *statement)


def _add_many(link: BaseDatabaseWrapper, rows: Rows) -> None:
    with link.cursor() as cursor:
        if link.vendor != "postgresql":
            cursor.executemany(_insert(rows.model), list(rows.values()))
            return
        with cursor.copy(f"COPY {_table(rows.model)} ({_columns(rows.model)}) FROM STDIN") as copy:
            for values in rows.values():
                copy.write_row(values)


def _logged(link: BaseDatabaseWrapper) -> bool:
    """Whether somebody reads the log of statements (tests that count them, tools). Then Django's cursors are used.

    Otherwise the driver's: Django's wrapper does nothing more for these statements than to log them, at their price.
    """
    return bool(link.queries_logged or link.execute_wrappers)


@contextlib.contextmanager
def _together(link: BaseDatabaseWrapper) -> Iterator[None]:
    """Statements within go to PostgreSQL in one trip (libpq's pipeline); each still sees what is committed by then."""
    link.ensure_connection()
    link.validate_no_broken_transaction()
    pipeline = link.vendor == "postgresql" and not _logged(link)
    with link.wrap_database_errors, link.connection.pipeline() if pipeline else nullcontext():
        yield


def _execute(link: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> Any:
    """Executes and returns the cursor; on PostgreSQL as a statement that is planned once (``prepare_threshold``)."""
    cursor: Any
    if _logged(link):
        cursor = link.cursor()
    elif link.vendor == "postgresql":
        from django.db.backends.postgresql.base import ServerBindingCursor

        cursor = ServerBindingCursor(link.connection)  # type: ignore[call-arg]
    else:
        return link.connection.execute(_for_sqlite(sql), params)
    cursor.execute(sql, params)
    return cursor


@lru_cache(maxsize=256)
def _for_sqlite(sql: str) -> str:
    return sql.replace("%s", "?")


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
        return _as_json
    return lambda value: field.get_db_prep_save(value, link)


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _among(link: BaseDatabaseWrapper, column: str, keys: Sequence[UUID]) -> Statement:
    """The condition that a column of keys holds one of these."""
    if len(keys) > 1 and link.vendor == "postgresql":
        return Statement(f"{column} = ANY(%s)", [list(keys)])
    params = keys if link.features.has_native_uuid_field else [key.hex for key in keys]
    return Statement(f"{column} IN ({', '.join(['%s'] * len(keys))})", params)
