"""Prepares the database of a race: a bureau with notices ready to be issued; prints their keys as JSON."""

import json
import os
import secrets
import sys

import django


def prepare(count: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from tests.bureau_fixture import make_bureau
    from tests.notice.sending import draft, requirement

    if "procedure_case" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    bureau = make_bureau(secrets.token_hex(3))
    requirement(bureau, to="taken")
    print(json.dumps({"notice_budget": [str(draft(bureau).case_id) for _ in range(count)]}))


def stands() -> None:
    from jiheng.bureau.models import Zone
    from jiheng.notice.models import Notice, Receipt, Requirement, Round
    from jiheng.procedure import chain

    told = {
        "numbers": sorted(Notice.objects.values_list("number", flat=True)),
        "rounds": Round.objects.count(),
        "receipts": Receipt.objects.count(),
        "requirements": list(Requirement.objects.values_list("case__state", flat=True)),
        "faults": list(chain.verify(Zone.objects.get().pk)),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiheng.settings"
    django.setup()
    prepare(int(sys.argv[2])) if sys.argv[1] == "prepare" else stands()
