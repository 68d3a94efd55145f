"""Articles 7, 26 and 40: the integrated budget system sends figures by itself, through the same door as the treasury."""

import json

import pytest

from jiheng.cli import main
from jiheng.exchange import connections
from jiheng.exchange.models import Connection
from jiheng.monitoring import control
from jiheng.procedure import chain, door, files
from jiheng.procedure.models import Act, Attachment
from jiheng.project.models import ExecutionBatch, ExecutionFigure
from tests.bureau_fixture import make_project
from tests.rooms import file, load_figures, words

ADDRESS = "/api/execution"
SYSTEM = "预算管理一体化系统"


@pytest.fixture
def project(bureau):
    return make_project(bureau, name="校舍维修")


@pytest.fixture
def send(bureau, client):
    _, token = connections.create(SYSTEM, bureau.treasury, by=bureau.general)

    def post(given, token=token):
        content = given if isinstance(given, bytes) else json.dumps(given).encode()
        return client.post(
            ADDRESS, content, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
        )

    return post


def row(project, **changed):
    return {
        "pro_code": project.code, "pro_name": project.name, "initial": 900000, "adjustment": "100000",
        "full_year": 1000000, "plan": 500000.5, "paid": "400000.25",
    } | changed  # fmt: skip


def batch(*rows, number="2026-07", as_of="2026-07-31", **more):
    return {"number": number, "as_of": as_of, "rows": list(rows)} | more


@pytest.mark.article(7)
@pytest.mark.article(40)
def test_a_batch_enters_in_the_name_of_the_person_responsible(bureau, send, project):
    answer = send(batch(row(project)))
    told = answer.json()
    assert (answer.status_code, told["code"], told["rows"], told["paid"]) == (201, "entered", 1, "400000.25")
    (act,) = Act.objects.all()
    assert (act.person_id, act.organization_name, act.record["number"]) == (
        bureau.treasury.pk,
        "国库科",
        "2026-07",
    )
    figure = ExecutionFigure.objects.get()
    assert (figure.initial, figure.full_year, f"{figure.plan}", f"{figure.paid}") == (
        900000, 1000000, "500000.50", "400000.25",
    )  # fmt: skip
    (kept,) = Attachment.objects.all()
    assert (
        kept.name == f"{SYSTEM}-2026-07.json" and json.loads(files.read(kept.zone_id, kept.sha256))["number"]
    )
    assert told["page"] == f"/case/{act.case_id}/"
    assert Connection.objects.get().used_at is not None
    assert list(chain.verify(bureau.zone.pk)) == []


def test_the_same_again_changes_nothing(send, project):
    first = send(batch(row(project))).json()
    for again in (
        batch(row(project)),
        batch(row(project, paid=400000.25, pro_name="改了名"), number="另一号"),
    ):
        answer = send(again)
        assert (answer.status_code, answer.json()["code"]) == (200, "unchanged")
        assert answer.json()["batch"] == first["batch"]
    other = send(batch(row(project, paid="400001")))
    assert (other.status_code, other.json()["code"]) == (409, "number_taken")
    assert "新的一批请用新号" in other.json()["message"]
    assert ExecutionBatch.objects.count() == 1 and Act.objects.count() == 1


def test_a_number_is_free_again_after_withdrawal(bureau, send, project):
    send(batch(row(project)))
    door.perform(
        "execution.withdraw", ExecutionBatch.objects.get().case, by=bureau.treasury, opinion="口径有误"
    )
    assert send(batch(row(project, paid="1"))).status_code == 201


