"""Putting something on file with the performance office: only ever as the consequence of an act (art. 15, 20, 25, 36).

A room writes ``follows=(filed(15, paper=...),)`` in its step; nothing else makes a filing. A paper is a list of
sections, plain data that can be read without the system: ``{"title", "facts": [[label, value]], "text", "head", "rows",
"figures"}``, all but the title optional; ``figures`` are the columns of ``rows`` that hold numbers.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from jiheng.bureau.models import Person
from jiheng.filing.models import Filing
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Attachment
from jiheng.procedure.table import PROCEDURES, Matter, Procedure, Step

Section = dict[str, Any]
File = dict[str, Any]
CHUNK = 500


def filed(
    article: int,
    *,
    what: Callable[[Matter], str] | None = None,
    year: Callable[[Matter], int] | None = None,
    paper: Callable[[Any], list[Section]] | None = None,
    evidence: Callable[[Sequence[Matter]], dict[UUID, list[File]]] | None = None,
) -> Callable[[list[Matter], Person], None]:
    """A consequence of a step that files every case of it under ``article``, in a few statements for all together.

    ``paper`` tells a record as sections; ``evidence`` adds files to those given with the case's acts (name, size,
    sha256, and ``label`` for what they are), by the case's key.
    """

    def file_all(matters: list[Matter], by: Person) -> None:
        done = _acts(matters)
        files = _attached(matters)
        for key, more in (evidence(matters) if evidence else {}).items():
            files[key] += more
        made = []
        for matter in matters:
            case, act = matter.case, matter.act
            assert act is not None
            procedure = PROCEDURES[case.procedure]
            record = act.record if act.record is not None else procedure.snapshot(matter.record)
            frozen = {
                "record": record,
                "paper": [*_head(matter), *(paper(matter.record) if paper else [])],
                "acts": done[case.pk],
            }
            row = Filing(
                zone_id=case.zone_id,
                year=year(matter) if year else case.year,
                article=article,
                what=what(matter) if what else f"{case.title}（{procedure.label}）",
                department_id=case.department_id,
                unit_id=case.unit_id,
                case=case,
                act=act,
                frozen=chain.plain(frozen),
                evidence=chain.plain(_once(files[case.pk])),
                filed_at=door.now(),
            )
            row.digest = digest(row)
            made.append(row)
        Filing.objects.bulk_create(made, batch_size=CHUNK)

    file_all.__name__ = f"filed_under_{article}"
    file_all.article = article  # type: ignore[attr-defined]
    return file_all


def filed_by(procedure: Procedure) -> list[tuple[int, Step]]:
    """The steps of a procedure that put its cases on file, each with the article it is filed under."""
    return [
        (follow.article, step)  # type: ignore[attr-defined]
        for step in procedure.steps
        for follow in step.follows
        if hasattr(follow, "article")
    ]


def readable(paper: Iterable[Section]) -> list[Section]:
    """A paper as the page shows it: each cell with its column's head, and whether it is a figure."""
    return [
        section
        | {
            "lines": [
                [
                    (label, cell, column in section.get("figures", ()))
                    for column, (label, cell) in enumerate(zip(section["head"], row, strict=True))
                ]
                for row in section.get("rows", ())
            ]
        }
        for section in paper
    ]


def digest(filing: Filing) -> str:
    """The SHA-256 over everything a filing says, the act it follows from included."""
    leaf = {
        name: getattr(filing, name)
        for name in ("zone_id", "year", "article", "what", "department_id", "unit_id", "case_id", "act_id")
    }
    leaf |= {"frozen": filing.frozen, "evidence": filing.evidence, "act": filing.act.hash}
    leaf["at"] = filing.filed_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(chain.canonical(leaf)).hexdigest()


def _head(matter: Matter) -> list[Section]:
    """What every paper begins with: which case of whom."""
    case = matter.case
    facts = [
        ["事项", case.title],
        ["编码", case.code],
        ["年度", f"{case.year}年"],
        ["部门", case.department.name if case.department else ""],
        ["单位", case.unit.name if case.unit else ""],
    ]
    procedure = PROCEDURES[case.procedure]
    return [{"title": procedure.label, "facts": [fact for fact in facts if fact[1]]}]


def _acts(matters: Sequence[Matter]) -> dict[UUID, list[list[Any]]]:
    """What was done on each case until now, the act that is filed by included."""
    found: dict[UUID, list[list[Any]]] = defaultdict(list)
    keys = [matter.case.pk for matter in matters]
    acts = Act.objects.filter(zone_id=matters[0].case.zone_id, case_id__in=keys).order_by("seq")
    for act in acts.defer("record", "given", "articles"):
        at = f"{localtime(act.at):%Y-%m-%d %H:%M}"
        found[act.case_id].append(
            [act.seq, act.label, act.organization_name, act.person_name, at, act.opinion, act.hash]
        )
    return found


def _attached(matters: Sequence[Matter]) -> dict[UUID, list[File]]:
    """The files given with the acts of each case."""
    found: dict[UUID, list[File]] = defaultdict(list)
    keys = [matter.case.pk for matter in matters]
    rows = Attachment.objects.filter(zone_id=matters[0].case.zone_id, case_id__in=keys).select_related("act")
    for row in rows.defer("act__record", "act__given"):
        found[row.case_id].append(
            {"name": row.name, "size": row.size, "sha256": row.sha256, "label": f"随“{row.act.label}”提交"}
        )
    return found


def _once(files: Iterable[File]) -> list[File]:
    """Each file once, by name and content."""
    return list({(file["name"], file["sha256"]): file for file in files}.values())
