"""Treebanks in CoNLL-U, read into the tables of the package: given tags, trees and chains are kept."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from urllib.parse import unquote

import numpy as np
import pandas as pd

from analysis import tables
from analysis.article import Article, ArticleError
from analysis.invisible import visible
from analysis.language import coreference
from analysis.language.conllu import METADATA, column_form, one_line, unescape
from analysis.language.english import check_english
from analysis.language.models import Models, default_models
from analysis.language.pipeline import Annotations, make_tables, token_columns
from analysis.language.prediction import Words
from analysis.language.syntax import ROOT, is_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Span = tuple[int, int]

__all__ = ["read_conllu", "split_contraction"]

_N_COLUMNS = 10
_PARAGRAPH_BREAK = "\n\n"
_ID = re.compile(r"(\d+)(?:([-.])(\d+))?")
_BRACKET = re.compile(r"\(([^()]+)(\))?|([^()]+)\)")
_FIRST_FIELDS = ("eid", "GRP")
_BIO = frozenset(["O", *(f"{mark}-{label}" for mark in "BI" for label in tables.LABELS)])
_KINDS = {"PRON": "pronoun", "PROPN": "name"}


class _Word(NamedTuple):
    """A word with its annotation; an underscore where there is none."""

    line: int
    start: int
    end: int
    lemma: str
    upos: str
    xpos: str
    head: int
    deprel: str
    ner: str
    entity: str


@dataclass
class _Document:
    """A document as it is read: parts of its text, and words in sentences."""

    name: str
    line: int
    fields: dict[str, Any] = field(default_factory=dict)
    entity_fields: tuple[str, ...] = ("eid", "etype", "head", "other")
    parts: list[str] = field(default_factory=list)
    length: int = 0
    gap: str = ""  # what follows the last word, if more does
    last_gap: str = ""  # what follows it in any case
    sentences: list[list[_Word]] = field(default_factory=list)

    def add(self, part: str) -> Span:
        """Add a part of the text; return its span."""
        self.parts.append(part)
        self.length += len(part)
        return self.length - len(part), self.length


def read_conllu(
    path: str | Path, *, force: bool = False, models: Models | None = None
) -> tuple[list[Article], Annotations]:
    r"""Read a treebank, or another file in CoNLL-U, into articles and their tables.

    Parameters
    ----------
    path
        The file, in UTF-8.
    force
        Read text that is not in English as well. What the models add to it means little.
    models
        The models to use; those of the package unless given.

    Returns
    -------
    articles
        An article for each ``newdoc``. Its text is that of ``# text`` with the spaces that ``SpacesAfter`` tells, or a
        blank between sentences and a blank line between paragraphs.
    annotations
        Their tables, as :func:`analysis.annotate` returns them. Words, sentences, lemmas, tags and trees are those of
        the file, and chains and names if it has ``Entity`` and ``NER``. What is not there (an underscore, or a tag that
        is none of Penn's) is predicted. The words of a contraction that are spelt in full share its span (*du* for *de
        le*); empty nodes are left out.

    Raises
    ------
    ArticleError
        If a line breaks the format or a sentence has no tree with one root; it names the line.
    NotEnglishError
        If a document is not in English, unless ``force`` is true.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> lines = ["# text = It rained.", "1\tIt\t_\tPRON\tPRP\t_\t2\texpl\t_\t_",
    ...     "2\trained\train\tVERB\tVBD\t_\t0\troot\t_\tSpaceAfter=No", "3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_", "", ""]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "rain.conllu")
    ...     _ = path.write_text("\n".join(lines))
    ...     articles, annotations = read_conllu(path, force=True)
    >>> articles[0].text, annotations.tokens[["lemma", "head", "deprel"]].to_numpy().tolist()
    ('It rained.', [['it', 1, 'expl'], ['rain', -1, 'root'], ['.', 1, 'punct']])
    """
    path, models = Path(path), models or default_models()
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ArticleError(f"{path} is not in UTF-8: byte {error.start} cannot be decoded; convert it first") from None
    documents = [document for document in _Reader(path, lines).read() if document.sentences]
    if not documents:
        raise ArticleError(f"{path} has no word in it; expected sentences in CoNLL-U")
    articles = [_article(document) for document in documents]
    if not force:
        for article in articles:
            check_english(article, models=models)
    return articles, _tables(documents, articles, models, path)


class _Reader:
    """Reads the lines of a file into documents."""

    def __init__(self, path: Path, lines: Sequence[str]) -> None:
        self._path = path
        self._lines = lines
        self._documents: list[_Document] = []
        self._text: str | None = None
        self._new_paragraph = False
        self._rows: list[tuple[int, list[str]]] = []

    def read(self) -> list[_Document]:
        for number, line in enumerate([*self._lines, ""], start=1):
            if line.startswith("#"):
                self._read_comment(number, line)
            elif line.strip():
                cells = line.split("\t")
                if len(cells) != _N_COLUMNS or not _ID.fullmatch(cells[0]):
                    self._fail(number, f"has {len(cells)} columns, the first {cells[0][:20]!r}", "ten after a number")
                self._rows.append((number, cells))
            elif self._rows:
                self._end_sentence()
        return self._documents

    def _fail(self, number: int, received: str, expected: str) -> NoReturn:
        raise ArticleError(f"{self._path}, line {number:,} {received}; expected {expected}")

    def _read_comment(self, number: int, line: str) -> None:
        key, _, value = line[1:].partition("=")
        key, value = key.strip(), value.strip()
        if key.split(" ")[0] == "newdoc":
            default = f"{self._path.stem}-{len(self._documents) + 1}"
            self._documents.append(_Document(value or default, number))
        elif key.split(" ")[0] == "newpar":
            self._new_paragraph = True
        elif key == "text":
            self._text = value
        elif key == "global.Entity" and value and self._documents:
            self._documents[-1].entity_fields = tuple(value.split("-"))
        elif key.removeprefix("meta::") in METADATA and key.startswith("meta::") and self._documents:
            self._documents[-1].fields[METADATA[key.removeprefix("meta::")]] = value

    def _end_sentence(self) -> None:
        if not self._documents:
            self._documents.append(_Document(self._path.stem, 1))
        document = self._documents[-1]
        if document.sentences:
            is_open = self._new_paragraph and document.gap in ("", " ")
            document.add(_PARAGRAPH_BREAK if is_open else document.gap)
        words = [*self._words(document)]
        self._check_tree(words)
        document.sentences.append(words)
        self._rows, self._text, self._new_paragraph = [], None, False

    def _words(self, document: _Document) -> Iterator[_Word]:
        """Yield the words of the sentence that has been read, and add its text to that of the document."""
        rows = [(number, cells) for number, cells in self._rows if "." not in cells[0]]
        contraction = 0
        spans: Iterator[Span] = iter([])
        at, n_words = 0, 0
        is_first = True
        for number, cells in rows:
            first, _, last = cells[0].partition("-")
            misc = dict(each.partition("=")[::2] for each in cells[9].split("|"))
            if int(first) != n_words + 1:
                self._fail(number, f"has the number {cells[0]}", f"{n_words + 1}: words are numbered from 1")
            if last or int(first) > contraction:
                if not is_first:
                    document.add(document.gap)
                elif not document.sentences:
                    document.add(unescape(misc.get("SpacesBefore", "")))
                is_first = False
                start, end = document.add(unescape(misc.get("SpacesInToken", cells[1])))
                at = self._set_gap(document, number, cells[1], misc, at)
            if last:
                parts = [c[1] for _, c in rows if c[0].isdigit() and int(first) <= int(c[0]) <= int(last)]
                if len(parts) != int(last) - int(first) + 1:
                    self._fail(number, f"spans the words {cells[0]}", "all of them in the lines that follow")
                contraction = int(last)
                spans = iter([(start + s, start + e) for s, e in split_contraction(cells[1], parts)])
                continue
            n_words += 1
            if n_words <= contraction:
                start, end = next(spans)
            head = _head(cells[6])
            if head is None:
                self._fail(number, f"has {cells[6]!r} as its head", "the number of a word, 0 for the root, or _")
            lemma, upos, xpos = cells[2:5]
            named = misc.get("NER", ""), misc.get("Entity", "")
            yield _Word(number, start, end, lemma, upos, xpos, head, cells[7], *named)

    def _set_gap(self, document: _Document, number: int, form: str, misc: dict[str, str], at: int) -> int:
        """Note what follows a word; return the place after it in the text of its sentence."""
        gap = "" if misc.get("SpaceAfter") == "No" else " "
        if self._text is not None:
            found = self._text.find(form, at)
            if found < 0 or self._text[at:found].strip():
                self._fail(number, f"has the word {form!r}", f"what follows in # text: {self._text[at : at + 30]!r}")
            at = found + len(form)
            if at < len(self._text):
                gap = self._text[at : len(self._text) - len(self._text[at:].lstrip())]
        document.gap = unescape(misc["SpacesAfter"]) if "SpacesAfter" in misc else gap
        document.last_gap = document.gap if "SpacesAfter" in misc else ""
        return at

    def _check_tree(self, words: Sequence[_Word]) -> None:
        """Fail unless the heads are a tree with one root, or there are none at all."""
        heads = np.array([[word.head for word in words]])
        if (heads < 0).all():
            return
        if (heads < 0).any() or (heads > len(words)).any() or not is_tree(heads, np.array([len(words)]))[0]:
            received = "begins a sentence without a tree: " + " ".join(map(str, heads[0, :20].tolist()))
            self._fail(words[0].line, received, "one root (0), no cycle, and a head for each word or for none")


def _head(cell: str) -> int | None:
    """Return a head as a number, −1 for none; None if it is not one."""
    if cell == "_":
        return -1
    return int(cell) if cell.isdecimal() else None


def split_contraction(form: str, parts: list[str]) -> list[Span]:
    """Return the spans of the words in a contraction, even where the words are spelt in full (``will`` for ``wo``).

    Examples
    --------
    >>> split_contraction("won't", ["will", "n't"])
    [(0, 2), (2, 5)]
    """
    lengths = [len(part) for part in parts]
    over = sum(lengths) - len(form)
    lengths[0] = max(1, lengths[0] - over)
    spans, at = [], 0
    for index, length in enumerate(lengths):
        end = len(form) if index + 1 == len(lengths) else min(len(form) - (len(lengths) - index - 1), at + length)
        spans.append((at, end))
        at = end
    return spans


# Tables


def _article(document: _Document) -> Article:
    """Return the article of a document; what its text tells of the metadata is taken from there."""
    document.add(document.last_gap)
    text = "".join(document.parts)
    found = Article.from_text(text, id=document.name)
    told = {name: value for name, value in document.fields.items() if value != one_line(getattr(found, name) or "")}
    return Article.from_text(text, id=document.name, **told) if told else found


def _tables(documents: Sequence[_Document], articles: Sequence[Article], models: Models, path: Path) -> Annotations:
    sentences = [(owner, s) for owner, document in enumerate(documents) for s in document.sentences]
    given = [word for _, sentence in sentences for word in sentence]
    lengths = np.array([len(sentence) for _, sentence in sentences], dtype=np.int64)
    owners = np.array([owner for owner, _ in sentences], dtype=np.int64)
    spans = np.array([(word.start, word.end) for word in given], dtype=np.int64)
    texts = [articles[owner].text for owner in np.repeat(owners, lengths).tolist()]
    forms = [visible(text[word.start : word.end]) or "_" for text, word in zip(texts, given, strict=True)]
    words = Words(forms, lengths, owners)
    columns = token_columns(words, models, syntax=any(word.head < 0 for word in given))
    columns |= _given_columns(columns, given, words, models, path)
    paragraphs = np.array([_paragraph(articles[owner], sentence[0].start) for owner, sentence in sentences])
    annotations = make_tables(articles, words, spans, paragraphs, columns, models=models)
    chains = _chains(documents, articles, annotations, path)
    if chains is None:
        chains = coreference.resolve(*annotations[:3], models=models)
    return annotations._replace(coreference=chains)


def _paragraph(article: Article, start: int) -> int:
    starts = [low for low, _ in article.paragraphs]
    return int(np.searchsorted(starts, start, side="right")) - 1


def _given_columns(
    predicted: dict[str, Any], given: Sequence[_Word], words: Words, models: Models, path: Path
) -> dict[str, Any]:
    """Return the columns of tokens that the file has, what it lacks as predicted."""
    first = np.repeat(np.cumsum(words.lengths) - words.lengths, words.lengths)
    head = np.array([word.head for word in given])
    head = np.where(head < 0, predicted["head"], np.where(head == 0, ROOT, first + head - 1))
    known = {"upos": set(tables.UPOS), "xpos": {*models.tags.labels("xpos")}}
    columns: dict[str, Any] = {"head": head}
    for name in ("lemma", "upos", "xpos", "deprel"):
        values = [getattr(word, name) for word in given]
        is_given = [value in known[name] if name in known else value not in ("_", "") for value in values]
        merged = [
            v if keep and v != column_form(p) else p
            for v, p, keep in zip(values, predicted[name], is_given, strict=True)
        ]
        columns[name] = pd.array(merged, dtype="str")
    if any(word.ner for word in given):
        columns["entity"] = _entities(given, words, path)
    return columns


def _entities(given: Sequence[_Word], words: Words, path: Path) -> list[str]:
    """Return the BIO tag of each word; a name that does not begin with B begins there all the same."""
    starts, before = set((np.cumsum(words.lengths) - words.lengths).tolist()), "O"
    entity: list[str] = []
    for index, word in enumerate(given):
        tag = word.ner or "O"
        if tag not in _BIO:
            labels = ", ".join(tables.LABELS)
            raise ArticleError(f"{path}, line {word.line:,} has NER={tag}; expected B- or I- before one of {labels}")
        if tag[0] == "I" and (index in starts or before[1:] != tag[1:]):
            tag = f"B{tag[1:]}"
        entity.append(tag)
        before = tag
    return entity


def _chains(
    documents: Sequence[_Document], articles: Sequence[Article], annotations: Annotations, path: Path
) -> pd.DataFrame | None:
    """Return the chains of the file that have two mentions or more; None if it has no ``Entity``."""
    if not any(word.entity for document in documents for sentence in document.sentences for word in sentence):
        return None
    rows: list[tuple[Any, ...]] = []
    tags, tokens, heads = (annotations.tokens[column].tolist() for column in ("upos", "token", "head"))
    at = 0
    named = {(row.article_id, row.start, row.end): row.name for row in annotations.mentions.itertuples()}
    for document, article in zip(documents, articles, strict=True):
        words = [word for sentence in document.sentences for word in sentence]
        found = [*_mentions(document, words, path)]
        sizes = Counter(mention.eid for mention in found)
        chains = sorted((eid for eid, size in sizes.items() if size > 1), key=_chain_order)
        numbers = {eid: number for number, eid in enumerate(chains)}
        own: list[tuple[int, int, int, str, str, float]] = []
        names: dict[int, Counter[str]] = defaultdict(Counter)
        for mention in sorted(found, key=lambda mention: (mention.first, mention.last)):
            if mention.eid not in numbers:
                continue
            number = numbers[mention.eid]
            start, end = words[mention.first].start, words[mention.last].end
            inside = range(at + mention.first, at + mention.last + 1)
            head = next((row for row in inside if not mention.first <= heads[row] <= mention.last), inside[0])
            kind = mention.other.get("kind") or _KINDS.get(tags[head], "nominal")
            digits = re.fullmatch(r"-?\d+(\.\d+)?", mention.other.get("margin", ""))
            margin = float(digits[0]) if digits else math.nan
            own.append((number, start, end, article.text[start:end], kind, margin))
            name = mention.other.get("name", "")
            if "kind" not in mention.other:
                word = words[tokens[head]]
                name = named.get((article.id, start, end)) or named.get((article.id, word.start, word.end)) or ""
            names[number].update([name] if name else [])
        for number, start, end, text, kind, margin in sorted(own, key=lambda row: row[0]):
            name = names[number].most_common(1)[0][0] if names[number] else ""
            rows.append((article.id, number, start, end, text, kind, name, margin))
        at += len(words)
    return tables.frame("coreference", rows)


def _chain_order(eid: str) -> tuple[int, str]:
    """Return what puts ``e2`` before ``e10``."""
    digits = re.sub(r"\D", "", eid)
    return int(digits or 0), eid


class _Mention(NamedTuple):
    """A mention in brackets: the indices of its words within the document."""

    eid: str
    first: int
    last: int
    other: dict[str, str]


def _mentions(document: _Document, words: Sequence[_Word], path: Path) -> Iterator[_Mention]:
    """Yield the mentions of a document in the order in which their brackets close."""
    fields = document.entity_fields
    at_eid = next((fields.index(name) for name in _FIRST_FIELDS if name in fields), 0)
    opened: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)

    def mention(eid: str, last: int) -> _Mention:
        first, values = opened[eid].pop()
        pairs = (pair.partition(":")[::2] for pair in values.get("other", "").split(",") if pair)
        other = {key: unquote(value) for key, value in pairs}
        return _Mention(eid, first, last, other)

    for index, word in enumerate(words):
        for opening, is_alone, closing in _BRACKET.findall(word.entity):
            if opening:
                values = opening.split("-")
                eid = values[at_eid] if at_eid < len(values) else values[0]
                opened[eid].append((index, dict(zip(fields, values, strict=False))))
                if is_alone:
                    yield mention(eid, index)
            elif opened.get(closing):
                yield mention(closing, index)
            else:
                received = f"closes the mention {closing} in Entity={word.entity[:60]}"
                raise ArticleError(f"{path}, line {word.line:,} {received}; expected one that has been opened")
    left = [eid for eid, mentions in opened.items() if mentions]
    if left:
        line = words[opened[left[0]][0][0]].line
        raise ArticleError(f"{path}, line {line:,} opens the mention {left[0]}; expected that it is closed")
