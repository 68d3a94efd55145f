"""Disclosures as departments and offices work on them in tests: through the pages and the door."""

from jiheng.disclosure.models import Disclosure
from jiheng.procedure import door
from jiheng.procedure.models import Case


def due(item: str = "budget", **where) -> Disclosure:
    """The one item that is to be published."""
    return Disclosure.objects.select_related("case", "department").get(item=item, **where)


def address(record: Disclosure) -> str:
    return f"/disclosure/{record.case.procedure.removeprefix('disclosure_')}/{record.case_id}/edit/"


def saved(client, record: Disclosure, **given: str):
    """The page as it stands now is saved with what is given; what comes back."""
    revision = Disclosure.objects.get(pk=record.pk).revision
    return client.post(address(record), {"revision": str(revision), "way": "here", **given})


def prepared(client, record: Disclosure, **given: str) -> Disclosure:
    """The copies are made from the records on the page, and the page is saved with what is given."""
    made = client.post(address(record), {"prepare": "1"})
    assert (made.status_code, made["Location"]) == (302, address(record))
    response = saved(client, record, **given)
    assert response.status_code == 302, response.content.decode()
    return due(record.item, pk=record.pk)


def published(client, record: Disclosure, by, **given: str) -> Case:
    """Prepared and published."""
    record = prepared(client, record, **given)
    door.perform(f"{record.case.procedure}.publish", record.case, by=by)
    return record.case
