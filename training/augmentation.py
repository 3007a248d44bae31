"""Further examples for the network of names: sentences of the news with other names in them (mention replacement).

The news that the network learns from has amounts in $ and yuan but hardly any in € or QR, few firms whose own name ends
in *'s*, few royal titles, and few articles in which a person is called like a place. So sentences that have a name of a
label are taken again with another name in its place, made of the lists of ``data/substitutes.tsv``,
``data/currencies.tsv``, ``data/multipliers.tsv`` and the gazetteer.

References
----------
X. Dai and H. Adel 2020, An analysis of simple data augmentation for named entity recognition, COLING.
"""

from __future__ import annotations

import gzip
import random
import re
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language.names import mentions
from analysis.language.tokenise import tokenise
from training.corpora import Document, Sentence, Word
from training.lexicon import currencies, listed_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from analysis.language.tokenise import TokenLists

    Row = tuple[str, str]  # a form and its BIO tag

__all__ = ["Augmentation", "augment"]

#: How many sentences each kind of replacement makes.
_N_SENTENCES = {
    "amounts": 350,
    "weekdays": 200,
    "decades": 60,
    "titles": 500,
    "lone_titles": 300,
    "titled_names": 250,
    "marks": 60,
    "owners": 500,
    "firms": 1000,
    "bodies": 300,
    "states": 250,
    "headlines": 900,
}
#: How many articles have a person that is called like a place, and sentences that are taken of each.
_N_NAMESAKES = 150
_MAX_SENTENCES = 6
#: Sentences of more words are left alone, other than in headlines, which are shorter.
_MAX_WORDS = 40

_PREPOSITIONS = frozenset("a an and as at but by for from in into of on or over the to with".split())
_MIN_HEADLINE_WORDS, _MAX_HEADLINE_WORDS = 6, 18
_SEED = 21


def augment(documents: Sequence[Document], lists: TokenLists) -> list[Document]:
    """Return new documents made from some of those given; the same from the same documents.

    Parameters
    ----------
    documents
        News with names.
    lists
        The lists of the tokeniser.
    """
    return [*Augmentation(lists).documents(documents)]


