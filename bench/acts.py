"""Acts per second: the door beside bare SQL, django-fsm-2 and SpiffWorkflow, on the database of DATABASE_URL.

    python bench/acts.py [--rounds 30] [--acts 20] [--many 5000]

Without DATABASE_URL it runs itself on a fresh SQLite file and on a fresh PostgreSQL (tools/postgres.sh --durable).
What is measured is `goal.confirm`, the department's confirmation of a unit's goal with 10 indicators: the step has no
automatic checks, so that it is the door that is timed and not the checks. All four write to one database, in rounds
that alternate in one run; figures are medians of the rounds, ratios are medians of each round's own ratio.
"""

import argparse
import gc
import os
import platform
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "acts.md"
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]
INDICATORS = 10


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--acts", type=int, default=20, help="acts of each contender in a round")
    parser.add_argument("--many", type=int, default=5000, help="cases of the selection for perform_many")
    options = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        return run_on_both()
    folder = tempfile.TemporaryDirectory()
    os.environ.update({"DJANGO_SETTINGS_MODULE": "jiheng.settings", "JIHENG_DATA": folder.name})
    import django

    django.setup()
    with folder:
        return measure(options)


def run_on_both() -> int:
    again = [sys.executable, *sys.argv]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/acts.sqlite3"}
        code = subprocess.run(again, env=environment, check=False).returncode
    return code or subprocess.run([ROOT / "tools/postgres.sh", "--durable", *again], check=False).returncode


def measure(options: argparse.Namespace) -> int:
    import _peers as peers
    from django.core.management import call_command
    from django.db import connection

    from jiheng.procedure import chain, door
    from jiheng.procedure.models import Act, Case
    from tests.bureau_fixture import make_bureau
    from tests.procedure.many import make_goals

    call_command("migrate", verbosity=0)
    peers.make_tables()
    bureau = make_bureau(secrets.token_hex(3))
    by, department = bureau.department, bureau.organizations["department"]
    each = options.rounds * options.acts
    print(f"准备：{2 * each + options.many} 个绩效目标，每个 {INDICATORS} 个指标……", flush=True)
    goals = [goal for part in range(0, 2 * each + options.many, 500) for goal in make_goals(
        bureau, min(500, 2 * each + options.many - part), indicators=INDICATORS)]  # fmt: skip
    submit_unchecked(goals, bureau.unit)
    mine, bare_goals, many = goals[:each], goals[each : 2 * each], goals[2 * each :]
    first = door.perform("goal.confirm", many[0], by=by, opinion="同意")
    door.perform("goal.expenditure_return", many[0], by=bureau.expenditure, opinion="重来")
    analyze(connection)
    bare = Bare(connection, first)
    contenders: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
        "door": (lambda case: door.perform("goal.confirm", case, by=by, opinion="同意"), mine),
        "bare": (
            bare.confirm,
            list(
                Case.objects.filter(pk__in=[goal.pk for goal in bare_goals]).values_list("pk", "seq", "head")
            ),
        ),
        "fsm": (lambda key: peers.confirm_with_fsm(key, by), peers.make_approvals(each, department.pk)),
        "spiff": (lambda key: peers.confirm_with_spiff(key, by), peers.make_processes(each, department.pk)),
    }
    gc.collect()
    gc.freeze()  # a server's process doesn't carry the thousands of objects that were set up here
    gc.set_threshold(50_000, 20, 20)  # as the server's processes have it (jiheng/wsgi.py)
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(options.rounds):
        order = list(contenders)
        random.Random(number).shuffle(order)
        for name in order:
            action, subjects = contenders[name]
            part = subjects[number * options.acts : (number + 1) * options.acts]
            began = time.perf_counter()
            for subject in part:
                action(subject)
            rates[name].append(len(part) / (time.perf_counter() - began))
        print("  ".join(f"{name} {rates[name][-1]:7.0f}/s" for name in contenders), flush=True)
    bare.close()
    selections = []
    for _ in range(3):
        began = time.perf_counter()
        outcome = door.perform_many("goal.confirm", many, by=by, given={"opinion": "同意"})
        selections.append(len(outcome.acts) / (time.perf_counter() - began))
        print(f"perform_many：{len(outcome.acts)} 个事项，{selections[-1]:.0f}/s", flush=True)
        door.perform_many("goal.expenditure_return", many, by=bureau.expenditure, given={"opinion": "再来"})
    assert Case.objects.filter(pk__in=[goal.pk for goal in mine], state="confirmed").count() == each
    assert Act.objects.filter(case__in=mine[:500], step="confirm").count() == min(each, 500)
    assert next(chain.faults(Case.objects.get(pk=many[0].pk)), None) is None
    keep(report(connection, options, rates, selections), connection.vendor)
    return 0


def submit_unchecked(goals: list[Any], by: Any) -> None:
    """Brings the goals before the department; their content is made up, so the checks are left out here."""
    from jiheng.procedure import door
    from jiheng.procedure.table import PROCEDURES

    step = PROCEDURES["goal"].step("submit")
    guards = step.guards
    object.__setattr__(step, "guards", ())
    door.perform_many("goal.submit", goals, by=by, all_or_none=True)
    object.__setattr__(step, "guards", guards)


