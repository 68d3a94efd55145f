"""The database itself refuses to change or delete a line of the log of changes, whoever asks."""

from django.db import migrations

SQLITE = [
    "CREATE TRIGGER change_no_update BEFORE UPDATE ON bureau_change "
    "BEGIN SELECT RAISE(ABORT, 'changes are insert only'); END",
    "CREATE TRIGGER change_no_delete BEFORE DELETE ON bureau_change "
    "BEGIN SELECT RAISE(ABORT, 'changes are insert only'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION change_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'changes are insert only'; END $$",
    "CREATE TRIGGER change_no_change BEFORE UPDATE OR DELETE ON bureau_change "
    "FOR EACH ROW EXECUTE FUNCTION change_is_insert_only()",
    "CREATE TRIGGER change_no_truncate BEFORE TRUNCATE ON bureau_change "
    "FOR EACH STATEMENT EXECUTE FUNCTION change_is_insert_only()",
]


def protect(apps, editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("bureau", "0002_change")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
