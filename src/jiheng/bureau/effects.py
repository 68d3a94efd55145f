"""What another profile would make of the last year's records: a trial before it is loaded (art. 43).

Rooms tell; each is asked only where a section it goes by differs. Nothing is changed: what has begun keeps the profile
it began with. So a trial shows what the figures mean, not what will happen to these records.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jiheng.bureau.models import Zone
from jiheng.bureau.profile import Values


@dataclass(frozen=True)
class Example:
    """One record that would come out otherwise."""

    title: str
    link: str
    before: str
    after: str


@dataclass(frozen=True)
class Effect:
    """How many of so many records would come out otherwise, in which ways, with some of them by name."""

    what: str
    changed: int
    of: int
    ways: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()


Tell = Callable[[Zone, Values, Values], Iterator[Effect]]
"""Takes the zone and the values before and after; looks at the newest year that has records."""
EXAMPLES = 10
_TELLERS: list[tuple[tuple[str, ...], Tell]] = []


def goes_by(*sections: str) -> Callable[[Tell], Tell]:
    """Declares that a room's records go by these sections of the profile."""

    def declare(tell: Tell) -> Tell:
        _TELLERS.append((sections, tell))
        return tell

    return declare


def effects(zone: Zone, before: Values, after: Values, sections: set[str]) -> list[Effect]:
    """The effects in every room that goes by a section that differs."""
    return [
        effect for named, tell in _TELLERS if sections & set(named) for effect in tell(zone, before, after)
    ]