def analyze(connection: Any) -> None:
    """What autovacuum does within minutes: the planner must not take full tables for empty ones."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class Bare:
    """The rows that the door writes for `goal.confirm`, by hand through the driver: the floor to measure against.

    It checks nothing and hashes nothing: the case is read under lock, and the same columns of the same rows go in.
    """

    def __init__(self, connection: Any, act: Any) -> None:
        from jiheng.procedure import rows
        from jiheng.procedure.models import Act, Task

        task = _task_like(act)
        self.act = dict(zip(rows.names(Act), next(rows.Rows(Act, [act]).values()), strict=True))
        self.task = dict(zip(rows.names(Task), next(rows.Rows(Task, [task]).values()), strict=True))
        self.sqlite = connection.vendor == "sqlite"
        mark = "?" if self.sqlite else "%s"
        self.sql = {
            "lock": f"SELECT id, state, seq, head, round, unit_id, department_id FROM procedure_case WHERE id = {mark}"
            + ("" if self.sqlite else " FOR UPDATE"),
            "act": _insert("procedure_act", list(self.act), mark),
            "move": "UPDATE procedure_case SET state = {m}, closed = {m}, round = {m}, seq = {m}, head = {m}, "
            "moved_at = {m} WHERE id = {m}".replace("{m}", mark),
            "done": f"DELETE FROM procedure_task WHERE case_id = {mark}",
            "task": _insert("procedure_task", list(self.task), mark),
        }
        if self.sqlite:
            import sqlite3

            self.link: Any = sqlite3.connect(
                connection.settings_dict["NAME"], isolation_level=None, timeout=20
            )
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-64000", "foreign_keys=ON"):
                self.link.execute(f"PRAGMA {pragma}")
        else:
            import psycopg

            asked = connection.settings_dict
            self.link = psycopg.connect(
                host=asked["HOST"], port=asked["PORT"], user=asked["USER"], password=asked["PASSWORD"],
                dbname=asked["NAME"], autocommit=True,
            )  # fmt: skip

    def confirm(self, subject: tuple[Any, int, str]) -> None:
        from jiheng.bureau.keys import new_key

        key, seq, head = subject
        act_id, task_id = new_key(), new_key()
        if self.sqlite:
            key, act_id, task_id = key.hex, act_id.hex, task_id.hex
        act, task = self.act, self.task
        act.update(id=act_id, case_id=key, seq=seq + 1, previous=head)
        task.update(id=task_id, case_id=key, opened_by_id=act_id)
        execute = self.link.execute
        execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        execute(self.sql["lock"], (key,)).fetchone()
        execute(self.sql["act"], tuple(act.values()))
        execute(
            self.sql["move"], (act["to_state"], False, act["round"], seq + 1, act["hash"], act["at"], key)
        )
        execute(self.sql["done"], (key,))
        execute(self.sql["task"], tuple(task.values()))
        execute("COMMIT")

    def close(self) -> None:
        self.link.close()


def _task_like(act: Any) -> Any:
    from jiheng.procedure.models import Task

    return Task(
        zone_id=act.zone_id, case_id=act.case_id, step="review", role="expenditure",
        organization_id=act.organization_id, due=act.at.date(), opened_at=act.at, opened_by_id=act.pk,
    )  # fmt: skip


def _insert(table: str, names: list[str], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"


def report(
    connection: Any, options: argparse.Namespace, rates: dict[str, list[float]], many: list[float]
) -> str:
    """The figures of one database as a section of the results file."""
    names = {
        "door": "门 `door.perform`",
        "bare": "裸 SQL（同样的行、同样的事务）",
        "fsm": "django-fsm-2",
        "spiff": "SpiffWorkflow",
    }
    lines = [
        "| | 每秒办理数（中位数） | 最低–最高 | 门是它的几倍（中位数） |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, label in names.items():
        ratio = statistics.median(a / b for a, b in zip(rates["door"], rates[name], strict=True))
        lines.append(
            f"| {label} | {statistics.median(rates[name]):,.0f} | {min(rates[name]):,.0f}–{max(rates[name]):,.0f} "
            f"| {'—' if name == 'door' else f'{ratio:.2f}'} |"
        )
    lines += [
        "",
        f"`perform_many`，{options.many:,} 个事项一次办理：每秒 {statistics.median(many):,.0f} 次"
        f"（三次：{'、'.join(f'{rate:,.0f}' for rate in many)}）。",
    ]
    load = os.getloadavg()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
    kind = (
        f"SQLite {version}（WAL，synchronous=FULL）"
        if connection.vendor == "sqlite"
        else f"PostgreSQL {version}（默认设置，fsync 开）"
    )
    told = (
        f"{options.rounds} 轮，每轮每家 {options.acts} 次；Python {platform.python_version()}，"
        f"{os.cpu_count()} 核，测完时负载 {load:.1f}。"
    )
    return "\n".join([f"## {kind}", "", told, "", *lines, ""])


def keep(section: str, vendor: str) -> None:
    """Puts the section in its place in the results file; the other database's stays."""
    marks = {name: f"<!-- {name} -->" for name in ("sqlite", "postgresql")}
    head = (
        "# 每秒办理数\n\n`make bench` 的结果，由 `bench/acts.py` 写出。测的是绩效目标的“确认”（`goal.confirm`）：这一步没有"
        "自动校验，量的是门本身：锁定、问状态与职责、写办理与哈希链、改事项、销旧待办、按工作日立新待办。裸 SQL 只写同样的"
        "行，不问不算；两家同类软件各做职责检查、条件、改状态、记一行日志，没有待办、时限和哈希链。\n"
    )
    old = RESULTS.read_text() if RESULTS.exists() else ""
    parts = {}
    for name, mark in marks.items():
        if mark in old:
            parts[name] = old.split(mark)[1].split("<!--")[0].strip() + "\n"
    parts[vendor] = section
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(head + "".join(f"\n{marks[name]}\n{parts[name]}" for name in marks if name in parts))
    print(section)


if __name__ == "__main__":
    sys.exit(main())
