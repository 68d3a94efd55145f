"""Whether filings say what they said when they were made, and their evidence is there (art. 15, 20, 25, 36)."""

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from jiheng.filing.filing import digest
from jiheng.filing.models import Filing
from jiheng.procedure import files
from jiheng.procedure.models import Attachment

AT_ONCE = 200
WORDS = {"whole": "", "missing": "不见了", "changed": "内容与备案时不符"}


def faults(zone_id: UUID) -> Iterator[str]:
    """Every filing whose digest doesn't fit what it says, and evidence that is missing or not what it was.

    Files given with acts are checked with the acts; here only those that a room kept itself.
    """
    rows = (
        Filing.objects.filter(zone_id=zone_id)
        .select_related("act")
        .order_by("pk")
        .iterator(chunk_size=AT_ONCE)
    )
    while part := list(islice(rows, AT_ONCE)):
        named = {each["sha256"] for filing in part for each in filing.evidence}
        given = Attachment.objects.filter(zone_id=zone_id, sha256__in=named).values_list("sha256", flat=True)
        own = named - set(given)
        wrong = {sha256: fault for sha256 in own if (fault := WORDS[files.standing(zone_id, sha256)])}
        for filing in part:
            if digest(filing) != filing.digest:
                yield f"备案“{filing.what}”的内容与哈希不符"
            for each in filing.evidence:
                if each["sha256"] in wrong:
                    yield f"备案“{filing.what}”的佐证材料“{each['name']}”{wrong[each['sha256']]}"