@pytest.mark.article(40)
def test_who_shows_no_token_that_stands_is_told_so(bureau, send, client, project):
    answers = [
        client.post(ADDRESS, b"{}", content_type="application/json"),
        send(batch(row(project)), token="x"),
    ]
    client.force_login(bureau.treasury)  # to be signed in on the page counts for nothing here
    answers.append(client.post(ADDRESS, b"{}", content_type="application/json"))
    connections.revoke(Connection.objects.get(), by=bureau.general)
    answers.append(send(batch(row(project))))
    for answer in answers:
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
        assert "令牌由综合科发放和停用" in answer.json()["message"]
    assert client.get(ADDRESS).status_code == 405
    assert not ExecutionBatch.objects.exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"\xff{", "内容不是 UTF-8 的 JSON"),
        (b"[" * 100_000, "内容不是 UTF-8 的 JSON"),
        (b'{"number": "\\ud800"}', "内容不是 UTF-8 的 JSON"),
        ([], "最外层应是对象"),
        ({"number": "1", "as_of": "2026-07-31", "rows": [], "more": 1}, "认不出的字段：more"),
        ({"as_of": "2026-07-31", "rows": []}, "number（批次号）应是 1 至 64 个字"),
        ({"number": "号" * 65, "as_of": "2026-07-31", "rows": []}, "number（批次号）应是 1 至 64 个字"),
        ({"number": "1\u0000", "as_of": "2026-07-31", "rows": []}, "看不见的字符"),
        ({"number": "1", "as_of": "七月", "rows": []}, "as_of（截止日期）应写成"),
        ({"number": "1", "as_of": "2026-07-31", "rows": {}}, "rows 应是数组"),
    ],
)
def test_what_is_no_batch_is_told_so(send, sent, message):
    answer = send(sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert message in answer.json()["message"]


def test_faults_are_told_at_their_place_and_nothing_is_entered(send, project):
    answer = send(
        batch(
            row(project),
            row(project, pro_code="41078126T99999999999X", paid="四十万", full_year=1),
            row(project, pro_code="4107", pro_name=None, plan=-1),
            "不是对象",
            row(project) | {"money": 1},
        )
    )
    told = {fault["place"]: fault["message"] for fault in answer.json()["faults"]}
    assert answer.status_code == 422 and answer.json()["code"] == "faults"
    assert told["rows[1].paid"] == "支付数（全年执行数）“四十万”不是金额"
    assert "相差" in told["rows[1].full_year"]
    assert told["rows[2].pro_code"] == "项目代码“4107”有 4 位，应为 21 位字母数字"
    assert told["rows[2].pro_name"] == "项目名称空白" and told["rows[2].plan"] == "用款计划数“-1”是负数"
    assert told["rows[3]"] == "不是对象" and told["rows[4]"] == "字段认不出：money"
    unknown = send(batch(row(project, pro_code="41078126T99999999999X")))
    assert "项目库里没有代码为" in unknown.json()["faults"][0]["message"]
    assert send(batch()).json()["faults"][0]["message"] == "没有一行执行数"
    assert not ExecutionBatch.objects.exists()


@pytest.mark.article(26)
@pytest.mark.parametrize(("changed", "place"), [({"paid": "100.01"}, "paid"), ({"plan": 200001}, "plan")])
def test_payments_and_plans_of_a_stopped_project_are_refused(bureau, send, project, changed, place):
    type(project).objects.update(stage="executing")
    load_figures(bureau, project, 100, cutoff=door.now().date().replace(month=1, day=31), plan=200_000)
    case = control.propose(
        project, "suspend", "严重偏离目标。", by=bureau.expenditure, evidence=[file("a.txt", b"a")]
    )
    quiet = {"paid": "100", "plan": 200_000}
    day = door.now().date().replace(month=12, day=31).isoformat()
    for person in (bureau.expenditure, bureau.treasury):
        door.perform("control.sign", case, by=person)
    other = make_project(bureau, unit="unit2", name="取暖改造")
    answer = send(batch(row(other), row(project, **quiet | changed), as_of=day))
    assert (answer.status_code, answer.json()["code"]) == (422, "stopped")
    (fault,) = answer.json()["faults"]
    assert (fault["place"], fault["article"], fault["project"]) == (f"rows[1].{place}", 26, project.code)
    assert "暂缓拨款" in fault["message"] and "会签解除后再送" in fault["remedy"]
    assert ExecutionBatch.objects.count() == 1
    assert send(batch(row(other), row(project, **quiet), as_of=day)).status_code == 201


def test_a_person_who_left_the_treasury_can_not_be_sent_for(bureau, send, project):
    bureau.treasury.posts.all().delete()
    answer = send(batch(row(project)))
    assert (answer.status_code, answer.json()["code"]) == (403, "refused")
    assert "国库科" in answer.json()["message"] and not ExecutionBatch.objects.exists()
    bureau.treasury.is_active = False
    bureau.treasury.save()
    assert send(batch(row(project))).status_code == 401


@pytest.mark.article(40)
def test_the_general_office_makes_and_revokes_connections_on_its_page(as_person, bureau):
    refused = as_person(bureau.treasury).get("/import/connections/")
    assert refused.status_code == 403 and "规程第40条" in words(refused)
    client = as_person(bureau.general)
    wrong = client.post("/import/connections/", {"name": " ", "person": str(bureau.budget.pk)})
    assert wrong.status_code == 422 and "请选择国库科的一位责任人" in words(wrong)
    made = client.post("/import/connections/", {"name": SYSTEM, "person": str(bureau.treasury.pk)})
    token = made.content.decode().split('<code class="jh-hash">')[1].split("</code>")[0]
    connection = Connection.objects.get()
    assert connection.token == Connection.hashed(token) and token not in words(
        client.get("/import/connections/")
    )
    assert "建立对接" in words(client.get("/bureau/changes/"))
    client.post(f"/import/connections/{connection.pk}/revoke/")
    connection.refresh_from_db()
    assert connection.revoked_at and "停用" in words(client.get("/import/connections/"))
    assert as_person(bureau.treasury).post(f"/import/connections/{connection.pk}/revoke/").status_code == 403


@pytest.mark.article(40)
def test_connections_from_the_command_line(bureau, capsys):
    assert main(["connection", "create", SYSTEM, "--person", bureau.budget.username]) == 2
    assert "责任人须是国库科的在用人员" in capsys.readouterr().err
    assert main(["connection", "create", SYSTEM, "--person", bureau.treasury.username]) == 0
    token = capsys.readouterr().out.strip()
    assert Connection.objects.get().token == Connection.hashed(token)
    main(["connection", "list"])
    assert f"{SYSTEM}：在用" in capsys.readouterr().out
    assert main(["connection", "revoke", SYSTEM]) == 0 and main(["connection", "revoke", SYSTEM]) == 2
    assert main(["connection", "create", SYSTEM, "--person", "nobody"]) == 2
