"""The database itself refuses to change or delete an act, whoever asks."""

from django.db import migrations

SQLITE = [
    "CREATE TRIGGER act_no_update BEFORE UPDATE ON procedure_act "
    "BEGIN SELECT RAISE(ABORT, 'acts are insert only'); END",
    "CREATE TRIGGER act_no_delete BEFORE DELETE ON procedure_act "
    "BEGIN SELECT RAISE(ABORT, 'acts are insert only'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION act_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'acts are insert only'; END $$",
    "CREATE TRIGGER act_no_change BEFORE UPDATE OR DELETE ON procedure_act "
    "FOR EACH ROW EXECUTE FUNCTION act_is_insert_only()",
    "CREATE TRIGGER act_no_truncate BEFORE TRUNCATE ON procedure_act "
    "FOR EACH STATEMENT EXECUTE FUNCTION act_is_insert_only()",
]


def protect(apps, editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement.replace("%", "%%"))


class Migration(migrations.Migration):
    dependencies = [("procedure", "0001_initial")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
