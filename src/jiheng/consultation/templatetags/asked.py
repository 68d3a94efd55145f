"""Whether the reader may open the case that is asked about: an office may be asked of what is not in its charge."""

from django import template

from jiheng.bureau.scope import visible
from jiheng.procedure.models import Case

register = template.Library()


@register.simple_tag(takes_context=True)
def may_open(context, case: Case) -> bool:
    """Whether whoever reads this page sees the case."""
    return visible(Case.objects.filter(pk=case.pk), context["request"].user).exists()
