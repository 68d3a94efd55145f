"""What is published in the demo, and what isn't: every desk, a correction, a taking back, reasons to withhold (art. 22, 37)."""

import datetime
from typing import Any

from django.utils.timezone import localdate

from jiheng.bureau.models import Person
from jiheng.demo.goals import Desk
from jiheng.disclosure import preparing
from jiheng.disclosure.models import Disclosure
from jiheng.procedure import door
from jiheng.procedure.models import Case

STORIES: dict[str, tuple[str, ...]] = {
    "budget": ("open", "checking", "publish", "part", "late", "correct", "take", "link"),
    "self": ("publish", "publish", "return", "publish", "late", "link", "part", "open"),
    "department": ("publish", "publish", "publish", "open"),
    "finance": ("publish", "open"),
}
"""By item, what happens to one after another, the budget approved last first; all others are simply published."""
SECRET = "项目建设内容涉及国家秘密，定密文件见本部门保密档案。"
NOTHING = "本年度没有选定部门评价项目，经部门办公会确认。"
SITE = "https://www.example.gov.cn/{code}/{year}/{item}.html"


def publish_some(desk: Desk, year: int) -> None:
    """Last year's are published but for the newest; this year's are at every desk."""
    rows = Disclosure.objects.filter(zone=desk.bureau.zone).select_related(
        "case__zone", "case__department", "department"
    )
    for item, stories in STORIES.items():
        for of in (year - 1, year):
            told = rows.filter(item=item, year=of).order_by(
                "-due" if item == "budget" else "department__code", "number"
            )
            for place, record in enumerate(told):
                past = item == "budget" and of < year
                _tell(desk, record, stories[place] if place < len(stories) and not past else "publish")


def _tell(desk: Desk, record: Disclosure, story: str) -> None:
    """One item's story, within its days: opened, prepared, published about a week later."""
    if story == "open":
        return
    case = Case.objects.select_related("zone", "department").get(pk=record.case_id)
    code = "performance" if record.item == "finance" else case.department.code
    by, charge = desk.bureau.clerk(code), desk.bureau.clerk("expenditure")
    day = localdate(case.moved_at) + datetime.timedelta(days=24 if story == "late" else 6)
    today = desk.calendar.today

    def act(step: str, who: Person, after: int, opinion: str = "") -> None:
        with desk.calendar.at(min(day + datetime.timedelta(days=after), today), 15 if after else 10):
            door.perform(f"{case.procedure}.{step}", case, by=who, opinion=opinion)

    with desk.calendar.at(min(day, today), 9):
        entries = preparing.prepare(case, by=by)
        given: dict[str, Any] = {"way": "here"}
        if not entries:
            story = "withhold"
            given |= {"withheld": "nothing", "word": NOTHING}
        elif len(entries) == 1 and story == "part":
            story = "publish"
        elif story in ("part", "checking", "return"):
            given |= {f"withheld-{entries[-1].pk}": "secret", f"word-{entries[-1].pk}": SECRET}
        elif story == "link":
            given |= {
                "way": "link",
                "link": SITE.format(code=case.department.code, year=record.year, item=record.item),
            }
        for entry in entries:
            if entry.findings:
                given[f"masked-{entry.pk}"] = "1"
        faults = preparing.write(case, given, None, by=by)
        assert not faults, faults
    if story in ("part", "checking", "return", "withhold"):
        act("submit", by, 0)
        if story == "return":
            act("return", charge, 1, "只有建设地点涉密，请改为隐去该项内容后公开其余部分。")
        elif story == "part":
            act("confirm", charge, 1, "同意。")
        elif story == "withhold":
            act("withhold", charge, 1)
        return
    act("publish", by, 0)
    if story == "correct":
        act("correct", by, 10, "时效指标的指标值录入有误，按批复的绩效目标更正。")
        act("publish", by, 11)
    elif story == "take":
        act("withdraw", by, 12, "公开后发现附件格式不符合统一要求，先撤下核对。")
