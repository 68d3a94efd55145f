"""The table as BPMN 2.0: well-formed, whole, drawn, and run by an engine that is not ours."""

import re
from collections import Counter
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, BpmnValidator
from SpiffWorkflow.util.task import TaskState

from jiheng.cli import main
from jiheng.procedure.bpmn import BPMN, BPMNDI, DC, DI, OURS, bpmn, process_id
from jiheng.procedure.table import PROCEDURES
from tests.procedure.winding import WINDING

EVERY = [pytest.param(each, id=each.key) for each in (*PROCEDURES.values(), WINDING)]
NODES = ("startEvent", "userTask", "exclusiveGateway", "parallelGateway", "endEvent")


def every(root: ET.Element, *names: str, space: str = BPMN) -> list[ET.Element]:
    return [element for name in names for element in root.iter(f"{{{space}}}{name}")]


def workflow(procedure) -> BpmnWorkflow:
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_io(BytesIO(bpmn(procedure).encode()))
    return BpmnWorkflow(parser.get_spec(process_id(procedure)))


class Run:
    """A workflow carried out step by step: ``do`` does a step that must be waiting and says which comes next."""

    def __init__(self, procedure):
        self.flow = workflow(procedure)
        self.choose("")

    def choose(self, step: str, role: str = "", desk: str = "") -> None:
        for task in self.flow.get_tasks(state=TaskState.READY):
            task.data.update(step=step, role=role, desk=desk)
        self.flow.data.update(step=step, role=role, desk=desk)
        self.flow.do_engine_steps()

    def waiting(self) -> list[str]:
        tasks = self.flow.get_tasks(state=TaskState.READY, manual=True)
        return sorted(task.task_spec.bpmn_id for task in tasks)

    def do(self, step: str, then: str = "", role: str = "", desk: str = "") -> None:
        tasks = self.flow.get_tasks(state=TaskState.READY, manual=True)
        task = next(task for task in tasks if task.task_spec.bpmn_id == f"step_{step}")
        task.data.update(step=then, role=role, desk=desk)
        task.run()
        self.flow.do_engine_steps()


@pytest.mark.article(3)
@pytest.mark.parametrize("procedure", EVERY)
def test_every_lane_step_and_state_is_written_once(procedure):
    root = ET.fromstring(bpmn(procedure))
    roles = list(dict.fromkeys(role for step in procedure.steps for role in step.roles))
    assert [lane.get("name") for lane in every(root, "lane")] == [role.label for role in roles]
    wanted = [
        f"step_{step.key}" if len(step.roles) == 1 else f"step_{step.key}_{role.key}"
        for step in procedure.steps
        for role in step.roles
    ]
    assert sorted(task.get("id") for task in every(root, "userTask")) == sorted(wanted)
    gates = Counter(gate.get("name") for gate in every(root, "exclusiveGateway", "endEvent"))
    named = {state.label: gates[state.label] for state in procedure.states}
    alone = [state.label for state in procedure.states if named[state.label] == 0]
    assert max(named.values()) == 1
    flows = Counter(flow.get("name") for flow in every(root, "sequenceFlow"))
    assert all(flows[label] == 1 for label in alone)


@pytest.mark.parametrize("procedure", EVERY)
def test_every_reference_leads_to_something_and_everything_is_drawn(procedure):
    root = ET.fromstring(bpmn(procedure))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", id, re.ASCII) for id in ids)
    nodes = {node.get("id"): node for node in every(root, *NODES)}
    flows = {flow.get("id"): flow for flow in every(root, "sequenceFlow")}
    for id, node in nodes.items():
        incoming = [ref.text for ref in node.findall(f"{{{BPMN}}}incoming")]
        outgoing = [ref.text for ref in node.findall(f"{{{BPMN}}}outgoing")]
        assert incoming == [flow for flow, each in flows.items() if each.get("targetRef") == id]
        assert outgoing == [flow for flow, each in flows.items() if each.get("sourceRef") == id]
        assert incoming or node.tag.endswith("startEvent")
        assert outgoing or node.tag.endswith("endEvent")
        assert node.get("default") in (None, *outgoing)
        if node.tag.endswith("exclusiveGateway"):
            bare = [f for f in outgoing if flows[f].find(f"{{{BPMN}}}conditionExpression") is None]
            assert len(bare) == 1 and (len(outgoing) == 1 or node.get("default") == bare[0])
    assert all(flow.get("sourceRef") in nodes and flow.get("targetRef") in nodes for flow in flows.values())
    in_lanes = [ref.text for ref in every(root, "flowNodeRef")]
    assert sorted(in_lanes) == sorted(nodes)
    lanes = [lane.get("id") for lane in every(root, "lane")]
    shapes = {s.get("bpmnElement"): s for s in every(root, "BPMNShape", space=BPMNDI)}
    edges = {e.get("bpmnElement"): e for e in every(root, "BPMNEdge", space=BPMNDI)}
    assert set(shapes) == {*nodes, *lanes, "participant"} and set(edges) == set(flows)
    for id, edge in edges.items():
        points = [(float(p.get("x")), float(p.get("y"))) for p in every(edge, "waypoint", space=DI)]
        for point, end in ((points[0], "sourceRef"), (points[-1], "targetRef")):
            box = every(shapes[flows[id].get(end)], "Bounds", space=DC)[0].attrib
            x, y, w, h = (float(box[name]) for name in ("x", "y", "width", "height"))
            assert x - 0.2 <= point[0] <= x + w + 0.2 and y - 0.2 <= point[1] <= y + h + 0.2, (id, end)


