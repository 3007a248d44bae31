"""Patterns of time expressions: ``data/time_words.tsv`` and ``data/time_patterns.tsv``, and where they match.

Each word of the tables is a character, and so is each kind of figures; a text becomes a string of these, and a pattern
a regular expression on it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

__all__ = ["BROKEN", "Match", "Patterns", "default_patterns", "split"]

#: The character of words that stand in no table, and of words with hyphens whose parts do.
OTHER, BROKEN = ".", "\0"
_FIRST_CHARACTER = 0xE000
#: The kinds of figures, each with its classes: the first that a word matches is its own.
_FIGURES: tuple[tuple[str, str], ...] = (
    (r"[12]\d{3}-\d{2}-\d{2}", "ISO"),
    (r"\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})|\d{1,2}\.\d{1,2}\.\d{4}", "SLASHED"),
    (r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?", "CLOCK"),
    (r"(?:[1-9]|1[0-2])\.[0-5]\d", "DOTTED FIGURES"),
    (r"1\d{3}|20\d{2}", "YEAR FIGURES MILITARY"),
    (r"(?:[01]\d|2[0-4])[0-5]\d", "MILITARY FIGURES"),
    (r"0?[1-9]|1[0-2]", "DAY HOUR SHORT FIGURES"),
    (r"1[3-9]|2\d|3[01]", "DAY SHORT FIGURES"),
    (r"0|00", "SHORT FIGURES"),
    (r"\d{2}", "SHORT FIGURES"),
    (r"'\d{2}", "APOSTROPHE"),
    (r"(?:1\d|20)\d0'?s|'?\d0'?s", "DECADES"),
    (r"\d{1,2}(?:st|nd|rd|th)", "NTH"),
    (r"Q[1-4]", "QUARTER_FIGURE"),
    (r"FY ?'?(?:\d{4}|\d{2})", "FISCAL"),
    (r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?", "FIGURES"),
)
_GROUP = re.compile(r"\(\?P<\w+>")
_ELEMENT = re.compile(r"\(\?:|\[[^]]*\]|.", re.DOTALL)
_PIECES = re.compile(r"[-–—/]|[^-–—/]+")
_ATOM = re.compile(r"\S+")
_CLASS = re.compile(r"([A-Z][A-Z_]*)(?::([a-z]+))?")
#: The reading of patterns of what is no time.
_NONE = "none"
_SEVERAL, _BEGIN, _STOP = "__", "begin", "stop"
#: What atoms of a pattern mean that are no words.
_SYNTAX = {"(": "(?:", ")": ")", "|": "|", "?": "?"}
_BOUNDS = {"<": _BEGIN, ">": _STOP}


_Taken = TypeVar("_Taken")


class Match(NamedTuple):
    """Where a pattern matches.

    Attributes
    ----------
    reading
        The reading of the pattern.
    start, end
        The half-open span of words, without what must stand before and after.
    parts
        For each class that the pattern found (in lower case, or by the name that it has there), what its words mean; of
        figures, the word.
    places
        At which word each of them begins.
    """

    reading: str
    start: int
    end: int
    parts: dict[str, str]
    places: dict[str, int]


def split(form: str) -> list[str]:
    """Split a word at its hyphens, dashes and slashes, which are parts of their own.

    Examples
    --------
    >>> split("mid-1998")
    ['mid', '-', '1998']
    """
    return _PIECES.findall(form)


class _Beginning(NamedTuple):
    """With which characters a match can begin, which of them are one alone, and whether it can be empty."""

    first: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    can_be_empty: bool = True

    def then(self, after: _Beginning) -> _Beginning:
        """Return what a match of this and of what stands after it can begin with."""
        first = self.first | after.first if self.can_be_empty else self.first
        alone = (after.alone if self.can_be_empty else frozenset()) | (
            self.alone if after.can_be_empty else frozenset()
        )
        return _Beginning(first, alone, self.can_be_empty and after.can_be_empty)

    def either(self, other: _Beginning) -> _Beginning:
        """Return what a match of this or of another can begin with."""
        return _Beginning(self.first | other.first, self.alone | other.alone, self.can_be_empty or other.can_be_empty)


def _beginning(expression: str) -> _Beginning:
    """Return with what a match of an expression of groups, alternatives and options can begin."""
    atoms = iter(_ELEMENT.findall(_GROUP.sub("(?:", expression)))

    def alternatives() -> _Beginning:
        """Read up to the end of a group."""
        found: _Beginning | None = None
        before = last = _Beginning()
        for atom in atoms:
            if atom == "?":
                last = last._replace(can_be_empty=True)
            elif atom in "|)":
                own = before.then(last)
                found, before, last = own if found is None else found.either(own), _Beginning(), _Beginning()
                if atom == ")":
                    return found
            else:
                characters = frozenset(atom.strip("[]"))
                before = before.then(last)
                last = alternatives() if atom == "(?:" else _Beginning(characters, characters, can_be_empty=False)
        own = before.then(last)
        return own if found is None else found.either(own)

    return alternatives()


@dataclass
class _Pattern:
    """A pattern: its reading, its regular expression, and the class of each of its groups."""

    reading: str
    source: str
    classes: Mapping[str, str]

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The regular expression, compiled where it is first tried: few are, in one article."""
        return re.compile(self.source)


