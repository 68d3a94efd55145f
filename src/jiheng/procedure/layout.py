"""Where everything of a procedure stands: one layout for the picture and for the BPMN diagram.

Lanes are roles in order of first appearance, columns the progress of states. Units: px at natural size.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from jiheng.bureau.roles import Role
from jiheng.procedure.flow import (
    BACK,
    END,
    FORK,
    GATE,
    GIVER_GATE,
    JOIN,
    START,
    STEP,
    Flow,
    Graph,
    Node,
    graph,
)
from jiheng.procedure.table import Procedure, State

GUTTER = 96
PAD = 17
STEP_W, STEP_H = 108, 62
BACK_W, BACK_H = 74, 24
ROUND = 26
END_W = 62
GATE_SIZE = 18
BAR = 16
CHIP_H, CHIP_SIZE = 20, 12
GAP = 13
MARGIN = 10


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def cx(self) -> float:
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        return self.y + self.h / 2

    def meets(self, other: Box) -> bool:
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )


Point = tuple[float, float]


@dataclass(frozen=True)
class Lane:
    role: Role
    box: Box


@dataclass(frozen=True)
class Chip:
    """A state's label, standing on the way into it."""

    state: State
    box: Box


@dataclass
class Layout:
    """The placed graph: a box for every node, points for every flow, a chip for every state."""

    graph: Graph
    width: float = 0
    height: float = 0
    lanes: list[Lane] = field(default_factory=list)
    boxes: dict[str, Box] = field(default_factory=dict)
    chips: list[Chip] = field(default_factory=list)
    points: dict[str, list[Point]] = field(default_factory=dict)

    def nodes(self, *kinds: str) -> list[Node]:
        return [node for node in self.graph.nodes.values() if node.kind in kinds]

    def lane(self, role: Role) -> Lane:
        return next(lane for lane in self.lanes if lane.role == role)


def text_width(text: str, size: float) -> float:
    """How wide a text runs, near enough: a Chinese character is as wide as the type's size, others about half."""
    return sum(size if ord(char) > 0x2E7F or char in "“”…—·" else size * 0.58 for char in text)


