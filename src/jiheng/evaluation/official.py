"""The official self-evaluation form (项目支出绩效自评表): read, written, and kept as it was uploaded."""

import io
from collections.abc import Sequence

from jiheng.evaluation.assessing import form_of
from jiheng.evaluation.models import SelfEvaluation
from jiheng.goal.checking import rules_of
from jiheng.indicator.form import Form
from jiheng.paper.self_evaluation import read_self_evaluations
from jiheng.paper.self_evaluation_form import write_self_evaluations
from jiheng.paper.workbook import Unreadable
from jiheng.procedure import files


def read(content: bytes) -> list[Form]:
    """The self-evaluation sheets of a file. Raises Unreadable where there is none."""
    forms = [form for form in read_self_evaluations(content) if form.kind != "goal"]
    if not forms:
        raise Unreadable("文件里只有目标申报表，没有自评表；自评表要有“实际完成值”“得分”两栏")
    return forms


def write(evaluation: SelfEvaluation) -> bytes:
    """The form with goal, weights and money filled in; actual values, points and reasons as far as they are there."""
    return write_together([evaluation])


def write_together(evaluations: Sequence[SelfEvaluation]) -> bytes:
    """The forms of several in one workbook, a sheet each."""
    return write_self_evaluations(
        [
            (form_of(each, list(each.rows.all())), each.goal.year, rules_of(each.case.profile_id))
            for each in evaluations
        ]
    )


def keep(evaluation_case, name: str, content: bytes) -> None:
    """Keeps an uploaded form under its hash; the record names the hash, and the act the record."""
    file = io.BytesIO(content)
    file.name = name
    files.keep(evaluation_case.zone_id, file)


def kept(evaluation: SelfEvaluation) -> bytes | None:
    """The form as it was uploaded, or None when there was none."""
    if not evaluation.form_sha256:
        return None
    return files.read(evaluation.zone_id, evaluation.form_sha256)
