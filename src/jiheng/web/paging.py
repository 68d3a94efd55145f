"""Pages of a list, read with one row more than is shown so that "is there more" costs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def number_from(text: Any) -> int:
    """The page asked for; the first where the address says nothing sensible."""
    try:
        return min(max(int(text), 1), 100_000)
    except (TypeError, ValueError):
        return 1


@dataclass(frozen=True)
class Page(Generic[T]):
    """``rows`` are up to ``size`` of what was read; ``total`` may be unknown."""

    read: Sequence[T]
    number: int
    size: int
    total: int | None = None

    @property
    def rows(self) -> Sequence[T]:
        return self.read[: self.size]

    @property
    def has_next(self) -> bool:
        return len(self.read) > self.size

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def next_number(self) -> int:
        return self.number + 1

    @property
    def previous_number(self) -> int:
        return self.number - 1

    @property
    def pages(self) -> int | None:
        return None if self.total is None else max(1, -(-self.total // self.size))
