"""Article 29: departments confirm, the expenditure office accepts; what is accepted goes on to its application at once."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from jiheng.application.models import Application
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Case, Task
from tests.bureau_fixture import advance
from tests.evaluation.filled import save
from tests.rooms import ask_evaluation, file, in_force, load_figures, words

pytestmark = pytest.mark.article(29)


@pytest.fixture
def evaluation(as_person, bureau):
    """A self-evaluation that the unit filled in on the page and submitted."""
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 950_000)
    evaluation = ask_evaluation(bureau, goal)
    save(as_person(bureau.unit), evaluation)
    advance(bureau, evaluation.case, ("submit", "unit"))
    return evaluation


@pytest.mark.article(8)
@pytest.mark.article(33)
def test_acceptance_opens_the_application_in_the_same_transaction(bureau, evaluation):
    case = advance(bureau, evaluation.case, ("confirm", "department"))
    assert not Application.objects.exists()
    act = door.perform("evaluation.accept", case, by=bureau.expenditure, opinion="认可")
    application = Application.objects.get()
    opened = application.case.acts.get()
    assert (opened.within, opened.request, opened.step) == (act.pk, act.request, "open")
    assert (application.evaluation_id, application.year, application.base) == (evaluation.pk, 2027, 1_000_000)
    assert (application.case.state, application.case.year) == ("opened", 2027)
    owed = Task.objects.get(case=application.case)
    assert (owed.step, owed.organization.name) == ("propose", "预算绩效管理科")
    assert list(chain.verify(bureau.zone.pk)) == []


def test_what_can_not_go_on_is_not_accepted(bureau, evaluation):
    """A consequence fails after the application was opened: then nothing at all is done."""
    from jiheng.evaluation.procedure import ON_ACCEPTED

    def fails(matters, by):
        raise IntegrityError("the last consequence fails")

    case = advance(bureau, evaluation.case, ("confirm", "department"))
    before = Act.objects.count()
    ON_ACCEPTED.append(fails)
    try:
        with pytest.raises(IntegrityError, match="the last consequence"), transaction.atomic():
            door.perform("evaluation.accept", case, by=bureau.expenditure)
    finally:
        ON_ACCEPTED.remove(fails)
    assert Case.objects.get(pk=case.pk).state == "confirmed"
    assert Act.objects.count() == before
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("path", "step", "whose", "by"),
    [
        ((), "confirm", "教育局", "unit"),
        ((), "confirm", "教育局", "department2"),
        ((("confirm", "department"),), "accept", "支出管理科", "performance"),
        ((("confirm", "department"),), "accept", "支出管理科", "department"),
    ],
)
def test_nobody_acts_for_another(bureau, evaluation, path, step, whose, by):
    advance(bureau, evaluation.case, *path)
    with pytest.raises(door.Refusal, match=f"由{whose}办理"):
        door.perform(f"evaluation.{step}", evaluation.case, by=bureau.people[by])


def test_a_return_for_one_number_keeps_both_versions(as_person, bureau, evaluation):
    case = advance(bureau, evaluation.case, ("confirm", "department"))
    door.perform(
        "evaluation.expenditure_return", case, by=bureau.expenditure, opinion="核实受益人数", desk="draft"
    )
    save(as_person(bureau.unit), evaluation, actual_4="900人")
    advance(bureau, case, ("submit", "unit"), ("confirm", "department"), ("accept", "expenditure"))
    kept = [act.record["rows"][3][4] for act in case.acts.filter(step="submit").order_by("seq")]
    assert kept == ["950人", "900人"]
    assert (case.state, case.closed) == ("accepted", True)
    assert list(chain.verify(bureau.zone.pk)) == []


def test_the_reviewer_reads_points_and_working_and_can_not_write(as_person, bureau, evaluation):
    advance(bureau, evaluation.case, ("confirm", "department"))
    client = as_person(bureau.expenditure)
    said = words(client.get(f"/case/{evaluation.case_id}/"))
    assert "99.50 分" in said and "计分过程" in said and "认可" in said
    response = client.get(f"/evaluation/{evaluation.case_id}/edit/")
    assert response.status_code == 409 and "现在是“待支出科审核”，内容不能修改" in words(response)
    evaluation.refresh_from_db()
    assert evaluation.total == Decimal("99.5")


def test_looking_at_a_page_does_not_change_the_record(as_person, bureau, evaluation):
    evaluation.refresh_from_db()
    before = (evaluation.total, evaluation.checks, list(evaluation.rows.values_list("score", flat=True)))
    for person in (bureau.unit, bureau.department, bureau.leadership):
        assert as_person(person).get(f"/case/{evaluation.case_id}/").status_code == 200
    evaluation.refresh_from_db()
    assert before == (
        evaluation.total,
        evaluation.checks,
        list(evaluation.rows.values_list("score", flat=True)),
    )


def test_several_are_accepted_at_once(as_person, bureau, evaluation):
    second = ask_evaluation(bureau, other := in_force(bureau))
    load_figures(bureau, other.project, 700_000)
    save(as_person(bureau.unit), second, note="尾款明年支付。")
    advance(bureau, second.case, ("submit", "unit"))
    cases = [advance(bureau, each.case, ("confirm", "department")) for each in (evaluation, second)]
    outcome = door.perform_many("evaluation.accept", cases, by=bureau.expenditure)
    assert (len(outcome.acts), outcome.refused) == (2, [])
    ruled = dict(Application.objects.values_list("evaluation", "ruled_amount"))
    assert ruled == {evaluation.pk: Decimal(1_000_000), second.pk: Decimal(700_000)}


def test_evidence_stands_beside_the_figures(as_person, bureau):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 950_000)
    evaluation = ask_evaluation(bureau, goal)
    client = as_person(bureau.unit)
    save(client, evaluation, note="已说明")
    given = {"opinion": "", "evidence": file("验收单.txt", "合格".encode())}
    assert client.post(f"/case/{evaluation.case_id}/do/submit/", given).status_code == 302
    advance(bureau, evaluation.case, ("confirm", "department"))
    page = as_person(bureau.expenditure).get(f"/case/{evaluation.case_id}/").content.decode()
    assert page.index("验收单.txt") < page.index("办理记录")
