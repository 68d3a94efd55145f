"""Putting on the public site and taking off: the only place that writes what is published (art. 22, 37)."""

import datetime
import re
from collections.abc import Sequence

from django.utils import timezone

from jiheng.bureau.models import Zone
from jiheng.disclosure.models import Disclosure, Entry, Published, Shelf
from jiheng.disclosure.preparing import names_known
from jiheng.disclosure.rules import findings, masked, texts
from jiheng.procedure import door
from jiheng.procedure.table import Matter


def put(matters: list[Matter]) -> None:
    """A version of each goes on the public site in the place of the one before, without what is withheld."""
    today = timezone.localdate(door.now())
    records = [matter.record for matter in matters]
    for record in records:
        record.version += 1
        record.first_on = record.first_on or today
        record.published_on, record.shown = today, True
    Disclosure.objects.bulk_update(records, ["version", "first_on", "published_on", "shown"])
    _clear(records)
    Published.objects.bulk_create((page for record in records for page in _pages(record)), batch_size=200)
    _changed(records)


def settle(matters: list[Matter]) -> None:
    """What is withheld as a whole is settled on this day, and leaves the public site if it stood there."""
    today = timezone.localdate(door.now())
    for matter in matters:
        matter.record.first_on = matter.record.first_on or today
    Disclosure.objects.bulk_update([matter.record for matter in matters], ["first_on"])
    take(matters)


def take(matters: list[Matter]) -> None:
    """Everything of these leaves the public site."""
    records = [matter.record for matter in matters]
    for record in records:
        record.shown = False
    Disclosure.objects.bulk_update(records, ["shown"])
    _clear(records)
    _changed(records)


def agree(matters: list[Matter]) -> None:
    """What was asked to be withheld is agreed to."""
    entries = [entry for matter in matters for entry in matter.record.copies]
    for entry in entries:
        entry.agreed = bool(entry.withheld)
    Entry.objects.bulk_update(entries, ["agreed"], batch_size=500)


def _clear(records: Sequence[Disclosure]) -> None:
    zones = {record.zone_id for record in records}
    Published.objects.filter(zone_id__in=zones, source__in=[record.pk for record in records]).delete()


def _changed(records: Sequence[Disclosure]) -> None:
    """The site's caches hear of it."""
    zones = {record.zone_id for record in records}
    for zone in Zone.objects.filter(pk__in=zones):
        names = {"code": zone.code, "name": zone.name, "bureau": zone.bureau}
        shelf, new = Shelf.objects.select_for_update().get_or_create(
            zone=zone, defaults=names | {"changed_at": timezone.now()}
        )
        if not new:
            # Caches know seconds only, so no two changes lie within the same one.
            after = shelf.changed_at.replace(microsecond=0) + datetime.timedelta(seconds=1)
            shelf.revision, shelf.changed_at = shelf.revision + 1, max(after, timezone.now())
            shelf.code, shelf.name, shelf.bureau = zone.code, zone.name, zone.bureau
            shelf.save()


def _pages(disclosure: Disclosure) -> list[Published]:
    """One page for each copy that is not withheld; where it was published elsewhere, one with the link."""
    zone, department = disclosure.case.zone, disclosure.department
    common = {
        "zone_id": disclosure.zone_id, "source": disclosure.pk, "zone_code": zone.code, "year": disclosure.year,
        "item": disclosure.item, "department_code": _slug(department.code), "department": department.name,
        "link": disclosure.link, "version": disclosure.version,
        "correction": _correction(disclosure),
        "first_on": disclosure.first_on, "published_on": disclosure.published_on,
    }  # fmt: skip
    if disclosure.way == Disclosure.Way.LINK:
        title = f"{department.name}{disclosure.year}年{disclosure.is_a.label}"
        slug = f"link-{disclosure.number}"
        return [
            Published(
                **common, slug=slug, title=title, body={"kind": "link"}, search=_words(common, title, {})
            )
        ]
    pages, taken = [], set()
    for entry in disclosure.copies:
        if entry.withheld:
            continue
        body = masked(entry.body, entry.findings) if entry.masked else entry.body
        name = masked(entry.name, entry.findings) if entry.masked else entry.name
        slug = _slug(entry.code) if disclosure.number == 1 else f"{_slug(entry.code)}-{disclosure.number}"
        while slug in taken:
            slug += "-a"
        taken.add(slug)
        pages.append(
            Published(
                **common, unit=entry.unit, code=_slug(entry.code), slug=slug, title=name, body=body,
                search=_words(common, name, body, entry.unit, entry.code),
            )
        )  # fmt: skip
    return pages


def _correction(disclosure: Disclosure) -> str:
    """Why there is another version, without personal data; the first version has no such word."""
    if disclosure.version == 1 or not disclosure.correction:
        return ""
    return masked(disclosure.correction, findings(disclosure.correction, names_known(disclosure.zone_id)))


def _slug(code: str) -> str:
    return re.sub(r"[^0-9A-Za-z_-]", "-", code)[:40]


def _words(common: dict, title: str, body: dict, *more: str) -> str:
    """What the search looks through: the words of the page itself, and nothing else."""
    told = texts({key: value for key, value in body.items() if key != "kind"})
    return "\n".join(dict.fromkeys([title, common["department"], common["department_code"], *more, *told]))
