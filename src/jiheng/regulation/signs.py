"""Whether the text that everything refers to is there (art. 1, 40)."""

from collections.abc import Iterator

from django.utils import timezone

from jiheng.bureau.models import Person
from jiheng.bureau.profile import Values
from jiheng.operations.health import GREEN, YELLOW, Sign, watch
from jiheng.regulation.models import Edition


@watch
def _text(person: Person, values: Values) -> Iterator[Sign]:
    rows = Edition.objects.filter(zone=person.zone_id, effective__lte=timezone.localdate())
    if edition := rows.first():
        yield Sign("规程全文", GREEN, str(edition), link="regulation")
    else:
        yield Sign(
            "规程全文",
            YELLOW,
            "没有载入，条款页只有提要",
            "请运行 jiheng regulation load（运行与维护手册）。",
        )
