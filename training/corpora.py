"""The corpora that the models are trained and scored on, read into documents of plain text and spans."""

from __future__ import annotations

import gzip
import os
import re
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language.prediction import Words
from analysis.language.treebanks import split_contraction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "SHARED_LABELS",
    "TREEBANKS",
    "Document",
    "Sentence",
    "Word",
    "corpora_folder",
    "gold",
    "is_held_out",
    "lay_out",
    "read_conllu",
    "read_names",
    "read_news",
    "read_other_names",
    "read_treebanks",
    "running_text",
]

#: The treebanks, by the names of their folders.
TREEBANKS = ("ewt", "gum")
#: The labels of names that all corpora of names have.
SHARED_LABELS = ("person", "location", "organization")
#: A document without known boundaries of texts is cut into documents of this many sentences.
_MAX_SENTENCES = 24


def corpora_folder() -> Path:
    """Return the folder of the corpora: ``$DATELINE_SHARED/corpora``, else ``../shared/corpora`` beside the project."""
    beside = Path(__file__).resolve().parents[2] / "shared"
    return Path(os.environ.get("DATELINE_SHARED") or beside) / "corpora"


_WEEKDAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())


class Word(NamedTuple):
    """A word of a corpus: its span in the text of its sentence, its annotation, and whether it is misspelt.

    ``head`` is the number of its head within the sentence, from 1, or 0 for the root.
    """

    start: int
    end: int
    form: str
    lemma: str = "_"
    upos: str = "_"
    xpos: str = "_"
    entity: str = "O"
    is_typo: bool = False
    head: int = 0
    deprel: str = "_"


@dataclass
class Sentence:
    """A sentence of a corpus: its text and its words, whose spans are those in the text."""

    text: str
    words: list[Word]
    space_after: bool = True


@dataclass
class Document:
    """Paragraphs of sentences, with the name of the document."""

    name: str
    paragraphs: list[list[Sentence]] = field(default_factory=list)

    @property
    def sentences(self) -> list[Sentence]:
        """The sentences of all paragraphs, in order."""
        return [s for paragraph in self.paragraphs for s in paragraph]

    def plain(self, *, paragraph_break: str = "\n\n") -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
        """Return the running text, and the spans in it of the sentences and of the words."""
        parts: list[str] = []
        sentences: list[tuple[int, int]] = []
        words: list[tuple[int, int]] = []
        at = 0
        for number, paragraph in enumerate(self.paragraphs):
            if number:
                parts.append(paragraph_break)
                at += len(paragraph_break)
            for index, sentence in enumerate(paragraph):
                sentences.append((at, at + len(sentence.text)))
                words.extend((at + w.start, at + w.end) for w in sentence.words)
                parts.append(sentence.text)
                at += len(sentence.text)
                if sentence.space_after and index + 1 < len(paragraph):
                    parts.append(" ")
                    at += 1
        return "".join(parts), sentences, words


