"""The hash chain finds what was changed, lost or slipped in, even by somebody who took the triggers away."""

import contextlib
import datetime
import uuid
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from jiheng import cli
from jiheng.procedure import chain, door, files
from jiheng.procedure.models import Act, Attachment, Case, Task
from jiheng.procedure.table import PROCEDURES, Need
from tests.bureau_fixture import GOAL_PATH, advance, make_goal

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(bureau, goal_case) -> Case:
    return advance(bureau, goal_case, *GOAL_PATH.passed, opinion="同意")


@pytest.fixture
def tamper(db):
    """Takes away what protects acts, as the owner of the database could; the test's rollback brings it back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER act_no_update")
            cursor.execute("DROP TRIGGER act_no_delete")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP TRIGGER act_no_change ON procedure_act")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def found(case: Case) -> list[str]:
    return list(chain.verify(case.zone_id))


def test_a_whole_chain_has_no_fault(case):
    assert (found(case), case.seq, case.acts.count()) == ([], 6, 6)


def test_each_act_holds_the_hash_of_the_one_before(case):
    acts = list(case.acts.order_by("seq"))
    assert [act.previous for act in acts] == ["", *(act.hash for act in acts[:-1])]
    assert case.head == acts[-1].hash


def test_the_case_in_hand_and_the_case_in_the_database_are_the_same(case):
    names = [field.attname for field in Case._meta.concrete_fields]
    again = Case.objects.get(pk=case.pk)
    assert [getattr(case, name) for name in names] == [getattr(again, name) for name in names]


@pytest.mark.parametrize(
    "change",
    [
        {"opinion": "不同意"},
        {"person_name": "另一个人"},
        {"organization_name": "另一科室"},
        {"role": "budget"},
        {"to_state": "in_force"},
        {"given": {"金额": 1}},
        {"articles": [1]},
        {"record": {"text": "另一个目标"}},
        {"due": datetime.date(2020, 1, 1)},
        {"at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)},
        {"request": uuid.UUID(int=1)},
        {"within": uuid.UUID(int=1)},
        {"round": 9},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_act_is_found(case, tamper, change):
    case.acts.filter(step="review").update(**change)
    assert f"{case.title}：第 4 步“审核”的内容与哈希不符" in found(case)


def test_every_column_of_an_act_is_in_its_hash():
    columns = {field.attname for field in Act._meta.concrete_fields} - {"id", "hash"}
    assert columns - {*chain.FIELDS, "due", "at"} == set()


def test_a_change_that_was_hashed_anew_breaks_the_next_link(case, tamper):
    act = case.acts.get(step="review")
    act.opinion = "不同意"
    Act.objects.filter(pk=act.pk).update(opinion=act.opinion, hash=chain.digest(act))
    assert found(case) == [f"{case.title}：第 5 步“再审核会签”接不上前一步"]


def test_a_missing_act_is_found(case, tamper):
    case.acts.filter(step="review")._raw_delete("default")
    assert found(case)[:2] == [
        f"{case.title}：第 4 步缺失，读到的是第 5 步",
        f"{case.title}：第 5 步“再审核会签”接不上前一步",
    ]


def test_a_missing_last_act_is_found(case, tamper):
    Task.objects.filter(case=case).delete()
    case.acts.filter(seq=case.seq)._raw_delete("default")
    assert found(case) == [f"{case.title}：事项记的最后一步与办理记录不符"]


def test_references_to_nothing_are_found(bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    assert list(chain.verify(bureau.zone.pk)) == []
    act = goal_case.acts.get(step="submit")
    act.pk, act.seq, act.person_id, act.organization_id = uuid.uuid4(), 3, uuid.uuid4(), uuid.uuid4()
    Act.objects.bulk_create([act])
    Task.objects.filter(case=goal_case).update(opened_by_id=uuid.uuid4())
    assert {
        "有一条办理（submit）所指的办理人不存在",
        "有一条办理（submit）所指的科室、部门或单位不存在",
        "有一条待办（confirm）所指的由来的办理不存在",
    } <= set(chain.verify(bureau.zone.pk))


def slipped_in(case: Case, seq: int, previous: str) -> Act:
    act = case.acts.get(step="review")
    act.pk, act.seq, act.previous, act.opinion = uuid.uuid4(), seq, previous, "补记"
    act.hash = chain.digest(act)
    Act.objects.bulk_create([act])
    return act


def test_an_act_slipped_in_at_the_end_is_found(case):
    slipped_in(case, case.seq + 1, case.head)
    assert found(case) == [f"{case.title}：事项记的最后一步与办理记录不符"]


def test_an_act_slipped_in_between_is_found(case, tamper):
    third = case.acts.get(seq=3)
    for act in case.acts.filter(seq__gte=4).order_by("-seq"):
        Act.objects.filter(pk=act.pk).update(seq=act.seq + 1)
    slipped_in_act = case.acts.get(seq=5)
    act = Act(**{name: getattr(slipped_in_act, name) for name in (*chain.FIELDS, "due", "at")})
    act.seq, act.previous = 4, third.hash
    act.hash = chain.digest(act)
    Act.objects.bulk_create([act])
    Case.objects.filter(pk=case.pk).update(seq=7)
    assert f"{case.title}：第 5 步“审核”接不上前一步" in found(case)


def test_an_act_hidden_in_another_zone_is_found(case, bureau):
    from tests.bureau_fixture import make_bureau

    act = slipped_in(case, 99, "")
    other = make_bureau("410782").zone
    act.pk, act.zone_id = uuid.uuid4(), other.pk
    Act.objects.bulk_create([act])
    assert "第 99 步“审核”记在了别的区划" in found(case)


@pytest.mark.parametrize("change", [{"state": "in_force"}, {"closed": True}, {"round": 3}])
def test_a_case_moved_round_the_door_is_found(case, change):
    Case.objects.filter(pk=case.pk).update(**change)
    assert found(case) == [f"{case.title}：事项的状态与最后一步办理的结果不符"]


def test_a_case_that_never_came_through_the_door_is_found(case, bureau):
    case.pk, case.title, case.seq, case.head = uuid.uuid4(), "私设事项", 0, ""
    Case.objects.bulk_create([case])
    assert found(case) == ["私设事项：没有任何办理记录"]


def test_audit_verify_says_what_is_broken_and_where(case, capsys):
    assert cli.main(["audit", "verify", "--zone", case.zone.code]) == 0
    assert capsys.readouterr().out == "410781 平原示范区财政局：6 次办理，都完整。\n"
    Case.objects.filter(pk=case.pk).update(state="in_force")
    assert cli.main(["audit", "verify"]) == 1
    assert capsys.readouterr().out == (
        f"410781 {case.title}：事项的状态与最后一步办理的结果不符\n"
        "410781 平原示范区财政局：6 次办理，1 处有问题。\n"
    )
    assert cli.main(["audit", "verify", "--zone", "000000"]) == 2
    assert capsys.readouterr().err == "没有区划 000000。现有：410781\n"


HOSTILE = {
    "零字符": "a\0b",
    "半个字符": "\ud800",
    "大数": 10**30,
    "小数": 1e22,
    "负零": -0.0,
    "不是数": float("nan"),
    "钱": Decimal("1.10"),
    "日": datetime.date(2026, 1, 2),
    "时": datetime.datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=datetime.UTC),
    "键": uuid.UUID(int=7),
    "套": {2: "b", 10: "a", "1": (1, 2.50, {"深": Decimal("0.00")})},
    "空": None,
    "真": True,
    "转义": '"\\\u2028</script>\x7f😀',
}


def test_whatever_is_given_hashes_the_same_when_read_back(bureau, goal_case):
    act = door.perform("goal.submit", goal_case, by=bureau.unit, opinion="甲\0乙\ud800", **HOSTILE)
    again = Act.objects.get(pk=act.pk)
    assert chain.digest(again) == act.hash == again.hash
    assert again.given == act.given
    assert again.given["钱"] == "1.10"
    assert again.given["套"] == {"2": "b", "10": "a", "1": [1, "2.5", {"深": "0.00"}]}
    assert again.opinion == "甲乙?"


def test_an_act_reads_back_as_it_was_made(bureau, goal_case):
    act = door.perform("goal.submit", goal_case, by=bureau.unit)
    again = Act.objects.get(pk=act.pk)
    names = [field.attname for field in Act._meta.concrete_fields]
    assert {name: getattr(again, name) for name in names} == {name: getattr(act, name) for name in names}
    assert again.record["indicators"][0] == ["产出指标", "数量指标", "修缮校舍面积", "≥1200平方米", "20.00"]


@contextlib.contextmanager
def asking_for_files(name: str):
    """Lets a step of the goal ask for evidence too, as rooms to come will."""
    procedure = PROCEDURES["goal"]
    step = procedure.step(name)
    needs = step.needs
    object.__setattr__(step, "needs", (*needs, Need("evidence", "佐证材料", "files")))
    try:
        yield
    finally:
        object.__setattr__(step, "needs", needs)


@pytest.fixture
def with_file(bureau, goal_case, settings, tmp_path) -> Attachment:
    settings.MEDIA_ROOT = tmp_path
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    upload = SimpleUploadedFile("C:\\材料\\决议.pdf", b"%PDF-1.7 resolution")
    upload.read()  # as a form's validation would have
    with asking_for_files("confirm"):
        door.perform("goal.confirm", goal_case, by=bureau.department, evidence=[upload])
    return Attachment.objects.get(case=goal_case)


def test_an_act_proves_its_files(with_file):
    act = with_file.act
    assert act.given == {"evidence": [{"name": "决议.pdf", "size": 19, "sha256": with_file.sha256}]}
    assert files.content(with_file) == b"%PDF-1.7 resolution"
    assert found(with_file.case) == []


def test_a_changed_file_is_found_and_giving_it_again_mends_it(with_file, tmp_path):
    stored = tmp_path / files.place(with_file.zone_id, with_file.sha256)
    stored.write_bytes(b"another resolution")
    assert found(with_file.case) == [f"{with_file.case.title}：决议.pdf：文件内容与办理时不符"]
    files.keep(with_file.zone_id, SimpleUploadedFile("决议.pdf", b"%PDF-1.7 resolution"))
    assert found(with_file.case) == []
    stored.unlink()
    assert found(with_file.case) == [f"{with_file.case.title}：决议.pdf：文件不见了"]


def test_a_file_exchanged_together_with_its_row_is_found(with_file):
    other = files.keep(with_file.zone_id, SimpleUploadedFile("决议.pdf", b"another resolution"))
    Attachment.objects.filter(pk=with_file.pk).update(sha256=other["sha256"], size=other["size"])
    assert found(with_file.case) == [
        f"{with_file.case.title}：办理时所附的文件“决议.pdf”不见了",
        f"{with_file.case.title}：文件“决议.pdf”与办理时所附的不符",
    ]


def test_a_file_whose_row_was_deleted_is_found(with_file):
    Attachment.objects.filter(pk=with_file.pk).delete()
    assert found(with_file.case) == [f"{with_file.case.title}：办理时所附的文件“决议.pdf”不见了"]


def test_a_file_given_with_a_selection_is_stored_once_for_all_of_it(bureau, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(door, "CHUNK", 2)
    cases = [make_goal(bureau) for _ in range(5)]
    door.perform_many("goal.submit", cases, by=bureau.unit, all_or_none=True)
    upload = SimpleUploadedFile("纪要.docx", b"minutes")
    with asking_for_files("confirm"):
        outcome = door.perform_many("goal.confirm", cases, by=bureau.department, given={"evidence": [upload]})
    assert len(outcome.acts) == 5
    assert list(Attachment.objects.order_by().values_list("name", "size").distinct()) == [("纪要.docx", 7)]
    assert Attachment.objects.count() == 5
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [
        Attachment.objects.first().sha256
    ]
    assert found(cases[0]) == []


def test_a_refused_act_leaves_no_file(bureau, goal_case, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    with asking_for_files("confirm"), pytest.raises(door.Refusal):
        door.perform(
            "goal.confirm", goal_case, by=bureau.budget, evidence=[SimpleUploadedFile("决议.pdf", b"x")]
        )
    assert list(tmp_path.rglob("*")) == []
    assert default_storage.location == str(tmp_path)


def test_a_long_file_name_keeps_its_ending(settings, tmp_path, bureau):
    settings.MEDIA_ROOT = tmp_path
    told = files.keep(bureau.zone.pk, SimpleUploadedFile("长" * 250 + ".pdf", b"x"))
    assert (len(told["name"]), told["name"][-5:]) == (200, "长.pdf")
