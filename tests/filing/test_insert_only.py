"""The database itself keeps filings as they were, whoever asks and however; and a filing proves what it says."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction

from jiheng.bureau.keys import new_key
from jiheng.bureau.protection import protect
from jiheng.filing.filing import digest
from jiheng.filing.models import Filing
from jiheng.procedure import files
from tests.exante.stories import reach

pytestmark = [pytest.mark.django_db, pytest.mark.article(15)]


@pytest.fixture
def filing(bureau) -> Filing:
    reach(bureau, "concluded")
    return Filing.objects.get()


def by_save(filing):
    filing.what = "改过"
    filing.save()


def by_update(filing):
    Filing.objects.filter(pk=filing.pk).update(frozen={})


def by_delete(filing):
    Filing.objects.filter(pk=filing.pk)._raw_delete("default")


def by_raw_update(filing):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE filing_filing SET year = 2030")


def by_replace(filing):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = ", ".join(f'"{field.column}"' for field in Filing._meta.concrete_fields)
            values = names.replace('"what"', "'x'")
            cursor.execute(
                f"INSERT OR REPLACE INTO filing_filing ({names}) SELECT {values} FROM filing_filing"
            )
        else:
            cursor.execute(
                "INSERT INTO filing_filing SELECT * FROM filing_filing ON CONFLICT (id) DO UPDATE SET what = 'x'"
            )


def by_truncate(filing):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE filing_filing CASCADE")


@pytest.mark.parametrize("change", [by_save, by_update, by_delete, by_raw_update, by_replace, by_truncate])
def test_a_filing_is_never_changed_or_deleted(filing, change):
    if change is by_truncate and connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE; deleting is tried above")
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic():
        change(Filing.objects.get(pk=filing.pk))
    kept = Filing.objects.select_related("act").get(pk=filing.pk)
    assert kept.what == filing.what and digest(kept) == kept.digest


def test_protection_may_be_set_again(filing):
    protect()
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic():
        by_delete(filing)


@pytest.mark.parametrize(
    ("field", "value"), [("what", "别的"), ("year", 2030), ("evidence", []), ("frozen", {"paper": []})]
)
def test_whatever_is_changed_breaks_the_digest(filing, field, value):
    read = Filing.objects.select_related("act").get(pk=filing.pk)
    assert digest(read) == filing.digest
    setattr(read, field, value)
    assert digest(read) != filing.digest


def test_many_are_filed_in_a_few_statements(bureau, django_assert_max_num_queries):
    from jiheng.procedure import door

    several = [reach(bureau, "reviewed").case for _ in range(5)]
    door.perform("exante.accept", several.pop(), by=bureau.budget)
    with django_assert_max_num_queries(25):
        door.perform_many("exante.accept", several, by=bureau.budget)
    assert Filing.objects.count() == 5


def test_verifying_the_record_reads_filings_and_the_evidence_that_rooms_kept(bureau, filing):
    from jiheng.procedure import chain

    assert list(chain.verify(bureau.zone.pk)) == []
    slipped = Filing.objects.get(pk=filing.pk)
    slipped.pk, slipped.article, slipped.what = new_key(), 36, "混进来的备案"
    slipped._state.adding = True
    slipped.save()
    assert list(chain.verify(bureau.zone.pk)) == ["备案“混进来的备案”的内容与哈希不符"]
    kept = filing.evidence[0]
    path = Path(default_storage.path(files.place(filing.zone_id, kept["sha256"])))
    whole = path.read_bytes()
    try:
        path.write_bytes(b"spoilt")
        assert f"备案“{filing.what}”的佐证材料“{kept['name']}”内容与备案时不符" in list(
            chain.verify(bureau.zone.pk)
        )
    finally:
        path.write_bytes(whole)
