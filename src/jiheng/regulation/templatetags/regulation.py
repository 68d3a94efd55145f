"""An article's summary to be opened in place, for pages of any room: ``{% load regulation %}{% article_note 18 %}``."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jiheng.regulation import articles

register = template.Library()


@register.simple_tag
def article_note(number: int) -> SafeString:
    """A line that opens to the article's summary and leads to its page."""
    found = articles.article(number)
    return format_html(
        '<details class="jh-article-note"><summary><span class="jh-article">{}</span> {}</summary>'
        '<p class="jh-small">{} <a href="{}">看全条</a></p></details>',
        found.label,
        found.title,
        found.summary,
        reverse("article", kwargs={"number": number}),
    )
