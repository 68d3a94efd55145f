"""A dossier of 5,000 filings beside writing the same PDFs and zipping the same files by themselves; and its memory.

    python bench/dossier.py [--filings 5000]

Each filing has a paper of three sections, eight acts and two evidence files of 20 KB. The peer reads nothing: it has
the documents ready in memory, writes each as PDF with the same writer, and zips these and the same evidence files.
The limit is 1.5 times its time; memory at most 500 MB.
"""

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
RESULTS = ROOT / "bench" / "results" / "dossier.md"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiheng.settings")


def paper(number: int) -> list[dict]:
    return [
        {
            "title": "事前绩效评估",
            "facts": [["事项", f"项目{number}"], ["年度", "2026年"], ["部门", "教育局"]],
        },
        {
            "title": "评分",
            "head": ["要点", "满分", "得分", "意见"],
            "figures": [1, 2],
            "rows": [
                [f"要点{place}", "20.00", f"{15 + (number + place) % 5}.00", "依据充分，测算合理。"]
                for place in range(6)
            ],
        },
        {"title": "结论", "text": "项目立项依据充分，绩效目标明确，预算测算较为合理，建议予以支持。" * 4},
    ]


def fill(count: int) -> None:
    """A bureau with filings as rooms make them, written in bulk."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from jiheng.bureau.keys import new_key
    from jiheng.bureau.models import Organization, Person, Post, Zone
    from jiheng.bureau.profile import DEFAULT
    from jiheng.bureau.profile import load as load_profile
    from jiheng.filing.filing import digest
    from jiheng.filing.models import Filing
    from jiheng.procedure import files
    from jiheng.procedure.models import Act, Case

    zone = Zone.objects.create(code="410781", name="平原示范区", bureau="平原示范区财政局")
    office = Organization.objects.create(
        zone=zone, kind="office", code="001", name="绩效科", roles=["performance"]
    )
    department = Organization.objects.create(zone=zone, kind="department", code="101", name="教育局")
    person = Person.objects.create(zone=zone, username="p", name="绩效科经办")
    Post.objects.create(zone=zone, person=person, organization=office)
    profile = load_profile(zone, DEFAULT.read_text())
    now = timezone.now()
    cases, acts, filings = [], [], []
    for number in range(count):
        case = Case(
            zone=zone, procedure="exante", state="concluded", year=2026, title=f"项目{number}",
            profile=profile, moved_at=now, closed=True, department=department,
        )  # fmt: skip
        act = Act(
            id=new_key(), zone=zone, case=case, seq=8, step="accept", label="同意评估结果", articles=[15],
            from_state="reviewed", to_state="concluded", person=person, person_name=person.name, role="performance",
            organization=office, organization_name=office.name, at=now, request=new_key(), hash="0" * 64,
        )  # fmt: skip
        evidence = [
            {**files.keep(zone.pk, _file(number, place)), "label": "随“报送”提交"} for place in range(2)
        ]
        frozen = {
            "record": {}, "paper": paper(number),
            "acts": [[place, "审核", "支出管理科", "经办", "2026-05-01 09:00", "同意。", "0" * 64] for place in range(8)],
        }  # fmt: skip
        row = Filing(
            zone=zone, year=2026, article=15, what=f"项目{number}事前绩效评估", department=department, case=case,
            act=act, frozen=frozen, evidence=evidence, filed_at=now,
        )  # fmt: skip
        row.digest = digest(row)
        cases.append(case)
        acts.append(act)
        filings.append(row)
    Case.objects.bulk_create(cases, batch_size=500)
    Act.objects.bulk_create(acts, batch_size=500)
    Filing.objects.bulk_create(filings, batch_size=500)


def _file(number: int, place: int):
    from django.core.files.base import ContentFile

    block = hashlib.sha256(f"{number}-{place}".encode()).digest()
    return ContentFile(block * 640, name=f"佐证{place}.dat")


def ours(target: Path) -> None:
    import django

    django.setup()
    from jiheng.filing import dossier
    from jiheng.filing.models import Filing

    started = time.perf_counter()
    with target.open("wb") as file:
        made = dossier.make(Filing.objects.all(), [], file, lambda done, total: None, "2026年佐证包")
    print(
        made.filings, time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    )


def peer(target: Path) -> None:
    """The same PDFs and the same files, nothing else: no database, no hashes, no index."""
    import django

    django.setup()
    from django.core.files.storage import default_storage

    from jiheng.filing import dossier
    from jiheng.filing.models import Filing
    from jiheng.paper import document
    from jiheng.procedure import files

    ready = [
        (
            dossier.letter(filing),
            [
                Path(default_storage.path(files.place(filing.zone_id, each["sha256"])))
                for each in filing.evidence
            ],
        )
        for filing in Filing.objects.select_related("act")
    ]
    started = time.perf_counter()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (letter, evidence) in enumerate(ready):
            archive.writestr(zipfile.ZipInfo(f"{number}/备案.pdf"), document.to_pdf(letter))
            for place, path in enumerate(evidence):
                archive.write(path, f"{number}/{place}.dat")
    print(len(ready), time.perf_counter() - started, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filings", type=int, default=5000)
    parser.add_argument("--part", choices=("fill", "ours", "peer"))
    parser.add_argument("--target", type=Path)
    options = parser.parse_args()
    if options.part == "fill":
        return fill(options.filings)
    if options.part:
        return {"ours": ours, "peer": peer}[options.part](options.target)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            **os.environ,
            "JIHENG_DATA": folder,
        }

        def run(part: str) -> list[float]:
            command = [
                sys.executable,
                __file__,
                "--part",
                part,
                "--filings",
                str(options.filings),
                "--target",
                f"{folder}/{part}.zip",
            ]
            told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            return [float(each) for each in told.stdout.split()]

        run("fill")
        _, plain, _ = run("peer")
        count, made, memory = run("ours")
        kind = "PostgreSQL" if environment["DATABASE_URL"].startswith("postgres") else "SQLite"
    line = f"| {kind} | {count:.0f} | {plain:.1f} s | {made:.1f} s | {made / plain:.2f}（≤ 1.5） | {memory:.0f} MB（≤ 500） |\n"
    head = (
        "# 佐证包\n\n`python bench/dossier.py`：同样的 PDF 自己写、同样的文件自己打包用多久，做成佐证包用多久。\n\n"
        "| 库 | 备案 | 只写 PDF 和打包 | 佐证包 | 倍数 | 内存 |\n| --- | --- | --- | --- | --- | --- |\n"
    )
    known = RESULTS.read_text().splitlines(keepends=True)[6:] if RESULTS.exists() else []
    others = [each for each in known if not each.startswith(f"| {kind} ")]
    RESULTS.write_text(head + "".join(sorted([*others, line], reverse=True)))
    print(line)


if __name__ == "__main__":
    main()
