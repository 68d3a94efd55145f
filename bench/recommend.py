"""Whether the ten recommended indicators hold those that were used, on goals the recommender hasn't seen.

    python bench/recommend.py

The demo's goals are split by project, five ways; each fifth is held out once. "Same kinds known" is the everyday case:
similar projects were written before. "Kind unknown" leaves out every goal of that kind too, so that only words help.
"""

import random
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
RESULTS = ROOT / "bench" / "results" / "recommend.md"
FOLDS = 5


def main() -> int:
    from jiheng.demo.tables import organizations, projects
    from jiheng.indicator.library import seeds
    from jiheng.indicator.recommend import Candidate, Past, Recommender, by_keyword

    names = {code: place[0] for code, place in organizations()["departments"].items()}
    texts = list(projects())
    used_names = {row.name: row.level2 for text in texts for row in text.indicators()}
    rows = {row["name"]: row for row in seeds()}
    candidates = [
        Candidate(row["name"], row["level2"], row["name"], row["field"], row["industry"])
        for row in rows.values()
    ]
    candidates += [Candidate(name, level2, name) for name, level2 in used_names.items() if name not in rows]

    def past(some: Iterable) -> list[Past]:
        return [
            Past(t.name, names[t.department], "", frozenset(row.name for row in t.indicators())) for t in some
        ]

    shuffled = texts[:]
    random.Random(7).shuffle(shuffled)
    shares: dict[str, list[float]] = {"known": [], "unknown": [], "keyword": []}
    for fold in range(FOLDS):
        held = shuffled[fold::FOLDS]
        rest = [text for text in shuffled if text not in held]
        known = Recommender(candidates, past(rest))
        for text in held:
            used = {row.name for row in text.indicators()}
            unseen = Recommender(candidates, past(each for each in rest if each.goal != text.goal))
            for name, ten in (
                ("known", [each.candidate for each in known.ten(text.name, names[text.department])]),
                ("unknown", [each.candidate for each in unseen.ten(text.name, names[text.department])]),
                ("keyword", by_keyword(candidates, text.name)),
            ):
                shares[name].append(len(used & {each.name for each in ten}) / len(used))
    lines = [
        "# 指标推荐",
        "",
        "`python bench/recommend.py` 的结果。用演示局的绩效目标，按项目分五份，轮流留出一份不学；"
        f"共 {len(texts)} 个目标、{len(candidates)} 个指标。数字是“目标实际用的指标有多少在推荐的十个里”。",
        "",
        "| | 平均 | 一半以上在内的目标 |",
        "| --- | ---: | ---: |",
    ]
    labels = {
        "known": "推荐（库里有同类项目写过的目标，平常情形）",
        "unknown": "推荐（这一类项目从没有人写过）",
        "keyword": "只按项目名称的字词查",
    }
    for name, label in labels.items():
        half = sum(share >= 0.5 for share in shares[name]) / len(shares[name])
        lines.append(f"| {label} | {statistics.mean(shares[name]):.0%} | {half:.0%} |")
    lines += [
        "",
        "演示局的同类项目用同一套指标，真实目标没有这样整齐，所以第一行偏高。第二行是最难的情形：演示目标用的多是不带行业的通用指标，而推荐给的是这一行业的核心指标，看上去合适，却不是这里用的。",
        "",
    ]
    RESULTS.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
