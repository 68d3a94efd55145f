"""The demo's indicator library: what comes with the product is imported and published, one more is proposed (art. 38)."""

from jiheng.demo.goals import Desk
from jiheng.exchange import command, running
from jiheng.exchange.procedure import KINDS
from jiheng.goal.models import Goal
from jiheng.indicator import procedure
from jiheng.indicator.library import SEEDS
from jiheng.indicator.models import LibraryIndicator, Revision
from jiheng.procedure import door

KIND = "indicators"


def make(desk: Desk, year: int) -> None:
    """Imported by performance and countersigned with each owner, before the first goals are written."""
    bureau = desk.bureau
    clerk = bureau.clerk("performance")
    with desk.calendar.at(desk.workday(year - 2, 9, 2)):
        giver = running.must(KINDS[KIND], clerk)
        data = SEEDS.read_bytes()
        plan = KINDS[KIND].examine(data, SEEDS.name, giver, lambda *_: None)
        assert not plan.report.count, plan.report.faults[:3]
        command.write(KIND, "通用指标.csv", data, plan, giver)
        acts = procedure.put_waiting_to_sign(clerk)
    for act in acts:
        owner = act.case.procedure.removeprefix("indicator_")
        for place, day in (("performance", 4), (owner, 6)):
            with desk.calendar.at(desk.workday(year - 2, 9, day)):
                door.perform(
                    f"{act.case.procedure}.publish", act.case, by=bureau.clerk(place), opinion="同意发布。"
                )


def revise_some(desk: Desk) -> None:
    """An owner's revision is signed, and another waits."""
    rows = LibraryIndicator.objects.filter(zone=desk.bureau.zone, owner="procurement", status="published")
    for number, row in enumerate(rows.order_by("code")[:2]):
        clerk = desk.bureau.clerk("procurement")
        with desk.calendar.at(desk.calendar.ago(60 - 57 * number), 9):
            changes = {"source": [row.source, "合同、验收单和服务台账"]}
            act = procedure.propose(
                "owner_propose", row.owner, f"修订：{row.name}", by=clerk,
                revisions=[Revision(zone=desk.bureau.zone, indicator=row, changes=changes)],
                word="取数时各单位口径不一，写明依据哪些材料。",
            )  # fmt: skip
        for place, ago in () if number else (("performance", 58), ("procurement", 57)):
            with desk.calendar.at(desk.calendar.ago(ago), 10):
                name = f"{act.case.procedure}.publish"
                door.perform(name, act.case, by=desk.bureau.clerk(place), opinion="同意。")


def propose_some(desk: Desk) -> None:
    """Units put indicators of their goals forward: one waits for its countersign, one is not taken up, one was retired."""
    for story in ("refuse", "retire", ""):
        _propose(desk, story)


def _propose(desk: Desk, story: str) -> None:
    bureau = desk.bureau
    known = LibraryIndicator.objects.values_list("name", flat=True)
    goal = (
        Goal.objects.filter(project__isnull=False, case__state="in_force")
        .exclude(project__field="")
        .order_by("-case__moved_at")
        .first()
    )
    row = goal and goal.indicators.exclude(name__in=known).first()
    if not row:
        return
    new = LibraryIndicator(
        zone=bureau.zone, code=f"P{row.pk.hex[-16:]}", level1=row.level1, level2=row.level2, name=row.name,
        kind="quantitative", unit="", reference=row.target, owner="expenditure",
    )  # fmt: skip
    with desk.calendar.at(desk.calendar.ago(9)):
        act = procedure.propose(
            "unit_propose", "expenditure", f"{row.name}（{goal.name}）", by=bureau.clerk(goal.case.unit.code), new=[new],
            goal=goal.case, word="同类项目都能用，数据取自日常台账。",
        )  # fmt: skip
    steps = {
        "": (),
        "refuse": (("refuse", "performance", "只适用于这一个项目，不宜通用。"),),
        "retire": (
            ("publish", "performance", "同意发布。"),
            ("publish", "expenditure", "同意发布。"),
            ("retire", "performance", "与已有指标含义重复，停用。"),
        ),
    }[story]
    for number, (step, place, opinion) in enumerate(steps):
        with desk.calendar.at(desk.calendar.ago(7 - 2 * number)):
            door.perform(f"{act.case.procedure}.{step}", act.case, by=bureau.clerk(place), opinion=opinion)
