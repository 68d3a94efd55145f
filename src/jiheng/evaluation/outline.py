"""The evaluation report by the outline of 财预〔2020〕10号 (norms 1.7): drafted from the figures, rewritten by section.

A section that was rewritten stands as written; the others are drafted anew from what the record says. Money in 万元 here.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.timezone import localdate

from jiheng.evaluation import frameworks, sheets
from jiheng.evaluation.framework_models import Evaluation
from jiheng.evaluation.measured import money_of
from jiheng.filing.filing import Section
from jiheng.goal.models import Goal
from jiheng.indicator.scoring import percent
from jiheng.paper.money import wan
from jiheng.procedure import door
from jiheng.support import engagement

SECTIONS: dict[str, str] = {
    "basic": "一、基本情况",
    "work": "二、绩效评价工作开展情况",
    "overall": "三、综合评价情况及评价结论",
    "analysis": "四、绩效评价指标分析",
    "experience": "五、主要经验及做法、存在的问题及原因分析",
    "suggestions": "六、有关建议",
    "others": "七、其他需要说明的问题",
}


def drafted(evaluation: Evaluation) -> dict[str, str]:
    """Every section as the record tells it."""
    lines = sheets.lines(evaluation)
    return {
        "basic": _basic(evaluation),
        "work": _work(evaluation, lines),
        "overall": _overall(evaluation, lines),
        "analysis": _analysis(lines),
        "experience": _experience(evaluation),
        "suggestions": _suggestions(evaluation),
        "others": "评价依据被评价方提供和系统内的资料；资料的真实性由提供方负责。",
    }


def report(evaluation: Evaluation) -> dict[str, str]:
    """The report as it stands: rewritten sections as written, the rest drafted."""
    return {key: evaluation.report.get(key) or text for key, text in drafted(evaluation).items()}


def _basic(evaluation: Evaluation) -> str:
    case, project = evaluation.case, evaluation.project
    parts = []
    if project:
        years = f"{project.first_year}年至{project.last_year}年"
        if project.first_year == project.last_year:
            years = f"{project.first_year}年"
        parts.append(
            f"（一）概况。{project.name}（{project.code}）由{project.unit.name}实施，主管部门为{project.department.name}，"
            f"{project.get_fund_display()}安排，实施期{years}，总投资 {wan(project.total)} 万元。"
        )
    else:
        department = case.department.name if case.department else ""
        parts.append(f"（一）概况。{case.title}，主管部门为{department}。")
    if money := money_of(evaluation):
        parts.append(
            f"{evaluation.year}年预算 {wan(money.granted)} 万元，实际到位 {wan(money.arrived)} 万元，实际支出 {wan(money.paid)} 万元，"
            f"预算执行率 {percent(money.paid / money.arrived) if money.arrived else '—'}。"
        )
    goal = goal_of(evaluation)
    parts.append(
        f"（二）绩效目标。{goal.text}" if goal else "（二）绩效目标。系统内没有本年度生效的绩效目标。"
    )
    return "\n".join(parts)


def goal_of(evaluation: Evaluation) -> Goal | None:
    """The goal in force for the year evaluated."""
    rows = Goal.objects.filter(zone_id=evaluation.zone_id, year=evaluation.year, case__state="in_force")
    if evaluation.project_id:
        rows = rows.filter(project=evaluation.project_id)
    elif evaluation.kind == "whole":
        rows = rows.filter(organization=evaluation.case.department_id, kind="department_whole")
    else:
        return None
    return rows.order_by("-version").first()


def _work(evaluation: Evaluation, lines: Sequence[sheets.Line]) -> str:
    label, version, source = evaluation.framework
    parts = [
        f"（一）目的、对象和范围。{evaluation.purpose or '未填写'}",
        f"（二）原则、指标体系、方法和标准。采用《{label}》（{version}），来源：{source}。共 {len(lines)} 个三级指标，"
        f"满分 100 分。{evaluation.approach or '未填写'}",
        f"（三）工作过程。{evaluation.schedule or '未填写'}",
    ]
    parties = engagement.results([evaluation.case_id]).get(evaluation.case_id, [])
    if parties:
        parts.append(f"受托承担评价的有{'、'.join(result.party for result in parties)}。")
    notes = list(evaluation.notes.all())
    if notes:
        places = "、".join(dict.fromkeys(note.place for note in notes))
        parts.append(f"现场核查 {len(notes)} 次，地点：{places}。")
    if requests := [request for request in evaluation.requests.all() if request.sent_on]:
        answered = sum(bool(request.answered_on) for request in requests)
        parts.append(f"要求补充资料 {len(requests)} 项，已答复 {answered} 项。")
    return "\n".join(parts)


def _parts(lines: Sequence[sheets.Line]) -> dict[str, tuple[Decimal, Decimal]]:
    """For each part its weight and points."""
    found = {part: (Decimal(0), Decimal(0)) for part in frameworks.PARTS}
    for line in lines:
        weight, points = found[line.item.part]
        score = line.mark.score if line.mark and line.mark.score is not None else Decimal(0)
        found[line.item.part] = (weight + line.item.weight, points + score)
    return found


def part_rows(evaluation: Evaluation) -> list[tuple[str, Decimal, Decimal]]:
    """Each part as [level 1's name, weight, points], as the framework calls it."""
    lines = sheets.lines(evaluation)
    names = {line.item.part: line.item.level1 for line in reversed(lines)}
    return [(names.get(part, frameworks.PARTS[part]), *pair) for part, pair in _parts(lines).items()]


def _overall(evaluation: Evaluation, lines: Sequence[sheets.Line]) -> str:
    if any(line.mark is None or line.mark.score is None for line in lines) or not lines:
        return "还有指标没有评分，评完后由系统写出得分和结论。"
    total = sum((line.mark.score or Decimal(0) for line in lines if line.mark), Decimal(0))
    told = "，".join(
        f"{name} {points:.2f} 分（满分 {weight:.2f} 分，得分率 {percent(points / weight) if weight else '—'}）"
        for name, weight, points in part_rows(evaluation)
    )
    grade = f"，评价等级为“{evaluation.grade}”" if evaluation.grade else ""
    return f"综合得分 {total:.2f} 分{grade}。其中：{told}。评分表附后。"


def _analysis(lines: Sequence[sheets.Line]) -> str:
    parts: list[str] = []
    for number, (part, label) in enumerate(frameworks.PARTS.items()):
        mine = [line for line in lines if line.item.part == part]
        lost = [line for line in mine if line.lost and line.mark]
        head = f"（{'一二三四'[number]}）{mine[0].item.level1 if mine else label}。"
        told = "；".join(
            f"{line.item.name} {line.mark.score:.2f}/{line.item.weight:.2f} 分"
            + (f"，{line.mark.comment.strip().rstrip('。')}" if line.mark.comment.strip() else "")
            for line in lost
            if line.mark
        )
        full = len(mine) - len(lost)
        parts.append(head + (f"{told}。" if told else "") + f"其余 {full} 个指标得满分或未扣分。")
    return "\n".join(parts)


def _experience(evaluation: Evaluation) -> str:
    problems = list(evaluation.problems.all())
    told = "\n".join(f"{number}. {problem.text}" for number, problem in enumerate(problems, 1))
    return f"（一）主要经验及做法。（请补写）\n（二）存在的问题及原因。\n{told or '没有列出问题。'}"


def _suggestions(evaluation: Evaluation) -> str:
    problems = list(evaluation.problems.all())
    told = "\n".join(f"{number}. {problem.suggestion}" for number, problem in enumerate(problems, 1))
    return told or "没有列出建议。"


def score_table(evaluation: Evaluation) -> Section:
    """The scoring table that goes with the report."""
    rows = [
        [
            line.item.level1,
            line.item.name,
            line.item.target or line.item.get_method_display(),
            f"{line.item.weight:.2f}",
            f"{line.mark.score:.2f}" if line.mark and line.mark.score is not None else "—",
            (line.mark.comment if line.mark else "") or "—",
        ]
        for line in sheets.lines(evaluation)
    ]
    total = "—" if evaluation.total is None else f"{evaluation.total:.2f}"
    weight = sum((item.weight for item in evaluation.items.all()), Decimal(0))
    rows.append(["合计", "", "", f"{weight:.2f}", total, evaluation.grade or "—"])
    head = ["一级指标", "三级指标", "指标值或计分办法", "分值", "得分", "评分说明"]
    return {"title": "附：评分表", "head": head, "rows": rows, "figures": [3, 4]}


def paper(evaluation: Evaluation) -> list[Section]:
    """The whole report as sections: to be read, printed and filed."""
    total = "—" if evaluation.total is None else f"{evaluation.total:.2f} 分"
    day = evaluation.finished_on or localdate(door.now())
    facts = [
        ["评价对象", f"{evaluation.case.title}（{evaluation.get_kind_display()}）"],
        ["评价年度", f"{evaluation.year}年"],
        ["综合得分", f"{total}　{evaluation.grade}".strip()],
        ["日期", f"{day:%Y年%m月%d日}"],
    ]
    said: Mapping[str, str] = report(evaluation)
    sections: list[Section] = [{"title": f"{evaluation.case.title}绩效评价报告", "facts": facts}]
    sections += [{"title": title, "text": said[key]} for key, title in SECTIONS.items()]
    sections.append(score_table(evaluation))
    if problems := list(evaluation.problems.all()):
        sections.append(
            {
                "title": "附：问题和建议清单",
                "head": ["序号", "问题", "建议"],
                "rows": [[str(p.order), p.text, p.suggestion] for p in problems],
                "figures": [0],
            }
        )
    if comments := list(evaluation.comments.all()):
        words = {True: "采纳", False: "不采纳", None: "未答复"}
        sections.append(
            {
                "title": "附：被评价方意见及答复",
                "head": ["序号", "意见", "是否采纳", "答复和理由"],
                "rows": [[str(c.order), c.text, words[c.accepted], c.reply or "—"] for c in comments],
                "figures": [0],
            }
        )
    return sections
