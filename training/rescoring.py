"""Count what re-scoring corrects and breaks, in the dev parts of the treebanks."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.language import prediction
from analysis.language.models import Models, default_models
from analysis.language.rescoring import Rescorer
from training.corpora import TREEBANKS, Document, corpora_folder, gold, lay_out, read_conllu

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["changes", "main"]


def changes(documents: Sequence[Document], models: Models) -> list[tuple[str, str, str]]:
    """Return the Penn tag without re-scoring, the one with it, and the correct one, of each word of documents."""
    words = lay_out(documents)
    columns = prediction.word_columns(words, models)
    without, _ = prediction.predict_tags(columns, words, models, rescorer=Rescorer.without_features())
    rescored, _ = prediction.predict_tags(columns, words, models)
    return list(zip(without, rescored, gold(documents, "xpos"), strict=True))


def _outcome(old: str, new: str, correct: str) -> str:
    return "right now" if new == correct else "right before" if old == correct else "neither"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``rescoring``: print the tags that re-scoring changes, the most frequent first."""
    parser = argparse.ArgumentParser(
        prog="python -m training rescoring", description="Count what re-scoring of tags corrects and breaks."
    )
    parser.add_argument("--corpora", type=Path, default=corpora_folder(), help="the folder that holds ewt and gum")
    options = parser.parse_args(arguments)
    for name in TREEBANKS:
        found = changes(read_conllu(options.corpora / name / "dev.conllu.gz"), default_models())
        before, after = (sum(tags[column] == tags[2] for tags in found) / len(found) for column in (0, 1))
        sys.stdout.write(f"{name}-dev: {before:.2%} right without re-scoring, {after:.2%} with it\n")
        counts = Counter((old, new, _outcome(old, new, correct)) for old, new, correct in found if old != new)
        for (old, new, outcome), count in counts.most_common():
            sys.stdout.write(f"  {old} → {new}, {outcome}: {count}\n")
