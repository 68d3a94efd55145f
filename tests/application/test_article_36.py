"""Article 36: what results changed is summed up with amounts, checked, filed before the year ends, and then stands."""

import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from jiheng.filing.models import Filing
from jiheng.procedure import door
from jiheng.procedure.models import Case
from tests.application.results import accepted
from tests.bureau_fixture import make_project
from tests.rooms import in_force, load_figures, words

pytestmark = pytest.mark.article(36)


@pytest.fixture
def fair(as_person, bureau):
    """Graded 中, so that the rule cuts a tenth of 1,000,000."""
    return accepted(as_person, bureau, actual_1="0平方米", reason_1="征地未完成")


def decide(bureau, application, amount="85"):
    for step, person in (("propose", bureau.performance), ("decide", bureau.budget)):
        door.perform(
            f"application.{step}",
            application.case,
            by=person,
            action="cut",
            amount=amount,
            opinion="按结果压减",
        )


def test_decided_line_by_line_beside_next_years_draft(as_person, bureau, fair):
    """Articles 6 and 33: both offices work on the one table; a refused line says why and stays as typed."""
    client, year = as_person(bureau.performance), timezone.localdate().year + 1
    page = words(client.get("/application/lines/"))
    assert f"{year}年预算结果应用" in page and "压减 10% 至 20%" in page
    given = {
        "line": str(fair.pk),
        f"action-{fair.pk}": "cut",
        f"amount-{fair.pk}": "70",
        f"word-{fair.pk}": "",
    }
    refused = client.post("/application/lines/", given)
    assert refused.status_code == 422 and "须写明理由" in words(refused)
    assert 'value="70"' in refused.content.decode()
    assert client.post("/application/lines/", given | {f"amount-{fair.pk}": "85"}).status_code == 302
    assert (
        as_person(bureau.budget).post("/application/lines/", given | {f"amount-{fair.pk}": "85"}).status_code
        == 302
    )
    fair.refresh_from_db()
    assert (fair.decided, fair.decided_amount) == (
        "cut",
        850_000,
    )  # within the rule's span: no word was needed
    book = load_workbook(io.BytesIO(b"".join(client.get("/application/lines/?export=xlsx"))))
    assert book.active["L2"].value == 850_000


def test_summed_up_filed_and_locked(as_person, bureau, fair):
    year, client = timezone.localdate().year, as_person(bureau.expenditure)
    assert "现在没有要汇总的年度" in words(client.get("/application/summary/new/"))
    decide(bureau, fair)
    assert client.post("/application/summary/new/", {"year": str(year)}).status_code == 302
    case = Case.objects.get(procedure="result_summary")
    page = words(client.get(f"/case/{case.pk}/"))
    assert "压减1 个" in page and "-150,000.00" in page
    door.perform("result_summary.file", case, by=bureau.expenditure)
    filing = Filing.objects.get(case=case)
    assert (filing.article, filing.year) == (36, year) and "850000.00" in str(filing.frozen)
    book = load_workbook(io.BytesIO(b"".join(client.get(f"/application/summary/{case.pk}/summary.xlsx"))))
    assert book.active["I2"].value == -150_000


def test_an_undecided_result_or_a_later_decision_holds_the_filing(as_person, bureau, fair):
    other = accepted_of_unit2(as_person, bureau)
    decide(bureau, fair)
    as_person(bureau.expenditure).post("/application/summary/new/", {"year": str(timezone.localdate().year)})
    case = Case.objects.get(procedure="result_summary")
    (told,) = door.may("result_summary.file", case, bureau.expenditure).reasons
    assert f"“{other.case.title}”的结果应用还没有决定" in told.text
    decide(bureau, other)
    (told,) = door.may("result_summary.file", case, bureau.expenditure).reasons
    assert "汇总以后又有新的决定" in told.text
    door.perform("result_summary.again", case, by=bureau.expenditure)
    door.perform("result_summary.file", case, by=bureau.expenditure)
    late = accepted_of_unit2(as_person, bureau, name="又一个项目")
    (told,) = [
        reason
        for reason in door.may("application.propose", late.case, bureau.performance).reasons
        if reason.article == 36
    ]
    assert "已汇总备案，不能再改" in told.text


def accepted_of_unit2(as_person, bureau, name="图书购置"):
    """Another project's accepted result."""
    goal = in_force(bureau, make_project(bureau, name=name))
    load_figures(bureau, goal.project, 950_000)
    return accepted(as_person, bureau, goal=goal, actual_1="0平方米", reason_1="征地未完成")
