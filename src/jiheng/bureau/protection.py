"""What the database itself refuses, whoever asks: to change or lose what is insert only, to lose what acts name.

Rooms declare their tables; the triggers are set after each migration, because SQLite forgets them when a migration
makes a table anew.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Protected:
    """A table and the words of the refusal; ``unique`` names its keys where rows can't be changed either."""

    table: str
    words: str
    unique: tuple[tuple[str, ...], ...] = ()

    @property
    def name(self) -> str:
        return self.table.partition("_")[2]


PROTECTED: list[Protected] = []


def kept(*tables: str, words: str) -> None:
    """Declares tables whose rows end or are retired, but are never deleted."""
    PROTECTED.extend(Protected(table, words) for table in tables)


def insert_only(table: str, *unique: tuple[str, ...], words: str) -> None:
    """Declares a table whose rows are never changed, deleted or, by one of their ``unique`` keys, replaced."""
    PROTECTED.append(Protected(table, words, unique))


def protect(using: str = "default", **_: Any) -> None:
    """Sets the triggers that aren't there. Called after each ``migrate``."""
    link = connections[using]
    there = set(link.introspection.table_names())
    statements = _sqlite if link.vendor == "sqlite" else _postgresql
    with link.cursor() as cursor:
        for protected in PROTECTED:
            if protected.table in there:
                for statement in statements(protected):
                    cursor.execute(statement)


def _sqlite(protected: Protected) -> list[str]:
    name, table = protected.name, protected.table
    refuse = f"BEGIN SELECT RAISE(ABORT, '{protected.words}'); END"
    triggers = {"no_delete": "BEFORE DELETE ON {} "}
    if protected.unique:
        # INSERT OR REPLACE deletes without asking the delete trigger.
        same = " UNION ALL ".join(
            f"SELECT 1 FROM {table} WHERE " + " AND ".join(f"{key} = NEW.{key}" for key in keys)
            for keys in protected.unique
        )
        triggers |= {
            "no_update": "BEFORE UPDATE ON {} ",
            "no_replace": f"BEFORE INSERT ON {{}} WHEN EXISTS ({same}) ",
        }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_{key} {when.format(table)}{refuse}"
        for key, when in triggers.items()
    ]


def _postgresql(protected: Protected) -> list[str]:
    name, table = protected.name, protected.table
    events = "UPDATE OR DELETE" if protected.unique else "DELETE"
    return [
        f"CREATE OR REPLACE FUNCTION {name}_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{protected.words}'; END $$",
        f"CREATE OR REPLACE TRIGGER {name}_no_change BEFORE {events} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_is_kept()",
        f"CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_is_kept()",
    ]
