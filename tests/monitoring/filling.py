"""What a browser sends for a monitoring report's page."""

from jiheng.monitoring.models import Report

DONE = ("850平方米", "100%", "80%", "900人", "92%")


def filled(report: Report, **changed):
    """All rows certain, with values; ``measure_3="…"`` changes row 3 (counted from 1), ``summary="…"`` a field."""
    given = {"revision": str(report.revision), "summary": "", "forecast": ""}
    rows = {row.indicator.order: row for row in report.rows.select_related("indicator")}
    for order, row in rows.items():
        given |= {f"actual-{row.pk}": DONE[order - 1], f"likelihood-{row.pk}": "certain"}
        given |= {f"{name}-{row.pk}": "" for name in ("forecast", "cause", "measure")}
    for key, value in changed.items():
        name, _, order = key.partition("_")
        given[f"{name}-{rows[int(order)].pk}" if order else name] = value
    return given
