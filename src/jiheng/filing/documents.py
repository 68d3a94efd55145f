"""A paper made of sections as a page to be read and printed, or as an official document in Word or PDF (norms 11)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from jiheng.filing.filing import Section, readable
from jiheng.paper import document

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {"docx": WORD, "pdf": "application/pdf"}


def paper_page(
    request: HttpRequest,
    template: str,
    sections: Sequence[Section],
    context: dict[str, Any],
    *,
    title: str,
    **given: Any,
) -> HttpResponse:
    """The page of a paper; with ``?as=docx`` or ``?as=pdf`` the document. ``given`` is what a letter has besides.

    Where no Chinese font is found for a PDF, the page says what to install; Word needs none.
    """
    kind = request.GET.get("as", "")
    if kind in KINDS:
        made = document.of_sections(title, sections, **given)
        try:
            return as_file(made, kind)
        except document.NoFont as missing:
            context = context | {"missing_font": str(missing)}
    context = context | {"paper": readable(sections)}
    return render(request, template, context, status=503 if "missing_font" in context else 200)


def as_file(made: document.Document, kind: str) -> HttpResponse:
    """A document to be saved, under its title. Raises NoFont."""
    content = document.to_pdf(made) if kind == "pdf" else document.to_word(made)
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = content_disposition_header(True, f"{made.title}.{kind}")
    return response
