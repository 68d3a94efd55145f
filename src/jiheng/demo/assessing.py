"""Assessments of the demo: last year's departments told in a circular, the others at every desk (art. 41)."""

from jiheng.assessment import sheet
from jiheng.assessment.models import Assessment, Score
from jiheng.demo.goals import Desk
from jiheng.procedure import door
from jiheng.procedure.models import Case

SIGNERS = ("performance", "budget", "treasury")
WORDS = {"103": "没有专人负责预算绩效工作，培训未参加。", "111": "内部管理办法没有修订。"}


def assess(desk: Desk, year: int) -> None:
    """Last year's departments issued and units waiting for the circular; this year's units signed for, departments begun."""
    issued = _scored(desk, year - 1, "department", 60)
    _sign(desk, issued, 56, back="budget")
    _act(desk, issued, "issue_return", "performance", 52, "“组织管理”的扣分依据请写到具体事项。")
    _sign(desk, issued, 51)
    _act(desk, issued, "issue", "performance", 49, document=f"平财绩〔{year}〕18号")
    _sign(desk, _scored(desk, year - 1, "unit", 20), 16)
    half = _scored(desk, year, "unit", 5)
    _act(desk, half, "submit", "performance", 3)
    _act(desk, half, "sign", "treasury", 2, "同意。")
    _begin(desk, year, "department", 2)


def _begin(desk: Desk, year: int, kind: str, ago: int) -> Case:
    with desk.calendar.at(desk.calendar.ago(ago), 9):
        return sheet.begin(desk.bureau.zone, year, kind, by=desk.bureau.clerk("performance")).case


def _scored(desk: Desk, year: int, kind: str, ago: int) -> Case:
    """An assessment whose hand items are all scored."""
    case = _begin(desk, year, kind, ago)
    assessment = Assessment.objects.select_related("case").get(case=case)
    items = [item for item in sheet.items_of(assessment) if not item.measured]
    given: dict[str, str] = {}
    for score in Score.objects.filter(assessment=assessment).select_related("organization"):
        word = WORDS.get(score.organization.code, "")
        for item in items:
            name = sheet.field_of(score, item)
            given |= {name: f"{item.full - 2 if word else item.full:f}", f"word-{name}": word}
    with desk.calendar.at(desk.calendar.ago(ago - 1), 15):
        sheet.write(case, given, None, by=desk.bureau.clerk("performance"))
    return case


def _sign(desk: Desk, case: Case, ago: int, back: str = "") -> None:
    """Sent to three offices and signed; ``back`` sends it back first."""
    if case.state == "draft":
        _act(desk, case, "submit", "performance", ago)
    if back:
        _act(desk, case, "return", back, ago - 1, "请核对两个部门的“一次报成”。")
        _act(desk, case, "submit", "performance", ago - 2)
        ago -= 2
    for hour, office in enumerate(SIGNERS, 11):
        _act(desk, case, "sign", office, ago - 1, "同意。", hour)


def _act(
    desk: Desk, case: Case, step: str, office: str, ago: int, opinion: str = "", hour: int = 10, **given: str
) -> None:
    by = desk.bureau.clerk(office)
    with desk.calendar.at(desk.calendar.ago(ago), hour):
        door.perform(f"assessment.{step}", case, by=by, opinion=opinion, **given)
