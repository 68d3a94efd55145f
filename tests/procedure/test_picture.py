"""Art. 3 and 4: who does what, and how far a case has come, can be seen in one picture drawn from the table."""

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from jiheng.procedure.door import perform
from jiheng.procedure.flow import BACK, STEP
from jiheng.procedure.layout import Box, laid_out, text_width, wrapped
from jiheng.procedure.models import Case
from jiheng.procedure.picture import HERE_WORDS, picture
from jiheng.procedure.progress import progress_of
from jiheng.procedure.table import PROCEDURES
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project
from tests.procedure.winding import WINDING

SVG = "{http://www.w3.org/2000/svg}"
EVERY = [pytest.param(each, id=each.key) for each in (*PROCEDURES.values(), WINDING)]


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def drawn(case: Case) -> str:
    case = Case.objects.select_related("zone", "department", "unit").get(pk=case.pk)
    return picture(PROCEDURES[case.procedure], progress_of(case))


def tagged_steps(svg: str) -> list[str]:
    """The labels of the steps over which 现在在此 stands."""
    root = ET.fromstring(svg)
    found = []
    children = list(root)
    for place, element in enumerate(children):
        if element.tag == f"{SVG}text" and element.text == HERE_WORDS and element.get("fill") == "#ffffff":
            box = next(e for e in reversed(children[:place]) if e.find(f"{SVG}title") is not None)
            found.append(box.find(f"{SVG}title").text.partition("（")[0])
    return found


@pytest.mark.article(3)
@pytest.mark.parametrize("procedure", EVERY)
def test_every_lane_state_and_step_is_in_the_picture(procedure):
    shown = texts(picture(procedure))
    joined = "".join(shown)
    for step in procedure.steps:
        assert step.label in joined
        for role in step.roles:
            assert role.label in joined
    for state in procedure.states:
        assert shown.count(state.label) == 1
    layout = laid_out(procedure)
    places = [(node.step.key, node.role.key) for node in layout.nodes(STEP, BACK)]
    assert sorted(places) == sorted((step.key, role.key) for step in procedure.steps for role in step.roles)


@pytest.mark.parametrize("procedure", EVERY)
def test_nothing_lies_over_anything_else(procedure):
    layout = laid_out(procedure)
    placed = dict(layout.boxes) | {f"chip {chip.state.key}": chip.box for chip in layout.chips}
    met = [(a, b) for a, b in combinations(placed, 2) if placed[a].meets(placed[b])]
    assert met == []
    whole = Box(0, 0, layout.width, layout.height)
    for name, box in placed.items():
        assert box.x >= 0 and box.y >= 0 and box.right <= whole.right and box.bottom <= whole.bottom, name


@pytest.mark.parametrize("procedure", EVERY)
def test_every_step_stands_in_its_lane_and_leads_to_the_right(procedure):
    layout = laid_out(procedure)
    for node in layout.graph.nodes.values():
        lane, box = layout.lane(node.role).box, layout.boxes[node.id]
        assert lane.y <= box.y and box.bottom <= lane.bottom, node.id
    for flow in layout.graph.flows:
        source, target = layout.boxes[flow.source], layout.boxes[flow.target]
        assert flow.kind != "forward" or source.cx < target.cx, flow
        assert layout.points[flow.id][0] != layout.points[flow.id][-1]


@pytest.mark.parametrize("procedure", [each for each in EVERY if each.id != "winding"])
def test_ways_do_not_run_through_steps(procedure):
    layout = laid_out(procedure)
    for flow in layout.graph.flows:
        for (ax, ay), (bx, by) in zip(layout.points[flow.id], layout.points[flow.id][1:], strict=False):
            leg = Box(min(ax, bx), min(ay, by), abs(ax - bx) or 0.01, abs(ay - by) or 0.01)
            for node in layout.nodes(STEP, BACK):
                if node.id not in (flow.source, flow.target):
                    assert not leg.meets(layout.boxes[node.id]), (flow, node.id)


