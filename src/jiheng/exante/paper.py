"""An ex-ante evaluation as sections to be read: what is printed, and what is put on file (art. 13, 15)."""

from typing import Any

from django.template.defaultfilters import filesizeformat

from jiheng.exante import rules
from jiheng.exante.drafts import bounds_of, plain
from jiheng.exante.models import ExanteEvaluation

KINDS = {"expert": "专家", "institution": "第三方机构"}


def paper(evaluation: ExanteEvaluation, *, whole: bool = False) -> list[dict[str, Any]]:
    """The whole report: object, grounds, the six points, conclusions, evidence.

    A review that is not finished yet is left out, unless ``whole``: until it is, nobody else should read it.
    """
    reviewed = whole or evaluation.case.state != "submitted"
    found = whole or evaluation.case.state != "key"
    sections = [_object(evaluation), *_grounds(evaluation), _points(evaluation, reviewed)]
    sections += [_review(evaluation)] if reviewed and evaluation.conclusion else []
    sections += [_key(evaluation)] if found and evaluation.key_by else []
    sections += [_final(evaluation)] if evaluation.final_conclusion else []
    return [*sections, _evidence(evaluation)]


def filed_paper(evaluation: ExanteEvaluation) -> list[dict[str, Any]]:
    """What is put on file once the evaluation is concluded."""
    return paper(evaluation, whole=True)


def wan(amount: Any) -> str:
    return "—" if amount is None else f"{amount / 10000:,.2f} 万元"


def _object(evaluation: ExanteEvaluation) -> dict[str, Any]:
    project = evaluation.project
    years = f"{project.first_year}" + (
        f"–{project.last_year}" if project.last_year != project.first_year else ""
    )
    facts = [
        ["项目（政策）", project.name],
        ["项目代码", project.code],
        ["主管部门", project.department.name],
        ["实施单位", project.unit.name],
        ["类别", project.get_kind_display()],
        ["项目属性", project.get_attribute_display()],
        ["资金性质", project.get_fund_display()],
        ["起止年度", years],
        ["总投资", wan(project.total)],
        ["申请预算年度", f"{evaluation.year}年"],
        ["申请金额", wan(evaluation.asked)],
    ]
    return {"title": "一、评估对象", "facts": facts}


def _grounds(evaluation: ExanteEvaluation) -> list[dict[str, Any]]:
    return [
        {"title": "二、项目背景和内容", "text": evaluation.background or "未填写"},
        {"title": "三、立项依据", "text": evaluation.basis or "未填写"},
    ]


def _points(evaluation: ExanteEvaluation, reviewed: bool) -> dict[str, Any]:
    weights = bounds_of(evaluation.case.profile_id).weights
    labels = {point.key: point.label for point in rules.POINTS}
    rows = [
        [labels[row.key], plain(weights[row.key]), plain(row.self_score) or "—", (reviewed and plain(row.score)) or "—", row.text or "未填写",
         row.comment if reviewed else ""]
        for row in evaluation.points.all()
    ]  # fmt: skip
    selfs = [row.self_score for row in evaluation.points.all() if row.self_score is not None]
    rows.append(
        [
            "合计",
            "100",
            plain(sum(selfs)) if selfs else "—",
            (reviewed and plain(evaluation.score)) or "—",
            "",
            "",
        ]
    )
    return {
        "title": "四、六个方面的评估（规程第13条）",
        "head": ["方面", "分值", "自评分", "审核评分", "论证", "审核意见"],
        "rows": rows,
        "figures": [1, 2, 3],
    }


def _review(evaluation: ExanteEvaluation) -> dict[str, Any]:
    facts = [
        ["审核总分", plain(evaluation.score) or "—"],
        ["结论", evaluation.get_conclusion_display()],
        ["轻重缓急", evaluation.get_priority_display() or "—"],
        ["建议安排", wan(evaluation.proposed)],
        ["总体意见", evaluation.word or "—"],
    ]
    return {"title": "五、支出管理科审核", "facts": facts}


def _key(evaluation: ExanteEvaluation) -> dict[str, Any]:
    facts = [
        ["选作重点评估的理由", evaluation.key_reason],
        [KINDS.get(evaluation.key_kind, "由谁做"), evaluation.key_by],
        ["得分", plain(evaluation.key_score) or "—"],
        ["结论", evaluation.get_key_conclusion_display() or "—"],
        ["建议安排", wan(evaluation.key_amount)],
        ["意见", evaluation.key_word or "—"],
    ]
    return {"title": "六、重点绩效评估（规程第14条）", "facts": facts}


def _final(evaluation: ExanteEvaluation) -> dict[str, Any]:
    facts = [
        ["结论", evaluation.get_final_conclusion_display()],
        ["得分", plain(evaluation.final_score)],
        ["建议安排", wan(evaluation.final_amount)],
        ["评定日期", f"{evaluation.concluded_on:%Y-%m-%d}" if evaluation.concluded_on else "—"],
        ["依据", "重点绩效评估" if evaluation.is_key else "支出管理科审核、预算科审核"],
    ]
    return {"title": "最终结论", "facts": facts}


def _evidence(evaluation: ExanteEvaluation) -> dict[str, Any]:
    rows = [
        [file.get_kind_display(), file.name, filesizeformat(file.size), file.sha256]
        for file in evaluation.evidence.all()
    ]
    if not rows:
        return {"title": "佐证材料", "text": "没有佐证材料"}
    return {"title": "佐证材料", "head": ["种类", "文件名", "大小", "SHA-256"], "rows": rows}
