"""Article 27: units evaluate themselves. Points are worked out by rule from what was really done and really spent."""

from decimal import Decimal

import pytest

from jiheng.evaluation.models import SelfEvaluation
from jiheng.evaluation.procedure import SELF_EVALUATION as EVALUATION
from jiheng.procedure import door
from jiheng.procedure.models import Case
from tests.bureau_fixture import advance
from tests.evaluation.filled import page, save
from tests.rooms import ask_evaluation, in_force, load_figures, words

pytestmark = pytest.mark.article(27)


@pytest.fixture
def goal(bureau):
    return in_force(bureau)


@pytest.fixture
def evaluation(bureau, goal):
    load_figures(bureau, goal.project, 950_000)
    return ask_evaluation(bureau, goal)


def reasons(evaluation, person):
    return door.may("evaluation.submit", evaluation.case, person).reasons


def test_points_come_from_the_rule_with_their_working(as_person, bureau, evaluation):
    client = as_person(bureau.unit)
    response = save(client, evaluation, actual_1="900平方米", reason_1="雨季停工，明年补足")
    assert response["Location"] == f"/case/{evaluation.case_id}/"
    evaluation.refresh_from_db()
    scores = list(evaluation.rows.values_list("score", flat=True))
    assert scores == [Decimal(15), Decimal(20), Decimal(10), Decimal(30), Decimal(10)]
    assert evaluation.execution_score == Decimal("9.5")
    assert (evaluation.total, evaluation.grade) == (Decimal("94.5"), "优")
    said = words(client.get(f"/case/{evaluation.case_id}/"))
    assert "总分 = 9.5 + 15 + 20 + 10 + 30 + 10 = 94.50" in said
    assert "94.50 分" in said and "等级 优" in said


@pytest.mark.parametrize(
    ("done", "grade"),
    [("1200平方米", "优"), ("960平方米", "优"), ("0平方米", "中")],
)
def test_grades_by_the_bureaus_own_bounds(as_person, bureau, evaluation, done, grade):
    save(as_person(bureau.unit), evaluation, actual_1=done, reason_1="说明")
    evaluation.refresh_from_db()
    assert evaluation.grade == grade
    assert evaluation.total == Decimal("79.5") + 20 * min(Decimal(done[:-3]) / 1200, 1)


def test_nothing_filled_in_is_not_submitted(bureau, evaluation):
    (reason,) = reasons(evaluation, bureau.unit)
    assert (reason.text, reason.article) == ("还没有算出总分", 27)


def test_an_indicator_that_has_no_points_is_told_by_its_row(as_person, bureau, goal):
    goal.indicators.filter(order=4).update(target="明显改善", name="办学条件")
    load_figures(bureau, goal.project, 950_000)
    evaluation = ask_evaluation(bureau, goal)
    client = as_person(bureau.unit)
    save(client, evaluation, actual_4="明显改善")
    (reason,) = reasons(evaluation, bureau.unit)
    assert reason.text == "第 4 行“办学条件”没有得分"
    assert reason.next == "不能按规则计分的指标，请按达成程度填自评得分。"
    save(client, evaluation, actual_4="明显改善", claimed_4="30")
    evaluation.refresh_from_db()
    assert (evaluation.total, reasons(evaluation, bureau.unit)) == (Decimal("99.5"), [])


@pytest.mark.parametrize(
    ("changed", "words_"),
    [
        ({"actual_1": "", "claimed_1": "20"}, "实际完成值空白，却得 20 分"),
        ({"actual_1": "≥1200平方米", "claimed_1": "20"}, "照抄了比较符"),
        ({"actual_2": "合格", "claimed_2": "20"}, "完成值“合格”不是数"),
        ({"actual_1": "900平方米", "claimed_1": "15"}, "没有写偏差原因"),
    ],
)
def test_errors_block(as_person, bureau, evaluation, changed, words_):
    client = as_person(bureau.unit)
    save(client, evaluation, note="有说明", **changed)
    refused = client.post(f"/case/{evaluation.case_id}/do/submit/")
    said = words(refused)
    assert refused.status_code == 409 and words_ in said and "第29条" in said
    assert Case.objects.get(pk=evaluation.case_id).state == "draft"


