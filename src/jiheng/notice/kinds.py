"""The five kinds of notice the regulation speaks of: who hosts each, by which articles, and which requirements it carries."""

from dataclasses import dataclass

from jiheng.bureau.roles import BUDGET, PERFORMANCE, TREASURY, Role


@dataclass(frozen=True)
class Kind:
    """A kind of notice (art. 17, 22, 24, 28, 37).

    ``requirement`` is what the performance office asks through another office's notice, if it does; ``sign`` stands in
    the notice's number; ``cutoff`` and ``scope`` are the labels of what this kind must say besides the text; ``then``
    names the page where the host goes on after issuing; ``about`` the matter, as a title has it.
    """

    key: str
    label: str
    work: str
    host: Role
    articles: tuple[int, ...]
    sign: str
    requirement: str = ""
    cutoff: str = ""
    scope: str = ""
    then: str = ""
    then_label: str = ""
    about: str = ""

    @property
    def article(self) -> int:
        """The article that the kind is named by."""
        return self.articles[-1]

    @property
    def notice(self) -> str:
        return f"notice_{self.key}"

    @property
    def carried(self) -> str:
        """The procedure of the requirements it carries."""
        return f"requirement_{self.key}"

    @property
    def receipt(self) -> str:
        """The procedure of a department's receipt."""
        return f"receipt_{self.key}"

    @property
    def unit_receipt(self) -> str:
        return f"unit_receipt_{self.key}"


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "budget", "预算编制通知", "goal", BUDGET, (6, 17), "预", requirement="目标编报要求",
            about="部门预算和绩效目标编制",
        ),
        Kind(
            "disclosure", "预算公开通知", "goal", BUDGET, (22,), "预", requirement="目标公开要求",
            about="部门预算和绩效目标公开",
        ),
        Kind(
            "monitoring", "绩效监控通知", "monitoring", PERFORMANCE, (5, 24), "绩",
            cutoff="监控截止日", then="monitoring-round", then_label="布置监控报告",
            about="预算绩效监控",
        ),
        Kind(
            "evaluation", "绩效评价通知", "evaluation", PERFORMANCE, (5, 28), "绩",
            scope="评价种类和项目", then="evaluation-round", then_label="布置单位自评",
            about="预算绩效评价",
        ),
        Kind(
            "accounts", "决算公开通知", "application", TREASURY, (37,), "库", requirement="结果公开要求",
            about="部门决算和绩效评价结果公开",
        ),
    )
}  # fmt: skip

CARRYING: tuple[Kind, ...] = tuple(kind for kind in KINDS.values() if kind.requirement)
"""The kinds through which the performance office's requirements go out (art. 17, 22, 37)."""

PAGE = "notices"
"""The page that lists the cases of this room."""


def kind_of(procedure: str) -> Kind:
    """The kind that a procedure of this room belongs to."""
    return KINDS[procedure.rpartition("_")[2]]
