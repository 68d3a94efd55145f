"""How figures and the regulation's words are shown. Built into every template, so no {% load %} is needed.

Filters: ``wan`` ``yuan`` ``percent`` ``light`` ``state_name`` ``step_label`` ``procedure_label`` ``article_title``
``actor`` ``control``
Tags: ``{% state_label case %}`` ``{% due task.due %}`` ``{% article 18 %}`` ``{% articles act.articles %}``
``{% rate paid full_year %}`` ``{% here page=2 %}`` ``{% error_summary as found %}``

Amounts come in 元 and are shown in 万元 (``wan``) or 元 (``yuan``) with two places, half-up, with thousand marks.
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.forms import BoundField
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from jiheng.bureau.standing import standing
from jiheng.paper import money
from jiheng.paper.money import NOTHING, places
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.table import PROCEDURES
from jiheng.regulation.articles import ARTICLES

register = template.Library()
LIGHTS = {"green": ("●", "绿灯"), "yellow": ("▲", "黄灯"), "red": ("■", "红灯")}


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@register.filter
def wan(yuan: Any) -> str:
    """An amount in 元 as 万元 with two places: 12345678 → 1,234.57."""
    return money.wan(_decimal(yuan))


@register.filter
def yuan(amount: Any) -> str:
    """An amount in 元 with two places and thousand marks."""
    number = _decimal(amount)
    return NOTHING if number is None else places(number)


@register.filter
def percent(ratio: Any) -> str:
    """A ratio as a percentage with two places: 0.853 → 85.30%."""
    number = _decimal(ratio)
    return NOTHING if number is None else f"{places(number * 100)}%"


@register.simple_tag
def rate(part: Any, whole: Any) -> str | SafeString:
    """A percentage that tells its numerator and denominator (both in 元) on hover."""
    upper, lower = _decimal(part), _decimal(whole)
    if upper is None or not lower:
        return NOTHING
    return format_html('<span title="{} ÷ {} 元">{}</span>', yuan(upper), yuan(lower), percent(upper / lower))


@register.filter
def light(value: Any) -> str | SafeString:
    """A light of double monitoring (art. 23): shape, word and colour."""
    if value not in LIGHTS:
        return NOTHING
    shape, word = LIGHTS[value]
    return format_html(
        '<span class="jh-light jh-light-{}"><span aria-hidden="true">{}</span> {}</span>', value, shape, word
    )


@register.filter
def state_name(case: Case) -> str:
    """The name of the state a case stands in."""
    return PROCEDURES[case.procedure].state(case.state).label


@register.simple_tag
def state_label(case: Case) -> SafeString:
    """The state of a case as a badge: what is open is coloured, what is done is plain."""
    state = PROCEDURES[case.procedure].state(case.state)
    return format_html('<span class="jh-state jh-state-{}">{}</span>', state.tone, state.label)


@register.filter
def procedure_label(key: str) -> str:
    return PROCEDURES[key].label


@register.filter
def step_label(task: Task | str) -> str:
    """The name of a task's step, or of a step given as ``goal.review``."""
    procedure, _, step = (
        task.partition(".") if isinstance(task, str) else (task.case.procedure, "", task.step)
    )
    return PROCEDURES[procedure].step(step).label


@register.simple_tag(takes_context=True)
def due(context: template.Context, day: datetime.date | None) -> str | SafeString:
    """How many workdays are left until ``day``, or by how many it is overdue, by the bureau's own calendar."""
    if day is None:
        return "不限时"
    today = localdate()
    left = standing(context["request"].user.zone).workdays_between(today, day)
    date = f"{day.month}月{day.day}日" if day.year == today.year else f"{day:%Y-%m-%d}"
    if day < today:
        late = f"已逾期 {-left} 个工作日" if left else "已逾期"
        return format_html(
            '<span class="jh-due jh-due-over">{}</span> <span class="jh-due-day">{}</span>', late, date
        )
    if day == today:
        return format_html('<span class="jh-due jh-due-near">{}</span>', "今天到期")
    near = " jh-due-near" if left <= 1 else ""
    return format_html(
        '<span class="jh-due{}">还有 {} 个工作日</span> <span class="jh-due-day">{}</span>', near, left, date
    )


@register.simple_tag
def article(number: int) -> SafeString:
    """An article of the regulation as a chip that leads to its page."""
    try:
        url = reverse("article", kwargs={"number": number})
    except NoReverseMatch:
        return format_html('<span class="jh-article">第{}条</span>', number)
    title = article_title(number)
    return format_html('<a class="jh-article" href="{}" title="{}">第{}条</a>', url, title, number)


@register.simple_tag
def articles(numbers: Iterable[int]) -> SafeString:
    """Several articles as chips."""
    return format_html_join(" ", "{}", ((article(number),) for number in numbers))


@register.filter
def actor(act: Act) -> str:
    """Who did an act: the office with the person, the office only once where the person is named by it."""
    if act.person_name.startswith(act.organization_name):
        return act.person_name
    return f"{act.organization_name} {act.person_name}"


@register.filter
def article_title(number: int) -> str:
    """What an article is about, in the regulation room's words; nothing for a number that is no article."""
    found = next((each for each in ARTICLES if each.number == number), None)
    return found.title if found else ""


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's widget with the look of the house, tied to its hint and its error."""
    kind = getattr(field.field.widget, "input_type", field.field.widget.__class__.__name__)
    classes = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}
    attrs: dict[str, Any] = {"class": f"{classes.get(kind, 'form-control')} {field.css_classes()}".strip()}
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
        attrs["class"] += " is-invalid"
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.simple_tag(takes_context=True)
def here(context: template.Context, **changes: Any) -> str:
    """This page's address with some of its filters changed; None or an empty value takes a filter out."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = value
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else context["request"].path


@register.simple_tag(takes_context=True)
def error_summary(context: template.Context) -> list[dict[str, Any]]:
    """Every error of the page: those of ``form`` by field, those of ``faults`` ({field id: text}), those of ``errors``."""
    found: list[dict[str, Any]] = []
    form = context.get("form")
    if form is not None and form.is_bound:
        for name, errors in form.errors.items():
            field = "" if name == "__all__" else form[name].id_for_label or form[name].auto_id
            found += [{"field": field, "text": error} for error in errors]
    found += [{"field": field, "text": text} for field, text in (context.get("faults") or {}).items()]
    return found + list(context.get("errors") or [])
