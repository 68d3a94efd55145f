"""What every page carries: the six kinds of work in the regulation's order (art. 2), and the bureau's own pages."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from jiheng.bureau.scope import posts_of
from jiheng.procedure.table import WORKS


@dataclass(frozen=True)
class Link:
    """A line of the navigation; ``current`` is the value of aria-current, if any."""

    label: str
    url: str
    current: str = ""


@dataclass(frozen=True)
class Section:
    label: str
    links: list[Link]


SECTIONS: tuple[tuple[str, tuple[tuple[str, str, tuple[str, ...]], ...]], ...] = (
    ("", (("首页", "home", ()),)),
    ("绩效管理", tuple((label, "work", (key,)) for key, label in WORKS)),
    ("项目", (("项目库", "projects", ()),)),
    (
        "本局",
        (("组织与人员", "organizations", ()), ("局情配置", "profile", ()), ("职责矩阵", "matrix", ())),
    ),
    ("依据", (("规程", "regulation", ()),)),
)


def address(name: str, *args: Any) -> str:
    """The address of this name, or nothing while no room has it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def sections(path: str) -> list[Section]:
    """The navigation as seen from ``path``; pages that no room has yet are left out."""
    found = [
        (label, [(text, url) for text, name, args in entries if (url := address(name, *args))])
        for label, entries in SECTIONS
    ]
    inside = [url for _, links in found for _, url in links if url != "/" and path.startswith(url)]
    nearest = max(inside, key=len, default="/" if path == "/" else "")
    return [
        Section(label, [Link(text, url, _current(url, path, nearest)) for text, url in links])
        for label, links in found
        if links
    ]


def _current(url: str, path: str, nearest: str) -> str:
    if url != nearest:
        return ""
    return "page" if url == path else "true"


def context(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    common = {"works": WORKS, "demo": settings.DEMO, "search_url": address("search")}
    if user is None or not user.is_authenticated:
        return common
    return common | {
        "user": user,
        "navigation": sections(request.path),
        "bureau_name": user.zone.bureau,
        "post_names": "、".join(str(post) for post in posts_of(user) if str(post) != user.name),
    }
