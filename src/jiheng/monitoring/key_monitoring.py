"""Key monitoring (财政重点监控, art. 25): chosen by three offices, found, notified in writing, rectified, filed.

Performance proposes, performance, assets and expenditure sign; expenditure finds and notifies the department; what was
rectified is verified, and filed when budget and performance have both signed for it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jiheng.bureau.models import Person
from jiheng.bureau.profile import values_of
from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE
from jiheng.bureau.standing import standing
from jiheng.filing.filing import Section, filed
from jiheng.monitoring.models import KeyMonitoring, Light
from jiheng.monitoring.reporting import newest
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import (
    OPINION,
    WORD,
    Matter,
    Need,
    Procedure,
    Reason,
    State,
    Step,
    register,
    returning,
    step_named,
)
from jiheng.project.models import Project

OVER = ("filed", "dropped")
NOTIFIED = ("notified", "rectified", "verified", "filed")
"""The states in which there may be a written notice."""
EVIDENCE = Need("evidence", "佐证材料", "files")


def load(cases: Sequence[UUID]) -> dict[UUID, KeyMonitoring]:
    rows = KeyMonitoring.objects.filter(case_id__in=cases)
    return {row.case_id: row for row in rows.select_related("case__department", "project__unit")}


def snapshot(record: KeyMonitoring) -> dict[str, Any]:
    return {
        "project": [record.project.code, record.project.name],
        "reason": record.reason,
        "light": record.light,
        "findings": record.findings,
        "demand": record.demand,
        "due": record.due.isoformat() if record.due else "",
        "rectified": record.rectified,
    }


def propose(projects: Sequence[Project], year: int, reason: str, *, by: Person) -> list[Case]:
    """Proposes projects for key monitoring (step 提出), all or none; what their lights were is kept with them."""
    procedure, step = step_named("key_monitoring.open")
    drafts = [
        Case(
            zone=by.zone, year=year, department=project.department, unit=project.unit, subject=project.pk,
            code=project.code, title=project.name,
        )
        for project in projects
    ]  # fmt: skip

    def make(cases: list[Case]) -> None:
        reports = newest([project.pk for project in projects], year)
        KeyMonitoring.objects.bulk_create(
            KeyMonitoring(
                zone_id=by.zone_id, case=case, project=project, reason=reason.strip(),
                light=reports[project.pk].light if project.pk in reports else "",
            )
            for case, project in zip(cases, projects, strict=True)
        )  # fmt: skip

    with transaction.atomic():
        keys = [project.pk for project in projects]
        list(Project.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        running = KeyMonitoring.objects.filter(zone_id=by.zone_id, project_id__in=keys, case__year=year)
        again = [
            Reason(f"“{row.project.name}”已在 {year} 年重点监控中", 25, link=row.case.get_absolute_url())
            for row in running.exclude(case__state__in=OVER).select_related("case", "project")
        ]
        if again:
            raise door.Refusal(procedure, step, drafts[0], again)
        return [
            act.case for act in door.start("key_monitoring.open", drafts, by=by, make=make, opinion=reason)
        ]


def _find(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.findings = str(matter.given.get("opinion") or "").strip()
        matter.record.demand = str(matter.given.get("demand") or "").strip()
        matter.record.save(update_fields=["findings", "demand"])


def _notify(matters: list[Matter]) -> None:
    """The day by which the department is to report stands in the notice, and so in the record."""
    for matter in matters:
        days = values_of(matter.case.profile_id)("days", "key_rectify")
        matter.record.due = standing(matter.case.zone).workday_after(timezone.localdate(door.now()), days)
        matter.record.save(update_fields=["due"])


def _rectify(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.rectified = str(matter.given.get("opinion") or "").strip()
        matter.record.save(update_fields=["rectified"])


def _clear(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.findings = f"未发现问题。{str(matter.given.get('opinion') or '').strip()}"
        matter.record.save(update_fields=["findings"])


def notice(record: KeyMonitoring) -> list[Section]:
    """The written notice of what was found, as sections."""
    return [
        {
            "title": f"关于{record.project.name}财政重点监控发现问题的通知",
            "facts": [
                ["致", record.case.department.name],
                ["项目", f"{record.project.name}（{record.project.code}）"],
                ["项目单位", record.project.unit.name],
                ["整改期限", f"{record.due:%Y年%m月%d日}前报送整改情况" if record.due else ""],
            ],
        },
        {"title": "一、发现的问题", "text": record.findings},
        {"title": "二、整改要求", "text": record.demand},
    ]


def paper(record: KeyMonitoring) -> list[Section]:
    """What is filed: why it was chosen, what was found, what was demanded, what was done."""
    light = dict(Light.choices).get(record.light, "—")
    sections: list[Section] = [
        {"title": "选为重点监控", "facts": [["选入时总灯", light]], "text": record.reason},
        {"title": "查证情况", "text": record.findings},
    ]
    if record.demand:
        sections.append({"title": "整改要求", "text": record.demand})
        sections.append({"title": "整改情况", "text": record.rectified})
    return sections


KEY_MONITORING = register(
    Procedure(
        "key_monitoring",
        "财政重点监控",
        "monitoring",
        states=(
            State("proposed", "待三科会签选定"),
            State("chosen", "待支出科查证", editable=EXPENDITURE),
            State("found", "待书面通知部门"),
            State("notified", "待部门整改", editable=DEPARTMENT),
            State("rectified", "待核实整改"),
            State("verified", "待两科签收备案"),
            State("filed", "已签收备案", "done"),
            State("dropped", "未选定", "void"),
        ),
        steps=(
            Step(
                "open",
                "提出重点监控项目",
                (),
                "proposed",
                PERFORMANCE,
                (5, 25),
                (Need("opinion", "选择理由"),),
                page="key-monitoring-new",
            ),
            Step(
                "sign",
                "会签选定",
                ("proposed",),
                "chosen",
                PERFORMANCE & ASSETS & EXPENDITURE,
                (5, 8, 10, 25),
                (OPINION,),
                days="key_sign",
            ),
            Step("drop", "不选", ("proposed",), "dropped", PERFORMANCE, (25,), (WORD,), optional=True),
            Step(
                "find",
                "登记查出的问题",
                ("chosen",),
                "found",
                EXPENDITURE,
                (8, 25),
                (Need("opinion", "查出的问题"), Need("demand", "整改要求"), EVIDENCE),
                writes=(_find,),
                days="key_find",
            ),
            Step(
                "clear",
                "未发现问题",
                ("chosen",),
                "verified",
                EXPENDITURE,
                (8, 25),
                (Need("opinion", "查证情况"), EVIDENCE),
                writes=(_clear,),
                optional=True,
            ),
            Step(
                "notify",
                "书面通知部门",
                ("found",),
                "notified",
                EXPENDITURE,
                (8, 25),
                (OPINION,),
                writes=(_notify,),
                days="key_notify",
            ),
            Step(
                "rectify",
                "报送整改情况",
                ("notified",),
                "rectified",
                DEPARTMENT,
                (25,),
                (Need("opinion", "整改情况"), EVIDENCE),
                writes=(_rectify,),
                due=lambda record: record.due,
            ),
            Step(
                "verify",
                "核实通过",
                ("rectified",),
                "verified",
                EXPENDITURE,
                (8, 25),
                (OPINION,),
                days="key_verify",
            ),
            returning("return", "rectified", EXPENDITURE, (25,)),
            Step(
                "receive",
                "签收备案",
                ("verified",),
                "filed",
                BUDGET & PERFORMANCE,
                (5, 6, 25),
                (OPINION,),
                follows=(filed(25, paper=paper),),
                days="key_receive",
            ),
            returning("receive_return", "verified", BUDGET & PERFORMANCE, (25,)),
        ),
        load=load,
        snapshot=snapshot,
        template="monitoring/key_case.html",
        context=lambda record: {"has_notice": record.due is not None},
    )
)