@pytest.mark.parametrize("procedure", EVERY)
def test_steps_carry_their_articles_guards_and_needs(procedure):
    root = ET.fromstring(bpmn(procedure))
    for step in procedure.steps:
        ids = {f"step_{step.key}", *(f"step_{step.key}_{role.key}" for role in step.roles)}
        for task in every(root, "userTask"):
            if task.get("id") not in ids:
                continue
            assert [int(a.get("number")) for a in every(task, "article", space=OURS)] == list(step.articles)
            assert [g.get("key") for g in every(task, "guard", space=OURS)] == [g.key for g in step.guards]
            assert [n.get("key") for n in every(task, "need", space=OURS)] == [n.key for n in step.needs]
            told = every(task, "documentation")[0].text
            assert all(guard.label in told for guard in step.guards)


@pytest.mark.parametrize("procedure", EVERY)
def test_spiffworkflow_parses_it_against_the_standards_schema_and_runs_the_way_that_is_owed(procedure):
    run = Run(procedure)
    done = []
    while waiting := run.waiting():
        assert len(done) < 30
        done.append(waiting[0].removeprefix("step_"))
        run.do(done[-1])
    assert run.flow.completed
    assert done[0] == procedure.opening().key


@pytest.mark.article(18)
@pytest.mark.parametrize("first, second", [("performance", "assets"), ("assets", "performance")])
def test_spiffworkflow_runs_a_goal_with_returns_and_both_signatures_in_either_order(first, second):
    run = Run(PROCEDURES["goal"])
    run.do("open", then="submit")
    run.do("submit", then="withdraw")
    assert run.waiting() == ["step_withdraw"]
    run.do("withdraw", then="submit")
    run.do("submit", then="confirm")
    run.do("confirm", then="expenditure_return")
    assert run.waiting() == ["step_expenditure_return"]
    run.do("expenditure_return", then="confirm")
    assert run.waiting() == ["step_confirm"]
    run.do("confirm", then="review")
    run.do("review", then="re_review_return", role="assets")
    assert run.waiting() == ["step_re_review_return_assets"]
    run.do("re_review_return_assets", then="review")
    run.do("review", then="re_review")
    assert run.waiting() == ["step_re_review_assets", "step_re_review_performance"]
    run.do(f"re_review_{first}", then="approve")
    assert run.waiting() == [f"step_re_review_{second}"]
    run.do(f"re_review_{second}", then="approve")
    assert run.waiting() == ["step_approve"]
    assert not run.flow.completed
    run.do("approve")
    assert run.flow.completed


def test_spiffworkflow_puts_each_step_in_the_lane_of_its_role():
    specs = workflow(PROCEDURES["goal"]).spec.task_specs.values()
    lanes = {spec.bpmn_id: spec.lane for spec in specs if (spec.bpmn_id or "").startswith("step_")}
    assert lanes["step_submit"] == "单位" and lanes["step_review"] == "支出管理科"
    assert lanes["step_re_review_assets"] == "国资金融管理科"


def test_a_return_finds_the_desk_that_gave_where_there_are_several():
    for chosen, desk in (("accept", "reviewed"), ("choose", "chosen")):
        run = Run(WINDING)
        run.do("open", then="submit")
        run.do("submit", then="review")
        run.do("review", then=chosen)
        if chosen == "choose":
            run.do("choose", then="assess")
            run.do("assess", then="sign_return", role="treasury")
        else:
            run.do("accept", then="sign_return", role="treasury")
        back = {"reviewed": "accept", "chosen": "assess"}[desk]
        run.do("sign_return_treasury", then=back, desk=desk)
        assert run.waiting() == [f"step_{back}"]


def test_export_by_command_and_by_page(bureau, as_person, tmp_path, capsys):
    file = tmp_path / "goal.bpmn"
    assert main(["procedure", "export", "goal", "--bpmn", "-o", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == bpmn(PROCEDURES["goal"])
    assert main(["procedure", "export", "goal", "--svg"]) == 0
    assert ET.fromstring(capsys.readouterr().out).tag.endswith("svg")
    assert main(["procedure", "export", "nothing", "--bpmn"]) == 2
    assert "goal（绩效目标）" in capsys.readouterr().err
    assert main(["procedure", "export", "goal", "--bpmn", "-o", str(tmp_path / "no" / "x")]) == 2
    assert "写不进文件" in capsys.readouterr().err
    answer = as_person(bureau.unit).get(reverse("procedure-bpmn", args=["goal"]))
    assert answer.content.decode() == file.read_text(encoding="utf-8")
    assert 'filename="goal.bpmn"' in answer["Content-Disposition"]
