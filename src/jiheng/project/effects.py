"""Which projects another profile would call major (art. 12, 43)."""

from collections.abc import Iterator

from django.utils.timezone import localdate

from jiheng.bureau.effects import EXAMPLES, Effect, Example, goes_by
from jiheng.bureau.models import Zone
from jiheng.bureau.profile import Values
from jiheng.project.admission import major_rows_by
from jiheng.project.models import Project


@goes_by("major")
def _major(zone: Zone, before: Values, after: Values) -> Iterator[Effect]:
    known = Project.objects.filter(zone=zone, last_year__gte=localdate().year)
    was = set(known.filter(major_rows_by(before)).values_list("pk", flat=True))
    now = set(known.filter(major_rows_by(after)).values_list("pk", flat=True))
    shown = known.filter(pk__in=list(was ^ now)).order_by("code")[:EXAMPLES]
    yield Effect(
        "项目库中是否重大",
        len(was ^ now),
        known.count(),
        (
            f"重大的由 {len(was)} 个变为 {len(now)} 个",
            f"新列为重大 {len(now - was)} 个，不再是重大 {len(was - now)} 个",
        ),
        tuple(
            Example(
                each.name,
                each.get_absolute_url(),
                *(("重大", "不是") if each.pk in was else ("不是", "重大")),
            )
            for each in shown
        ),
    )
