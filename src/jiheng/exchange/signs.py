"""Whether figures come in from the integrated budget system (art. 40)."""

from collections.abc import Iterator

from django.utils import timezone

from jiheng.bureau.models import Person
from jiheng.bureau.profile import Values
from jiheng.exchange.models import Connection
from jiheng.operations.health import GREEN, YELLOW, Sign, watch
from jiheng.project.models import ExecutionBatch


@watch
def _figures(person: Person, values: Values) -> Iterator[Sign]:
    year = timezone.localdate().year
    rows = ExecutionBatch.objects.filter(zone=person.zone_id, withdrawn=False, year=year)
    if batch := rows.order_by("-cutoff").first():
        yield Sign("执行数", GREEN, f"最近一批截至 {batch.cutoff}", link="execution-batches")
    else:
        yield Sign(
            "执行数", YELLOW, f"{year}年还没有载入", "请国库科载入，或接通一体化系统。", "execution-batches"
        )
    for each in Connection.objects.filter(zone=person.zone_id, revoked_at=None).select_related("person"):
        used = f"最近使用 {timezone.localtime(each.used_at):%Y-%m-%d %H:%M}" if each.used_at else "还没有用过"
        if each.person.is_active:
            yield Sign(f"对接：{each.name}", GREEN, used, link="connections")
        else:
            yield Sign(
                f"对接：{each.name}",
                YELLOW,
                "责任人已停用，送来的数会被拒绝",
                "请停用后另建。",
                "connections",
            )
