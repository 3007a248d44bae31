"""Count what the second look at tags mends and breaks: ``python -m benchmarks.grammar --corpora DIR``.

Of each Penn tag in the dev parts of the treebanks that clues from the whole sentence change, the treebank knows whether
it was right, is right now, or neither.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from analysis.language import pipeline, rescoring, store
from training import train
from training.corpora import corpora_folder, read_conllu


def outcome(old: str, new: str, right: str) -> str:
    """Say which of two tags is right."""
    return "right now" if new == right else "right before" if old == right else "neither"


def main() -> None:
    """Tag with clues and without, and print what differs, the most frequent first."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--corpora", type=Path, default=corpora_folder(), help="the folder that holds ewt and gum")
    corpora = parser.parse_args().corpora
    known = store.clues
    for name in train.TREEBANKS:
        documents = read_conllu(corpora / name / "dev.conllu.gz")
        words = train.lay_out(documents)
        columns, right = pipeline.describe(words), train.right(documents, "xpos")
        tagged = []
        for clues in (rescoring.Clues.none, known):
            store.clues = clues
            tagged.append(pipeline.predict(columns, words)[0])
        changes = Counter((old, new, outcome(old, new, gold)) for old, new, gold in zip(*tagged, right, strict=True))
        changes = Counter({change: count for change, count in changes.items() if change[0] != change[1]})
        first, again = (sum(tag == gold for tag, gold in zip(tags, right, strict=True)) for tags in tagged)
        sys.stdout.write(
            f"{name}-dev: {first / len(right):.2%} right at first, {again / len(right):.2%} at second look\n"
        )
        for (old, new, said), count in changes.most_common():
            sys.stdout.write(f"  {old} → {new}, {said}: {count}\n")


if __name__ == "__main__":
    main()