def test_a_warning_needs_a_word(as_person, bureau, evaluation):
    client = as_person(bureau.unit)
    save(client, evaluation, actual_1="1600平方米")
    (reason,) = reasons(evaluation, bureau.unit)
    assert (reason.text, reason.field) == ("有 1 处提示还没有说明", "note")
    assert "超过 120.00%" in words(client.get(f"/case/{evaluation.case_id}/"))
    save(client, evaluation, actual_1="1600平方米", note="新增两间教室由社会捐建。")
    advance(bureau, evaluation.case, ("submit", "unit"))


def test_low_execution_is_explained(as_person, bureau, goal):
    load_figures(bureau, goal.project, 500_000)
    evaluation = ask_evaluation(bureau, goal)
    client = as_person(bureau.unit)
    save(client, evaluation)
    assert [reason.text for reason in reasons(evaluation, bureau.unit)] == ["有 1 处提示还没有说明"]
    save(client, evaluation, note="工程款按合同明年一季度结算。")
    assert reasons(evaluation, bureau.unit) == []


@pytest.mark.article(7)
def test_figures_are_the_systems_and_the_newest(as_person, bureau, goal):
    evaluation = ask_evaluation(bureau, goal)
    client = as_person(bureau.unit)
    save(client, evaluation)
    assert "还没有全年执行数" in [reason.text for reason in reasons(evaluation, bureau.unit)]
    batch = load_figures(bureau, goal.project, 950_000)
    assert reasons(evaluation, bureau.unit) == []
    (read,) = EVALUATION.load([evaluation.case_id]).values()
    assert (read.executed, read.execution_score) == (950_000, Decimal("9.50"))
    door.perform("execution.withdraw", batch, by=bureau.treasury, opinion="导错了")
    assert "还没有全年执行数" in [reason.text for reason in reasons(evaluation, bureau.unit)]
    save(client, evaluation)
    evaluation.refresh_from_db()
    assert (evaluation.executed, evaluation.execution_score) == (None, None)


FAULTS = [
    ({"claimed_1": "二十"}, "第 1 行自评得分“二十”不是 0 至 20.00 的数（最多两位小数）"),
    ({"claimed_1": "20.01"}, "第 1 行自评得分“20.01”不是 0 至 20.00 的数（最多两位小数）"),
    ({"claimed_1": "-1"}, "第 1 行自评得分“-1”不是 0 至 20.00 的数（最多两位小数）"),
    ({"claimed_3": "9.999"}, "第 3 行自评得分“9.999”不是 0 至 10.00 的数（最多两位小数）"),
    ({"actual_5": "9" * 501}, "第 5 行完成值超过 500 个字"),
    ({"revision": "一"}, "这份草稿刚被同单位的人在别处保存过"),
]


def test_one_fault_is_told_and_nothing_is_saved(as_person, bureau, evaluation):
    for changed, message in FAULTS:
        response = save(as_person(bureau.unit), evaluation, **({"achieved": "不应写入"} | changed))
        said = words(response)
        assert (
            response.status_code == 422
            and "有 1 处需要修改" in said
            and message in said
            and "不应写入" in said
        )
        evaluation.refresh_from_db()
        assert (evaluation.achieved, evaluation.total, evaluation.revision) == ("", None, 0)


def test_signs_that_a_database_can_not_keep_are_left_out(as_person, bureau, evaluation):
    assert save(as_person(bureau.unit), evaluation, note="无\0", reason_1="雨\0季").status_code == 302
    evaluation.refresh_from_db()
    assert (evaluation.note, evaluation.rows.first().reason) == ("无", "雨季")


def test_the_second_of_two_who_save_is_told(as_person, bureau, evaluation):
    client = as_person(bureau.unit)
    typed = page(evaluation)
    assert client.post(f"/evaluation/{evaluation.case_id}/edit/", typed).status_code == 302
    second = client.post(f"/evaluation/{evaluation.case_id}/edit/", typed | {"achieved": "后保存的"})
    assert second.status_code == 422 and "以免互相覆盖" in words(second) and "后保存的" in words(second)
    assert SelfEvaluation.objects.get().revision == 1