@pytest.mark.parametrize("procedure", EVERY)
def test_the_picture_has_no_style_and_no_script_and_is_the_same_each_time(procedure):
    svg = picture(procedure)
    root = ET.fromstring(svg)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg", "title", "desc", "rect", "line", "path", "polygon", "polyline", "circle", "text",
        }  # fmt: skip
        assert not [name for name in element.attrib if name in ("style", "class") or name.startswith("on")]
    assert root.get("role") == "img"
    named = root.get("aria-labelledby").split()
    assert [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")] == named
    assert picture(procedure) == svg


def test_lanes_carry_the_names_of_the_bureaus_own_offices():
    shown = "".join(texts(picture(PROCEDURES["goal"], names={"budget": "预算管理局", "assets": "资产处"})))
    assert "预算管理局" in shown and "资产处" in shown
    assert "国资金融管理科" not in shown


@pytest.mark.article(18)
def test_a_case_shows_what_is_done_where_it_stands_and_how_often_it_came_back(bureau, goal_case):
    assert tagged_steps(drawn(goal_case)) == ["第一小学：提交"]
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    perform("goal.department_return", goal_case, by=bureau.department, opinion="指标值没有依据")
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    perform("goal.department_return", goal_case, by=bureau.department, opinion="仍缺依据")
    svg = drawn(goal_case)
    assert tagged_steps(svg) == ["第一小学：提交"]
    assert "退回 2 次" in texts(svg)
    assert progress_of(goal_case).done.keys() == {("open", "unit")}

    advance(bureau, goal_case, *GOAL_PATH.reviewed)
    svg = drawn(goal_case)
    assert tagged_steps(svg) == ["预算绩效管理科：再审核会签", "国资金融管理科：再审核会签"]
    assert "退回 2 次" in texts(svg)

    perform("goal.re_review", goal_case, by=bureau.assets)
    assert tagged_steps(drawn(goal_case)) == ["预算绩效管理科：再审核会签"]
    assert ("re_review", "assets") in progress_of(goal_case).done

    perform("goal.re_review_return", goal_case, by=bureau.performance, opinion="请补充成本依据")
    progress = progress_of(goal_case)
    assert progress.owed.keys() == {("review", "expenditure")}
    assert progress.done.keys() == {("open", "unit"), ("submit", "unit"), ("confirm", "department")}
    assert progress.backs == {("department_return", "department"): 2, ("re_review_return", "performance"): 1}


NOT_TAKEN = {("key_conclude", "performance"), ("adopt", "budget"), ("supersede", "budget")}
"""A goal goes to key review only if it is chosen; a transfer adopts or supersedes it, where there is one."""


@pytest.mark.article(19)
def test_a_finished_case_is_done_throughout(bureau):
    project = make_project(bureau)
    goal = advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    assert tagged_steps(drawn(goal)) == ["预算科：随预算批复", "预算科：随预算调剂生效"]
    budget = advance(bureau, make_budget(bureau, [project]), ("submit", "department"), ("approve", "budget"))
    goal.refresh_from_db()
    for case in (goal, budget):
        svg = drawn(case)
        assert tagged_steps(svg) == []
        steps = [s for s in PROCEDURES[case.procedure].steps if not (s.returns or s.optional)]
        owed = {(s.key, r.key) for s in steps for r in s.roles}
        assert progress_of(case).done.keys() == owed - NOT_TAKEN
        assert "已办结" in ET.fromstring(svg).find(f"{SVG}desc").text


def test_hostile_names_are_shown_as_text(bureau):
    name = '</title><script>alert("x")</script>\x08&"\'\ud800'.encode("utf-8", "ignore").decode()
    bureau.organizations["unit"].name = "<script>1</script>]]>"
    bureau.organizations["unit"].save()
    svg = drawn(make_goal(bureau, make_project(bureau, name=name)))
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert root.find(f"{SVG}title").text.startswith('</title><script>alert("x")</script>&"\'')
    assert "<script" not in svg


def test_long_names_are_shortened_to_fit():
    name = "平原示范区农业农村和乡村振兴发展服务中心第三管理站"
    lines = wrapped(name, 84, 14, 3)
    assert len(lines) == 3 and lines[-1].endswith("…")
    assert max(text_width(line, 14) for line in lines) <= 84
    assert "".join(wrapped("国资金融管理科", 84, 14, 3)) == "国资金融管理科"


def test_a_case_out_of_scope_has_no_picture(bureau, goal_case, as_person):
    url = reverse("case-picture", args=[goal_case.pk])
    seen = as_person(bureau.unit).get(url)
    assert seen.status_code == 200 and seen["Content-Type"] == "image/svg+xml"
    assert HERE_WORDS in texts(seen.content.decode())
    assert as_person(bureau.unit3).get(url).status_code == 404
    assert as_person(bureau.department2).get(url).status_code == 404


def test_pages_of_the_procedures(bureau, as_person, django_assert_max_num_queries):
    client = as_person(bureau.unit)
    index = client.get(reverse("procedures")).content.decode()
    for key, procedure in PROCEDURES.items():
        assert reverse("procedure", args=[key]) in index
        page = client.get(reverse("procedure", args=[key])).content.decode()
        for step in procedure.steps:
            assert f'id="step-{step.key}"' in page
            assert all(guard.label in page for guard in step.guards)
            assert all(reverse("article", args=[number]) in page for number in step.articles)
        assert 'style="' not in page
        assert ET.fromstring(client.get(reverse("procedure-picture", args=[key])).content).tag == f"{SVG}svg"
    assert client.get(reverse("procedure", args=["nothing"])).status_code == 404
    with django_assert_max_num_queries(10):
        client.get(reverse("procedure", args=["goal"]))


def test_the_table_names_the_bureaus_days_and_what_goes_together(bureau, as_person):
    page = as_person(bureau.budget).get(reverse("procedure", args=["goal"])).content.decode()
    assert reverse("procedure", args=["budget"]) in page
    assert "单位编报绩效目标：本局设定" in page
    budget = as_person(bureau.budget).get(reverse("procedure", args=["budget"])).content.decode()
    assert "同时办理" in budget and "绩效目标“随预算批复”" in budget
