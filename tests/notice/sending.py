"""Requirements and notices as tests begin them: through the same drafting as the pages, and the door."""

import datetime
from typing import Any

from django.utils.timezone import localdate

from jiheng.notice import drafting
from jiheng.notice.kinds import KINDS
from jiheng.notice.models import Notice, Receipt, Requirement
from jiheng.procedure import door
from tests.bureau_fixture import Bureau

CUTOFF = datetime.date(2026, 7, 31)


def later(days: int = 10) -> datetime.date:
    return localdate() + datetime.timedelta(days=days)


def requirement(bureau: Bureau, kind: str = "budget", year: int = 2026, *, to: str = "sent") -> Requirement:
    """A requirement of the performance office, ``to`` draft, sent or taken."""
    given = {"year": year, "title": f"{year}年绩效管理要求", "text": "所有项目都要编报绩效目标。"}
    made = drafting.begin_requirement(KINDS[kind], given, by=bureau.performance)
    key, host = KINDS[kind].carried, bureau.people[KINDS[kind].host.key]
    if to != "draft":
        door.perform(f"{key}.send", made.case, by=bureau.performance)
    if to == "taken":
        door.perform(f"{key}.take", made.case, by=host)
    return made


def draft(bureau: Bureau, kind: str = "budget", year: int = 2026, **given: Any) -> Notice:
    """A notice that lacks nothing, asking everybody unless said otherwise."""
    wanted = KINDS[kind]
    whole = {
        "year": year, "title": f"{year}年{wanted.label}", "text": "请按时报送。", "deadline": later(),
        "asks": Notice.Asks.EVERYBODY, "number": "", "scope": "单位自评：全部项目。" if wanted.scope else "",
        "cutoff": CUTOFF if wanted.cutoff else None,
    }  # fmt: skip
    return drafting.begin_notice(wanted, whole | given, by=bureau.people[wanted.host.key])


def issue(bureau: Bureau, notice: Notice, **given: Any):
    return door.perform(
        f"{notice.case.procedure}.issue", notice.case, by=bureau.people[notice.is_a.host.key], **given
    )


def issued(bureau: Bureau, kind: str = "budget", year: int = 2026, **given: Any) -> dict[str, Receipt]:
    """A notice that went out: everybody's receipt, by the key of the fixture's organization."""
    notice = draft(bureau, kind, year, **given)
    issue(bureau, notice)
    names = {organization.pk: key for key, organization in bureau.organizations.items()}
    receipts = Receipt.objects.filter(round__notice=notice).select_related("case", "round__notice")
    return {names[receipt.organization_id]: receipt for receipt in receipts}


def sign(bureau: Bureau, receipt: Receipt, person: str):
    return door.perform(f"{receipt.case.procedure}.sign", receipt.case, by=bureau.people[person])
