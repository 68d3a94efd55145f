"""A procedure more winding than any in use: choices, several givers, lanes gone up again, a countersign of three."""

from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE, TREASURY
from jiheng.procedure.table import OPINION, Procedure, State, Step, returning

WINDING = Procedure(
    "winding",
    "弯路",
    "exante",
    states=(
        State("draft", "编制中", editable=DEPARTMENT),
        State("submitted", "待审核"),
        State("reviewed", "待预算科处理"),
        State("chosen", "待重点评估"),
        State("checked", "待三方会签"),
        State("noted", "待部门签收"),
        State("concluded", "已有结论", "done"),
        State("void", "已作废", "void"),
    ),
    steps=(
        Step("open", "编报", (), "draft", DEPARTMENT, (12,)),
        Step("submit", "提交", ("draft",), "submitted", DEPARTMENT, (12,)),
        Step("review", "审核", ("submitted",), "reviewed", EXPENDITURE, (13,), (OPINION,)),
        returning("return", "submitted", EXPENDITURE, (13,)),
        Step("choose", "选为重点", ("reviewed",), "chosen", BUDGET, (11,), optional=True),
        Step("accept", "认可", ("reviewed",), "checked", BUDGET, (11,)),
        returning("budget_return", "reviewed", BUDGET, (11,)),
        Step("assess", "重点评估", ("chosen",), "checked", PERFORMANCE, (14,)),
        Step("sign", "会签", ("checked",), "noted", PERFORMANCE & ASSETS & TREASURY, (14,)),
        returning("sign_return", "checked", PERFORMANCE & ASSETS & TREASURY, (14,)),
        Step("note", "签收", ("noted",), "concluded", DEPARTMENT, (15,)),
        Step("cancel", "作废", ("draft", "submitted", "reviewed"), "void", DEPARTMENT, (12,), optional=True),
    ),
    load=lambda keys: {},
    snapshot=lambda record: {},
)
