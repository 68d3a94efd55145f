"""What the database itself refuses, whoever asks: to change or lose an act, and to lose what acts name.

The triggers are set after each migration, because SQLite forgets them when a migration makes a table anew.
"""

from typing import Any

from django.db import connections

KEPT = ("procedure_case", "bureau_person", "bureau_organization", "bureau_zone")
"""Tables whose rows acts and tasks name. Their rows end or are retired, but are never deleted."""

_WORDS = {"procedure_act": "acts are insert only", **dict.fromkeys(KEPT, "what acts name is kept")}


def protect(using: str = "default", **_: Any) -> None:
    """Sets the triggers that aren't there. Called after each ``migrate``."""
    link = connections[using]
    there = set(link.introspection.table_names())
    statements = _sqlite if link.vendor == "sqlite" else _postgresql
    with link.cursor() as cursor:
        for table, words in _WORDS.items():
            if table in there:
                for statement in statements(table, words):
                    cursor.execute(statement)


def _sqlite(table: str, words: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    triggers = {"no_delete": ("DELETE", "")}
    if table == "procedure_act":
        # INSERT OR REPLACE deletes without asking the delete trigger.
        taken = (
            "WHEN EXISTS (SELECT 1 FROM procedure_act WHERE id = NEW.id UNION ALL SELECT 1 FROM procedure_act "
            "WHERE zone_id = NEW.zone_id AND case_id = NEW.case_id AND seq = NEW.seq)"
        )
        triggers |= {"no_update": ("UPDATE", ""), "no_replace": ("INSERT", taken)}
    return [
        f"CREATE TRIGGER IF NOT EXISTS {_name(table)}_{key} BEFORE {event} ON {table} {when} {refuse}"
        for key, (event, when) in triggers.items()
    ]


def _postgresql(table: str, words: str) -> list[str]:
    name = _name(table)
    events = "UPDATE OR DELETE" if table == "procedure_act" else "DELETE"
    return [
        f"CREATE OR REPLACE FUNCTION {name}_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$",
        f"CREATE OR REPLACE TRIGGER {name}_no_change BEFORE {events} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_is_kept()",
        f"CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_is_kept()",
    ]


def _name(table: str) -> str:
    return table.partition("_")[2]
