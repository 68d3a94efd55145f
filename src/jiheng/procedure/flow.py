"""Which nodes and flows a table of steps has: what the picture draws and the BPMN export writes.

A state with several ways in or out is a gate; a step stands once in the lane of each of its roles; a countersign is
held between a fork and a join; a return leads to the gate of the desk that gave. Nothing here knows coordinates.
"""

from dataclasses import dataclass, field
from typing import Any

from jiheng.bureau.roles import Role
from jiheng.procedure.table import Procedure, State, Step

STEP, BACK, GATE, FORK, JOIN, GIVER_GATE, START, END = (
    "step", "back", "gate", "fork", "join", "giver", "start", "end"
)  # fmt: skip


@dataclass(frozen=True)
class Node:
    """A point of the procedure. ``kind`` BACK is a step that leads back (return, withdrawal)."""

    id: str
    kind: str
    role: Role
    column: int
    step: Step | None = None
    state: State | None = None


@dataclass(frozen=True)
class Flow:
    """A way from one node to another. ``state``: the state it leads into; ``way``: the step chosen by taking it."""

    id: str
    source: str
    target: str
    kind: str
    state: State | None = None
    way: Step | None = None
    role: Role | None = None
    default: bool = False


@dataclass
class Graph:
    """The nodes by id, the flows between them, the lanes' roles in order of first appearance."""

    procedure: Procedure
    ranks: dict[str, int]
    lanes: tuple[Role, ...]
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)


def ranks_of(procedure: Procedure) -> dict[str, int]:
    """How far along each state lies: the longest way to it over steps that lead on."""
    order = {state.key: place for place, state in enumerate(procedure.states)}
    ranks = dict.fromkeys(order, 1)
    for state in procedure.states:
        for step in procedure.steps:
            if step.target != state.key:
                continue
            before = [ranks[key] for key in step.source if order[key] < order[state.key]]
            ranks[state.key] = max([ranks[state.key], *(rank + 1 for rank in before)])
    return ranks


def leads_back(step: Step, ranks: dict[str, int]) -> bool:
    """Whether a step returns, or leads to where the case has been before."""
    if not isinstance(step.target, str):
        return True
    return bool(step.source) and all(ranks[source] >= ranks[step.target] for source in step.source)


def givers(procedure: Procedure, step: Step, ranks: dict[str, int]) -> list[str]:
    """The desks that can have given what ``step`` returns."""
    gave = [
        source
        for other in procedure.steps
        if other.target in step.source and not leads_back(other, ranks)
        for source in other.source
    ]
    return list(dict.fromkeys(gave)) or list(step.source)


def step_nodes(step: Step) -> list[tuple[str, Role]]:
    """The ids under which a step stands in the lanes of its roles."""
    if len(step.roles) == 1:
        return [(f"step_{step.key}", step.roles[0])]
    return [(f"step_{step.key}_{role.key}", role) for role in step.roles]


def graph(procedure: Procedure) -> Graph:
    """Builds the graph of a procedure."""
    ranks = ranks_of(procedure)
    lanes = tuple(dict.fromkeys(role for step in procedure.steps for role in step.roles))
    made = Graph(procedure, ranks, lanes)
    for step in procedure.steps:
        _add_step(made, step)
    into: dict[str, int] = dict.fromkeys(ranks, 0)
    for step in procedure.steps:
        exits = 1 if step.countersigned else len(step.roles)
        for key in _targets(procedure, step, ranks):
            into[key] += exits
    for state in procedure.states:
        _add_state(made, state, into[state.key])
    for step in procedure.steps:
        _add_exits(made, step)
    return made


def _targets(procedure: Procedure, step: Step, ranks: dict[str, int]) -> list[str]:
    return [step.target] if isinstance(step.target, str) else givers(procedure, step, ranks)


def _flow(made: Graph, source: str, target: str, kind: str, **more: Any) -> None:
    made.flows.append(Flow(f"flow_{len(made.flows) + 1}", source, target, kind, **more))


def _add_step(made: Graph, step: Step) -> None:
    column = max((made.ranks[source] for source in step.source), default=0) + 1
    kind = BACK if leads_back(step, made.ranks) else STEP
    for id, role in step_nodes(step):
        made.nodes[id] = Node(id, kind, role, column, step=step)
    if step.countersigned:
        for name, role in ((FORK, step.roles[0]), (JOIN, step.roles[-1])):
            made.nodes[f"{name}_{step.key}"] = Node(f"{name}_{step.key}", name, role, column, step=step)
        for id, _ in step_nodes(step):
            _flow(made, f"fork_{step.key}", id, "forward")
            _flow(made, id, f"join_{step.key}", "forward")
    if step.opens:
        id = f"start_{step.key}"
        made.nodes[id] = Node(id, START, step.roles[0], 0, step=step)
        _flow(made, id, _entries(step)[0][0], "forward", way=step)


def _entries(step: Step) -> list[tuple[str, Role | None]]:
    """Where a step is entered: its fork, or each of its nodes."""
    if step.countersigned:
        return [(f"fork_{step.key}", None)]
    nodes = step_nodes(step)
    return [(id, role if len(nodes) > 1 else None) for id, role in nodes]


def _add_state(made: Graph, state: State, into: int) -> None:
    """The gate of a state with several ways, its end if it is one, and the ways out of it."""
    steps = sorted(made.procedure.steps_from(state.key), key=lambda step: (not step.owed, not step.only_with))
    ways = [(id, role, step) for step in steps for id, role in _entries(step)]
    lane = steps[0].roles[0] if steps else _giver_lane(made, state)
    column = made.ranks[state.key] + 1
    ends = state.tone != "open" or not ways
    if ends:
        lane = _giver_lane(made, state)
        made.nodes[f"end_{state.key}"] = Node(f"end_{state.key}", END, lane, column, state=state)
    if len(ways) + ends < 2 and into < 2:
        return
    if ends and not ways:
        return
    gate = f"state_{state.key}"
    made.nodes[gate] = Node(gate, GATE, lane, column, state=state)
    if ends:
        _flow(made, gate, f"end_{state.key}", "forward", default=True)
    for place, (id, role, step) in enumerate(ways):
        default = place == 0 and not ends
        kind = "choice" if made.nodes[id].kind == BACK else "forward"
        _flow(made, gate, id, kind, way=step, role=role, default=default)


def _giver_lane(made: Graph, state: State) -> Role:
    """The lane of the step that leads into a state."""
    into = [step for step in made.procedure.steps if step.target == state.key]
    return into[0].roles[-1] if into else made.lanes[0]


def entry(made: Graph, state: str) -> str:
    """The node by which a state is entered."""
    for id in (f"state_{state}", f"end_{state}"):
        if id in made.nodes:
            return id
    return _entries(made.procedure.steps_from(state)[0])[0][0]


def _add_exits(made: Graph, step: Step) -> None:
    exits = [f"join_{step.key}"] if step.countersigned else [id for id, _ in step_nodes(step)]
    targets = _targets(made.procedure, step, made.ranks)
    kind = "back" if leads_back(step, made.ranks) else "forward"
    if len(targets) > 1:
        first = made.nodes[exits[0]]
        giver = f"giver_{step.key}"
        made.nodes[giver] = Node(giver, GIVER_GATE, first.role, first.column, step=step)
        for id in exits:
            _flow(made, id, giver, kind)
        exits = [giver]
    for id in exits:
        for place, target in enumerate(targets):
            state = made.procedure.state(target)
            only = len(targets) == 1
            _flow(made, id, entry(made, target), kind, state=state, default=not only and place == 0)
