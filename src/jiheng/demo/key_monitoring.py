"""Key monitoring of the demo: one project for each place it can stand at (art. 25)."""

from jiheng.demo.control import paper
from jiheng.demo.goals import Desk
from jiheng.monitoring import key_monitoring
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project.models import Project

ENDS = (
    "filed", "notified", "proposed", "return", "chosen", "found", "rectified", "verified", "receive_return", "dropped",
)  # fmt: skip
"""How far each has gone: a state, or the return that sent it back."""
REASON = "金额较大、执行进度落后，列入今年财政重点监控。"
BEGAN = 40


def watch_some(desk: Desk) -> None:
    """Performance proposes them together; each then goes its own way."""
    bureau, calendar = desk.bureau, desk.calendar
    rows = Project.objects.filter(
        zone=bureau.zone, stage__in=(Project.Stage.BUDGETED, Project.Stage.EXECUTING)
    ).select_related("department", "unit")
    some = list(rows.order_by("-total", "code")[: len(ENDS)])
    if not some:
        return
    with calendar.at(calendar.ago(BEGAN), 9):
        cases = key_monitoring.propose(some, calendar.year, REASON, by=bureau.clerk("performance"))
    for case, end in zip(cases, ENDS, strict=False):
        _follow(desk, case, end)


def _follow(desk: Desk, case: Case, end: str) -> None:
    bureau = desk.bureau
    department = bureau.clerk(case.department.code)
    expenditure, performance, budget = (bureau.clerk(r) for r in ("expenditure", "performance", "budget"))
    evidence = {"evidence": [paper("查证记录（演示）.txt", f"{case.title}\n现场查证\n")]}

    def act(step: str, later: int, by, opinion: str = "同意。", **given) -> None:
        with desk.calendar.at(desk.calendar.ago(BEGAN - later)):
            door.perform(f"key_monitoring.{step}", case, by=by, opinion=opinion, **given)

    act("sign", 1, performance)
    if end == "proposed":
        return
    if end == "dropped":
        act("drop", 2, performance, "已列入审计计划，不重复监控。")
        return
    act("sign", 2, bureau.clerk("assets"))
    act("sign", 3, expenditure)
    if end == "chosen":
        return
    demand = "收回闲置资金，倒排工期，十五个工作日内书面报告。"
    act("find", 12, expenditure, "拨付后闲置三个月，合同未签，任务未开工。", demand=demand, **evidence)
    if end == "found":
        return
    act("notify", 14, expenditure, "按规程书面通知部门整改。")
    if end == "notified":
        return
    act("rectify", 22, department, "合同已签，闲置资金已按进度安排。", **evidence)
    if end == "return":
        act("return", 25, expenditure, "没有附合同和支付计划，请补齐。")
    if end in ("rectified", "return"):
        return
    act("verify", 26, expenditure, "整改属实。")
    if end == "receive_return":
        act("receive_return", 27, budget, "请补充闲置资金的收回凭证再送备案。")
    if end in ("verified", "receive_return"):
        return
    act("receive", 28, budget, "收到，编制预算时参考。")
    act("receive", 29, performance, "收到，归档备案。")
