"""Measure time and memory of comparing many reports, and the error rate of ``group_terms``.

    python benchmarks/compare.py [REPORT] [--reports N] [--whole]
    python benchmarks/compare.py --chance ROWS.jsonl

The first form writes N synthetic reports to a temporary folder. Each links to the tables of measures of one real
report, and has its own words (about 170 different ones from a vocabulary of 200,000 with Zipfian frequencies), names
(25 out of 50,000) and pairs of names (75). Every step runs in a process of its own, which prints its time and its peak
memory; ``--whole`` also runs `dateline compare` on the reports.

``--chance`` takes real articles, assigns them at random to a group and the rest, and counts in how many of 100
assignments :func:`analysis.compare.group_terms` finds any word with an adjusted p below .05: at most 5 if the test
keeps its level. The same is counted for a test that treats words as independent.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import annotate, compare, layout, measures, read_articles

_SIGNIFICANT = 0.05
_EXHIBITS = {table: exhibit for exhibit, table in layout.READ_EXHIBITS.items()}
STEPS = {
    "group_terms by publisher": lambda articles: compare.group_terms(articles, n=40),
    "group_terms by month": lambda articles: compare.group_terms(articles, by="month", n=40),
    "names_over_time": compare.names_over_time,
    "name_pairs_over_time": compare.name_pairs_over_time,
    "measures_by_article": compare.measures_by_article,
    "measures_by_group": lambda articles: compare.measures_by_group(compare.measures_by_article(articles), articles),
}


def write_reports(folder: Path, model: Path, n: int) -> None:
    """Write n synthetic reports, with the measures of the model report."""
    rng = np.random.default_rng(0)
    cumulative = {}
    for size in (200_000, 50_000):
        frequency = 1 / np.arange(2, size + 2)
        cumulative[size] = np.cumsum(frequency / frequency.sum())
    for i in range(n):
        article_id = f"article-{i:06}"
        report = folder / article_id
        (report / layout.TABLES_FOLDER).mkdir(parents=True)
        for name in ("counts", "diversity", "readability"):
            path = layout.table_path(_EXHIBITS[name])
            (report / path).symlink_to((model / path).resolve())
        words, names = (np.searchsorted(cumulative[size], rng.random(k)) for size, k in ((200_000, 260), (50_000, 25)))
        names = np.unique(names)
        pairs = rng.choice(names, size=(75, 2)) if len(names) > 1 else np.zeros((0, 2), int)
        lemma, count = np.unique(words, return_counts=True)
        left, right = ([f"Name {name}" for name in side] for side in pairs.T)
        tables: dict[str, dict[str, Any]] = {
            "terms": {"lemma": [f"word{word}" for word in lemma], "upos": "NOUN", "n": count},
            "names": {"name": [f"Name {name}" for name in names], "label": "person", "n": 2},
            "cooccurrence": {"left": left, "right": right, "n": 1},
        }
        for name, columns in tables.items():
            table = pd.DataFrame({"article_id": article_id, **columns})
            table.to_parquet(report / layout.table_path(_EXHIBITS[name]), index=False)
        fields = {
            "id": article_id,
            "title": article_id,
            "publisher": f"Publisher {i % 5}",
            "published": f"20{10 + i % 5}-{1 + i // 7 % 12:02}-01",
        }
        (report / layout.ARTICLE_FIELDS).write_text(json.dumps(fields))
        record = json.loads((model / layout.RECORD).read_bytes())
        for entity in record["@graph"]:
            if (report / entity["@id"]).is_file():
                entity["sha256"] = hashlib.sha256((report / entity["@id"]).read_bytes()).hexdigest()
        (report / layout.RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")


def peak_megabytes(who: int) -> float:
    """Return the peak memory of this process, or of its children."""
    return resource.getrusage(who).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def run_step(reports: Path, step: str) -> None:
    """Run one step, and print its seconds and peak memory as JSON."""
    start = time.perf_counter()
    articles = compare.read_reports(reports)
    if step in STEPS:
        start = time.perf_counter()
        STEPS[step](articles)
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, peak_megabytes(resource.RUSAGE_SELF)]))


def measure_error_rate(rows: str) -> None:
    """Print in how many random assignments of articles to groups some word is significant."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        reports = []
        for i, article in enumerate(read_articles([rows], strict=True)):
            tokens = annotate(article, force=True).tokens
            report = Path(folder) / str(i)
            (report / layout.TABLES_FOLDER).mkdir(parents=True)
            measures.terms(tokens).to_parquet(report / layout.table_path(_EXHIBITS["terms"]), index=False)
            reports.append((f"{i:06}", str(report), int(tokens["is_word"].sum())))
        articles = pd.DataFrame(reports, columns=["article_id", "report", "n_words"])
        print(f"{'group':>6}{'of':>5}{'draws':>7}{'articles':>10}{'words':>7}   with a significant word, %")
        for n, m in ((12, 6), (23, 5), (40, 20), (120, 10), (len(articles), 30), (len(articles), len(articles) // 2)):
            is_significant = []
            for _ in range(100):
                drawn = articles.sample(n, random_state=rng).reset_index(drop=True)
                drawn["side"] = np.where(rng.permutation(n) < m, "a", "b")
                terms = compare.group_terms(drawn, by="side").query("group == 'a'")
                n_words = drawn.groupby("side")["n_words"].sum()
                p_of_words = measures.rates_p(terms["n"], n_words["a"], terms["rest_n"], n_words["b"])
                found = (terms["p_adjusted"], measures.adjust_p(p_of_words))
                is_significant.append([(p < _SIGNIFICANT).any() for p in found])
            by_articles, by_words = 100 * np.mean(is_significant, axis=0)
            print(f"{m:>6}{n:>5}{len(is_significant):>7}{by_articles:>10.0f}{by_words:>7.0f}", flush=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    records = sorted(Path(__file__).parent.parent.glob(f"reports/*/{layout.RECORD}"))
    model = records[0].parent if records else Path("reports/none")
    parser.add_argument("report", nargs="?", type=Path, default=model, help="a report to take the measures from")
    parser.add_argument("--reports", type=int, default=10_000, help="how many")
    parser.add_argument("--whole", action="store_true", help="run `dateline compare` as well")
    parser.add_argument("--chance", metavar="ROWS", help="articles to assign to groups at random")
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        run_step(Path(options.step[0]), options.step[1])
        return
    if options.chance:
        measure_error_rate(options.chance)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "reports"
        write_reports(folder, options.report, options.reports)
        print(f"{options.reports:,} reports\n{'step':<28}{'seconds':>9}{'MB':>7}")
        for step in ("importing alone", "read_reports", *STEPS):
            reports = str(options.report) if step == "importing alone" else str(folder)
            command = [sys.executable, __file__, "--step", reports, step]
            seconds, megabytes = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            print(f"{step:<28}{seconds:>9.1f}{megabytes:>7.0f}", flush=True)
        if options.whole:
            start = time.perf_counter()
            out = str(Path(scratch) / "comparison")
            command = [sys.executable, "-m", "analysis", "compare", str(folder), "--out", out]
            subprocess.run(command, check=True, capture_output=True)
            megabytes = peak_megabytes(resource.RUSAGE_CHILDREN)
            print(f"{'dateline compare':<28}{time.perf_counter() - start:>9.1f}{megabytes:>7.0f}")


if __name__ == "__main__":
    main()
