"""How far an indicator is, and the light of all of a goal's (art. 23): many goals' at once, without the working."""

from collections.abc import Iterable
from decimal import Decimal

from jiheng.indicator import scoring, target
from jiheng.indicator.quick import named_share, signed_share
from jiheng.monitoring import rules

Said = tuple[str, str, str, str, str, str]
"""An indicator as it is reported: stated likelihood, target, actual value, name, first and second level."""
ONE = Decimal(1)


def share_done(wanted: str, reached: str, name: str, level1: str, level2: str) -> Decimal | None:
    """The share of its target that an indicator has reached, 1 at most, or None where that can't be told."""
    share = signed_share(wanted, reached) or named_share(wanted, reached, name, level1, level2)
    if share is not None:
        top, bottom, met = share
        return ONE if met else top / bottom
    goal, actual = target.read(wanted), target.read(reached)
    if goal.kind is not target.Kind.QUANTITATIVE or not actual.is_number:
        return None
    pair = scoring.compare(goal, actual)
    if pair.incomparable or pair.units_differ or pair.ten_thousand_fold:
        return None
    direction = target.direction_of(goal, name=name, level1=level1, level2=level2)
    top, bottom, _, _ = scoring.achieved_ratio(direction, goal.comparator, pair)
    return top / bottom


def goal_light(rows: Iterable[Said], passed: Decimal, green: Decimal, yellow: Decimal) -> str:
    """The worst light of a goal's indicators: the less is done against time, the worse, so the least done tells."""
    least: Decimal | None = None
    full, found = False, rules.NONE
    for likelihood, wanted, reached, name, level1, level2 in rows:
        if likelihood and likelihood in rules.BY_WORD:
            found = rules.worst((found, rules.BY_WORD[likelihood]))
        elif (share := signed_share(wanted, reached)) is scoring.FULL:
            full = True
        else:
            done = share[0] / share[1] if share else share_done(wanted, reached, name, level1, level2)
            if done is not None and (least is None or done < least):
                least = done
    if least is None and full:
        least = ONE
    if least is not None and passed:
        light = rules.light_against_time(least, passed, green, yellow)
        found = rules.worst((found, light)) if found else light
    return found
