"""Writes docs/manual/steps.md from the procedures, so that the manual's tables of steps can't differ from the product.

Run `.venv/bin/python tools/manual_tables.py` after a procedure has changed; tests/test_manual.py asks for it.
"""

import os
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "manual" / "steps.md"
HEAD = """# 步骤表

本页由 `tools/manual_tables.py` 从办理流程生成，不手改。每一行就是系统里的一个按钮：谁按、从哪里到哪里、依据哪一条、
要给什么、什么情况下按不动。时限是工作日，按随附的局情配置；本局改过的以“局情配置”页为准。
“会签”要列出的各方各签一次，先后不限；“退回”回到交来的那一环节，也可选更早的环节。
"""


def text() -> str:
    """The page as the procedures have it now: a table for each role, in the regulation's order of roles."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiheng.settings")
    django.setup()
    from jiheng.bureau.roles import ROLES
    from jiheng.procedure.table import PROCEDURES

    parts = [HEAD]
    for role in ROLES.values():
        rows = [
            _row(procedure, step, role)
            for procedure in PROCEDURES.values()
            for step in procedure.steps
            if role in step.roles
        ]
        parts.append(f"## {role.label}\n")
        if not rows:
            articles = "、".join(f"第{number}条" for number in role.articles)
            parts.append(f"现在的流程里没有要按的步骤（职责见{articles}）；可以查看归其查看的全部事项。\n")
            continue
        parts.append(
            "| 事项 | 步骤 | 从 → 到 | 依据 | 要给的 | 要满足的 | 时限 |\n| --- | --- | --- | --- | --- | --- | --- |"
        )
        parts.append("\n".join(rows) + "\n")
    parts.append(_checks())
    return "\n".join(parts)


def _checks() -> str:
    """Every automatic check with what it rests on; an error stops a step, a warning asks for an explanation."""
    from jiheng.indicator.checks import CHECKS, ERROR

    rows = [
        f"| {kind.label} | {'须改正' if kind.level == ERROR else '提示'} | {kind.basis} | `{kind.code}` |"
        for kind in sorted(CHECKS.values(), key=lambda kind: kind.level != ERROR)
    ]
    return (
        "## 自动校验\n\n“须改正”的没有改完，提交不了；“提示”的要改正，或在“对提示的说明”里写明原因。\n\n"
        "| 校验 | 级别 | 依据 | 代码 |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"
    )


def _row(procedure, step, role) -> str:
    cells = [
        procedure.label,
        _label(step, role),
        _way(procedure, step),
        "、".join(f"第{number}条" for number in step.articles),
        "、".join(need.label + ("" if need.required else "（选填）") for need in step.needs),
        "；".join([*_goes_with(step), *(f"{guard.label}（第{guard.article}条）" for guard in step.guards)]),
        _days(step),
    ]
    return "| " + " | ".join(cell or "—" for cell in cells) + " |"


def _label(step, role) -> str:
    others = [other.short for other in step.roles if other != role]
    if not others:
        return step.label
    return f"{step.label}（{'与' if step.countersigned else '或'}{'、'.join(others)}）"


def _way(procedure, step) -> str:
    source = "、".join(procedure.state(key).label for key in step.source) or "开始"
    target = "交来的环节" if step.returns else procedure.state(step.target).label
    return f"{source} → {target}"


def _goes_with(step) -> list[str]:
    from jiheng.procedure.table import step_named

    if not step.only_with:
        return []
    outer, outer_step = step_named(step.only_with)
    return [f"只随{outer.label}“{outer_step.label}”一并办理"]


def _days(step) -> str:
    import tomllib

    from jiheng.bureau import profile

    if not step.days:
        return ""
    return f"{tomllib.loads(profile.DEFAULT.read_text(encoding='utf-8'))['days'][step.days]['value']} 天"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text(), encoding="utf-8")