class Augmentation:
    """Replaces names in sentences.

    Parameters
    ----------
    lists
        The lists of the tokeniser.
    """

    def __init__(self, lists: TokenLists) -> None:
        data = resources.data()
        cells = (line.split("\t") for line in data.read_lines("substitutes.tsv"))
        self._substitutes = {name: items.split(" | ") for name, items in cells}
        self._listed = listed_names()
        self._own_possessives = [name for name in self._listed["firm"] if re.search("'s?$", name)]
        self._peoples = [name for name in self._listed["norp"] if not name.endswith("s")]
        self._parts: list[str] = []
        self._present = {}  # the present tense of each verb's past
        for line in gzip.decompress(data.read_bytes("inflections.csv.gz")).decode().splitlines():
            _, part, *forms = line.split(",")
            if part == "verb" and forms[3]:
                self._present.update(dict.fromkeys(forms[0].split("/"), forms[3].split("/")[0]))
        self._currencies = currencies()
        self._multipliers = data.read_word_lists("multipliers.tsv")
        self._lists = lists
        self._random = random.Random(_SEED)  # noqa: S311 - no secret

    def documents(self, documents: Sequence[Document]) -> Iterator[Document]:
        """Yield the new documents, each of one sentence or of some sentences of an article."""
        short = [s for d in documents for s in d.sentences if len(s.words) <= _MAX_WORDS]
        sentences = [[(word.form, word.entity) for word in s.words] for s in short]
        persons = chain.from_iterable(_texts(rows, "person") for rows in sentences)
        parts = chain.from_iterable(name.split(" ") for name in persons if " " in name)
        self._parts = sorted({part for part in parts if part.isalpha() and part[0].isupper()})
        for kind, n in _N_SENTENCES.items():
            replace: Callable[[list[Row]], list[Row] | None] = getattr(self, f"_with_{kind}")
            made = 0
            while made < n:
                order = self._random.sample(sentences, len(sentences))
                before = made
                for rows in order:
                    if made < n and (replaced := replace(rows)):
                        yield _document(kind, [replaced])
                        made += 1
                if made == before:
                    break
        yield from self._namesakes(documents)

    def _pick(self, list_: str) -> str:
        return self._random.choice(self._substitutes[list_])

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _named(self, text: str, label: str = "") -> list[Row]:
        """Return the words of a name with their tags, or those of other words if there is no label."""
        forms = [text[start:end] for start, end in tokenise(text, 0, len(text), self._lists)]
        tags = [f"B-{label}", *[f"I-{label}"] * (len(forms) - 1)] if label else ["O"] * len(forms)
        return list(zip(forms, tags, strict=True))

    def _replaced(
        self, rows: list[Row], label: str, replace: Callable[[list[Row], int, int], list[Row] | None]
    ) -> list[Row] | None:
        """Return a sentence with names of a label replaced by what a function returns for their first and last word."""
        result, changed = list(rows), False
        for first, last, own_label in reversed(mentions([tag for _, tag in rows])):
            if own_label == label and (new := replace(rows, first, last)):
                result[first : last + 1] = new
                changed = True
        return result if changed else None

    # Amounts

    def _with_amounts(self, rows: list[Row]) -> list[Row] | None:
        def replace(rows: list[Row], first: int, last: int) -> list[Row] | None:
            has_digit = any(char.isdigit() for form, _ in rows[first : last + 1] for char in form)
            return self._named(self._amount(), "money") if has_digit else None

        return self._replaced(rows, "money", replace)

    def _amount(self) -> str:
        """Return an amount of money, such as *€5m*, *QR 2.5 billion* or *300,000 Egyptian pounds*."""
        code, name, doubt = self._random.choice(self._currencies)
        word = self._random.choice([*self._multipliers])
        if self._chance(0.6):
            word = self._random.choice(["million", "billion"])
        number = self._random.choice(["{}", "{}", "{}.{}", "{},{}00"]).format(
            self._random.randint(1, 999 if self._chance(0.5) else 60), self._random.randint(1, 9)
        )
        short = self._random.choice(self._multipliers[word][:2])
        multiplier = self._random.choice([short, short, f" {short}", f" {word}", f" {word}", short if doubt else ""])
        if "," in number:
            multiplier = ""
        if doubt or self._chance(0.6):
            is_sign = not code[-1].isalpha() and code[-1] != "."
            blank = self._chance(0.1 if is_sign else 0.5)
            return f"{code}{' ' if blank else ''}{number}{multiplier}"
        unit = name if name.endswith(("yuan", "yen", "won", "baht", "rand", "sterling")) else f"{name}s"
        return f"{number}{multiplier} {code if code.isalpha() and self._chance(0.3) else unit}"

    # Weekdays

    def _with_weekdays(self, rows: list[Row]) -> list[Row] | None:
        days = self._listed["day"][:7]

        def replace(rows: list[Row], first: int, last: int) -> list[Row] | None:
            if first < last or rows[first][0] not in days or (rows[last + 1 :] and rows[last + 1][0] in "night"):
                return None
            return [*self._named(self._random.choice(days), "date"), *self._named(self._pick("times"))]

        return self._replaced(rows, "date", replace)

    def _with_decades(self, rows: list[Row]) -> list[Row] | None:
        """Put a decade in the place of a year."""

        def replace(rows: list[Row], first: int, last: int) -> list[Row] | None:
            if (
                first < last
                or not first
                or rows[first - 1][0].lower() not in _BEFORE_YEARS
                or len(rows[first][0]) != _YEAR
            ):
                return None
            decade = self._named(self._pick("decades"))
            return [("the", "O"), *decade[:-1], (decade[-1][0], "B-date")]

        return self._replaced(rows, "date", replace)

    # Persons

    def _with_owners(self, rows: list[Row]) -> list[Row] | None:
        """Keep a sentence in which a person has something: such possessives are no part of a name."""
        pairs = pairwise([*rows, ("", "O")])
        is_owned = any(tag[2:] == "person" and after in _POSSESSIVES for (_, tag), (after, _) in pairs)
        return rows if is_owned else None

    def _with_marks(self, rows: list[Row]) -> list[Row] | None:
        return self._replaced(rows, "person", lambda *_: self._named(self._pick("stylised"), "person"))

    def _with_titles(self, rows: list[Row]) -> list[Row] | None:
        def replace(rows: list[Row], first: int, last: int) -> list[Row] | None:
            before = rows[first - 1] if first else ("", "O")
            if before[0][:1].isupper() or before[1] != "O" or (first and before[0] in "\"“'‘-’"):
                return None
            if self._chance(0.4):
                return None
            people = self._named(self._random.choice(self._peoples), "norp") if self._chance(0.4) else []
            return [*people, *self._named(self._pick("titles")), *rows[first : last + 1]]

        return self._replaced(rows, "person", replace)

    def _with_lone_titles(self, rows: list[Row]) -> list[Row] | None:
        """Put a title in the place of *the president* and its like."""
        for index, ((article, tag), (noun, _)) in enumerate(pairwise(rows)):
            after, after_tag = rows[index + 2] if rows[index + 2 :] else (".", "O")
            is_office = article in ("the", "The") and noun in _OFFICES
            if is_office and tag == after_tag == "O" and after not in ("of", "-"):
                title = self._named(self._pick("lone_titles"))
                if self._chance(0.4):
                    place = self._named(self._pick("seats"), "location")
                    title = [*self._named(f"{self._pick('titles_of_places')} of"), *place]
                return [*rows[: index + 1], *title, *rows[index + 2 :]]
        return None

    def _with_titled_names(self, rows: list[Row]) -> list[Row] | None:
        """Put names that have a title in them in the place of a name."""
        label = self._random.choice(["location", "facility", "organization"])
        replaced = "organization" if label == "organization" else "location"
        return self._replaced(rows, replaced, lambda *_: self._named(self._pick(label), label))

    # Organisations and places

    def _with_firms(self, rows: list[Row]) -> list[Row] | None:
        def replace(rows: list[Row], first: int, last: int) -> list[Row] | None:
            after = rows[last + 1] if rows[last + 1 :] else (".", "O")
            before = rows[first - 1][0].lower() if first else ""
            if "-" in (before, after[0]) or before in ("the", "an") or after[0][:1].isupper() or after[0] == "(":
                return None
            if self._chance(0.5):
                return self._named(self._random.choice(self._listed["firm"]), "organization")
            if self._parts and after[0] in _FOLLOWERS and self._chance(0.35):
                return self._named(f"{self._random.choice(self._parts)}'s", "organization")
            return self._named(self._random.choice(self._own_possessives), "organization")

        replaced = self._replaced(rows, "organization", replace)
        return replaced and _without_double_possessives(replaced)

    def _with_bodies(self, rows: list[Row]) -> list[Row] | None:
        def replace(rows: list[Row], first: int, last: int) -> list[Row] | None:
            before = rows[first - 1][0] if first else ""
            if rows[first][0] not in _BODIES and (last == first or before not in ("the", "The", "'s", "s")):
                return None
            subjects = self._random.sample(self._substitutes["subjects"], self._random.choice([1, 2, 2, 2, 3]))
            text = " and ".join([*[", ".join(subjects[:-1])] * (len(subjects) > 1), subjects[-1]])
            body = self._named(self._pick("bodies") + " " + text, "organization")
            return body if before in ("the", "The", "'s", "s") else [("the", "O"), *body]

        return self._replaced(rows, "organization", replace)

    def _with_states(self, rows: list[Row]) -> list[Row] | None:
        countries = {*self._listed["country"]}

        def replace(rows: list[Row], first: int, last: int) -> list[Row] | None:
            before = rows[first - 1][0] if first else "."
            if first < last or rows[first][0] not in countries or before not in _BEFORE_PLACES:
                return None
            return [("the", "O"), *self._named(f"{self._pick('states')} {rows[first][0]}", "location")]

        return self._replaced(rows, "location", replace)

    # Headlines

    def _with_headlines(self, rows: list[Row]) -> list[Row] | None:
        """Write a sentence as a headline: title case, present tense, no articles, perhaps with firms for its names."""
        n_lower = sum(form.islower() for form, _ in rows)
        if not _MIN_HEADLINE_WORDS <= len(rows) <= _MAX_HEADLINE_WORDS or n_lower < len(rows) / 3:
            return None
        if rows[-1][0] != "." or all(tag == "O" for _, tag in rows):
            return None
        if self._chance(0.6):
            for label in ("organization", "person"):
                rows = self._replaced(rows, label, self._firm) or rows
        headline: list[Row] = []
        for (before, _), (form, tag) in pairwise([("", "O"), *rows]):
            if tag == "O" and form in ("the", "The", "a", "an", "A", "."):
                continue
            present = self._present.get(form, form) if tag == "O" and before not in _AUXILIARIES else form
            is_small = form in _PREPOSITIONS or form == "s" or not form[0].isalpha()
            headline.append((present if is_small else present[0].upper() + present[1:], tag))
        return headline

    def _firm(self, rows: list[Row], first: int, _: int) -> list[Row] | None:
        is_free = not first or rows[first - 1][0].islower()
        return self._named(self._random.choice(self._listed["firm"]), "organization") if is_free else None

    # People that are called like a place

    def _namesakes(self, documents: Sequence[Document]) -> Iterator[Document]:
        """Yield sentences of articles in which a person has been given the name of a place of the same article."""
        made = 0
        for document in self._random.sample(documents, len(documents)):
            sentences = [[(word.form, word.entity) for word in s.words] for s in document.sentences]
            places = sorted({form for rows in sentences for form, tag in _single(rows, "location") if form.isalpha()})
            fulls = sorted({t for rows in sentences for t in _texts(rows, "person") if t.count(" ") == 1})
            fulls = [full for full in fulls if any((full.split(" ")[1], "B-person") in rows for rows in sentences)]
            if not places or not fulls or made == _N_NAMESAKES:
                continue
            surname = self._random.choice(fulls).split(" ")[1]
            place = self._random.choice(places if self._chance(0.5) else self._listed["country"] + self._listed["city"])
            if " " in place or "-" in place:
                continue
            old = self._random.choice(places)
            changed = [
                [
                    (place, tag)
                    if (form == surname and tag[2:] == "person") or (form == old and tag == "B-location")
                    else (form, tag)
                    for form, tag in rows
                ]
                for rows in sentences
            ]
            kept = [
                rows for rows, before in zip(changed, sentences, strict=True) if rows != before or place in dict(rows)
            ]
            kept = [rows for rows in kept if len(rows) <= _MAX_WORDS][:_MAX_SENTENCES]
            found = {tag for rows in kept for form, tag in rows if form == place}
            if {"B-location", "I-person", "B-person"} <= found:
                made += 1
                yield _document("namesakes", kept)


