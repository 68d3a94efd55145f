"""What is to be published, and the legal reasons for which it may be withheld: read from items.toml (art. 22, 37)."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """Something that is to be published. ``round`` names the kind of notice whose receivers owe it, if any."""

    key: str
    label: str
    public: str
    articles: tuple[int, ...]
    round: str
    basis: str


@dataclass(frozen=True)
class Withholding:
    """A legal reason not to publish; ``whole``: for a whole item alone."""

    key: str
    label: str
    basis: str
    whole: bool = False

    def __str__(self) -> str:
        return f"{self.label}（{self.basis}）"


_TABLES = tomllib.loads((Path(__file__).parent / "items.toml").read_text(encoding="utf-8"))
ITEMS: dict[str, Item] = {
    key: Item(key, **{**row, "articles": tuple(row["articles"])}) for key, row in _TABLES["items"].items()
}
WITHHOLDINGS: dict[str, Withholding] = {
    key: Withholding(key, **row) for key, row in _TABLES["withheld"].items()
}
FOR_ONE: dict[str, Withholding] = {key: each for key, each in WITHHOLDINGS.items() if not each.whole}
"""The reasons that may be given for a single project."""
