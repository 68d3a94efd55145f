"""Importing 100,000 indicators from a workbook: ours beside bare reading and writing, and beside django-import-export.

    python bench/import.py [--rows 100000] [--rounds 3] [--peer-rounds 1]

Without DATABASE_URL it runs itself on a fresh SQLite file and on a fresh PostgreSQL (tools/postgres.sh --durable).
Every run is a process of its own, timed from the file on disk to the commit; Django's start is not counted. Ours looks
the file over for what must not be opened, checks every row, compares it with the library, keeps the file as evidence
and leaves an act; bare reads with python-calamine and writes the same columns by COPY or executemany, no more.
Memory is the peak of the process, and of the child it starts, together.
"""

import argparse
import hashlib
import json
import os
import platform
import random
import resource
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
RESULTS = ROOT / "bench" / "results" / "import.md"
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]
SMALL = 10_000
LABELS = {
    "ours": "绩衡 `jiheng import indicators`",
    "bare": "裸读写（calamine + COPY / executemany）",
    "peer": "django-import-export 批量（use_bulk，不比对旧行）",
    "ours-small": "绩衡，1 万行",
    "peer-small": "django-import-export 默认（逐行查、逐行存），1 万行",
}
GOALS = {"bare": "≤ 2.5 倍", "peer": "快 8 倍以上"}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-rounds", type=int, default=1)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--write", help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    parser.add_argument("--person", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write_workbook(Path(options.write), options.rows)
        return 0
    if "DATABASE_URL" not in os.environ:
        return run_on_both()
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiheng.settings"
    if options.one:
        import django

        django.setup()
        return one(options)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["JIHENG_DATA"] = folder
        import django

        django.setup()
        return measure(options, Path(folder))


def run_on_both() -> int:
    again = [sys.executable, *sys.argv]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/import.sqlite3"}
        code = subprocess.run(again, env=environment, check=False).returncode
    return code or subprocess.run([ROOT / "tools/postgres.sh", "--durable", *again], check=False).returncode


def write_workbook(path: Path, rows: int) -> None:
    """Indicators as a bureau would have them: half of the cells repeat, names don't."""
    import xlsxwriter

    pick = random.Random(43)
    kinds = [
        ("产出指标", "数量指标"),
        ("产出指标", "质量指标"),
        ("效益指标", "社会效益指标"),
        ("成本指标", "经济成本指标"),
    ]
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("指标")
    heads = (
        "一级指标",
        "二级指标",
        "指标名称",
        "指标性质",
        "计量单位",
        "方向",
        "参考值",
        "领域",
        "行业",
        "取值依据",
    )
    sheet.write_row(0, 0, heads)
    for number in range(1, rows + 1):
        level1, level2 = pick.choice(kinds)
        way = "反向" if level1 == "成本指标" else "正向"
        industry = pick.choice(("教育", "卫生健康", "农业农村", "交通运输", "生态环境"))
        sheet.write_row(number, 0, (
            level1, level2, f"{industry}第 {number} 项服务任务的完成情况", "定量", pick.choice(("个", "人次", "%", "元")), way,
            f"{'≤' if way == '反向' else '≥'}{pick.randint(1, 900)}", pick.choice(("", "", "政府购买服务")), industry,
            "财预〔2021〕101号",
        ))  # fmt: skip
    book.close()


def measure(options: argparse.Namespace, folder: Path) -> int:
    from django.core.management import call_command
    from django.db import connection

    from tests.bureau_fixture import make_bureau

    call_command("migrate", verbosity=0)
    bureau = make_bureau(secrets.token_hex(3))
    print(f"准备：{options.rows} 行的工作簿……", flush=True)
    large, small = folder / "large.xlsx", folder / "small.xlsx"
    for path, rows in ((large, options.rows), (small, SMALL)):
        # Apart, because a process begins with the peak of the one that started it.
        again = [sys.executable, __file__, "--write", str(path), "--rows", str(rows)]
        subprocess.run(again, check=True)
    plan = [("ours", "bare")] * options.rounds + [("ours-small", "peer-small"), ("peer",)][
        : 2 * options.peer_rounds
    ]
    found: dict[str, list[dict[str, float]]] = {}
    for number, names in enumerate(plan):
        for name in random.Random(number).sample(names, len(names)):
            path = small if name.endswith("small") else large
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM indicator_libraryindicator"
                    if connection.vendor == "sqlite"
                    else "TRUNCATE indicator_libraryindicator, indicator_indicatoredition, indicator_revision"
                )
            connection.close()
            again = [
                sys.executable,
                __file__,
                "--one",
                name,
                "--file",
                str(path),
                "--person",
                str(bureau.performance.pk),
            ]
            done = subprocess.run(again, capture_output=True, text=True, check=False)
            if done.returncode:
                print(done.stderr, file=sys.stderr)
                return 1
            told = json.loads(done.stdout.splitlines()[-1])
            expected = SMALL if path == small else options.rows
            assert told["rows"] == expected, (name, told)
            found.setdefault(name, []).append(told)
            print(
                f"{name}: {told['seconds']:.2f} s, CPU {told['cpu']:.2f} s, {told['memory']:.0f} MB",
                flush=True,
            )
    keep(report(connection, options, large, found), connection.vendor)
    return 0


