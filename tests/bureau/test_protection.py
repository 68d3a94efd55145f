"""Art. 40: the log of changes of people, offices and the profile is kept as it was written, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from jiheng.bureau.models import Change
from jiheng.bureau.protection import protect

pytestmark = [pytest.mark.django_db, pytest.mark.article(40)]


@pytest.fixture
def change(bureau) -> Change:
    return Change.objects.create(
        zone=bureau.zone, person=bureau.general, person_name="综合科经办", kind=Change.Kind.PERSON, label="改"
    )


WAYS = {
    "update": lambda change: Change.objects.filter(pk=change.pk).update(label="没改"),
    "delete": lambda change: Change.objects.filter(pk=change.pk)._raw_delete("default"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_line_of_the_log_is_neither_changed_nor_deleted(change, way):
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic():
        WAYS[way](change)
    assert Change.objects.get(pk=change.pk).label == "改"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can insert or replace")
def test_a_line_of_the_log_is_not_replaced(change):
    with (
        pytest.raises(DatabaseError, match="insert only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        mine = "SELECT * FROM bureau_change WHERE id = %s"
        cursor.execute(f"INSERT OR REPLACE INTO bureau_change {mine}", [change.pk.hex])
    assert Change.objects.filter(pk=change.pk).exists()


def test_protection_is_set_again_after_every_migration(change):
    with connection.cursor() as cursor:
        on = " ON bureau_change" if connection.vendor == "postgresql" else ""
        name = "change_no_change" if connection.vendor == "postgresql" else "change_no_update"
        cursor.execute(f"DROP TRIGGER {name}{on}")
    protect()
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic():
        WAYS["update"](change)
