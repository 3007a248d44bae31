"""The places that articles are looked up in, by name: towns, divisions, countries, seas and regions.

They lie in one sorted text, in which a name is found by bisection: a hundred thousand objects would take much memory
and half a second to make.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from bisect import bisect_left
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FILE", "TOWNS", "Gazetteer", "Site", "consonants", "default_gazetteer", "place_key"]

#: The file of ``data/``: lines sorted by key, which is followed by the cells of a place or by ``=`` and its own key.
FILE = "places.tsv.gz"
#: Kinds of places that people live in together.
TOWNS = frozenset(["town", "capital"])
_DROPPED = str.maketrans(dict.fromkeys("'’‘ʻʼ`´ʿʾ.", ""))
_SPACES = str.maketrans(dict.fromkeys("-–—/", " "))
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ə": "a", "ß": "ss", "æ": "ae", "œ": "oe"})
_VOWELS, _BETWEEN, _REPEATED = re.compile(r"[aeiouwy]+"), re.compile(r"[^aeiouwy]"), re.compile(r"(.)\1+")
_SOUNDS = str.maketrans("cqz", "kks")
_VOWEL_SOUNDS = {"a": "a", "e": "ai", "i": "i", "y": "i", "o": "u", "u": "u", "w": "u"}
_MIN_CONSONANTS, _MIN_POPULATION_ALIKE = 3, 10_000
_WORDS = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft", "&": "and"}


class Site(NamedTuple):
    """A place on the map.

    Attributes
    ----------
    name
        Its usual name.
    kind
        One of :data:`analysis.tables.PLACE_KINDS`.
    country, division
        Its ISO 3166 code, and that of GeoNames for its first-level division; empty where it is in none.
    latitude, longitude
        In degrees.
    population
        How many people live there, to two digits; 0 where it is not known.
    geonames_id
        Its number in GeoNames; 0 where it has none.
    """

    name: str
    kind: str
    country: str
    division: str
    latitude: float
    longitude: float
    population: int
    geonames_id: int


@lru_cache(maxsize=1 << 12)
def place_key(name: str) -> str:
    """Return a name as names are compared: small letters without accents, full stops, hyphens and *the*.

    Examples
    --------
    >>> place_key("St. John’s"), place_key("Marsa-Matrouh"), place_key("the Hague"), place_key("U.S.")
    ('st johns', 'marsa matrouh', 'hague', 'us')
    """
    plain = unicodedata.normalize("NFD", name.casefold().translate(_LETTERS).translate(_DROPPED).translate(_SPACES))
    words = "".join(char for char in plain if not unicodedata.combining(char)).split()
    words = words[1:] if words[:1] == ["the"] and len(words) > 1 else words
    return " ".join(_WORDS.get(word, word) for word in words)


def consonants(name: str) -> str:
    """Return the consonants of a name as transliterations share them.

    Examples
    --------
    >>> consonants("Marsa-Matrouh"), consonants("Mersa Matruh"), consonants("Al Qāhirah")
    ('mrsmtrh', 'mrsmtrh', 'khrh')
    """
    return _VOWELS.sub("", _letters(name))


def sound_alike(one: str, other: str) -> bool:
    """Return whether two names may be transliterations of one: as many words, equal consonants, and like vowels.

    Examples
    --------
    >>> sound_alike("Hodeidah", "Al Ḩudaydah"), sound_alike("Kogelo", "Kagal"), sound_alike("Mill Lane", "Meylan")
    (True, False, False)
    """
    if len(_words(one)) != len(_words(other)) or consonants(one) != consonants(other):
        return False
    runs = (_BETWEEN.split(_letters(name)) for name in (one, other))
    return all(
        not left or not right or not _sounds(left).isdisjoint(_sounds(right)) for left, right in zip(*runs, strict=True)
    )


def _words(name: str) -> list[str]:
    """Return the words of a name without article."""
    words = place_key(name).split()
    return words[1:] if words[:1] in (["al"], ["el"]) and len(words) > 1 else words


def _letters(name: str) -> str:
    """Return the letters of a name without article, doubled letters, and differences that no sound has."""
    letters = _REPEATED.sub(r"\1", "".join(_words(name)))
    return letters.replace("kh", "k").replace("gh", "g").translate(_SOUNDS)


def _sounds(vowels: str) -> frozenset[str]:
    return frozenset("".join(_VOWEL_SOUNDS[vowel] for vowel in vowels))


class Gazetteer:
    """Finds places by name.

    Parameters
    ----------
    text
        The lines of the file, sorted.

    Examples
    --------
    >>> [site.country for site in default_gazetteer().find("Marsa Matruh")]
    ['EG']
    """

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def find(self, name: str) -> list[Site]:
        """Return all places of a name."""
        return list(dict.fromkeys(self._sites(place_key(name))))

    def find_alike(self, name: str, country: str) -> list[Site]:
        """Return the places of a country whose names have the same consonants, as other transliterations have.

        Examples
        --------
        >>> {site.name for site in default_gazetteer().find_alike("Hodeidah", "YE")}
        {'Al Ḩudaydah'}
        """
        skeleton = consonants(name)
        sites = self._alike(country).get(skeleton, ()) if len(skeleton) >= _MIN_CONSONANTS else ()
        return [site for site in sites if sound_alike(site.name, name)]

    @lru_cache(maxsize=32)  # noqa: B019 - there is one gazetteer
    def _alike(self, country: str) -> dict[str, list[Site]]:
        """Return the larger towns and the regions of a country by their consonants."""
        mark = f"\t{country}\t"
        cells = (line.split("\t") for line in self._lines if mark in line)
        sites = [_site(own[1:]) for own in cells if not own[1].startswith("=") and own[3] == country]
        found: dict[str, list[Site]] = {}
        for site in sites:
            if site.population >= _MIN_POPULATION_ALIKE:
                found.setdefault(consonants(site.name), []).append(site)
        return found

    def _sites(self, key: str) -> Iterator[Site]:
        for cells in self._rows(key):
            if not cells[0].startswith("="):
                yield _site(cells)
                continue
            for other in self._rows(cells[0][1:]):
                if not other[0].startswith("=") and [other[1], other[2], other[7]] == cells[1:]:
                    yield _site(other)

    def _rows(self, key: str) -> Iterator[list[str]]:
        beginning = key + "\t"
        for index in range(bisect_left(self._lines, beginning), len(self._lines)):
            if not self._lines[index].startswith(beginning):
                return
            yield self._lines[index].split("\t")[1:]


def _site(cells: list[str]) -> Site:
    name, kind, country, division, latitude, longitude, population, number = cells
    return Site(name, kind, country, division, float(latitude), float(longitude), int(population), int(number or 0))


@cache
def default_gazetteer() -> Gazetteer:
    """Return the shipped gazetteer."""
    return Gazetteer(gzip.decompress(resources.data().read_bytes(FILE)).decode())
