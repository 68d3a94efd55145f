"""The year's revenue as a picture: what had come in month by month, beside the plan's even pace. SVG without style."""

from collections.abc import Sequence
from decimal import Decimal

from jiheng.procedure.picture import FONT, clean

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 260, 76, 16, 30, 34
INK, QUIET, RULE, BAR, SLOW, PACE = "#1f2a37", "#4f5b6b", "#d8dee6", "#3b74b5", "#b4552d", "#6b7a8d"


def chart(year: int, plan: Decimal, months: Sequence[tuple[int, Decimal]], share: Decimal) -> str:
    """Bars of the cumulated amounts (元) by month; a bar behind the time schedule differs in colour and mark."""
    top = max([plan, *(total for _, total in months), Decimal(1)])
    scale = (HEIGHT - TOP - BOTTOM) / float(top)
    step = (WIDTH - LEFT - RIGHT) / 12
    floor = HEIGHT - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' font-family="{FONT}" font-size="12" role="img">',
        f"<title>{clean(f'{year}年收入累计完成和计划进度')}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for part in range(5):
        y = floor - part / 4 * float(top) * scale
        amount = top * part / 4 / 10000
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{RULE}"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{QUIET}">{amount:,.0f}</text>'
        )
    parts.append(f'<text x="{LEFT - 6}" y="16" text-anchor="end" fill="{QUIET}">万元</text>')
    for month, total in months:
        x, height = LEFT + (month - 1) * step + step * 0.2, max(float(total), 0) * scale
        behind = bool(plan) and total < share * plan * month / 12
        parts.append(
            f'<rect x="{x:.1f}" y="{floor - height:.1f}" width="{step * 0.6:.1f}" height="{height:.1f}"'
            f' fill="{SLOW if behind else BAR}"/>'
        )
        if behind:
            parts.append(
                f'<text x="{x + step * 0.3:.1f}" y="{floor - height - 5:.1f}" text-anchor="middle" fill="{INK}">慢</text>'
            )
    for month in range(1, 13):
        x = LEFT + (month - 0.5) * step
        parts.append(
            f'<text x="{x:.1f}" y="{floor + 18}" text-anchor="middle" fill="{QUIET}">{month}月</text>'
        )
    if plan:
        points = " ".join(
            f"{LEFT + (month - 0.5) * step:.1f},{floor - float(plan) * month / 12 * scale:.1f}"
            for month in range(1, 13)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{PACE}" stroke-width="2" stroke-dasharray="5 4"/>'
        )
        parts.append(
            f'<text x="{WIDTH - RIGHT}" y="16" text-anchor="end" fill="{QUIET}">虚线：按时间均匀完成计划；柱：累计完成</text>'
        )
    parts.append("</svg>")
    return "".join(parts)
