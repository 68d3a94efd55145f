import django.db.models.deletion
import jiheng.bureau.keys
from django.db import migrations, models


def move(apps, schema_editor):
    """A proposal that revised one indicator becomes one with a revision."""
    Revision = apps.get_model("indicator", "Revision")
    for row in apps.get_model("indicator", "Proposal").objects.exclude(revises=None).iterator():
        Revision.objects.create(zone_id=row.zone_id, indicator_id=row.revises_id, proposal=row, changes=row.changes)


class Migration(migrations.Migration):

    dependencies = [
        ('bureau', '0008_administrators'),
        ('indicator', '0004_revisions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.UUIDField(default=jiheng.bureau.keys.new_key, editable=False, primary_key=True, serialize=False)),
                ('changes', models.JSONField(verbose_name='修订后的内容')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='indicator.libraryindicator', verbose_name='修订哪一条')),
                ('proposal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='indicator.proposal', verbose_name='发布')),
                ('zone', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bureau.zone')),
            ],
            options={
                'verbose_name': '指标修订',
                'ordering': ['id'],
            },
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
