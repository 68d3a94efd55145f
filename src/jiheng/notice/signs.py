"""Whether reminders go out (art. 24, 40)."""

import datetime
from collections.abc import Iterator

from django.utils import timezone

from jiheng.bureau.models import Person
from jiheng.bureau.profile import Values
from jiheng.bureau.standing import standing
from jiheng.operations.health import DAY, GREEN, YELLOW, Sign, watch
from jiheng.operations.models import Run
from jiheng.operations.running import last


@watch
def _reminders(person: Person, values: Values) -> Iterator[Sign]:
    run, stands = last(Run.Kind.REMIND, person.zone_id), standing(person.zone)
    day: datetime.date = timezone.localdate() - DAY
    while not stands.works(day):
        day -= DAY
    if run is None:
        yield Sign(
            "到期提醒", YELLOW, "还没有运行过", "请让系统每个工作日早上运行 jiheng remind（运行与维护手册）。"
        )
    elif timezone.localdate(run.began_at) < day:
        yield Sign(
            "到期提醒",
            YELLOW,
            f"最近一次在 {timezone.localdate(run.began_at)}",
            "请查看定时任务为什么没有运行。",
            "runs",
        )
    else:
        yield Sign("到期提醒", GREEN, f"{timezone.localtime(run.began_at):%Y-%m-%d %H:%M}：{run.told}")
