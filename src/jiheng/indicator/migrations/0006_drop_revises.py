from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('indicator', '0005_revisions_of_many'),
    ]

    operations = [
        migrations.RemoveField(model_name='proposal', name='changes'),
        migrations.RemoveField(model_name='proposal', name='revises'),
    ]
