"""Verifying the whole record as a run of the operations log, and the sign that it was done lately (art. 40)."""

from collections.abc import Iterator
from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from jiheng.bureau.changes import Seat, may_change
from jiheng.bureau.models import Person, Zone
from jiheng.bureau.profile import Values
from jiheng.bureau.views import refused
from jiheng.operations.health import DAY, GREEN, RED, YELLOW, Sign, age, watch
from jiheng.operations.models import Run
from jiheng.operations.running import Failed, State, begin, carry_out_apart, last
from jiheng.procedure import chain
from jiheng.procedure.models import Act

SHOWN = 50
"""So many faults are told in the log; the command tells all."""


def verified(zone: Zone) -> str:
    """What a verification found. Raises Failed with the faults."""
    acts = Act.objects.filter(zone=zone).count()
    found = list(islice(chain.verify(zone.pk), SHOWN + 1))
    if found:
        more = f"；只列前 {SHOWN} 处，全部的用 jiheng audit verify" if len(found) > SHOWN else ""
        raise Failed(f"{acts:,} 次办理中有问题：" + "；".join(found[:SHOWN]) + more)
    return f"{acts:,} 次办理和所附文件都完整"


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Begins a verification beside everybody's work."""
    person = request.user
    assert isinstance(person, Person)
    if reason := may_change(person, Seat.AUDIT):
        return refused(request, f"核验办理记录{reason}")
    zone = person.zone
    try:
        run = begin(Run.Kind.VERIFY, person=person, zone=zone)
    except Failed as fault:
        messages.error(request, str(fault))
    else:
        carry_out_apart(run, lambda run: verified(zone))
        messages.success(request, "已开始核验，做完后结果在运行日志里。")
    return redirect("runs")


@watch
def _signs(person: Person, values: Values) -> Iterator[Sign]:
    run, within = last(Run.Kind.VERIFY, person.zone_id), values("operations", "verify_days")
    label = "办理记录"
    if run is None or age(run.began_at) > within * DAY:
        told = f"已超过 {within} 天没有核验" if run else "还没有核验过"
        yield Sign(label, YELLOW, told, "请按“核验办理记录”，或让系统每月自动运行 jiheng audit verify。")
    elif run.state == State.FAILED:
        yield Sign(label, RED, run.told, "记录或文件被动过：请保留现场，从备份核对，报告局领导。", "runs")
    else:
        yield Sign(
            label, GREEN, f"{timezone.localtime(run.began_at):%Y-%m-%d %H:%M} 核验：{run.told}", link="runs"
        )
