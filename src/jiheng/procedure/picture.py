"""The picture of a procedure as SVG: roles as lanes, steps in their order, and a case's place in it.

Only presentation attributes, no style and no script, so that it may stand in any page under a strict policy. Done,
present and to come differ by mark and word, not by colour alone. The same input always gives the same text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from xml.etree import ElementTree as ET

from jiheng.procedure.flow import BACK, END, FORK, GATE, JOIN, START, STEP, Node
from jiheng.procedure.layout import (
    CHIP_H,
    CHIP_SIZE,
    GUTTER,
    Box,
    Layout,
    Point,
    laid_out,
    text_width,
    wrapped,
)
from jiheng.procedure.progress import Progress
from jiheng.procedure.table import Procedure, Step, step_named

FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','SimHei',sans-serif"
LABEL, SMALL, LANE = 15, 11.5, 14
LEGEND = 30
INK, MUTED, LINE, QUIET = "#1f2a37", "#4f5b6b", "#6b7a8d", "#8b97a6"
PAPER, BAND, HEAD, RULE = "#ffffff", "#f7f9fc", "#e8eef5", "#cfd8e3"
PLAIN = ("#eef4fb", "#5a7fb0")
TO_COME = ("#ffffff", "#8b97a6")
DONE = ("#e4f2e9", "#2b7a4b")
HERE = ("#fff3d1", "#a85400")
SENT_BACK = ("#fdeaea", "#a32020")
HERE_WORDS = "现在在此"
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without characters that XML does not know."""
    return _ILLEGAL.sub("", text)


def articles_text(step: Step) -> str:
    return f"第{'、'.join(map(str, step.articles))}条"


def only_with_text(step: Step) -> str:
    """随…一并办理: the case without which this step is never done."""
    return f"随{step_named(step.only_with)[0].label}一并办理" if step.only_with else ""


def picture(
    procedure: Procedure, progress: Progress | None = None, names: Mapping[str, str] | None = None
) -> str:
    """The SVG of a procedure; ``names`` are the offices that fill the roles, by role key."""
    names = {**(names or {}), **(progress.names if progress else {})}
    return _Drawing(laid_out(procedure), progress, names).svg()


