"""Room filing: 备案."""

from django.apps import AppConfig


class Filing(AppConfig):
    name = "jiheng.filing"
    label = "filing"
    verbose_name = "备案"

    def ready(self) -> None:
        from jiheng.bureau.protection import insert_only
        from jiheng.filing import signs, verifying  # noqa: F401  (signs watches)
        from jiheng.procedure.chain import ALSO

        insert_only(
            "filing_filing", ("id",), ("zone_id", "act_id", "article"), words="filings are insert only"
        )
        ALSO.append(verifying.faults)
