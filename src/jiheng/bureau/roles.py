"""Roles are what the regulation speaks of; which office fills a role is the bureau's own setting (chapter 2).

A step names one role, or several joined with ``&`` when all of them must sign (countersign).
"""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Role:
    """A party to the regulation. ``label`` is what users read, ``articles`` where its duties stand."""

    key: str
    label: str
    short: str
    articles: tuple[int, ...]

    def __and__(self, other: "Role | Signers") -> "Signers":
        return Signers((self,)) & other

    def __iter__(self):
        yield self


@dataclass(frozen=True)
class Signers:
    """Several roles that must each sign once, in any order (会签)."""

    roles: tuple[Role, ...]

    def __and__(self, other: "Role | Signers") -> "Signers":
        return Signers(self.roles + tuple(other))

    def __iter__(self):
        return iter(self.roles)


LEADERSHIP = Role("leadership", "局党组", "局领导", (4,))
PERFORMANCE = Role("performance", "预算绩效管理科", "绩效科", (5,))
BUDGET = Role("budget", "预算科", "预算科", (6, 11))
TREASURY = Role("treasury", "国库科", "国库科", (7,))
GENERAL = Role("general", "综合科", "综合科", (11, 40))
EXPENDITURE = Role("expenditure", "支出管理科", "支出科", (8,))
PROCUREMENT = Role("procurement", "采购评审管理科", "采购科", (9,))
ASSETS = Role("assets", "国资金融管理科", "国资科", (8, 9, 10))
DEPARTMENT = Role("department", "部门", "部门", (8, 18))
UNIT = Role("unit", "单位", "单位", (16, 27))
ENGAGED = Role("engaged", "受托专家或机构", "受托方", (39,))
OFFICE = Role("office", "各科室", "各科室", (42,))
NAMED = Role("named", "被指定的科室", "指定科室", (4, 42))

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        LEADERSHIP,
        PERFORMANCE,
        BUDGET,
        TREASURY,
        GENERAL,
        EXPENDITURE,
        PROCUREMENT,
        ASSETS,
        DEPARTMENT,
        UNIT,
        ENGAGED,
        OFFICE,
        NAMED,
    )
}
OUTSIDE_ROLES = (DEPARTMENT, UNIT, ENGAGED, OFFICE, NAMED)
"""Roles that the bureau gives to no office: each matter names who fills them, and any office may be named."""
OFFICE_ROLES: tuple[Role, ...] = tuple(role for role in ROLES.values() if role not in OUTSIDE_ROLES)