class _Drawing:
    def __init__(self, layout: Layout, progress: Progress | None, names: Mapping[str, str]):
        self.layout, self.progress, self.names = layout, progress, names
        self.procedure = layout.graph.procedure
        self.root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {_n(layout.width)} {_n(layout.height + LEGEND)}",
                "width": _n(layout.width),
                "height": _n(layout.height + LEGEND),
                "role": "img",
                "font-family": FONT,
            },
        )

    def svg(self) -> str:
        key = self.procedure.key
        self.root.set("aria-labelledby", f"picture-{key}-title picture-{key}-desc")
        ET.SubElement(self.root, "title", {"id": f"picture-{key}-title"}).text = clean(self._title())
        ET.SubElement(self.root, "desc", {"id": f"picture-{key}-desc"}).text = clean(self._description())
        self._lanes()
        self._flows()
        for node in self.layout.graph.nodes.values():
            self._node(node)
        for chip in self.layout.chips:
            self._chip(chip.box, chip.state.label, chip.state.key)
        self._legend()
        return ET.tostring(self.root, encoding="unicode")

    def _title(self) -> str:
        if self.progress:
            return f"{self.progress.title}：{self.procedure.label}办理到哪一步"
        return f"{self.procedure.label}流程图"

    def _description(self) -> str:
        """The picture in words, for who does not see it."""
        steps = [step for step in self.procedure.steps if not step.returns]
        told = "；".join(
            f"{'和'.join(self.names.get(role.key, role.label) for role in step.roles)}“{step.label}”"
            f"（{articles_text(step)}）"
            for step in steps
        )
        if not self.progress:
            return f"办理顺序：{told}。"
        state = self.procedure.state(self.progress.state).label
        returned = f"，退回 {self.progress.round} 次" if self.progress.round else ""
        place = "已办结" if self.progress.closed else HERE_WORDS
        return f"{place}：{state}{returned}。办理顺序：{told}。"

    # What the drawing is made of

    def _add(self, tag: str, **attributes: object) -> ET.Element:
        given = {name.replace("_", "-"): _n(value) for name, value in attributes.items() if value is not None}
        return ET.SubElement(self.root, tag, given)

    def _text(self, text: str, x: float, y: float, size: float, fill: str = INK, **more: object) -> None:
        given: dict[str, object] = {"text_anchor": "middle", **more}
        self._add("text", x=x, y=y, font_size=size, fill=fill, **given).text = clean(text)

    def _rect(self, box: Box, fill: str, stroke: str | None = None, **more: object) -> ET.Element:
        return self._add(
            "rect", x=box.x, y=box.y, width=box.w, height=box.h, fill=fill, stroke=stroke, **more
        )

    def _lanes(self) -> None:
        whole = Box(1, 1, self.layout.width - 2, self.layout.height - 2)
        self._rect(whole, PAPER)
        for place, lane in enumerate(self.layout.lanes):
            self._rect(lane.box, BAND if place % 2 else PAPER)
            self._rect(Box(lane.box.x, lane.box.y, GUTTER, lane.box.h), HEAD)
            if place:
                self._add(
                    "line", x1=1, x2=lane.box.right, y1=lane.box.y, y2=lane.box.y, stroke=RULE, stroke_width=1
                )
            name = self.names.get(lane.role.key, lane.role.label)
            lines = wrapped(name, GUTTER - 12, LANE, 3)
            y = lane.box.cy - (len(lines) - 1) * 9.5 + 5
            for line in lines:
                self._text(line, 1 + GUTTER / 2, y, LANE, font_weight="600")
                y += 19
        self._rect(whole, "none", RULE, rx=4, stroke_width=1)

    def _flows(self) -> None:
        for flow in self.layout.graph.flows:
            source, target = (self.layout.graph.nodes[id] for id in (flow.source, flow.target))
            points = list(self.layout.points[flow.id])
            if source.kind in (FORK, JOIN) and points[0][0] != (x := self.layout.boxes[source.id].cx):
                points.insert(0, (x, points[0][1]))
            if target.kind in (FORK, JOIN) and points[-1][0] != (x := self.layout.boxes[target.id].cx):
                points.append((x, points[-1][1]))
            if flow.kind == "choice" and self._hangs(target):
                continue
            back = flow.kind in ("back", "choice")
            colour = QUIET if back else LINE
            if self.progress and not back and self._passed(flow.source) and target.kind != JOIN:
                colour = DONE[1]
            self._add(
                "path",
                d=_rounded(points),
                fill="none",
                stroke=colour,
                stroke_width=1.2 if back else 1.6,
                stroke_dasharray="4 3" if back else None,
            )
            if target.kind not in (FORK, JOIN):
                self._add("polygon", points=_head(points), fill=colour)

    def _hangs(self, node: Node) -> bool:
        """Whether a way back stands right under the step it belongs to, so that no line is needed."""
        boxes = self.layout.boxes
        return any(
            other.kind == STEP and other.role == node.role and other.column == node.column
            for other in self.layout.graph.nodes.values()
            if other.id in boxes
        )

    def _passed(self, id: str) -> bool:
        """Whether the case has come past a node and not gone back."""
        node, progress = self.layout.graph.nodes[id], self.progress
        if progress is None:
            return False
        if node.kind == GATE and node.state:
            left = {step.key for step in self.procedure.steps_from(node.state.key)}
            return any(step in left for step, _ in progress.done)
        if node.step is None:
            return False
        roles = [node.role] if node.kind == STEP else node.step.roles
        return all((node.step.key, role.key) in progress.done for role in roles)

    def _node(self, node: Node) -> None:
        box = self.layout.boxes[node.id]
        if node.kind == STEP:
            self._step(node, box)
        elif node.kind == BACK:
            self._back(node, box)
        elif node.kind == START:
            done = self._passed(node.id)
            fill, stroke = DONE if done else PLAIN if not self.progress else TO_COME
            self._add(
                "circle", cx=box.cx, cy=box.cy, r=box.w / 2 - 1, fill=fill, stroke=stroke, stroke_width=1.6
            )
            self._text("起", box.cx, box.cy + 4.5, 12, stroke if done else MUTED)
        elif node.kind == END:
            self._end(node, box)
        elif node.kind in (FORK, JOIN):
            self._bar(node)
        else:
            points = [(box.cx, box.y), (box.right, box.cy), (box.cx, box.bottom), (box.x, box.cy)]
            spread = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
            self._add("polygon", points=spread, fill=PAPER, stroke=LINE, stroke_width=1.3)

    def _bar(self, node: Node) -> None:
        """A countersign opens and closes with a bar across the lanes of those who sign."""
        assert node.step is not None
        box = self.layout.boxes[node.id]
        lanes = [self.layout.lane(role).box for role in node.step.roles]
        middle = box.cy - self.layout.lane(node.role).box.y
        top, low = min(lane.y for lane in lanes) + middle - 20, max(lane.y for lane in lanes) + middle + 20
        self._rect(Box(box.cx - 3, top, 6, low - top), MUTED, rx=2)
        if node.kind == FORK:
            y = max(lane.y for lane in lanes)
            self._rect(Box(box.cx - 16, y - 10, 32, 20), PAPER, MUTED, rx=10, stroke_width=1)
            self._text("会签", box.cx, y + 4, SMALL, MUTED)

    def _look(self, node: Node) -> tuple[str, str]:
        assert node.step is not None
        place = (node.step.key, node.role.key)
        if not self.progress:
            return PLAIN
        if place in self.progress.done:
            return DONE
        return HERE if place in self.progress.owed else TO_COME

    def _step(self, node: Node, box: Box) -> None:
        step = node.step
        assert step is not None
        fill, stroke = self._look(node)
        here = stroke == HERE[1]
        rect = self._rect(
            box,
            fill,
            stroke,
            rx=8,
            stroke_width=2.6 if here else 1.4,
            stroke_dasharray="5 3" if step.optional else None,
        )
        ET.SubElement(rect, "title").text = clean(self._told(node))
        lines = wrapped(step.label, box.w - 8, LABEL, 2)
        notes = self._notes(node)[: 3 - len(lines) + (len(lines) == 1)]
        y = box.cy - (len(lines) * 19 + len(notes) * 15) / 2 + 14 + 3 * here
        for line in lines:
            self._text(line, box.cx, y, LABEL, MUTED if step.optional else INK, font_weight="600")
            y += 19
        y -= 2.5
        for note in notes:
            self._text(wrapped(note, box.w - 4, SMALL, 1)[0], box.cx, y, SMALL, MUTED)
            y += 15
        if stroke == DONE[1]:
            self._tick(box.right - 2, box.y)
        if here:
            tag = Box(box.cx - 34, box.y - 10, 68, 17)
            self._rect(tag, HERE[1], rx=4)
            self._text(HERE_WORDS, tag.cx, tag.y + 13, 12.5, PAPER, font_weight="600")

    def _tick(self, x: float, y: float) -> None:
        self._add("circle", cx=x, cy=y, r=8.5, fill=DONE[1], stroke=PAPER, stroke_width=1.5)
        self._add(
            "polyline",
            points=f"{_n(x - 3.8)},{_n(y + 0.3)} {_n(x - 1)},{_n(y + 3)} {_n(x + 4)},{_n(y - 2.8)}",
            fill="none",
            stroke=PAPER,
            stroke_width=1.8,
            stroke_linecap="round",
            stroke_linejoin="round",
        )

    def _notes(self, node: Node) -> list[str]:
        """What stands small in a step: its articles; in a case who did it when, or by when it is owed."""
        step = node.step
        assert step is not None
        place = (step.key, node.role.key)
        if self.progress and (done := self.progress.done.get(place)):
            day = _day(done.day)
            one = f"{done.who} {day}"
            return [day, done.who] if text_width(one, SMALL) > self.layout.boxes[node.id].w - 6 else [one]
        notes = [articles_text(step)]
        if self.progress and (due := self.progress.owed.get(place)):
            notes.append(f"{_day(due)} 前办")
        return [*notes, only_with_text(step)] if step.only_with else notes

    def _told(self, node: Node) -> str:
        step = node.step
        assert step is not None
        told = f"{self.names.get(node.role.key, node.role.label)}：{step.label}（{articles_text(step)}）"
        if self.progress and (done := self.progress.done.get((step.key, node.role.key))):
            told += f"，{done.who}于 {done.day.isoformat()} 办理"
        return told + (f"，{only_with_text(step)}" if step.only_with else "")

    def _back(self, node: Node, box: Box) -> None:
        step = node.step
        assert step is not None
        count = self.progress.backs.get((step.key, node.role.key), 0) if self.progress else 0
        fill, stroke = SENT_BACK if count else (PAPER, QUIET)
        rect = self._rect(
            box, fill, stroke, rx=12, stroke_width=1.2, stroke_dasharray=None if count else "4 3"
        )
        ET.SubElement(rect, "title").text = clean(self._told(node))
        text = f"{step.label} {count} 次" if count else step.label
        text = wrapped(text, box.w - 6, SMALL + 0.5, 1)[0]
        self._text(text, box.cx, box.cy + 4.3, SMALL + 0.5, stroke if count else MUTED)

    def _end(self, node: Node, box: Box) -> None:
        assert node.state is not None
        reached = bool(self.progress and self.progress.closed and self.progress.state == node.state.key)
        fill, stroke = DONE if reached else PLAIN if not self.progress else TO_COME
        self._add(
            "circle", cx=box.cx, cy=box.cy, r=box.w / 2 - 1.5, fill=fill, stroke=stroke, stroke_width=3.4
        )
        self._text("止", box.cx, box.cy + 4.5, 12, stroke if reached else MUTED)
        if reached:
            self._tick(box.right - 2, box.y + 2)
        if reached and self.progress and self.progress.ended:
            self._text(_day(self.progress.ended), box.cx, box.y - 6, SMALL, DONE[1])

    def _legend(self) -> None:
        """What the marks mean, under the lanes."""
        y = self.layout.height + LEGEND / 2 + 2
        x = GUTTER + 10.0
        kinds: list[tuple[str, tuple[str, str], bool]] = [("要办的步骤", PLAIN, False)]
        if self.progress:
            kinds = [("已办", DONE, False)]
            if not self.progress.closed:
                kinds += [(HERE_WORDS, HERE, False), ("尚未办到", TO_COME, False)]
            if self.progress.backs:
                kinds.append(("退回、撤回过", SENT_BACK, False))
        kinds.append(("可退回、撤回，不是必办", TO_COME, True))
        for words, (fill, stroke), dashed in kinds:
            mark = Box(x, y - 7, 24, 14)
            self._rect(mark, fill, stroke, rx=5, stroke_width=1.4, stroke_dasharray="4 3" if dashed else None)
            if fill == DONE[0]:
                self._tick(mark.right - 1, mark.y + 3)
            self._text(words, mark.right + 12, y + 4.3, CHIP_SIZE, MUTED, text_anchor="start")
            x = mark.right + 12 + text_width(words, CHIP_SIZE) + 22
        if x + 48 + text_width("事项停在哪里", CHIP_SIZE) > self.layout.width:
            return  # the chips in the lanes explain themselves
        self._rect(Box(x, y - 8, 40, 16), HEAD, RULE, rx=8, stroke_width=1)
        self._text("状态", x + 20, y + 4.3, CHIP_SIZE, MUTED)
        self._text("事项停在哪里", x + 48, y + 4.3, CHIP_SIZE, MUTED, text_anchor="start")

    def _chip(self, box: Box, label: str, key: str) -> None:
        here = bool(self.progress and self.progress.state == key)
        look = (DONE if self.progress and self.progress.closed else HERE)[1]
        self._rect(box, look if here else HEAD, look if here else RULE, rx=CHIP_H / 2, stroke_width=1)
        self._text(label, box.cx, box.cy + CHIP_SIZE * 0.36, CHIP_SIZE, PAPER if here else INK)


