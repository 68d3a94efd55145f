"""The database itself keeps acts as they were, whoever asks and however."""

import pytest
from django.db import DatabaseError, connection, transaction

from jiheng.procedure.models import Act
from tests.bureau_fixture import GOAL_PATH, advance

pytestmark = pytest.mark.django_db


@pytest.fixture
def act(bureau, goal_case) -> Act:
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    return goal_case.acts.get(step="submit")


def kept(act: Act) -> tuple:
    return Act.objects.filter(pk=act.pk).values_list("opinion", "hash", "label").get()


def by_save(act):
    act.opinion = "改过的意见"
    act.save()


def by_update(act):
    Act.objects.filter(pk=act.pk).update(opinion="改过的意见")


def by_bulk_update(act):
    act.opinion = "改过的意见"
    Act.objects.bulk_update([act], ["opinion"])


def by_delete(act):
    Act.objects.filter(pk=act.pk)._raw_delete("default")


def by_raw_update(act):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procedure_act SET opinion = 'x' WHERE label = %s", [act.label])


def by_raw_delete(act):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procedure_act")


def by_replace(act):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = ", ".join(f'"{field.column}"' for field in Act._meta.concrete_fields)
            values = names.replace('"opinion"', "'x'")
            cursor.execute(
                f"INSERT OR REPLACE INTO procedure_act ({names}) SELECT {values} FROM procedure_act"
            )
        else:
            cursor.execute(
                "INSERT INTO procedure_act SELECT * FROM procedure_act ON CONFLICT (id) DO UPDATE SET opinion = 'x'"
            )


@pytest.mark.parametrize(
    "change", [by_save, by_update, by_bulk_update, by_delete, by_raw_update, by_raw_delete, by_replace]
)
def test_an_act_is_never_changed_or_deleted(act, change):
    before = kept(act)
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic():
        change(Act.objects.get(pk=act.pk))
    assert kept(act) == before


def test_acts_are_not_truncated(act):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE; DELETE without a condition is tried above")
    before = kept(act)
    with (
        pytest.raises(DatabaseError, match="insert only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE procedure_act CASCADE")
    assert kept(act) == before


@pytest.mark.parametrize("named", ["case", "person", "organization", "zone"])
def test_what_an_act_names_is_never_deleted(act, named):
    row = getattr(act, named)
    with pytest.raises(DatabaseError, match="what acts name is kept"), transaction.atomic():
        type(row).objects.filter(pk=row.pk)._raw_delete("default")
    assert type(row).objects.filter(pk=row.pk).exists()
