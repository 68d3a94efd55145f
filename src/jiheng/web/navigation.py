"""What every page carries: the six kinds of work in the regulation's order (art. 2), and the bureau's own pages."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from jiheng.bureau.models import Organization, Person, Post
from jiheng.bureau.scope import only_engaged, organizations_of, posts_of
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
    ("", (("首页", "home", ()), ("通知", "notices", ()), ("日历", "calendar", ()), ("本科室", "office", ()))),
    ("绩效管理", tuple((label, "work", (key,)) for key, label in WORKS)),
    (
        "项目",
        (
            ("项目库", "projects", ()),
            ("指标库", "indicators", ()),
            ("备案台账", "filings", ()),
            ("监控汇总", "monitoring-summaries", ()),
            ("执行数", "execution-batches", ()),
            ("停拨清单", "controls", ()),
            ("收入绩效", "revenue", ()),
            ("应用清单", "result-lines", ()),
            ("信息公开", "disclosures", ()),
            ("专家和机构库", "parties", ()),
            ("工作考核", "assessments", ()),
        ),
    ),
    (
        "本局",
        (
            ("组织与人员", "organizations", ()),
            ("局情配置", "profile", ()),
            ("职责矩阵", "matrix", ()),
            ("系统运行", "health", ()),
        ),
    ),
    ("依据", (("规程", "regulation", ()), ("制度文件", "rules", ()), ("办理流程", "procedures", ()))),
)


def address(name: str, *args: Any) -> str:
    """The address of this name, or nothing while no room has it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


SECTIONS_OF_ENGAGED = (("", (("首页", "home", ()), ("我的委托", "engagements", ()))),)
"""What an expert or institution finds there (art. 39)."""
SECTIONS_OF_ADMINISTRATORS = (
    (
        "系统",
        (
            ("系统运行", "health", ()),
            ("备份和恢复", "backups", ()),
            ("运行日志", "runs", ()),
            ("登录记录", "sign-ins", ()),
            ("改动记录", "changes", ()),
        ),
    ),
    (
        "本局",
        (
            ("三员分立", "administrators", ()),
            ("人员", "people", ()),
            ("组织", "organizations", ()),
            ("代办", "delegations", ()),
            ("系统对接", "connections", ()),
            ("规程", "regulation", ()),
        ),
    ),
)
"""What an administrator finds there (art. 40)."""
NOT_OF: dict[str, set[str]] = {
    Person.Seat.SYSTEM: {"sign-ins", "connections", "delegations"},
    Person.Seat.SECURITY: {"sign-ins"},
    Person.Seat.AUDIT: {"connections", "delegations"},
}
"""Pages that are another administrator's alone."""
NEEDS_OFFICE = {
    "office",
    "revenue",
    "execution-batches",
    "parties",
    "controls",
    "monitoring-summaries",
    "health",
}
"""Pages for offices of the bureau alone."""


def sections(path: str, person: Person) -> list[Section]:
    """The navigation of a person as seen from ``path``; pages that no room has yet are left out.

    Of several addresses that ``path`` lies under, only the longest is current.
    """
    office = any(each.kind == Organization.Kind.OFFICE for each in organizations_of(person))
    hidden = NOT_OF[person.seat] if person.seat else set() if office else NEEDS_OFFICE
    lines = [
        (
            label,
            [
                (text, url)
                for text, name, args in entries
                if name not in hidden and (url := address(name, *args))
            ],
        )
        for label, entries in _offered(person)
    ]
    under = [url for _, links in lines for _, url in links if path.startswith(url) and url != "/"]
    nearest = max(under, key=len, default="")

    def current(url: str) -> str:
        return "page" if path == url else "true" if url == nearest else ""

    return [
        Section(label, [Link(text, url, current(url)) for text, url in links])
        for label, links in lines
        if links
    ]


def _offered(person: Person) -> Any:
    if person.seat:
        return SECTIONS_OF_ADMINISTRATORS
    return SECTIONS_OF_ENGAGED if only_engaged(person) else SECTIONS


def _told(post: Post, user: Person) -> str:
    """A post in words, and for whom one stands in there."""
    return str(post) if post.person_id == user.pk else f"代{post.person.name}（{post.organization.name}）"


def context(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    common = {"works": WORKS, "demo": settings.DEMO, "search_url": address("search")}
    if user is None or not user.is_authenticated:
        return common
    engaged = only_engaged(user)
    takes_part = not engaged and not user.seat
    if not takes_part:
        common["search_url"] = ""
    return common | {
        "user": user,
        "navigation": sections(request.path, user),
        "only_engaged": engaged,
        "takes_part": takes_part,
        "bureau_name": user.zone.bureau,
        "post_names": user.get_seat_display()
        or "、".join(_told(post, user) for post in posts_of(user) if str(post) != user.name),
    }
