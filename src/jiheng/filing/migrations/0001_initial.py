"""Filings, and the database's own refusal to change or delete one, whoever asks."""

import django.db.models.deletion
import jiheng.bureau.keys
from django.db import migrations, models


SQLITE = [
    "CREATE TRIGGER filing_no_update BEFORE UPDATE ON filing_filing "
    "BEGIN SELECT RAISE(ABORT, 'filings are insert only'); END",
    "CREATE TRIGGER filing_no_delete BEFORE DELETE ON filing_filing "
    "BEGIN SELECT RAISE(ABORT, 'filings are insert only'); END",
    # INSERT OR REPLACE deletes without asking the delete trigger.
    "CREATE TRIGGER filing_no_replace BEFORE INSERT ON filing_filing WHEN EXISTS ("
    "SELECT 1 FROM filing_filing WHERE id = NEW.id UNION ALL SELECT 1 FROM filing_filing "
    "WHERE zone_id = NEW.zone_id AND act_id = NEW.act_id AND article = NEW.article) "
    "BEGIN SELECT RAISE(ABORT, 'filings are insert only'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION filing_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'filings are insert only'; END $$",
    "CREATE TRIGGER filing_no_change BEFORE UPDATE OR DELETE ON filing_filing "
    "FOR EACH ROW EXECUTE FUNCTION filing_is_insert_only()",
    "CREATE TRIGGER filing_no_truncate BEFORE TRUNCATE ON filing_filing "
    "FOR EACH STATEMENT EXECUTE FUNCTION filing_is_insert_only()",
]


def protect(apps, editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement.replace("%", "%%"))


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bureau', '0003_changes_are_insert_only'),
        ('procedure', '0003_acts_are_not_replaced'),
    ]

    operations = [
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('id', models.UUIDField(default=jiheng.bureau.keys.new_key, editable=False, primary_key=True, serialize=False)),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('article', models.PositiveSmallIntegerField(verbose_name='依据条款')),
                ('what', models.CharField(max_length=220, verbose_name='备案内容')),
                ('frozen', models.JSONField(verbose_name='备案时的记录')),
                ('evidence', models.JSONField(default=list, verbose_name='佐证材料')),
                ('filed_at', models.DateTimeField(verbose_name='备案时间')),
                ('digest', models.CharField(max_length=64, verbose_name='哈希')),
                ('act', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='procedure.act')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='procedure.case')),
                ('department', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bureau.organization')),
                ('unit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bureau.organization')),
                ('zone', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bureau.zone')),
            ],
            options={
                'verbose_name': '备案',
                'ordering': ['-filed_at', '-id'],
                'indexes': [models.Index(fields=['zone', 'year', 'article'], name='filing_year'), models.Index(fields=['zone', 'filed_at'], name='filing_day'), models.Index(fields=['zone', 'case'], name='filing_case')],
                'constraints': [models.UniqueConstraint(fields=('zone', 'act', 'article'), name='filing_once')],
            },
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
