"""The circular (考核通报, art. 41): the ranking as an official document, its words drafted from the scores."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from jiheng.assessment import rules, sheet
from jiheng.assessment.models import Assessment, Score
from jiheng.filing.filing import Section

WEAK = 3
"""How many items, and how many of the lowest in each, the circular speaks of."""


def title(assessment: Assessment) -> str:
    return f"关于{assessment.year}年度{assessment.get_kind_display()}预算绩效管理工作考核结果的通报"


def head(assessment: Assessment) -> list[str]:
    items = sheet.items_of(assessment)
    return ["名次", assessment.get_kind_display(), *(item.name for item in items), "总分", "等级"]


def rows(assessment: Assessment, scores: Sequence[Score]) -> list[list[str]]:
    """A row for each, in the order of ``head``; what isn't scored yet is a dash."""
    items = sheet.items_of(assessment)
    return [
        [
            str(score.rank or "—"),
            score.organization.name,
            *(score.marks.get(item.key, {}).get("points") or "—" for item in items),
            "—" if score.total is None else f"{score.total:.2f}",
            score.grade or "—",
        ]
        for score in scores
    ]


def drafted(assessment: Assessment, scores: Sequence[Score]) -> str:
    """The circular's text as the scores give it."""
    items, kind = sheet.items_of(assessment), assessment.get_kind_display()
    grades = Counter(score.grade for score in scores)
    told = "、".join(
        f"“{name}”{grades[name]} 个" for name in (*rules.GRADES, rules.LOWEST) if grades.get(name)
    )
    mean = sum((score.total or Decimal(0) for score in scores), Decimal(0)) / (len(scores) or 1)
    lines = [
        f"按照预算绩效管理工作规程第四十一条，预算绩效管理科会同预算科、国库科对 {len(scores)} 个{kind}"
        f"{assessment.year}年度预算绩效管理工作进行了考核。考核 {len(items)} 项，满分 "
        f"{sum(item.full for item in items):f} 分，其中 {sum(item.measured for item in items)} 项由系统按办理记录测算。",
        f"平均 {mean:.2f} 分。{f'等级为{told}。' if told else ''}",
    ]
    weak = []
    for item in items:
        lost = [
            (Decimal(points), score.organization.name)
            for score in scores
            if (points := score.marks.get(item.key, {}).get("points")) is not None
            and Decimal(points) < item.full
        ]
        if lost:
            names = "、".join(name for _, name in sorted(lost)[:WEAK])
            share = sum(item.full - points for points, _ in lost) / (item.full * len(scores))
            weak.append((share, f"“{item.name}”有 {len(lost)} 个{kind}没有得满分，得分较低的是{names}"))
    if weak:
        worst = [words for _, words in sorted(weak, reverse=True)[:WEAK]]
        lines.append(f"主要问题：{'；'.join(worst)}。")
    lines.append(f"请各{kind}对照各项得分查找原因，按时办理、一次报成，发现的问题按期整改到位。")
    return "\n".join(lines)


def paper(assessment: Assessment) -> list[Section]:
    """The circular as it is issued and filed."""
    scores = sheet.scores_of(assessment)
    columns = head(assessment)
    return [
        {"title": "考核情况", "text": assessment.text or drafted(assessment, scores)},
        {
            "title": "考核结果",
            "head": columns,
            "rows": rows(assessment, scores),
            "figures": [0, *range(2, len(columns) - 1)],
        },
    ]
