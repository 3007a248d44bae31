"""Count what the rules of grammar mend and break: ``python -m benchmarks.grammar --corpora DIR``.

The treebanks are tagged by networks of tags that have not learnt from them: one is fitted to one half of the documents
and tags the other, and the other way round. Of each tag that a rule changes, the treebank knows whether it was right,
is right now, or neither. The word lists, and the larger model by which the networks learn from news, know both halves:
the share of right tags is a little too high.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analysis.language import annotation, grammar, store, train

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.language.corpora import Document
    from analysis.language.network import Network

OUTCOMES = ("right now", "right before", "neither")


def halves(corpora: Path) -> Iterator[tuple[Network, list[Document]]]:
    """Fit a network to each half of the treebanks, and to the news; give it with the half it has not seen."""
    treebanks, news = train.read_treebanks(corpora), train.read_news(corpora)
    words = train.lay_out([*treebanks, *news])
    labels = train.tag_labels(treebanks, words, store.data_file(train.TAUGHT))
    owners = np.repeat(words.articles, words.lengths)
    for held in (0, 1):
        is_held = (owners < len(treebanks)) & (owners % 2 == held)
        kept = {
            name: of._replace(numbers=of.numbers[~is_held], shares=of.shares[~is_held]) for name, of in labels.items()
        }
        seen = [document for number, document in enumerate(treebanks) if number % 2 != held]
        yield train.fit_tags(train.lay_out([*seen, *news]), kept), treebanks[held::2]


def main() -> None:
    """Fit, tag, apply each rule and print what it does."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds ewt, gum, worldwide")
    arguments = parser.parse_args()
    found: dict[str, Counter[str]] = {rule.__name__: Counter() for rule in grammar.RULES}
    n_words = n_right = 0
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder, "models")
        shutil.copytree(store.MODELS, models)
        store.use(models)
        for network, documents in halves(arguments.corpora):
            store.write_model("tags.npz", network.to_bytes())
            words, right = train.lay_out(documents), train.right(documents, "xpos")
            columns = annotation.describe(words)
            tags, _, _ = annotation.predict(columns, words)
            n_words += len(right)
            n_right += sum(tag == gold for tag, gold in zip(tags, right, strict=True))
            for start, end in pairwise([0, *np.cumsum(words.lengths).tolist()]):
                here = slice(start, end)
                for rule in grammar.RULES:
                    mended = rule(tags[here], columns["form"][here])
                    for old, new, gold in zip(tags[here], mended, right[here], strict=True):
                        if old != new:
                            found[rule.__name__][outcome(old, new, gold)] += 1
    sys.stdout.write(f"{n_words:,} words, of which the networks tag {n_right / n_words:.2%} right\n")
    for rule, counts in found.items():
        sys.stdout.write(f"{rule}: " + ", ".join(f"{counts[name]} {name}" for name in OUTCOMES) + "\n")


def outcome(old: str, new: str, gold: str) -> str:
    """Say which of two tags is right, by its name in ``OUTCOMES``."""
    return OUTCOMES[0] if new == gold else OUTCOMES[1] if old == gold else OUTCOMES[2]


if __name__ == "__main__":
    main()