def read_lines(path: Path) -> Iterator[str]:
    """Read the lines of a gzipped UTF-8 file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n")


def read_conllu(path: Path) -> list[Document]:
    """Read a Universal Dependencies treebank."""
    documents: list[Document] = []
    text, rows, new_paragraph = "", [], True
    for line in chain(read_lines(path), [""]):
        if line.startswith("# newdoc"):
            documents.append(Document(line.split("= ", 1)[1]))
            new_paragraph = True
        elif line.startswith("# newpar"):
            new_paragraph = True
        elif line.startswith("# text = "):
            text = line[len("# text = ") :]
        elif line and not line.startswith("#"):
            rows.append(line.split("\t"))
        elif not line and rows:
            if new_paragraph or not documents[-1].paragraphs:
                documents[-1].paragraphs.append([])
            documents[-1].paragraphs[-1].append(_sentence(text, rows))
            rows, new_paragraph = [], False
    return documents


def _sentence(text: str, rows: list[list[str]]) -> Sentence:
    words: list[Word] = []
    at, misc, contraction_end = 0, "", 0
    for row in rows:
        number, form, lemma, upos, xpos, features, head, deprel, _, misc_here = row
        if "." in number:
            continue
        if "-" in number:
            first, last = map(int, number.split("-"))
            at = text.index(form, at)
            parts = [r[1] for r in rows if r[0].isdigit() and first <= int(r[0]) <= last]
            spans = iter(split_contraction(form, parts))
            offset, at, contraction_end, misc = at, at + len(form), last, misc_here
            continue
        if int(number) <= contraction_end:
            start, end = next(spans)
            start, end = offset + start, offset + end
        else:
            start = text.index(form, at)
            at = end = start + len(form)
            misc = misc_here
        word = Word(start, end, text[start:end], lemma, upos, xpos, is_typo="Typo=Yes" in features)
        words.append(word._replace(head=int(head) if head != "_" else 0, deprel=deprel))
    return Sentence(text, words, "SpaceAfter=No" not in misc)


#: The labels of the tables, by those of ``corpora/worldwide`` and of corpora with four labels.
_LABELS = {
    "Person": "person", "Location": "location", "Facility": "facility", "Organization": "organization",
    "NORP": "norp", "Date": "date", "Money": "money", "Product": "product", "Misc": "misc",
    "PER": "person", "LOC": "location", "ORG": "organization", "MISC": "misc",
}  # fmt: skip


def _entity(tag: str) -> str:
    mark, _, label = tag.partition("-")
    return f"{mark}-{_LABELS[label]}" if label in _LABELS else "O"  # UNER's OTH is none of them


def read_names(path: Path) -> list[Document]:
    """Read a corpus of names: one word and its tag a line, a blank line after a sentence, ``# doc`` before a document.

    The words are separated by single spaces, since these corpora do not have the text that they were made from. IOB1
    tags are turned into BIO.
    """
    documents: list[Document] = []
    rows: list[tuple[str, str]] = []
    for line in chain(read_lines(path), [""]):
        if line.startswith("# doc "):
            documents.append(Document(line.split()[2]))
        elif line.startswith("# newdoc id = "):
            documents.append(Document(line.removeprefix("# newdoc id = ")))
        if line and not line.startswith("# "):
            cells = line.split()
            # UNER's columns are number, form, tag, …; the others' form, tag.
            rows.append((cells[1], cells[2]) if cells[0].isdigit() and cells[2:] else (cells[0], cells[1]))
        elif not line and rows:
            documents = documents or [Document(path.name)]
            documents[-1].paragraphs.append([_named_sentence(rows)])
            rows = []
    return documents


def running_text(forms: Sequence[str]) -> str:
    """Join the words of a corpus that has no text into running text, with blanks where they show that one was.

    Examples
    --------
    >>> running_text(["He", "’", "s", "an", "anti", "-", "gay", '"', "guru", '"', "(", "U", ".", "S", ".", ")"])
    'He’s an anti-gay "guru" (U.S.)'
    """
    parts: list[str] = []
    blank = in_quotes = False
    for before, form, after in zip(["", *forms[:-1]], forms, [*forms[1:], ""], strict=True):
        if form == '"':
            blank, blank_after = blank and not in_quotes, in_quotes
            in_quotes = not in_quotes
        elif (form in "'’" and after in _CLITICS) or (form == "-" and before[-1:].isalnum() and after[:1].islower()):
            blank = blank_after = False
        else:
            blank, blank_after = blank and not _CLOSING.fullmatch(form), form not in _OPENING
        parts += [" ", form] if blank else [form]
        blank = blank_after
    return _INITIALS.sub("", "".join(parts))


_CLITICS = ("s", "re", "ve", "ll", "d", "m", "t")
_CLOSING = re.compile(rf"""[.,;:!?%)\]}}’'”…]+|['’](?:{"|".join(_CLITICS)})|n['’]t""")
_OPENING = ("(", "[", "{", "“", "‘", "$", "£", "€", "#")
_INITIALS = re.compile(r"(?<=\b[A-Z]\.) (?=[A-Z]\.)")


def _named_sentence(rows: list[tuple[str, str]]) -> Sentence:
    """Return the sentence of words and their IOB1 or BIO tags.

    A weekday alone that ``corpora/worldwide`` has under miscellaneous, for *Monday night* is a time there, is a date.
    """
    words, at, before = [], 0, "O"
    for (form, tag), (_, after) in pairwise([*rows, ("", "O")]):
        begins = tag[0] == "I" and before[2:] != tag[2:]
        entity = _entity(f"B{tag[1:]}" if begins else tag)
        if entity == "B-misc" and form in _WEEKDAYS and after[0] != "I":
            entity = "B-date"
        words.append(Word(at, at + len(form), form, entity=entity))
        at, before = at + len(form) + 1, tag
    return Sentence(" ".join(form for form, _ in rows), words)


# What training and scoring read


def is_held_out(document: Document) -> bool:
    """Return whether a document of ``corpora/worldwide`` is kept for scoring: news from Egypt, Algeria, Al Jazeera."""
    return document.name.startswith(("eg_", "alg_", "asia_aljazeera_"))


def read_treebanks(corpora: Path) -> list[Document]:
    """Read the training parts of the treebanks."""
    return [document for name in TREEBANKS for document in read_conllu(corpora / name / "train.conllu.gz")]


def read_news(corpora: Path) -> list[Document]:
    """Read the news with names that training uses."""
    return [document for document in read_names(corpora / "worldwide" / "train.bio.gz") if not is_held_out(document)]


def read_other_names(corpora: Path) -> list[Document]:
    """Read other text with names, which have only ``SHARED_LABELS``; long documents are cut."""
    files = [corpora / "uner" / "train.iob2.gz", corpora / "wikigold" / "wikigold.conll.gz"]
    return [
        Document(document.name, document.paragraphs[low : low + _MAX_SENTENCES])
        for file in files
        for document in read_names(file)
        for low in range(0, len(document.paragraphs), _MAX_SENTENCES)
    ]


def lay_out(documents: Sequence[Document]) -> Words:
    """Return the words of documents as annotation has them."""
    sentences = [(number, s) for number, document in enumerate(documents) for s in document.sentences]
    forms = [word.form for _, sentence in sentences for word in sentence.words]
    return Words(
        forms,
        np.array([len(sentence.words) for _, sentence in sentences], dtype=np.int64),
        np.array([number for number, _ in sentences], dtype=np.int64),
    )


def gold(documents: Sequence[Document], field: str) -> list[Any]:
    """Return the annotation of each word in the corpora: a field of :class:`Word`."""
    return [getattr(word, field) for document in documents for s in document.sentences for word in s.words]