_POSSESSIVES = frozenset(["'s", "’s", "'", "’"])
_BEFORE_YEARS = frozenset("in since of until during from by".split())
#: The length of a year in characters.
_YEAR = 4
_AUXILIARIES = frozenset("is are was were be been being has have had having not and by".split())
#: Nouns of office, whose place a title can take.
_OFFICES = frozenset("president minister premier governor mayor chairman leader ambassador spokesman".split())
#: Words that show that a possessive before them is not one: no noun follows.
_FOLLOWERS = frozenset("said says will has had is was are were , . and or also did would could told announced".split())
_BODIES = frozenset("Ministry Department Commission Directorate Office".split())
_BEFORE_PLACES = frozenset("in of to from with by for and between at into against".split())


def _texts(rows: Sequence[Row], label: str) -> list[str]:
    """Return the names of a label."""
    found = mentions([tag for _, tag in rows])
    return [" ".join(form for form, _ in rows[first : last + 1]) for first, last, own in found if own == label]


def _single(rows: Sequence[Row], label: str) -> list[Row]:
    """Return the names of one word of a label."""
    found = mentions([tag for _, tag in rows])
    return [rows[first] for first, last, own in found if own == label and first == last]


def _without_double_possessives(rows: Sequence[Row]) -> list[Row]:
    """Remove the possessive after a name that ends with one: *Moody's's*."""
    result: list[Row] = []
    for form, tag in rows:
        if tag == "O" and form in (*_POSSESSIVES, "s") and result and result[-1][0] == "'s":
            continue
        result.append((form, tag))
    return result


def _document(name: str, sentences: Sequence[Sequence[Row]]) -> Document:
    """Return a document of sentences."""
    paragraphs = []
    for rows in sentences:
        words, at = [], 0
        for form, tag in rows:
            words.append(Word(at, at + len(form), form, entity=tag))
            at += len(form) + 1
        paragraphs.append([Sentence(" ".join(form for form, _ in rows), words)])
    return Document(name, paragraphs)
