"""Key evaluation is done by experts or an institution engaged by the budget office; this is what they read (art. 14, 39)."""

from typing import Any

from jiheng.exante import paper, procedure
from jiheng.exante.models import ExanteEvaluation
from jiheng.support import engagement


def brief(evaluation: ExanteEvaluation) -> list[dict[str, Any]]:
    """The report and its review, without what the budget office has noted since."""
    return [
        section for section in paper.paper(evaluation) if not section["title"].startswith(("六、", "最终"))
    ]


engagement.offer(procedure.EXANTE.key, kind="engagement_exante", states=("key",), brief=brief)
