"""What a race of real processes runs, each with its own connection, on the database that DATABASE_URL names.

    python -m tests.procedure.racer prepare COUNT STATE      makes a bureau, goals and budgets of them; prints their keys
    python -m tests.procedure.racer press STEP:PERSON ...    says "ready", waits for a line with the keys, presses

``press`` starts a thread for each STEP:PERSON; all of them press on every case, each in an order of its own, and what
became of it is printed as JSON.
"""

import json
import os
import random
import secrets
import sys
import threading

import django

GOALS_IN_A_BUDGET = 4


def prepare(count: str, state: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    from jiheng.procedure import door
    from tests.bureau_fixture import GOAL_PATH, make_budget, make_bureau
    from tests.procedure.many import make_goals

    if "procedure_case" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    bureau = make_bureau(secrets.token_hex(3))
    goals = make_goals(bureau, int(count))
    for step, person in getattr(GOAL_PATH, state):
        door.perform_many(f"goal.{step}", goals, by=bureau.people[person], all_or_none=True)
    budgets = {}
    for first in range(0, len(goals), GOALS_IN_A_BUDGET):
        part = goals[first : first + GOALS_IN_A_BUDGET]
        budget = make_budget(bureau, [goal.goal.project for goal in part])
        door.perform("budget.submit", budget, by=bureau.department)
        budgets[str(budget.pk)] = [str(goal.pk) for goal in part]
    print(json.dumps(budgets))


def press(*pressing: str) -> None:
    from django.db import connection

    from jiheng.bureau.models import Person
    from jiheng.procedure import door
    from jiheng.procedure.models import Case

    Case.objects.first()  # connected and warm before the start
    connection.close()
    print("ready", flush=True)
    asked = json.loads(sys.stdin.readline())
    together = threading.Barrier(len(pressing))
    told: list[dict[str, str]] = []

    def run(step: str, person: str, number: int) -> None:
        cases = list(Case.objects.filter(pk__in=asked[step.partition(".")[0]]))
        random.Random(number).shuffle(cases)
        by = Person.objects.get(zone_id=cases[0].zone_id, username__endswith=f"-{person}")
        together.wait()
        for case in cases:
            try:
                act = door.perform(step, case, by=by, opinion="同意")
                told.append({"case": str(case.pk), "act": str(act.pk), "person": person})
            except door.Refusal as refusal:
                kinds = ",".join(reason.kind for reason in refusal.reasons)
                told.append({"case": str(case.pk), "refused": kinds, "text": str(refusal), "person": person})
            except Exception as error:
                told.append(
                    {"case": str(case.pk), "error": f"{type(error).__name__}: {error}", "person": person}
                )
        connection.close()

    threads = [
        threading.Thread(target=run, args=(*each.split(":"), number + os.getpid()))
        for number, each in enumerate(pressing)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(told, ensure_ascii=False))


def press_many(step: str, person: str) -> None:
    """The whole selection at once, in an order of this process's own."""
    from jiheng.bureau.models import Person
    from jiheng.procedure import door
    from jiheng.procedure.models import Case

    Case.objects.first()
    print("ready", flush=True)
    asked = json.loads(sys.stdin.readline())
    cases = list(Case.objects.filter(pk__in=asked[step.partition(".")[0]]))
    random.Random(os.getpid()).shuffle(cases)
    by = Person.objects.get(zone_id=cases[0].zone_id, username__endswith=f"-{person}")
    outcome = door.perform_many(step, cases, by=by)
    print(json.dumps({"acts": len(outcome.acts), "refused": len(outcome.refused)}))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiheng.settings"
    django.setup()
    {"prepare": prepare, "press": press, "press_many": press_many}[sys.argv[1]](*sys.argv[2:])
