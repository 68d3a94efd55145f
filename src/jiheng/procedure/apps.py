"""Room procedure: the one door."""

from django.apps import AppConfig


class Procedure(AppConfig):
    name = "jiheng.procedure"
    label = "procedure"
    verbose_name = "一个门"

    def ready(self) -> None:
        from jiheng.bureau.protection import insert_only, kept
        from jiheng.bureau.standing import ON_CHANGED
        from jiheng.procedure import verifying  # noqa: F401  (watches)
        from jiheng.procedure.rehoming import rehome

        ON_CHANGED.append(rehome)
        insert_only("procedure_act", ("id",), ("zone_id", "case_id", "seq"), words="acts are insert only")
        kept(
            "procedure_case",
            "bureau_person",
            "bureau_organization",
            "bureau_zone",
            words="what acts name is kept",
        )
