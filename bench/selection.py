"""1,000 goals of a round of 5,000 reviewed in one action: the pages' own way, part by part, on DATABASE_URL.

    python bench/selection.py [--round 5000] [--selection 1000]

Without DATABASE_URL it runs itself on a fresh SQLite file and on a fresh PostgreSQL (tools/postgres.sh --durable). Measured
are the list with its filter, the selection's page, and every part as the browser sends it, through all middleware; one
goal in a hundred has a fault and must be refused. Each goal has 10 indicators and is checked and given its points.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "selection.md"
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
INDICATORS = (
    ("成本指标", "经济成本指标", "单位面积修缮成本", "≤800元/平方米", 20),
    ("产出指标", "数量指标", "修缮校舍面积", "≥1200平方米", 10),
    ("产出指标", "数量指标", "更换门窗数量", "≥60扇", 5),
    ("产出指标", "质量指标", "验收合格率", "=100%", 10),
    ("产出指标", "质量指标", "材料抽检合格率", "≥98%", 5),
    ("产出指标", "时效指标", "按期完工率", "≥95%", 10),
    ("效益指标", "社会效益指标", "受益学生人数", "≥900人", 10),
    ("效益指标", "可持续影响指标", "后续管护制度", "健全并执行", 10),
    ("满意度指标", "服务对象满意度指标", "师生满意度", "≥90%", 5),
    ("满意度指标", "服务对象满意度指标", "家长满意度", "≥90%", 5),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--round", type=int, default=5000)
    parser.add_argument("--selection", type=int, default=1000)
    options = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        again = [sys.executable, *sys.argv]
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/selection.sqlite3"}
            code = subprocess.run(again, env=environment, check=False).returncode
        return (
            code or subprocess.run([ROOT / "tools/postgres.sh", "--durable", *again], check=False).returncode
        )
    folder = tempfile.TemporaryDirectory()
    os.environ.update({"DJANGO_SETTINGS_MODULE": "jiheng.settings", "JIHENG_DATA": folder.name})
    import django

    django.setup()
    with folder:
        return measure(options)


def measure(options: argparse.Namespace) -> int:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from jiheng.goal.models import Goal, Indicator, Review
    from jiheng.procedure import chain, door
    from jiheng.procedure.models import Act, Case
    from tests.bureau_fixture import make_bureau
    from tests.procedure import many

    setup_test_environment()
    call_command("migrate", verbosity=0)
    bureau = make_bureau("410799")
    many.INDICATORS = INDICATORS
    print(f"准备：{options.round} 个绩效目标，每个 {len(INDICATORS)} 个指标……", flush=True)
    cases = [
        case
        for first in range(0, options.round, 500)
        for case in many.make_goals(bureau, min(500, options.round - first), indicators=len(INDICATORS))
    ]
    Goal.objects.update(scheme="cost")
    for step, by in (("submit", bureau.unit), ("confirm", bureau.department)):
        outcome = door.perform_many(f"goal.{step}", cases, by=by)
        assert len(outcome.acts) == options.round, outcome.refused[:1]
    spoilt = [case.pk for case in cases[::100]]
    Indicator.objects.filter(goal__case__in=spoilt, order=1).update(target="")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    client = Client()
    client.force_login(bureau.expenditure, backend="django.contrib.auth.backends.ModelBackend")
    address = "state=confirmed&year=2026&q=校舍"
    client.get("/work/goal/")  # the first request of a process reads templates and code
    began = time.perf_counter()
    assert client.get(f"/work/goal/?{address}").status_code == 200
    listed = time.perf_counter() - began
    began = time.perf_counter()
    page = client.post(f"/work/goal/select/?{address}", {"step": "goal.review", "all": "1"})
    chosen = time.perf_counter() - began
    keys = page.context["keys"].split(",")[: options.selection]
    part = page.context["part"]
    parts, results = [], []
    for first in range(0, len(keys), part):
        began = time.perf_counter()
        answer = client.post(
            "/selection/goal.review/", {"case": ",".join(keys[first : first + part]), "opinion": "同意"}
        )
        parts.append(time.perf_counter() - began)
        results += answer.json()["results"]
    done = sum(line["done"] for line in results)
    refused = [line for line in results if not line["done"]]
    assert len(results) == options.selection
    assert all("指标值空白" in line["reasons"][0]["text"] for line in refused)
    assert {line["url"].split("/")[2] for line in refused} == {str(key) for key in spoilt} & set(keys)
    assert Act.objects.filter(step="review").count() == Review.objects.count() == done
    assert Case.objects.filter(procedure="goal", state="reviewed").count() == done
    assert next(chain.faults(Case.objects.get(pk=cases[-1].pk)), None) is None

    rest = cases[: options.selection]  # the list shows the newest first, so these are still waiting
    began = time.perf_counter()
    whole = door.perform_many("goal.review", rest, by=bureau.expenditure, given={"opinion": "同意"})
    at_once = time.perf_counter() - began
    lines = [
        f"- 清单（{options.round} 件里筛选，一页）：{listed:.2f} 秒；选定页：{chosen:.2f} 秒",
        f"- {options.selection} 件分 {len(parts)} 次送出，每次 {part} 件：共 {sum(parts):.1f} 秒（{options.selection / sum(parts):.0f} 件/秒），"
        f"每次中位 {statistics.median(parts):.2f} 秒，最慢 {max(parts):.2f} 秒",
        f"- 办成 {done} 件，拒绝 {len(refused)} 件，都说明原因",
        f"- 另 {options.selection} 件不经页面、一次 `perform_many`：{at_once:.1f} 秒（{options.selection / at_once:.0f} 件/秒），"
        f"办成 {len(whole.acts)} 件",
    ]
    print("\n".join(lines), flush=True)
    keep(connection.vendor, lines)
    return 0


def keep(vendor: str, lines: list[str]) -> None:
    """Puts this database's figures into the page of results, and leaves the other's as they are."""
    kept: dict[str, list[str]] = {}
    if RESULTS.exists():
        section = ""
        for line in RESULTS.read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                section = line[3:]
                kept[section] = []
            elif section and line:
                kept[section].append(line)
    kept[vendor] = lines
    head = [
        "# 成批审核",
        "",
        "`python bench/selection.py`：5,000 个绩效目标的一轮里选 1,000 个成批审核，逐件校验、评分。",
    ]
    for section in sorted(kept):
        head += ["", f"## {section}", "", *kept[section]]
    RESULTS.write_text("\n".join(head) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
