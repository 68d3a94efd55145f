"""The database itself refuses to change or lose a filing, whoever asks.

The triggers are set after each migration, because SQLite forgets them when a migration makes a table anew.
"""

from typing import Any

from django.db import connections

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'filings are insert only'); END"
SQLITE = (
    f"CREATE TRIGGER IF NOT EXISTS filing_no_update BEFORE UPDATE ON filing_filing {_REFUSE}",
    f"CREATE TRIGGER IF NOT EXISTS filing_no_delete BEFORE DELETE ON filing_filing {_REFUSE}",
    # INSERT OR REPLACE deletes without asking the delete trigger.
    "CREATE TRIGGER IF NOT EXISTS filing_no_replace BEFORE INSERT ON filing_filing WHEN EXISTS ("
    "SELECT 1 FROM filing_filing WHERE id = NEW.id UNION ALL SELECT 1 FROM filing_filing "
    f"WHERE zone_id = NEW.zone_id AND act_id = NEW.act_id AND article = NEW.article) {_REFUSE}",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION filing_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'filings are insert only'; END $$",
    "CREATE OR REPLACE TRIGGER filing_no_change BEFORE UPDATE OR DELETE ON filing_filing "
    "FOR EACH ROW EXECUTE FUNCTION filing_is_insert_only()",
    "CREATE OR REPLACE TRIGGER filing_no_truncate BEFORE TRUNCATE ON filing_filing "
    "FOR EACH STATEMENT EXECUTE FUNCTION filing_is_insert_only()",
)


def protect(using: str = "default", **_: Any) -> None:
    """Sets the triggers that aren't there. Called after each ``migrate``."""
    link = connections[using]
    if "filing_filing" not in link.introspection.table_names():
        return
    with link.cursor() as cursor:
        for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[link.vendor]:
            cursor.execute(statement)