def _day(day: date) -> str:
    return day.isoformat()


def _n(value: object) -> str:
    """A number with at most one decimal; anything else as it is."""
    return f"{round(value, 1):g}" if isinstance(value, int | float) else str(value)


def _rounded(points: list[Point], radius: float = 6) -> str:
    """A path along the points with its corners rounded."""
    drawn = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _toward(corner, before, radius), _toward(corner, after, radius)
        drawn.append(
            f"L{_n(into[0])} {_n(into[1])}Q{_n(corner[0])} {_n(corner[1])} {_n(out[0])} {_n(out[1])}"
        )
    last = _toward(points[-1], points[-2], 5)
    return "".join([*drawn, f"L{_n(last[0])} {_n(last[1])}"])


def _toward(start: Point, end: Point, by: float) -> Point:
    """The point ``by`` px from ``start`` on the way to ``end``, at most half-way."""
    far = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5 or 1
    part = min(by, far / 2) / far
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _head(points: list[Point]) -> str:
    (x0, y0), (x, y) = points[-2], points[-1]
    far = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5 or 1
    dx, dy = (x - x0) / far, (y - y0) / far
    back = (x - dx * 8, y - dy * 8)
    corners = [(x, y), (back[0] - dy * 4, back[1] + dx * 4), (back[0] + dy * 4, back[1] - dx * 4)]
    return " ".join(f"{_n(a)},{_n(b)}" for a, b in corners)