def wrapped(text: str, width: float, size: float, lines: int) -> list[str]:
    """The text in at most ``lines`` lines of ``width``, the last shortened with … where it does not fit.

    Names are broken before 科 words or evenly rather than leaving one character alone.
    """
    if text_width(text, size) <= width:
        return [text]
    if lines == 1:
        while text and text_width(text + "…", size) > width:
            text = text[:-1]
        return [text + "…"]
    whole = text_width(text, size)
    wanted = min(width, max(whole / lines, whole / max(2, -(-whole // width))) + size * 0.6)
    if match := re.search("和|与", text[1:-1]):
        head = text[: match.end() + 1]
        if width * 0.4 < text_width(head, size) <= width and whole - text_width(head, size) <= width * (
            lines - 1
        ):
            return [head, *wrapped(text[match.end() + 1 :], width, size, lines - 1)]
    head = ""
    for char in text:
        if text_width(head + char, size) > wanted:
            break
        head += char
    return [head, *wrapped(text[len(head) :], width, size, lines - 1)]


def chip_width(state: State) -> float:
    return text_width(state.label, CHIP_SIZE) + 14


def laid_out(procedure: Procedure) -> Layout:
    """Places a procedure. The same table always gives the same layout."""
    made = graph(procedure)
    layout = Layout(made)
    cells = _cells(made)
    columns = _columns(layout, cells)
    _place_cells(layout, cells, columns)
    _align_ends(layout)
    _place_gates(layout, columns)
    router = _Router(layout)
    for flow in made.flows:
        layout.points[flow.id] = router.route(flow)
    _place_chips(layout, columns)
    return layout


def _size(node: Node) -> tuple[float, float]:
    if node.kind == BACK:
        return BACK_W, BACK_H
    if node.kind == END:
        return ROUND, STEP_H
    return STEP_W, STEP_H


def _cells(made: Graph) -> dict[tuple[Role, int], list[Node]]:
    """What stands in each lane at each column, from top to bottom: what is owed, ends, ways back."""
    cells: dict[tuple[Role, int], list[Node]] = {}
    for node in made.nodes.values():
        if node.kind in (STEP, BACK, END):
            cells.setdefault((node.role, node.column), []).append(node)
    place = {STEP: 0, END: 1, BACK: 2}
    for stack in cells.values():
        stack.sort(key=lambda node: place[node.kind] + bool(node.step and node.step.optional) * 1.5)
    return cells


@dataclass(frozen=True)
class Column:
    """The middle of its gates and of its fork, and where its steps begin."""

    gates: float
    forks: float
    steps: float


def _columns(layout: Layout, cells: dict[tuple[Role, int], list[Node]]) -> list[Column]:
    made = layout.graph
    x: float = GUTTER + MARGIN
    columns = [Column(x, x, x)]
    x += ROUND
    for column in range(1, max(node.column for node in made.nodes.values()) + 1):
        here = {(node.kind, node.column) for node in made.nodes.values()}
        if (JOIN, column - 1) in here:
            x += GAP / 2 + BAR
        levels = [chip_width(state) + GAP for state in _level_states(made, column)]
        x += max([GAP / 4 if (GATE, column) in here else GAP, *levels])
        gates = x + GATE_SIZE / 2
        if (GATE, column) in here:
            x += GATE_SIZE + GAP * 0.75
        forks = x + BAR / 2
        if (FORK, column) in here:
            x += BAR + GAP
        width = 0.0
        for (_, at), stack in cells.items():
            if at == column:
                for place, node in enumerate(stack):
                    wide = max(END_W, chip_width(node.state)) if node.state else _size(node)[0]
                    if node.kind == BACK and place:  # which stands where a step's right half would
                        wide = STEP_W
                    width = max(width, wide)
        columns.append(Column(gates, forks, x))
        x += width
    layout.width = x + MARGIN + 2
    return columns


def _level_states(made: Graph, column: int) -> list[State]:
    """States entered along a lane, so that their chip needs room between two columns."""
    found = []
    for flow in made.flows:
        if flow.state is None or flow.kind != "forward":
            continue
        source, target = made.nodes[flow.source], made.nodes[flow.target]
        if target.column == column and target.kind != END and source.role == target.role:
            found.append(flow.state)
    return found


def _place_cells(layout: Layout, cells: dict[tuple[Role, int], list[Node]], columns: list[Column]) -> None:
    y = 1.0
    for role in layout.graph.lanes:
        stacks = [(column, stack) for (lane, column), stack in cells.items() if lane == role]
        height: float = STEP_H + 2 * PAD
        for column, stack in stacks:
            top = y + PAD
            for place, node in enumerate(stack):
                wide, high = _size(node)
                if place == 0 and node.kind == BACK:
                    top += (STEP_H - high) / 2
                x = columns[column].steps
                if node.kind == BACK and place:
                    x = columns[column].steps + STEP_W - wide
                if node.kind == END:
                    wide = high = ROUND
                    label = max(END_W, chip_width(node.state)) if node.state else END_W
                    box = Box(x + (label - ROUND) / 2, top + (STEP_H - ROUND) / 2, ROUND, ROUND)
                    top += STEP_H + 6
                else:
                    box = Box(x, top, wide, high)
                    top += high + 5
                layout.boxes[node.id] = box
            height = max(height, top - 5 + PAD - y)
        layout.lanes.append(Lane(role, Box(1, y, layout.width - 2, height)))
        y += height
    layout.height = y + 1


def _align_ends(layout: Layout) -> None:
    """An end reached from one step of its own lane stands level with that step, where nothing else stands there."""
    nodes = layout.graph.nodes
    for end in layout.nodes(END):
        into = [nodes[flow.source] for flow in layout.graph.flows if flow.target == end.id]
        if len(into) == 1 and into[0].kind == STEP and into[0].role == end.role:
            box = layout.boxes[end.id]
            level = Box(box.x, layout.boxes[into[0].id].cy - ROUND / 2, ROUND, ROUND)
            fits = level.bottom + 3 + CHIP_H < layout.lane(end.role).box.bottom
            if fits and not any(level.meets(other) for id, other in layout.boxes.items() if id != end.id):
                layout.boxes[end.id] = level


def _place_gates(layout: Layout, columns: list[Column]) -> None:
    """Starts, gates, forks and joins stand at the height of the steps of their lane; a second gate below the first."""
    gates: Counter[tuple[Role, int]] = Counter()
    for node in layout.nodes(START, GATE, FORK, JOIN, GIVER_GATE):
        middle = layout.lane(node.role).box.y + PAD + STEP_H / 2
        if node.kind == START:
            box = Box(columns[0].steps, middle - ROUND / 2, ROUND, ROUND)
        elif node.kind == GATE:
            x = columns[node.column].gates
            below = gates[node.role, node.column] * (GATE_SIZE + 8)
            gates[node.role, node.column] += 1
            box = Box(x - GATE_SIZE / 2, middle - GATE_SIZE / 2 + below, GATE_SIZE, GATE_SIZE)
        elif node.kind == GIVER_GATE:
            back = next(layout.boxes[flow.source] for flow in layout.graph.flows if flow.target == node.id)
            box = Box(back.x - 8 - GATE_SIZE, back.cy - GATE_SIZE / 2, GATE_SIZE, GATE_SIZE)
        else:
            x = columns[node.column].forks
            if node.kind == JOIN:
                x = columns[node.column].steps + STEP_W + GAP / 2 + BAR / 2
            box = Box(x - BAR / 2, middle - BAR / 2, BAR, BAR)
        layout.boxes[node.id] = box


class _Router:
    """Draws flows around what stands in the way: of a few shapes, the first that is clear."""

    def __init__(self, layout: Layout):
        self.layout, self.nodes, self.boxes = layout, layout.graph.nodes, layout.boxes

    def route(self, flow: Flow) -> list[Point]:
        shapes = self._back(flow) if flow.kind == "back" else self._forward(flow)
        made = [_tidy(shape) for shape in shapes]
        return min(made, key=lambda points: self._met(points, flow))

    def _met(self, points: list[Point], flow: Flow) -> int:
        """How many nodes the way runs through."""
        legs = [
            Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]) or 0.01, abs(a[1] - b[1]) or 0.01)
            for a, b in pairwise(points)
        ]
        others = [box for id, box in self.boxes.items() if id not in (flow.source, flow.target)]
        return sum(leg.meets(box) for leg in legs for box in others)

    def _forward(self, flow: Flow) -> Iterable[list[Point]]:
        a, b = self.boxes[flow.source], self.boxes[flow.target]
        node = self.nodes[flow.target]
        kind = self.nodes[flow.source].kind
        y = a.cy
        if abs(a.cy - b.cy) < 1 and a.right < b.x:
            yield [(a.right, y), (b.x, b.cy)]
        down = b.cy > a.cy
        edge = b.y if down else b.bottom
        if kind in (GATE, FORK):
            # Ways out of a gate leave it up or down; those up keep clear of the one that comes in.
            x = a.cx if down else a.cx + GATE_SIZE / 4
            out = a.bottom if down else a.y + (x - a.cx)
            yield [(x, out), (x, b.cy), (b.x, b.cy)]
        elif node.kind in (STEP, BACK):
            x = b.x - GAP
            yield [(a.right, y), (x, y), (x, b.cy), (b.x, b.cy)]
        else:
            yield [(a.right, y), (b.cx, y), (b.cx, edge)]
            for x in (a.right + GAP / 2, a.right + GAP + BAR):  # before the join of its column, or after
                yield [(a.right, y), (x, y), (x, b.cy), (b.x, b.cy)]
        x = a.right + GAP / 2
        for role in (self.nodes[flow.source].role, node.role):
            lane = self.layout.lane(role).box
            for channel in (lane.bottom - 5, lane.y + 5):
                rise = b.bottom if channel > b.cy else b.y
                yield [(a.right, y), (x, y), (x, channel), (b.cx, channel), (b.cx, rise)]

    def _back(self, flow: Flow) -> Iterable[list[Point]]:
        a, b = self.boxes[flow.source], self.boxes[flow.target]
        source, target = self.nodes[flow.source], self.nodes[flow.target]
        left, right = b.cx - GATE_SIZE / 4, b.cx + GATE_SIZE / 4
        top, low = b.y + GATE_SIZE / 4, b.bottom - GATE_SIZE / 4
        lane = self.layout.lane(source.role).box
        if source.role == target.role:
            if a.cy < b.bottom + 1:
                over = lane.y + 4
                yield [(a.cx, a.y), (a.cx, over), (right, over), (right, top)]
            yield [(a.x, a.cy), (left, a.cy), (left, low)]
        elif a.cy > b.cy:
            yield [(a.x, a.cy), (left, a.cy), (left, low)]
        else:
            yield [(a.x, a.cy), (right, a.cy), (right, top)]
        for channel, leave in ((lane.bottom - 5, a.bottom), (lane.y + 5, a.y)):
            up = channel > b.cy
            yield [(a.cx, leave), (a.cx, channel), (left, channel), (left, low if up else top)]
        if target.kind == GIVER_GATE:  # it stands under a step: around that step's left, and up from below
            x, channel = a.right - STEP_W - GAP / 2, self.layout.lane(target.role).box.bottom - 5
            yield [(a.x, a.cy), (x, a.cy), (x, channel), (b.cx, channel), (b.cx, b.bottom)]


def _tidy(points: list[Point]) -> list[Point]:
    """Without points that lie on a straight way or twice in one place."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        ):
            kept.pop()
        kept.append(point)
    return kept


def _place_chips(layout: Layout, columns: list[Column]) -> None:
    """Each state's chip: under its end, before the gate of a way within the lane, or beside the way into its lane."""
    made = layout.graph
    for state in made.procedure.states:
        wide = chip_width(state)
        ways = [flow for flow in made.flows if flow.state == state]
        way = min(ways, key=lambda flow: flow.kind != "forward", default=None)
        if way is None:
            continue
        box, points = layout.boxes[way.target], layout.points[way.id]
        if made.nodes[way.target].kind == END:
            place = Box(box.cx - wide / 2, box.bottom + 3, wide, CHIP_H)
        elif len(points) == 2 or made.nodes[way.source].role == made.nodes[way.target].role:
            place = Box(box.x - GAP / 2 - wide, box.cy - CHIP_H / 2, wide, CHIP_H)
        else:
            line = max((a[0] for a, b in pairwise(points) if a[0] == b[0]), default=box.cx)
            lane = layout.lane(made.nodes[way.target].role).box
            middle = lane.y if points[0][1] < lane.y else lane.bottom
            place = Box(line - 5 - wide, middle - CHIP_H / 2, wide, CHIP_H)
        layout.chips.append(Chip(state, place))
