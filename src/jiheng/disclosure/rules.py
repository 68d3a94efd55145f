"""Pure rules of publishing: what words a copy has, which are personal data, and the copy without them.

Personal data must be taken out before publishing (财预〔2016〕143号); an identity number never stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from jiheng.indicator.checks import personal_data

HIDDEN = "（已隐去）"
NEVER = ("身份证号",)
"""Kinds that no explanation lets through."""
NAME = "人员姓名"


def texts(body: Any) -> Iterator[str]:
    """Every text in a copy, however deep."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        for value in body.values():
            yield from texts(value)
    elif isinstance(body, list | tuple):
        for value in body:
            yield from texts(value)


def findings(body: Any, names: Iterable[str] = ()) -> list[list[str]]:
    """Personal data in a copy as [kind, text], each once: numbers by the checks of norms 15, names by who is known."""
    found: dict[tuple[str, str], None] = {}
    every = list(texts(body))
    for text in every:
        for pair in personal_data(text):
            found[pair] = None
    whole = "\n".join(every)
    for name in names:
        if len(name) > 1 and name in whole:
            found[NAME, name] = None
    return [list(pair) for pair in found]


def masked(body: Any, found: Sequence[Sequence[str]]) -> Any:
    """The copy with each finding put out of sight."""
    if isinstance(body, str):
        for _, text in found:
            body = body.replace(text, HIDDEN)
        return body
    if isinstance(body, dict):
        return {key: masked(value, found) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [masked(value, found) for value in body]
    return body
