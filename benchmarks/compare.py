"""Time the comparison of many reports, and the memory it takes.

    python benchmarks/compare.py [REPORT] [--reports N] [--whole]
    python benchmarks/compare.py --chance ROWS.jsonl

N reports are written aside. Each links to one report's tables of measures, and has its own words (some 170 different
ones from a vocabulary of 200,000 in which a word's chance falls with its rank), names (25 of 50,000) and pairs of names
(75). Every step runs in a process of its own, which tells its seconds and the most memory it held; ``--whole`` runs
`dateline compare` on them as well.

``--chance`` takes articles as they are, deals them to a group and a rest at random again and again, and tells in how
many of the dealings :func:`analysis.compare.group_terms` finds a word with an adjusted p below .05: in no more than 5
of 100, if it is to be trusted. Beside it stands the same by the test that takes words as drawn one by one.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import annotate, compare, measures, read_articles

_SURE = 0.05
STEPS = {
    "group_terms by publisher": lambda articles: compare.group_terms(articles, n=40),
    "group_terms by month": lambda articles: compare.group_terms(articles, by="month", n=40),
    "names_over_time": compare.names_over_time,
    "name_pairs_over_time": compare.name_pairs_over_time,
    "measures_by_article": compare.measures_by_article,
    "measures_by_group": lambda articles: compare.measures_by_group(compare.measures_by_article(articles), articles),
}


def write_reports(folder: Path, like: Path, n: int) -> None:
    """Write n reports."""
    rng = np.random.default_rng(0)
    chance = {size: (1 / np.arange(2, size + 2)) for size in (200_000, 50_000)}
    cut = {size: np.cumsum(c / c.sum()) for size, c in chance.items()}
    for i in range(n):
        article_id = f"article-{i:06}"
        tables = folder / article_id / "tables"
        tables.mkdir(parents=True)
        for name in ("counts", "diversity", "readability"):
            (tables / f"{name}.parquet").symlink_to((like / "tables" / f"{name}.parquet").resolve())
        words, names = (np.searchsorted(cut[size], rng.random(k)) for size, k in ((200_000, 260), (50_000, 25)))
        names = np.unique(names)
        pairs = rng.choice(names, size=(75, 2)) if len(names) > 1 else np.zeros((0, 2), int)
        lemma, count = np.unique(words, return_counts=True)
        own = {
            "frequent-words": {"lemma": [f"word{w}" for w in lemma], "upos": "NOUN", "n": count},
            "names": {"name": [f"Name {x}" for x in names], "label": "person", "n": 2},
            "name-pairs": {"left": [f"Name {x}" for x, _ in pairs], "right": [f"Name {x}" for _, x in pairs], "n": 1},
        }
        for name, columns in own.items():
            pd.DataFrame({"article_id": article_id} | columns).to_parquet(tables / f"{name}.parquet", index=False)
        said = {"publisher": f"Publisher {i % 5}", "published": f"20{10 + i % 5}-{1 + i // 7 % 12:02}-01"}
        (folder / article_id / "article.json").write_text(json.dumps({"id": article_id, "title": article_id, **said}))
        record = folder / article_id / "ro-crate-metadata.json"
        record.write_bytes((like / "ro-crate-metadata.json").read_bytes())


def peak_megabytes(who: int) -> float:
    """Give the most memory that this process, or its children, have held."""
    return resource.getrusage(who).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def run_step(reports: Path, step: str) -> None:
    """Run one step, and print its seconds and memory as JSON."""
    start = time.perf_counter()
    articles = compare.read_reports(reports)
    read = time.perf_counter() - start
    start = time.perf_counter()
    if step in STEPS:
        STEPS[step](articles)
    took = time.perf_counter() - start if step in STEPS else read
    print(json.dumps([took, peak_megabytes(resource.RUSAGE_SELF)]))


def deal_at_random(rows: str) -> None:
    """Print how often chance alone would set groups of articles apart."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        reports = []
        for i, article in enumerate(read_articles([rows], strict=True)):
            tokens = annotate(article, force=True).tokens
            tables = Path(folder) / str(i) / "tables"
            tables.mkdir(parents=True)
            measures.terms(tokens).to_parquet(tables / "frequent-words.parquet", index=False)
            reports.append((str(tables.parent), int(tokens["is_word"].sum())))
        articles = pd.DataFrame(reports, columns=["report", "n_words"])
        print(f"{'group':>6}{'of':>5}{'dealings':>10}{'articles':>10}{'words':>7}   with a word told, %")
        for of, m in ((12, 6), (23, 5), (40, 20), (120, 10), (len(articles), 30), (len(articles), len(articles) // 2)):
            told = []
            for _ in range(100):
                dealt = articles.sample(of, random_state=rng).reset_index(drop=True)
                dealt["side"] = np.where(rng.permutation(of) < m, "a", "b")
                found = compare.group_terms(dealt, by="side").query("group == 'a'")
                sizes = dealt.groupby("side")["n_words"].sum()
                by_words = measures.adjust_p(measures.rates_p(found["n"], sizes["a"], found["rest_n"], sizes["b"]))
                told.append(((found["p_adjusted"] < _SURE).any(), (by_words < _SURE).any()))
            by_articles, by_words = 100 * np.mean(told, axis=0)
            print(f"{m:>6}{of:>5}{len(told):>10}{by_articles:>10.0f}{by_words:>7.0f}", flush=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    like = next(iter(sorted(Path(__file__).parent.parent.glob("reports/*/tables"))), Path("reports/none/tables")).parent
    parser.add_argument("report", nargs="?", type=Path, default=like, help="a report to take the measures from")
    parser.add_argument("--reports", type=int, default=10_000, help="how many")
    parser.add_argument("--whole", action="store_true", help="run `dateline compare` as well")
    parser.add_argument("--chance", metavar="ROWS", help="articles to deal to groups at random")
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        run_step(Path(options.step[0]), options.step[1])
        return
    if options.chance:
        deal_at_random(options.chance)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "reports"
        write_reports(folder, options.report, options.reports)
        print(f"{options.reports:,} reports\n{'step':<28}{'seconds':>9}{'MB':>7}")
        for step in ("importing alone", "read_reports", *STEPS):
            where = str(options.report) if step == "importing alone" else str(folder)
            done = subprocess.run([sys.executable, __file__, "--step", where, step], check=True, capture_output=True)
            took, megabytes = json.loads(done.stdout)
            print(f"{step:<28}{took:>9.1f}{megabytes:>7.0f}", flush=True)
        if options.whole:
            start = time.perf_counter()
            out = str(Path(scratch) / "comparison")
            command = [sys.executable, "-m", "analysis", "compare", str(folder), "--out", out]
            subprocess.run(command, check=True, capture_output=True)
            megabytes = peak_megabytes(resource.RUSAGE_CHILDREN)
            print(f"{'dateline compare':<28}{time.perf_counter() - start:>9.1f}{megabytes:>7.0f}")


if __name__ == "__main__":
    main()
