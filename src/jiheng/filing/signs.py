"""Whether documents can be set, and dossiers made (art. 15, 40)."""

from collections.abc import Iterator

from jiheng.bureau.models import Person
from jiheng.bureau.profile import Values
from jiheng.operations.health import GREEN, YELLOW, Sign, watch
from jiheng.paper import document


@watch
def _fonts(person: Person, values: Values) -> Iterator[Sign]:
    try:
        document.chosen_fonts()
    except document.NoFont as missing:
        yield Sign("公文字体", YELLOW, "排不了 PDF", str(missing))
    else:
        yield Sign("公文字体", GREEN, "齐全")
