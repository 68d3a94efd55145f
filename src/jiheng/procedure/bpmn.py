"""A procedure as BPMN 2.0 XML, with its diagram: for any BPMN viewer, and for engines such as SpiffWorkflow.

A gate's ways carry conditions on ``step`` (and ``role`` where several offices may do the same step), with which an
engine chooses; the way that is owed is the default. What BPMN can't say is said in words: that one signer may return
while the other has yet to sign, and that a step goes only together with another case's step.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from jiheng.procedure.flow import BACK, END, FORK, GATE, GIVER_GATE, JOIN, START, STEP, Flow, Node
from jiheng.procedure.layout import Box, laid_out
from jiheng.procedure.picture import clean, only_with_text
from jiheng.procedure.table import Procedure, Step

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "urn:jiheng:procedure:1"
PREFIXES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "xsi": XSI, "jiheng": OURS}
ELEMENTS = {
    START: "startEvent",
    STEP: "userTask",
    BACK: "userTask",
    GATE: "exclusiveGateway",
    GIVER_GATE: "exclusiveGateway",
    FORK: "parallelGateway",
    JOIN: "parallelGateway",
    END: "endEvent",
}
STRIP = 30
"""Width a viewer gives the participant's own label, left of the lanes."""


def bpmn(procedure: Procedure) -> str:
    """The BPMN file of a procedure. The same table always gives the same text."""
    return _Export(procedure).text()


def process_id(procedure: Procedure) -> str:
    return f"procedure_{procedure.key}"


