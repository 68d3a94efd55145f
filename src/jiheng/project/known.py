"""All that is known of a project in one place, for whoever drafts or approves its money (art. 6).

Rooms above know the parts (ex-ante result, goal points, lights, grades); each registers a column here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from jiheng.project.models import Project


@dataclass(frozen=True)
class Known:
    """One thing known of a project: in words, a second line, where it stands, and whether it is good or bad news."""

    text: str
    more: str = ""
    link: str = ""
    wrong: bool = False


Ask = Callable[[Sequence[Project], int], dict[UUID, Known]]
"""Asks a room about many projects at once, for a budget year; projects it knows nothing of are not there."""


@dataclass(frozen=True)
class Column:
    order: int
    label: str
    ask: Ask


COLUMNS: list[Column] = []


def register(order: int, label: str, ask: Ask) -> None:
    """Adds a column; ``order`` is the article of the regulation it comes from."""
    COLUMNS.append(Column(order, label, ask))
    COLUMNS.sort(key=lambda column: column.order)


def beside(
    projects: Sequence[Project], year: int
) -> tuple[list[str], dict[UUID, list[tuple[str, Known | None]]]]:
    """The columns' heads, and for each project what stands under each."""
    answers = [(column.label, column.ask(projects, year)) for column in COLUMNS]
    rows = {project.pk: [(label, found.get(project.pk)) for label, found in answers] for project in projects}
    return [column.label for column in COLUMNS], rows
