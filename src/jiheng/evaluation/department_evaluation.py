"""The table of a department evaluation's steps (部门评价, art. 27 and 29).

A department evaluates its own projects by the four-part framework; the expenditure office reviews form and report.
"""

from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE
from jiheng.evaluation import framework_guards as common
from jiheng.evaluation import outline
from jiheng.filing.filing import filed
from jiheng.procedure.table import OPINION, WORD, Matter, Need, Procedure, State, Step, register, returning

KEY = "department_evaluation"


def _what(matter: Matter) -> str:
    evaluation = matter.record
    return f"{matter.case.title} {evaluation.year}年部门评价（{evaluation.total:.2f} 分，{evaluation.grade}）"


DEPARTMENT_EVALUATION = register(
    Procedure(
        KEY,
        "部门评价",
        "evaluation",
        states=(
            State("planning", "部门拟评价方案", editable=DEPARTMENT),
            State("scoring", "部门评价打分", editable=DEPARTMENT),
            State("submitted", "待支出科审核评价报告"),
            State("accepted", "评价已认可", "done"),
            State("dropped", "已不评价", "void"),
        ),
        steps=(
            Step(
                "open", "选定部门评价项目", (), "planning", DEPARTMENT, (27,), page="department_evaluation-new"
            ),
            Step(
                "plan", "定评价方案", ("planning",), "scoring", DEPARTMENT, (27,), (OPINION,),
                guards=(common.planned(27),), days="department_plan",
            ),
            Step("drop", "不再评价", ("planning",), "dropped", DEPARTMENT, (27,), (WORD,), optional=True),
            Step("replan", "改评价方案", ("scoring",), "planning", DEPARTMENT, (27,), (WORD,), optional=True),
            Step(
                "submit", "报送评价报告", ("scoring",), "submitted", DEPARTMENT, (27, 29),
                (OPINION, Need("evidence", "佐证材料", "files", required=False)),
                guards=(common.scored(27), common.problems_listed(29)), writes=(common.keep,),
                days="department_score",
            ),
            Step(
                "accept", "认可评价结果", ("submitted",), "accepted", EXPENDITURE, (8, 29), (OPINION,),
                writes=(common.finish,),
                follows=(filed(29, what=_what, paper=outline.paper), common.tell_rooms_above), days="department_review",
            ),
            returning("return", "submitted", EXPENDITURE, (29,)),
        ),
        load=common.load,
        snapshot=common.snapshot,
        template="evaluation/framework_case.html",
        context=common.shown,
    )
)  # fmt: skip