def _any_of(codes: Collection[str]) -> str:
    """Return an expression of any of some words and phrases, the longest first.

    Examples
    --------
    >>> _any_of(["a", "b", "cd"])
    'cd|[ab]'
    """
    longer = sorted((code for code in codes if len(code) > 1), key=len, reverse=True)
    singles = "".join(code for code in codes if len(code) == 1)
    return "|".join([*longer, *([f"[{singles}]"] if singles else [])])


class _Codes(dict[str, str]):
    """The character of each word, by its form."""

    def __init__(self, patterns: Patterns) -> None:
        super().__init__()
        self._patterns = patterns

    def __missing__(self, form: str) -> str:
        code = self[form] = self._patterns.code(form)
        return code


class Patterns:
    """The tables, compiled.

    Parameters
    ----------
    words
        Lines of ``time_words.tsv``.
    months
        The months, with their abbreviations.
    patterns
        Lines of ``time_patterns.tsv``.
    """

    def __init__(self, words: Sequence[str], months: Mapping[str, Sequence[str]], patterns: Sequence[str]) -> None:
        self._meanings: dict[str, dict[str, str]] = defaultdict(dict)
        self._characters: dict[str, str] = {}
        listed = (form for line in words for form in re.split(r" \| | ", line.split("\t")[2]))
        self._small = {form for form in listed if form.islower()}
        self._figures = [(re.compile(pattern), self._character(f"<{pattern}>")) for pattern, _ in _FIGURES]
        for line in words:
            name, meaning, forms = line.split("\t")
            for form in forms.split(" | "):
                self._meanings[name]["".join(map(self._character, form.split(" ")))] = meaning
        for number, (name, short) in enumerate(months.items(), 1):
            for form in (name, *short):
                self._meanings["MONTH"][self._character(form)] = str(number)
        #: The words of each class that are one word.
        self.words = {
            name: frozenset(form for form, code in self._characters.items() if code in meanings)
            for name, meanings in self._meanings.items()
        }
        alternatives: dict[str, list[str]] = defaultdict(
            list, {name: list(self._meanings[name]) for name in self._meanings}
        )
        for (_, character), (_, classes) in zip(self._figures, _FIGURES, strict=True):
            for name in classes.split(" "):
                alternatives[name].append(character)
        self._classes = {name: _any_of(codes) for name, codes in alternatives.items()}
        parts = dict(line[1:].split("\t") for line in patterns if line.startswith("="))
        lines = (line.split("\t") for line in patterns if not line.startswith("="))
        self._patterns = [self._compile(reading, pattern, parts) for reading, pattern in lines]
        self._starting: dict[str, list[_Pattern]] = defaultdict(list)
        alone: set[str] = set()
        for pattern in self._patterns:
            beginning = _beginning(pattern.source)
            alone |= beginning.alone
            for character in beginning.first:
                self._starting[character].append(pattern)
        unnamed = "|".join(_GROUP.sub("(?:", pattern.source) for pattern in self._patterns)
        # Tried at each word of a text: words that begin no expression, alone or with the next, must fail at once.
        first = "".join(sorted(self._starting))
        self._any = re.compile(f"(?=[{''.join(sorted(alone))}]|[{first}][^{OTHER}])(?:{unnamed})")
        #: The character of each word.
        self.codes = _Codes(self)

    def _character(self, form: str) -> str:
        key = form.lower() if form.lower() in self._small else form
        return self._characters.setdefault(key, chr(_FIRST_CHARACTER + len(self._characters)))

    def _compile(self, reading: str, pattern: str, parts: Mapping[str, str]) -> _Pattern:
        classes: dict[str, str] = {}

        def compiled(pattern: str) -> Iterator[str]:
            for atom in _ATOM.findall(pattern):
                of_class = _CLASS.fullmatch(atom)
                if atom in parts:
                    yield f"(?:{''.join(compiled(parts[atom]))})"
                elif of_class:
                    group = f"{of_class[2] or of_class[1].lower()}{_SEVERAL}{len(classes)}"
                    classes[group] = of_class[1]
                    yield f"(?P<{group}>{self._classes[of_class[1]]})"
                elif atom in _BOUNDS:
                    classes[group := f"{_BOUNDS[atom]}{_SEVERAL}{len(classes)}"] = atom
                    yield f"(?P<{group}>)"
                else:
                    yield _SYNTAX.get(atom) or self._character(atom)

        return _Pattern(reading, "".join(compiled(pattern)), classes)

    def code(self, form: str) -> str:
        """Return the character of a word, or of the figures that it is."""
        form = form.replace("’", "'").replace("‘", "'")
        bare = form.removesuffix(".") or form
        capitalised = [bare.capitalize()] if bare.isupper() else []
        for each in (form, bare, *capitalised, bare.lower()):
            if each in self._characters:
                return self._characters[each]
        if any(map(str.isdigit, form)):
            found = next((code for pattern, code in self._figures if pattern.fullmatch(form)), "")
            if found:
                return found
        pieces = split(form)
        return BROKEN if len(pieces) > 1 and any(self.code(piece) != OTHER for piece in pieces) else OTHER

    def find(
        self, codes: str, forms: Sequence[str], bounds: tuple[int, int], accept: Callable[[Match], Sequence[_Taken]]
    ) -> Iterator[_Taken]:
        """Yield what is made of the matches among some words of a text, none of which overlap.

        Parameters
        ----------
        codes, forms
            The characters and the words of the text.
        bounds
            The words to search.
        accept
            Returns what is made of a match; if nothing, its words are free for others.
        """
        low, high = bounds
        while found := self._any.search(codes, low, high):
            at = found.start()
            every = [
                (each, own) for each in self._starting[codes[at]] if (own := each.expression.match(codes, at, high))
            ]
            pattern, own = max(every, key=lambda each: each[1].end())
            parts: dict[str, str] = {}
            places = {_BEGIN: at, _STOP: own.end()}
            for group, text in own.groupdict().items():
                name = group.partition(_SEVERAL)[0]
                if text is None or name in parts:
                    continue
                places[name] = own.start(group)
                if text:
                    meaning = self._meanings[pattern.classes[group]].get(text)
                    parts[name] = forms[places[name]] if meaning is None else meaning
            start, end = places.pop(_BEGIN), places.pop(_STOP)
            is_none = pattern.reading == _NONE
            taken = [] if is_none else accept(Match(pattern.reading, start, end, parts, places))
            yield from taken
            low = max(end, at + 1) if taken or is_none else at + 1


@cache
def default_patterns() -> Patterns:
    """Return the patterns of the package."""
    data = resources.data()
    return Patterns(
        data.read_lines("time_words.tsv"), data.read_word_lists("months.txt"), data.read_lines("time_patterns.tsv")
    )
