"""Some goals go to key review by experts or an institution before they are re-reviewed (art. 18, 39)."""

from jiheng.goal import checking, procedure
from jiheng.goal.models import Goal
from jiheng.paper.money import wan
from jiheng.support import engagement
from jiheng.support.offering import Section, facts, table


def brief(goal: Goal) -> list[Section]:
    """A goal as whoever is engaged on it reads it. Money is told in 万元."""
    return [
        facts(
            f"{goal.year}年绩效目标",
            ("资金总额（万元）", wan(goal.money)),
            ("财政拨款（万元）", wan(goal.fiscal)),
            ("其他资金（万元）", wan(goal.other)),
            ("年度目标", goal.text),
        ),
        table(
            "绩效指标",
            ["一级指标", "二级指标", "三级指标", "指标值", "分值"],
            [[i.level1, i.level2, i.name, i.target, f"{i.weight:.2f}"] for i in goal.indicators.all()],
        ),
        table(
            "自动校验",
            ["级别", "内容"],
            [["错误" if c.level == "error" else "提示", c.message] for c in checking.checks(goal)],
        ),
    ]


for key in procedure.GOALS:
    engagement.offer(key, kind="engagement_goal", states=("reviewed", "key_review"), brief=brief)
