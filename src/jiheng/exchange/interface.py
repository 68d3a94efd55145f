"""The interface for other systems: POST /api/execution takes one batch of execution figures (norms 10, art. 7, 26).

Every answer is JSON. What is wrong is told like on the page: where, what, how to put it right. Nothing is half entered.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jiheng.exchange.models import Connection
from jiheng.paper.execution_figures import FigureError, parse_date, read_execution_rows
from jiheng.procedure import door
from jiheng.project import loading
from jiheng.project.models import ExecutionBatch
from jiheng.project.watching import Flag

KEYS = {"number", "as_of", "rows"}
LONGEST_NUMBER = 64


def _answer(status: int, code: str, message: str, **more: Any) -> JsonResponse:
    return JsonResponse(
        {"code": code, "message": message, **more}, status=status, json_dumps_params={"ensure_ascii": False}
    )


def _connected(respond: Callable[[HttpRequest, Connection], JsonResponse]) -> Callable[..., JsonResponse]:
    """Lets in whoever shows the token of a connection that stands."""

    def answered(request: HttpRequest) -> JsonResponse:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        found = None
        if kind.lower() == "bearer" and token:
            standing = Connection.objects.filter(revoked_at=None, person__is_active=True)
            found = (
                standing.select_related("person__zone").filter(token=Connection.hashed(token.strip())).first()
            )
        if found is None:
            refused = _answer(
                401,
                "unauthorized",
                "没有给出有效的令牌。请在 Authorization 头里写 Bearer 和令牌；令牌由综合科发放和停用。",
                article=40,
            )
            refused["WWW-Authenticate"] = "Bearer"
            return refused
        Connection.objects.filter(pk=found.pk).update(used_at=timezone.now())
        return respond(request, found)

    return csrf_exempt(require_POST(answered))


@_connected
def execution(request: HttpRequest, connection: Connection) -> JsonResponse:
    """Enters a batch: {"number", "as_of", "rows": [{pro_code, pro_name, initial, adjustment, full_year, plan, paid}]}.

    201 entered; 200 the same was entered before, nothing changes; 400 not such an object; 409 the number stands for
    other figures; 422 figures that can't be entered, among them payments and plans of projects whose money is stopped.
    """
    try:
        content = request.body
        given = json.loads(content, parse_float=str, parse_int=str)
        if rb"\ud" in content.lower():
            json.dumps(given, ensure_ascii=False).encode()  # half a character is none
    except RequestDataTooBig:
        return _answer(413, "too_large", "一次送得太多，请分几批送。")
    except (ValueError, RecursionError):
        return _answer(400, "malformed", "内容不是 UTF-8 的 JSON。")
    if fault := _misshapen(given):
        return _answer(400, "malformed", fault)
    number, zone = given["number"].strip(), connection.zone
    read = read_execution_rows(given["rows"], given["as_of"])
    if read.errors:
        return _faults(read.errors)
    checked = loading.examine(
        connection.person.zone,
        read.rows,
        source=f"{connection.name}-{number}.json",
        content=content,
        number=number,
    )
    if checked.faults:
        return _faults(checked.faults)
    if (told := _known(zone, number, checked)) is not None:
        return told
    if checked.flags:
        return _stopped(checked.flags, {row.project_code: row.place for row in read.rows})
    try:
        act = loading.enter(checked, by=connection.person)
    except door.Refusal as refusal:
        return _answer(
            403,
            "refused",
            "；".join(reason.text for reason in refusal.reasons),
            reasons=[{"message": r.text, "article": r.article, "next": r.next} for r in refusal.reasons],
        )
    except IntegrityError:  # the same call came twice at once: the other was the first
        told = _known(zone, number, loading.again(checked, connection.person.zone))
        if told is None:
            raise
        return told
    batch = ExecutionBatch.objects.select_related("case").get(case_id=act.case_id)
    return _answer(201, "entered", f"已载入 {checked.rows} 个项目。", **_told(batch, checked))


def _misshapen(given: Any) -> str:
    """What is wrong with the shape of what was sent; empty where it is as it should be."""
    if not isinstance(given, dict):
        return "最外层应是对象：{number, as_of, rows}。"
    if strange := sorted(set(given) - KEYS):
        return f"认不出的字段：{'、'.join(strange[:5])}。"
    number = given.get("number")
    if not isinstance(number, str) or not number.strip() or len(number.strip()) > LONGEST_NUMBER:
        return f"number（批次号）应是 1 至 {LONGEST_NUMBER} 个字的文字；同一批重送用同一个号。"
    if not number.isprintable():
        return "number（批次号）里有看不见的字符。"
    if not isinstance(given.get("as_of"), str) or parse_date(given["as_of"]) is None:
        return "as_of（截止日期）应写成 2026-07-31 的样子。"
    if not isinstance(given.get("rows"), list):
        return "rows 应是数组，一个项目一行。"
    return ""


def _faults(faults: Sequence[FigureError]) -> JsonResponse:
    told = [{"place": each.place, "message": each.message, "remedy": each.remedy} for each in faults]
    return _answer(422, "faults", f"有 {len(told)} 处要改，没有载入任何一行。", article=7, faults=told)


def _known(zone, number: str, checked: loading.Checked) -> JsonResponse | None:
    """The answer where this batch was entered before, by its number or by what it says."""
    standing = ExecutionBatch.objects.filter(zone=zone, withdrawn=False).select_related("case")
    numbered = standing.filter(number=number).first()
    if numbered is not None and (checked.same is None or checked.same.pk != numbered.pk):
        return _answer(
            409,
            "number_taken",
            f"批次号“{number}”已用于另一批（截至 {numbered.cutoff}）。新的一批请用新号；要更正的，先由国库科整批撤回。",
            article=7,
        )
    if checked.same is None:
        return None
    return _answer(200, "unchanged", "这一批已经载入过，内容没有变化。", **_told(checked.same, checked))


def _told(batch: ExecutionBatch, checked: loading.Checked) -> dict[str, Any]:
    return {
        "batch": str(batch.pk),
        "page": batch.case.get_absolute_url(),
        "as_of": batch.cutoff.isoformat(),
        "rows": checked.rows,
        "full_year": f"{sum(entry.full_year for entry in checked.entries):.2f}",
        "paid": f"{checked.paid:.2f}",
        "sha256": batch.sha256,
    }


def _stopped(flags: list[Flag], places: dict[str, str]) -> JsonResponse:
    """New payments and plans of projects whose money is stopped are refused (art. 26)."""
    faults = [
        {
            "place": f"{places[flag.payment.project.code]}.{'plan' if flag.payment.planned else 'paid'}",
            "project": flag.payment.project.code,
            "message": f"“{flag.payment.project.name}”{flag.text}"
            f"新增{flag.payment.what} {flag.payment.increase:,.2f} 元不能接收。",
            "article": 26,
            "remedy": "由支出管理科、国库科会签解除后再送；已经支付的，由国库科用文件载入，逐笔标出。",
            "page": flag.link,
        }
        for flag in flags
    ]
    told = f"有 {len(faults)} 笔支付或用款计划属于暂缓、停止拨款的项目（规程第26条），没有载入任何一行。"
    return _answer(422, "stopped", told, article=26, faults=faults)
