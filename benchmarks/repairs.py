"""Count the texts that reading repairs, or says are damaged: ``python -m benchmarks.repairs [FILE…]``.

A FILE is JSON Lines with a ``text`` each, or CoNLL-U, of which each sentence is a text; either may be gzipped. Unless
given, they are Wikinews, PolNeAR's articles, and the treebanks EWT and GUM. Edited texts are whole: a note on one is
wrong, or is on the text itself (a sentence of the web that ends in "…").
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.article.repairs import repair_text
from training.corpora import corpora_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_SENTENCE = "# text = "


def default_files() -> list[Path]:
    """Return the files that are counted unless others are given."""
    corpora = corpora_folder()
    treebanks = (path for name in ("ewt", "gum") for path in sorted((corpora / name).glob("*.conllu.gz")))
    return [corpora.parent / "evals" / "wikinews.jsonl", *sorted((corpora / "polnear").glob("*.jsonl.gz")), *treebanks]


def read_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).decode().split("\n")
    if ".jsonl" in path.suffixes:
        yield from (json.loads(line)["text"] for line in lines if line)
    else:
        yield from (line.removeprefix(_SENTENCE) for line in lines if line.startswith(_SENTENCE))


def kinds(findings: str) -> list[str]:
    """Return the kinds of what is said of a text, without what is quoted from it or counted in it.

    Examples
    --------
    >>> kinds("words broken at line ends joined (2); it may be cut off: it ends in “the …”")
    ['words broken at line ends joined', 'it may be cut off: it ends in']
    """
    return [part.strip() for part in re.sub(r" ?(?:“[^”]*”|\([^)]*\))", "", findings).split(";") if part.strip()]


def main() -> None:
    """Print for each file, and for all, how many texts it has, how many have a note, and of which kinds."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE")
    total: Counter[str] = Counter()
    for path in parser.parse_args().files or default_files():
        found = [repair_text(text)[1] for text in read_texts(path)]
        counts = Counter(kind for findings in found for kind in kinds(findings))
        counts |= Counter({"texts": len(found), "with a note": sum(map(bool, found))})
        total += counts
        sys.stdout.write(f"{path.parent.name}/{path.name}: {_line(counts)}\n")
    sys.stdout.write(f"all: {_line(total)}\n")


def _line(counts: Counter[str]) -> str:
    return "; ".join(f"{n:,} {kind}" for kind, n in counts.most_common())


if __name__ == "__main__":
    main()
