"""What a browser sends for a goal's page: the fixture's goal as it stands on the form, to be changed by a test."""

from tests.bureau_fixture import INDICATORS


def form(**changed):
    """The page's fields; ``target_0="…"`` changes a row's cell, ``fiscal="…"`` a field."""
    given = {
        "fiscal": "100",
        "other": "",
        "text": "完成校舍维修，改善办学条件。",
        "scheme": "standard",
        "note": "",
        "revision": "0",
        "level1": [row[0] for row in INDICATORS],
        "level2": [row[1] for row in INDICATORS],
        "name": [row[2] for row in INDICATORS],
        "target": [row[3] for row in INDICATORS],
        "weight": [str(row[4]) for row in INDICATORS],
    }
    for key, value in changed.items():
        column, _, index = key.partition("_")
        if index:
            given[column][int(index)] = value
        else:
            given[column] = value
    return given
