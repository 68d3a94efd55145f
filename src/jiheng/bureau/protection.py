"""What the database itself refuses, whoever asks: to change or lose what is insert only, to lose what acts name.

Rooms declare their tables; the triggers are set after each migration, because SQLite forgets them when a migration
makes a table anew.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Protected:
    """A table and the words of the refusal; ``unique`` names its keys where rows can't be changed either.

    ``open`` is a condition on the row as it was (``OLD``) under which it may still be changed.
    """

    table: str
    words: str
    unique: tuple[tuple[str, ...], ...] = ()
    open: str = ""

    @property
    def name(self) -> str:
        return self.table.partition("_")[2]


PROTECTED: list[Protected] = []


def kept(*tables: str, words: str) -> None:
    """Declares tables whose rows end or are retired, but are never deleted."""
    PROTECTED.extend(Protected(table, words) for table in tables)


def insert_only(table: str, *unique: tuple[str, ...], words: str, open: str = "") -> None:
    """Declares a table whose rows are never deleted or, by one of their ``unique`` keys, replaced, nor changed.

    ``open`` is the condition under which a row may still be changed, such as ``OLD.state = 'running'``.
    """
    PROTECTED.append(Protected(table, words, unique, open))


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
            "no_update": "BEFORE UPDATE ON {} " + (f"WHEN NOT ({protected.open}) " if protected.open else ""),
            "no_replace": f"BEFORE INSERT ON {{}} WHEN EXISTS ({same}) ",
        }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_{key} {when.format(table)}{refuse}"
        for key, when in triggers.items()
    ]


def _postgresql(protected: Protected) -> list[str]:
    name, table = protected.name, protected.table
    triggers = {
        "no_change": f"BEFORE {'UPDATE OR DELETE' if protected.unique else 'DELETE'} ON {table} FOR EACH ROW",
        "no_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
    }
    if protected.open:
        triggers |= {
            "no_change": f"BEFORE UPDATE ON {table} FOR EACH ROW WHEN (NOT ({protected.open}))",
            "no_delete": f"BEFORE DELETE ON {table} FOR EACH ROW",
        }
    return [
        f"CREATE OR REPLACE FUNCTION {name}_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{protected.words}'; END $$",
        *(
            f"CREATE OR REPLACE TRIGGER {name}_{key} {when} EXECUTE FUNCTION {name}_is_kept()"
            for key, when in triggers.items()
        ),
    ]