def one(options: argparse.Namespace) -> int:
    """One contender once, told as JSON: seconds, peak memory in MB, rows in the library afterwards."""
    from jiheng.bureau.models import Person
    from jiheng.indicator.models import LibraryIndicator

    person = Person.objects.get(pk=options.person)
    contender: Callable[[Path, Any], None] = {
        "ours": ours, "bare": bare, "peer": peer, "ours-small": ours, "peer-small": peer_by_row,
    }[options.one]  # fmt: skip
    began, busy = time.perf_counter(), cpu()
    contender(Path(options.file), person)
    seconds, worked = time.perf_counter() - began, cpu() - busy
    memory = (
        sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 1024
    )
    rows = LibraryIndicator.objects.count()
    print(json.dumps({"seconds": seconds, "cpu": worked, "memory": memory, "rows": rows}))
    return 0


def cpu() -> float:
    """Processor time of this process and the children it waited for: what others do on the machine is not in it."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def ours(path: Path, person: Any) -> None:
    """What `jiheng import indicators` does."""
    from jiheng.exchange import command, running
    from jiheng.exchange.plan import silent
    from jiheng.exchange.procedure import KINDS

    data = path.read_bytes()
    kind = KINDS["indicators"]
    giver = running.must(kind, person)
    plan = kind.examine(data, path.name, giver, silent)
    assert not plan.report.count
    command.write(kind.key, path.name, data, plan, giver)


COLUMNS = (
    "id", "zone_id", "code", "level1", "level2", "name", "kind", "unit", "direction", "reference", "field", "industry",
    "source", "standard", "owner", "status", "version", "used",
)  # fmt: skip


def bare(path: Path, person: Any) -> None:
    """The same rows read by python-calamine and put into the same table, unchecked."""
    from django.db import connection, transaction
    from python_calamine import CalamineWorkbook

    from jiheng.bureau.keys import new_key

    zone = person.zone_id
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    lines = sheet.iter_rows()
    next(lines)
    rows = (
        (new_key(), zone, f"B{number}", *line, "", "expenditure", "proposed", 1, 0)
        for number, line in enumerate(lines)
    )
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY indicator_libraryindicator ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            plain = ((row[0].hex, zone.hex, *row[2:]) for row in rows)
            marks = ", ".join("?" * len(COLUMNS))
            connection.connection.executemany(
                f"INSERT INTO indicator_libraryindicator ({names}) VALUES ({marks})", plain
            )


def _resource(zone: Any, **options: Any) -> Any:
    """A django-import-export resource for the library, as its documentation shows."""
    from import_export import fields, resources

    from jiheng.indicator.models import LibraryIndicator

    heads = {
        "level1": "一级指标", "level2": "二级指标", "name": "指标名称", "kind": "指标性质", "unit": "计量单位",
        "direction": "方向", "reference": "参考值", "field": "领域", "industry": "行业", "source": "取值依据", "code": "编码",
    }  # fmt: skip

    class Indicators(resources.ModelResource):
        def before_import_row(self, row: Any, **given: Any) -> None:
            row["指标性质"] = {"定量": "quantitative"}[row["指标性质"]]
            row["方向"] = {"正向": "higher-better", "反向": "lower-better"}[row["方向"]]
            for key, value in row.items():
                row[key] = "" if value is None else value

        def before_save_instance(self, instance: Any, row: Any, **given: Any) -> None:
            instance.zone, instance.owner = zone, "expenditure"

        def init_instance(self, row: Any = None) -> Any:
            return LibraryIndicator(zone=zone, owner="expenditure")

        class Meta:
            model = LibraryIndicator
            import_id_fields = ("code",)
            fields = tuple(heads)

    for key, head in heads.items():
        Indicators.fields[key] = fields.Field(attribute=key, column_name=head)
    for key, value in options.items():
        setattr(Indicators._meta, key, value)
    return Indicators()


def _load(path: Path) -> Any:
    import tablib

    data = tablib.Dataset().load(path.read_bytes(), format="xlsx")
    data.append_col([f"P{number}" for number in range(len(data))], header="编码")
    return data


def peer(path: Path, person: Any) -> None:
    resource = _resource(
        person.zone, use_bulk=True, batch_size=1000, skip_diff=True, skip_html_diff=True, force_init_instance=True,
        use_transactions=True,
    )  # fmt: skip
    resource.import_data(_load(path), raise_errors=True)


def peer_by_row(path: Path, person: Any) -> None:
    _resource(person.zone, use_transactions=True).import_data(_load(path), raise_errors=True)


def report(
    connection: Any, options: argparse.Namespace, path: Path, found: dict[str, list[dict[str, float]]]
) -> str:
    """The figures of one database as a section of the results file."""
    middle, worked = (
        {name: statistics.median(each[key] for each in runs) for name, runs in found.items()}
        for key in ("seconds", "cpu")
    )
    lines = [
        "| | 秒（中位数） | 最快–最慢 | 处理器秒（中位数） | 内存峰值 MB | 与绩衡之比：时间；处理器时间 | 目标 |",
        "| --- | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for name, label in LABELS.items():
        if name not in found:
            continue
        times = [each["seconds"] for each in found[name]]
        ratio = "—"
        if name == "bare":
            pairs = list(zip(found["ours"], found["bare"], strict=True))
            by_time, by_cpu = (
                statistics.median(mine[key] / its[key] for mine, its in pairs) for key in ("seconds", "cpu")
            )
            ratio = f"绩衡是它的 {by_time:.2f} 倍；{by_cpu:.2f} 倍"
        elif name.startswith("peer"):
            own = "ours-small" if name.endswith("small") else "ours"
            ratio = f"绩衡快 {middle[name] / middle[own]:.1f} 倍；{worked[name] / worked[own]:.1f} 倍"
        memory = max(each["memory"] for each in found[name])
        lines.append(
            f"| {label} | {middle[name]:.2f} | {min(times):.2f}–{max(times):.2f} | {worked[name]:.2f} | {memory:.0f} | {ratio} | {GOALS.get(name, '')} |"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        version = cursor.fetchone()[0].split()[0]
    kind = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    told = (
        f"{options.rows:,} 行 × 10 列，{path.stat().st_size / 1048576:.1f} MB（{digest}）；{options.rounds} 轮；"
        f"Python {platform.python_version()}，{os.cpu_count()} 核，测完时负载 {os.getloadavg()[0]:.1f}。"
    )
    return "\n".join([f"## {kind} {version}", "", told, "", *lines, ""])


def keep(section: str, vendor: str) -> None:
    """Puts the section in its place in the results file; the other database's stays."""
    marks = {name: f"<!-- {name} -->" for name in ("sqlite", "postgresql")}
    head = (
        "# 导入 10 万条指标\n\n`make bench` 的结果，由 `bench/import.py` 写出。各家都从磁盘上的文件到提交为止，各用一个新进程，"
        "不算 Django 启动。绩衡要查文件的壳、逐行校验、与库里比对、留文件作佐证、记一次办理；裸读写只读只写，不查不比；"
        "内存是进程和它所开子进程的峰值之和。机器上同时有别的人在用时，"
        "看处理器时间更准。\n"
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
