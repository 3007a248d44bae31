"""Score sentences of news: ``python -m benchmarks.sentences [FILE]``, where FILE is Wikinews as JSON Lines.

``wikinews_sentences.json`` holds where sentences begin in the bodies of its articles. A simple rule (a full stop,
question or exclamation mark, then a capital or digit) and the models each found them; where the two differ, or there
is an abbreviation or an ellipsis, it was decided by reading. Where both make the same mistake, so does the file.
No model was trained on these articles, but the training of breaks was chosen with an eye to them: the scores flatter.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path

from analysis.article import Article
from analysis.language import annotate
from training.corpora import corpora_folder
from training.evaluate import f1

GOLD = Path(__file__).with_name("wikinews_sentences.json")
NEWS = corpora_folder().parent / "evals" / "wikinews.jsonl"


def sentences(starts: list[int], end: int) -> set[tuple[int, int]]:
    """Return sentences as spans from one start to the next."""
    return set(pairwise([*starts, end]))


def main() -> None:
    """Print precision, recall and F1 of articles as they are, and of their bodies alone in one line each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("file", type=Path, nargs="?", default=NEWS)
    rows = [json.loads(line) for line in parser.parse_args().file.read_text(encoding="utf-8").splitlines()]
    gold_starts = json.loads(GOLD.read_text(encoding="utf-8"))
    for layout in ("as it is", "one line"):
        gold, found = set(), set()
        for row in rows:
            id_, text, starts = row["id"], row["text"], gold_starts[row["id"]]
            cut = starts[0] if layout == "one line" else 0
            table = annotate(Article.from_text(text[cut:], id=id_), force=True).sentences
            ours = [start + cut for start in table["start"].tolist() if start + cut >= starts[0]]
            gold |= {(id_, *span) for span in sentences(starts, len(text))}
            found |= {(id_, *span) for span in sentences(ours, len(text))}
        sys.stdout.write(f"{layout}: {f1(gold, found)}\n")


if __name__ == "__main__":
    main()
