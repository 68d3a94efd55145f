import django.db.models.deletion
import jiheng.bureau.keys
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bureau', '0003_changes_are_insert_only'),
        ('procedure', '0004_references_of_acts'),
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
    ]
