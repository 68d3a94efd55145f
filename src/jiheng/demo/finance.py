"""Spot checks of the finished year, at every desk (art. 30)."""

import datetime
from decimal import Decimal

from jiheng.demo.goals import AGREED, Desk
from jiheng.evaluation import sampling, spot_drawing
from jiheng.evaluation.models import SpotCheck
from jiheng.procedure import door

COMMENT = "佐证材料只到三季度，四季度的完成数没有依据。"


def check_year(desk: Desk, year: int) -> None:
    """Three spot checks: one signed for, one sent again after a return (with one sent back to its unit), one begun."""
    by = desk.bureau.clerk("performance")
    found = spot_drawing.candidates(desk.bureau.zone, year)
    if not found:
        return
    ago = desk.calendar.ago
    first = _drawn(desk, year, 4, ago(3), f"{year}-1")
    _score(desk, first, ago(3))
    _send(desk, first, ago(2))
    _receive(desk, first, ago(1))
    second = _drawn(desk, year, 5, ago(2), _seed(desk, year, 5))
    _score(desk, second, ago(2), apart=True)
    with desk.calendar.at(ago(1), 10):
        door.perform("spot_check.send", second.case, by=by, opinion="抽查差异附后，请签收。")
    with desk.calendar.at(ago(0), 9):
        door.perform(
            "spot_check.return",
            second.case,
            by=desk.bureau.clerk("budget"),
            opinion="请写明相差较大各份的扣分依据。",
        )
    _send(desk, second, ago(0))
    third = _drawn(desk, year, 3, ago(0), f"{year}-3")
    _score(desk, third, ago(0), leave=2)


def _seed(desk: Desk, year: int, number: int) -> str:
    """A seed whose lots fall on one whose result isn't applied yet."""
    found = spot_drawing.candidates(desk.bureau.zone, year)
    asked = [sampling.Candidate(e.case.code, e.case.department.name, e.grade) for e in found]
    free = {e.case.code for e in found if e.application.case.state != "decided"}
    seeds = (f"{year}-2-{n}" for n in range(200))
    return next(
        (seed for seed in seeds if free & {one.code for one in sampling.draw(seed, asked, number)[1]}),
        f"{year}-2",
    )


def _drawn(desk: Desk, year: int, number: int, day: datetime.date, seed: str) -> SpotCheck:
    with desk.calendar.at(day, 9):
        return spot_drawing.begin(
            desk.bureau.zone, year, number, by=desk.bureau.clerk("performance"), seed=seed
        )


def _score(desk: Desk, check: SpotCheck, day: datetime.date, *, leave: int = 0, apart: bool = False) -> None:
    """Re-scores all but ``leave``; with ``apart`` the first whose result isn't applied yet comes out far lower."""
    items = list(check.items.select_related("evaluation__case", "evaluation__application__case"))
    far = next((i for i in items if apart and i.evaluation.application.case.state != "decided"), None)
    for item in items[: len(items) - leave]:
        points = {order: Decimal(given) for order, given in item.original["points"]}
        most = max(points, key=lambda order: points[order])
        cut = min(points[most], Decimal(9 if item is far else item.order % 3))
        points[most] -= cut
        with desk.calendar.at(day, 9):
            spot_drawing.rescore(
                item.pk, check.case, points, {most: COMMENT} if cut else {}, COMMENT if cut else "",
                by=desk.bureau.clerk("performance"),
            )  # fmt: skip


def _send(desk: Desk, check: SpotCheck, day: datetime.date) -> None:
    with desk.calendar.at(day, 10):
        door.perform("spot_check.send", check.case, by=desk.bureau.clerk("performance"), opinion="请签收。")


def _receive(desk: Desk, check: SpotCheck, day: datetime.date) -> None:
    for hour, office in ((14, "budget"), (15, "expenditure")):
        with desk.calendar.at(day, hour):
            door.perform(
                "spot_check.receive",
                check.case,
                by=desk.bureau.clerk(office),
                opinion=desk.random.choice(AGREED),
            )