def _tag(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


class _Export:
    def __init__(self, procedure: Procedure):
        self.procedure, self.layout = procedure, laid_out(procedure)
        self.graph = self.layout.graph
        for prefix, space in PREFIXES.items():
            ET.register_namespace(prefix, space)

    def text(self) -> str:
        root = ET.Element(
            _tag(BPMN, "definitions"),
            {"id": f"definitions_{self.procedure.key}", "targetNamespace": OURS, "exporter": "Jiheng"},
        )
        collaboration = ET.SubElement(root, _tag(BPMN, "collaboration"), id="collaboration")
        ET.SubElement(
            collaboration,
            _tag(BPMN, "participant"),
            id="participant",
            name=clean(self.procedure.label),
            processRef=process_id(self.procedure),
        )
        self._process(root)
        self._diagram(root)
        ET.indent(root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"

    def _process(self, root: ET.Element) -> None:
        process = ET.SubElement(
            root,
            _tag(BPMN, "process"),
            id=process_id(self.procedure),
            name=clean(self.procedure.label),
            isExecutable="true",
        )
        lanes = ET.SubElement(process, _tag(BPMN, "laneSet"), id="lanes")
        for role in self.graph.lanes:
            lane = ET.SubElement(lanes, _tag(BPMN, "lane"), id=f"lane_{role.key}", name=clean(role.label))
            for node in self.graph.nodes.values():
                if node.role == role:
                    ET.SubElement(lane, _tag(BPMN, "flowNodeRef")).text = node.id
        for node in self.graph.nodes.values():
            self._node(process, node)
        for flow in self.graph.flows:
            self._flow(process, flow)

    def _node(self, process: ET.Element, node: Node) -> None:
        element = ET.SubElement(
            process, _tag(BPMN, ELEMENTS[node.kind]), id=node.id, name=clean(_name(node, self._gated(node)))
        )
        if node.kind in (STEP, BACK) and node.step:
            _document(element, node.step)
        outgoing = [flow for flow in self.graph.flows if flow.source == node.id]
        if node.kind in (GATE, GIVER_GATE):
            default = next((flow.id for flow in outgoing if flow.default), None)
            element.set("gatewayDirection", "Diverging" if len(outgoing) > 1 else "Converging")
            incoming = sum(flow.target == node.id for flow in self.graph.flows)
            if len(outgoing) > 1 and incoming > 1:
                element.set("gatewayDirection", "Mixed")
            if default:
                element.set("default", default)
        for flow in self.graph.flows:
            if flow.target == node.id:
                ET.SubElement(element, _tag(BPMN, "incoming")).text = flow.id
        for flow in outgoing:
            ET.SubElement(element, _tag(BPMN, "outgoing")).text = flow.id

    def _gated(self, node: Node) -> bool:
        return node.state is not None and f"state_{node.state.key}" in self.graph.nodes

    def _flow(self, process: ET.Element, flow: Flow) -> None:
        element = ET.SubElement(
            process,
            _tag(BPMN, "sequenceFlow"),
            id=flow.id,
            name=clean(_flow_name(flow)),
            sourceRef=flow.source,
            targetRef=flow.target,
        )
        source = self.graph.nodes[flow.source]
        condition = _condition(flow, source)
        if condition:
            expression = ET.SubElement(element, _tag(BPMN, "conditionExpression"))
            expression.set(_tag(XSI, "type"), "bpmn:tFormalExpression")
            expression.text = condition

    def _diagram(self, root: ET.Element) -> None:
        diagram = ET.SubElement(root, _tag(BPMNDI, "BPMNDiagram"), id="diagram")
        plane = ET.SubElement(diagram, _tag(BPMNDI, "BPMNPlane"), id="plane", bpmnElement="collaboration")
        first, last = self.layout.lanes[0].box, self.layout.lanes[-1].box
        whole = Box(first.x - STRIP, first.y, first.w + STRIP, last.bottom - first.y)
        _shape(plane, "participant", whole, isHorizontal="true")
        for lane in self.layout.lanes:
            _shape(plane, f"lane_{lane.role.key}", lane.box, isHorizontal="true")
        for node in self.graph.nodes.values():
            _shape(plane, node.id, self.layout.boxes[node.id])
        for flow in self.graph.flows:
            edge = ET.SubElement(plane, _tag(BPMNDI, "BPMNEdge"), id=f"{flow.id}_edge", bpmnElement=flow.id)
            for x, y in self.layout.points[flow.id]:
                ET.SubElement(edge, _tag(DI, "waypoint"), x=f"{x:.1f}", y=f"{y:.1f}")


def _name(node: Node, gated: bool) -> str:
    """A state is named once: at its gate, or at its end, or on the way into its one step."""
    if node.kind == GATE and node.state:
        return node.state.label
    if node.kind == END and node.state:
        return "办结" if gated else node.state.label
    if node.kind == GIVER_GATE:
        return "退回给出方"
    step = node.step
    assert step is not None
    return {START: "开始", FORK: "会签", JOIN: "会签完毕"}.get(node.kind, step.label)


def _flow_name(flow: Flow) -> str:
    if flow.way:
        return flow.way.label
    return flow.state.label if flow.state else ""


def _condition(flow: Flow, source: Node) -> str | None:
    if source.kind == GIVER_GATE and flow.state and not flow.default:
        return f'desk == "{flow.state.key}"'
    if source.kind != GATE or flow.default or flow.way is None:
        return None
    condition = f'step == "{flow.way.key}"'
    return f'{condition} and role == "{flow.role.key}"' if flow.role else condition


def _document(element: ET.Element, step: Step) -> None:
    """What the table says of a step: in words for readers, and as data in our own namespace."""
    told = [f"依据：规程第{'、'.join(map(str, step.articles))}条。"]
    if step.guards:
        told.append(f"条件：{'；'.join(guard.label for guard in step.guards)}。")
    if step.needs:
        told.append(
            f"须给出：{'、'.join(need.label + ('' if need.required else '（可不填）') for need in step.needs)}。"
        )
    if step.only_with:
        told.append(f"{only_with_text(step)}，不单独办理。")
    if step.returns:
        told.append("退回到给出的那一环节，也可选更早经手的环节。")
        if len(step.roles) > 1:
            told.append("会签期间任何一方都可以退回，不必等另一方。")
    ET.SubElement(element, _tag(BPMN, "documentation")).text = clean("".join(told))
    ours = ET.SubElement(element, _tag(BPMN, "extensionElements"))
    for number in step.articles:
        ET.SubElement(ours, _tag(OURS, "article"), number=str(number))
    for guard in step.guards:
        ET.SubElement(
            ours, _tag(OURS, "guard"), key=guard.key, label=clean(guard.label), article=str(guard.article)
        )
    for need in step.needs:
        ET.SubElement(
            ours,
            _tag(OURS, "need"),
            key=need.key,
            label=clean(need.label),
            required=str(need.required).lower(),
        )
    if step.only_with:
        ET.SubElement(ours, _tag(OURS, "onlyWith"), step=step.only_with)
    if step.days:
        ET.SubElement(ours, _tag(OURS, "days"), parameter=step.days)
    if step.optional:
        ET.SubElement(ours, _tag(OURS, "optional"))


def _shape(plane: ET.Element, id: str, box: Box, **more: str) -> None:
    shape = ET.SubElement(plane, _tag(BPMNDI, "BPMNShape"), {"id": f"{id}_shape", "bpmnElement": id, **more})
    ET.SubElement(
        shape,
        _tag(DC, "Bounds"),
        x=f"{box.x:.1f}",
        y=f"{box.y:.1f}",
        width=f"{box.w:.1f}",
        height=f"{box.h:.1f}",
    )
