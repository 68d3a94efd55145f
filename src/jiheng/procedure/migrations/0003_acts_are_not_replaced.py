"""SQLite's INSERT OR REPLACE deletes without asking the delete trigger; so an act in the place of another is refused."""

from django.db import migrations

SQLITE = (
    "CREATE TRIGGER act_no_replace BEFORE INSERT ON procedure_act WHEN EXISTS ("
    "SELECT 1 FROM procedure_act WHERE id = NEW.id UNION ALL SELECT 1 FROM procedure_act "
    "WHERE zone_id = NEW.zone_id AND case_id = NEW.case_id AND seq = NEW.seq) "
    "BEGIN SELECT RAISE(ABORT, 'acts are insert only'); END"
)


def protect(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(SQLITE)


class Migration(migrations.Migration):
    dependencies = [("procedure", "0002_acts_are_insert_only")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
