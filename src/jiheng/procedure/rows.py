"""How the door's rows are read under lock and written: SQL made once from the models, not anew for each act.

Building and compiling a queryset costs more time than its row costs on either database, and an act is six of them.
So the door, and the door alone, says its few statements itself: names and values come from the models' fields, and
each write goes out in as few trips to the database as it allows (PostgreSQL: one text of several statements, COPY for
many rows; SQLite: ``executemany``). What pages read goes through querysets as everywhere.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Field, ForeignKey, Model

from jiheng.bureau.models import Zone
from jiheng.bureau.standing import standing
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


class Statement(NamedTuple):
    sql: str
    params: Sequence[Any]


class Rows(NamedTuple):
    """New rows of one table."""

    model: type[Model]
    objects: Sequence[Model]

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
    case_names = names(Case)
    read_case, read_zone = _reader(Case, case_names), _reader(Zone, names(Zone))
    lock = " FOR UPDATE OF held" if connection.features.has_select_for_update else ""
    among = _among("held.id", keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_columns(Case, 'held')}, {_columns(Zone, 'zone')} FROM {_table(Case)} held "
            f"JOIN {_table(Zone)} zone ON zone.id = held.zone_id WHERE {among.sql} ORDER BY held.id{lock}",
            among.params,
        )
        found = cursor.fetchall()
    if len(found) != len(keys):
        raise Case.DoesNotExist("没有这一事项")
    cases, zones = [], {}
    for row in found:
        case = Case.from_db(connection.alias, case_names, read_case(row[: len(case_names)]))
        if case.zone_id not in zones:
            zones[case.zone_id] = Zone.from_db(
                connection.alias, names(Zone), read_zone(row[len(case_names) :])
            )
        case.zone = zones[case.zone_id]
        organizations = standing(case.zone).organizations
        if case.department_id and (department := organizations.get(case.department_id)):
            case.department = department
        if case.unit_id and (unit := organizations.get(case.unit_id)):
            case.unit = unit
        cases.append(case)
    return cases


def duties(keys: Sequence[UUID]) -> dict[UUID, list[Duty]]:
    """The open tasks of cases that are held. Read after the lock: before it, somebody may still have been signing."""
    read = _reader(Task, Duty._fields)
    among = _among("case_id", keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(Duty._fields)} FROM {_table(Task)} WHERE {among.sql}", among.params
        )
        found = [Duty(*read(row)) for row in cursor.fetchall()]
    owed: dict[UUID, list[Duty]] = defaultdict(list)
    for duty in found:
        owed[duty.case_id].append(duty)
    return owed


def write(
    acts: Sequence[Act], done: Sequence[UUID], opened: Sequence[Task], open_states: Sequence[str]
) -> None:
    """Keeps acts, brings each case to where its act leads, ends the tasks ``done`` and opens new ones."""
    parts: list[Statement | Rows] = [Rows(Act, acts), _move(acts, open_states)]
    if done:
        among = _among("id", done)
        parts.append(Statement(f"DELETE FROM {_table(Task)} WHERE {among.sql}", among.params))
    if opened:
        parts.append(Rows(Task, opened))
    with connection.cursor() as cursor:
        (_write_sqlite if connection.vendor == "sqlite" else _write_postgresql)(cursor, parts)


def _move(acts: Sequence[Act], open_states: Sequence[str]) -> Statement:
    """A case stands where its act led: state, round, number, hash and time are taken from the act's row."""
    among = _among("act.id", [act.pk for act in acts])
    open_states = open_states or ("",)
    marks = ", ".join(["%s"] * len(open_states))
    return Statement(
        f"UPDATE {_table(Case)} SET state = act.to_state, closed = act.to_state NOT IN ({marks}), "
        f"round = act.round, seq = act.seq, head = act.hash, moved_at = act.at FROM {_table(Act)} act "
        f"WHERE {among.sql} AND {_table(Case)}.id = act.case_id",
        [*open_states, *among.params],
    )


def _write_sqlite(cursor: Any, parts: Sequence[Statement | Rows]) -> None:
    for part in parts:
        if isinstance(part, Rows):
            cursor.executemany(_insert(part.model), part.values())
        else:
            cursor.execute(part.sql, part.params)


def _write_postgresql(cursor: Any, parts: Sequence[Statement | Rows]) -> None:
    """One trip for each run of small statements; COPY for many rows."""
    waiting: list[Statement] = []

    def send() -> None:
        if getattr(connection.features, "uses_server_side_binding", False):  # takes one statement at a time
            for each in waiting:
                cursor.execute(each.sql, each.params)
        elif waiting:
            cursor.execute(
                "; ".join(each.sql for each in waiting), [v for each in waiting for v in each.params]
            )
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
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _reader(model: type[Model], names: tuple[str, ...]) -> Callable[[Sequence[Any]], list[Any]]:
    """What turns a row of these columns, as the database gives it, into the values of the model's fields."""
    steps = []
    fields = {field.attname: field for field in model._meta.concrete_fields}
    for place, name in enumerate(names):
        column = fields[name].get_col(_table(model))
        converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
        steps += [(place, convert, column) for convert in converters]

    def read(row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for place, convert, column in steps:
            values[place] = convert(values[place], column, connection)
        return values

    return read


@cache
def _preparers(model: type[Model]) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """Each field's name, and what its value needs before it is written; text, whole numbers and so on need nothing."""
    kinds = {"JSONField"}
    if connection.vendor == "sqlite":
        kinds |= {"UUIDField", "DateField", "DateTimeField", "DecimalField"}
    return tuple(
        (field.attname, _prepare(field) if _kind(field) in kinds else None)
        for field in model._meta.concrete_fields
    )


def _kind(field: Field) -> str:
    while isinstance(field, ForeignKey):
        field = field.target_field
    return field.get_internal_type()


def _prepare(field: Field) -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(value, connection)


def _among(column: str, keys: Sequence[UUID]) -> Statement:
    """The condition that a column of keys holds one of these."""
    if connection.vendor == "postgresql":
        return (
            Statement(f"{column} = ANY(%s)", [list(keys)])
            if len(keys) > 1
            else Statement(f"{column} = %s", keys)
        )
    marks = ", ".join(["%s"] * len(keys))
    return Statement(f"{column} IN ({marks})", [key.hex for key in keys])
