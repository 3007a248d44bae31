"""Places: where the places lie that an article names.

:mod:`analysis.content.gazetteer` knows all places of a name. Here one of them is chosen, the same for the whole
article, by how many people live there, by the countries that the article names, by what stands beside the name
(*Paris, Texas*), and by how near it is to the article's other places.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import resources, tables
from analysis.content.columns import by_article, rows_of
from analysis.content.gazetteer import TOWNS, default_gazetteer, place_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from analysis.content.columns import Columns
    from analysis.content.gazetteer import Site

__all__ = ["find_places"]

_PLACES = frozenset(["location", "facility"])
#: Kinds of places that share their names with others.
_SMALL = frozenset(["region", "district", *TOWNS])
_DEMONYM = "demonym"
#: Words before a name, or after it, that are not part of it.
_BEFORE = re.compile(
    r"(?:(?:(?:far|mid|deep)[- ])?(?:(?:(?:north|south|east|west|central)(?:ern)?|upper|lower|greater|metropolitan"
    r"|mainland|downtown|inner|outer|rural|coastal)[- ]?)+ "
    r"|the |(?:city|town|village|state|province|region|republic) of )+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?: (?:area|city|commune|county|department|district|division|governorate|islands?|municipality|oblast"
    r"|parish|peninsula|prefecture|province|region|state|suburb|territory|town|township|village))+$",
    re.IGNORECASE,
)
#: Names of facilities and the like that begin with a place: *Cairo airport*.
_LOWER_AFTER = re.compile(r"(?: [a-z][\w-]*)+$")
#: Names of streets, and of directions, are no names of towns.
_NO_TOWN = re.compile(
    r".* (?:street|road|avenue|lane|boulevard|square|drive|highway|alley|terrace|st|rd|ave|blvd)\.?"
    r"|(?:north|south|east|west|centre|center)",
    re.IGNORECASE,
)
_THE = "the"
#: Universal tags of what a name with *the* before it stands before (*the Boston mayor*).
_MODIFIED = frozenset(["ADJ", "NOUN", "PROPN"])
_SEPARATORS = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+of\s+(?:\w+ern\s+)?(?=[A-Z])")
_JOINING = frozenset([",", "("])
#: Words between a name and that of what it lies in, before which others may stand; and after the latter.
_IN, _OF = frozenset([*_JOINING, "in"]), frozenset(["'s", "’s"])
_SKIPPED = frozenset("the northern southern eastern western".split())
_MAX_BETWEEN, _MAX_OTHERS = 5, 40

#: What a candidate is worth beside the logarithm of its population.
_COUNTRY, _UNPEOPLED = 1.6, 7.0
_IN_COUNTRY, _IN_REGION, _AMONG_REGIONS, _SAID, _NEAR = 1.5, 1.0, 0.8, 4.5, 1.2
_NEAR_KM = 200.0
_OTHER_NAME, _SEAT_NAME, _CAPITAL = -0.7, -0.8, 1.5
_KIND_BONUS = {"country": _COUNTRY, _DEMONYM: _COUNTRY, "capital": _CAPITAL}
#: By so much the best of namesakes must surpass the others, where nothing in the article speaks for it.
_MARGIN = 0.5
#: Below this, a place is not known for sure; the second holds where the article names countries, but not its own.
_LEAST, _LEAST_ELSEWHERE = 4.8, 5.7
_EARTH_KM = 6371.0


@tables.stage(requires=("tokens", "mentions"), returns="places")
def find_places(tokens: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Find where the places of articles lie.

    Parameters
    ----------
    tokens, mentions
        The tables of one or more articles.

    Returns
    -------
    pandas.DataFrame
        {columns}

    Notes
    -----
    A name has one meaning in an article. Among namesakes, that of the highest score is taken: the decimal logarithm of
    its population; more if the article names its country, or its region; more if it is near other places of the
    article; and far more if the name is followed by what it lies in. A place of which too little speaks is left open.

    Examples
    --------
    >>> from analysis import annotate
    >>> _, tokens, mentions, _ = annotate("He moved from Paris, Texas, to Cairo.", force=True)
    >>> find_places(tokens, mentions)[["name", "country", "latitude"]].values.tolist()
    [['Paris', 'US', 33.66], ['Texas', 'US', 31.0], ['Cairo', 'EG', 30.06]]
    """
    own = mentions[mentions["label"].isin([*_PLACES, "norp"]) & ~mentions["text"].str.islower()]
    words = by_article(tokens, ("start", "text", "lemma", "upos"))
    rows: list[tuple[Any, ...]] = []
    for article_id, named in by_article(own, _Mention._fields).items():
        rows += _Reader(article_id, words[article_id], map(_Mention._make, rows_of(named, *_Mention._fields))).rows()
    return tables.frame("places", rows)


@cache
def _demonyms() -> dict[str, str]:
    """Return the countries of demonyms, by their keys."""
    lines = (line.split("\t") for line in resources.data().read_lines("demonyms.tsv"))
    return {word: country for country, *words in lines for word in map(place_key, words)}


def _country(name: str) -> Site | None:
    return next((site for site in default_gazetteer().find(name) if site.kind == "country"), None)


def _distance_km(one: Site, other: Site) -> float:
    """Return the length of the great circle between two places, by the haversine formula."""
    low, high = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    part = math.sin((high - low) / 2) ** 2 + math.cos(low) * math.cos(high) * math.sin(across / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(part))


def _size(site: Site) -> float:
    """Return what a place is worth by its own: the logarithm of its population, more for a country."""
    size = math.log10(site.population) if site.population else _UNPEOPLED
    return size + _KIND_BONUS.get(site.kind, 0.0)


def _namesakes(name: str) -> list[Site]:
    """Return the places of a name; where a country has it, no region of it, and no town that is called otherwise."""
    sites, key = default_gazetteer().find(name), place_key(name)
    countries = {site.country for site in sites if site.kind == "country"}
    return [
        site
        for site in sites
        if not (site.kind == "region" and site.country in countries)
        and not (site.kind in TOWNS and countries and place_key(site.name) != key)
    ]


class _Mention(NamedTuple):
    """The columns of a mention that are read."""

    sentence: int
    start: int
    end: int
    text: str
    label: str


class _Name(NamedTuple):
    """A name of a place where it stands: its sentence, its span, its words, and those by which it is looked up."""

    sentence: int
    start: int
    end: int
    text: str
    key: str
    is_demonym: bool = False


def _spellings(text: str, *, is_facility: bool) -> Iterator[str]:
    """Yield what a mention may be looked up by, the whole first."""
    yield text
    rest = _BEFORE.match(text)
    begin = rest.end() if rest else 0
    for spelling in (_AFTER.sub("", text), text[begin:], _AFTER.sub("", text[begin:])):
        if not is_facility or spelling != text:
            yield spelling
    yield _LOWER_AFTER.sub("", text[begin:])


class _Reader:
    """Finds the places of one article."""

    def __init__(self, article_id: str, tokens: Columns, mentions: Iterable[_Mention]) -> None:
        self._article = article_id
        self._sites: dict[str, list[Site]] = {}
        self._starts, self._lemmas, self._upos = tokens["start"], tokens["lemma"], tokens["upos"]
        self._names = [name for row in mentions for name in self._read(row)]
        self._read_containers(tokens)

    # Names

    def _read(self, row: _Mention) -> Iterator[_Name]:
        """Yield the names in a mention: *Sukoharjo, Central Java* are two."""
        if row.label not in _PLACES:
            country = _demonyms().get(place_key(row.text))
            if country:
                yield _Name(
                    row.sentence, row.start, row.end, row.text, self._look_up(row.text, country), is_demonym=True
                )
            return
        key = self._key(row.text, row.label)
        if not self._sites[key]:
            parts = self._parts(row.text)
            if len(parts) > 1:
                for low, high in parts:
                    text = row.text[low:high]
                    yield _Name(row.sentence, row.start + low, row.start + high, text, self._key(text, ""))
                return
        if self._has_article(row) and all(site.kind in TOWNS for site in self._sites[key]):  # *the Severn*
            self._sites[key := f"{_THE} {key}"] = []
        yield _Name(row.sentence, row.start, row.end, row.text, key)

    def _has_article(self, row: _Mention) -> bool:
        """Return whether *the* stands before a name of one word that is not before another noun."""
        at, after = bisect_left(self._starts, row.start), bisect_left(self._starts, row.end)
        is_alone = self._upos[after : after + 1] != [] and self._upos[after] not in _MODIFIED
        return after == at + 1 and is_alone and self._lemmas[at - 1 : at] == [_THE]

    def _parts(self, text: str) -> list[tuple[int, int]]:
        """Return the spans of the places in a mention, if all are known, or commas stand between and one is."""
        between = list(_SEPARATORS.finditer(text))
        bounds = [0, *(end for match in between for end in match.span()), len(text)]
        spans = [span for span in zip(bounds[::2], bounds[1::2], strict=True) if span[0] < span[1]]
        are_known = [bool(self._sites[self._key(text[low:high], "")]) for low, high in spans]
        enough = any if all("," in match.group() for match in between) else all
        return spans if enough(are_known) else []

    def _look_up(self, text: str, country: str) -> str:
        key = f"{_DEMONYM} {place_key(text)}"
        site = _country(country)
        self._sites[key] = [site._replace(kind=_DEMONYM)] if site else []
        return key

    def _key(self, text: str, label: str) -> str:
        """Return the first spelling that is the name of a place, else the whole."""
        for spelling in _spellings(text, is_facility=label == "facility"):
            key = place_key(spelling)
            if key not in self._sites:
                self._sites[key] = [] if _NO_TOWN.fullmatch(spelling) else _namesakes(spelling)
            if self._sites[key]:
                return key
        return place_key(text)

    def _read_containers(self, tokens: Columns) -> None:
        """Note which names stand beside those of places that they may lie in, and what that is worth."""
        starts, forms = tokens["start"], tokens["text"]
        self._containers: dict[str, dict[str, float]] = defaultdict(dict)
        self._contained: dict[str, dict[str, float]] = defaultdict(dict)
        for one, other in pairwise(self._names):
            between = forms[bisect_left(starts, one.end) : bisect_left(starts, other.start)]
            if one.sentence != other.sentence or one.key == other.key or len(between) > _MAX_BETWEEN:
                continue
            words = [form for form in between if form.lower() not in _SKIPPED]
            inner, outer = (other, one) if words and words[0] in _OF else (one, other)
            if outer.is_demonym or not (not words or words[-1] in _IN or words[0] in _OF):
                continue
            worth = _SAID if not words or words[-1] in _JOINING else _SAID / 2
            self._containers[inner.key][outer.key] = max(worth, self._containers[inner.key].get(outer.key, 0))
            self._contained[outer.key][inner.key] = worth

    # Choice

    def _choose(self) -> dict[str, Site]:
        """Return the place of each name, first without, then with those that were found."""
        counts = Counter(name.key for name in self._names)
        chosen: dict[str, Site] = {}
        for _ in range(3):
            countries = self._countries(counts, chosen)
            totals = {code: own.total() for code, own in countries.items()}
            # The places beside a name, and the most frequent ones, lest a long article take as long as it has pairs.
            frequent = {key: chosen[key] for key, _ in counts.most_common(_MAX_OTHERS) if key in chosen}
            found: dict[str, Site] = {}
            for key in filter(self._sites.get, counts):
                inner = {other: chosen[other] for other in self._contained.get(key, ()) if other in chosen}
                others = {other: site for other, site in {**frequent, **inner}.items() if other != key}
                named = {code: n - countries[code][key] for code, n in totals.items()}
                best = self._best(key, {code: n for code, n in named.items() if n}, others)
                if best:
                    found[key] = best
            chosen = found
        weights = {code: own.total() for code, own in self._countries(counts, chosen).items()}
        alike = {key: self._alike(key, weights) for key in counts if not self._sites[key]}
        return chosen | {key: site for key, site in alike.items() if site}

    def _countries(self, counts: Counter[str], chosen: Mapping[str, Site]) -> dict[str, Counter[str]]:
        """Return how often each country is named, by the key of the names that speak for it."""
        countries: dict[str, Counter[str]] = defaultdict(Counter)
        for key, n in counts.items():
            sites = self._sites[key]
            site = chosen.get(key) or (sites[0] if len({each.country for each in sites}) == 1 else None)
            if site and site.country:
                countries[site.country][key] += n
        return countries

    def _best(self, key: str, weights: Mapping[str, int], others: Mapping[str, Site]) -> Site | None:
        """Return the best of the places of a name, unless too little speaks for it, or as much for another one."""
        scored = [(self._score(key, site, weights, others), site) for site in self._sites[key]]
        score, best = max(scored, key=lambda each: (each[0], each[1].population, -each[1].geonames_id))
        if best.kind not in _SMALL or weights.get(best.country) or self._nearness(best, others) >= _NEAR / 2:
            return best if score >= _LEAST else None
        rivals = [other for other, site in scored if site.kind in TOWNS and _distance_km(site, best) > _NEAR_KM]
        if best.kind == "town" and score - max(rivals, default=0) < _MARGIN:
            return None
        return best if score >= (_LEAST_ELSEWHERE if weights else _LEAST) else None

    def _score(self, key: str, site: Site, weights: Mapping[str, int], others: Mapping[str, Site]) -> float:
        """Return how much speaks for a place of a name, in powers of ten of people."""
        score = _size(site) + self._said(key, site, others)
        if site.kind in TOWNS and place_key(site.name) != key:
            score += _OTHER_NAME
        if site.kind == "region" and (site.country, site.division) in self._seats(key):
            score += _SEAT_NAME
        if site.kind != "country" and weights.get(site.country):
            score += _IN_COUNTRY * math.sqrt(weights[site.country] / max(weights.values()))
        if site.kind in _SMALL:
            regions = [other for other in others.values() if other.kind in ("region", "district")]
            score += _IN_REGION * any(self._contains(other, site) for other in regions)
            is_region = site.kind == "region"
            score += _AMONG_REGIONS * (is_region and any(other.country == site.country for other in regions))
            score += self._nearness(site, others)
        return score

    @staticmethod
    def _nearness(site: Site, others: Mapping[str, Site]) -> float:
        """Return what the nearest other place is worth; those without clear bounds and countries aside."""
        km = [
            _distance_km(site, other)
            for other in others.values()
            if other.kind in (*TOWNS, "district") or (other.kind == "region" and other.division)
        ]
        return _NEAR * math.exp(-min(km) / _NEAR_KM) if km else 0.0

    def _said(self, key: str, site: Site, others: Mapping[str, Site]) -> float:
        """Return what the names beside a name are worth that it lies in, or that lie in it."""
        outer = (
            worth
            for other, worth in self._containers.get(key, {}).items()
            if any(self._contains(each, site) for each in self._sites[other]) and not self._is_list(key, other)
        )
        inner = (
            worth / 2
            for other, worth in self._contained.get(key, {}).items()
            if other in others and self._contains(site, others[other])
        )
        return max([0.0, *outer, *inner])

    def _seats(self, key: str) -> set[tuple[str, str]]:
        """Return the country and division of the towns that have a name, which is then rather theirs."""
        return {
            (site.country, site.division)
            for site in self._sites[key]
            if site.kind in TOWNS and place_key(site.name) == key
        }

    def _is_list(self, key: str, other: str) -> bool:
        """Return whether two names beside each other are rather two countries or two regions."""
        kinds = [max(self._sites[each], key=_size).kind for each in (key, other)]
        return kinds[0] == kinds[1] and kinds[0] in ("country", "region")

    @staticmethod
    def _contains(outer: Site, inner: Site) -> bool:
        """Return whether a place lies in another one by its codes."""
        if outer == inner or not outer.country or outer.country != inner.country:
            return False
        if outer.kind in ("country", _DEMONYM):
            return inner.kind not in ("country", _DEMONYM)
        return (
            bool(outer.division)
            and outer.kind == "region"
            and outer.division == inner.division
            and (inner.kind in (*TOWNS, "district"))
        )

    @staticmethod
    def _alike(key: str, weights: Mapping[str, int]) -> Site | None:
        """Return the largest place of a country of the article whose name is another spelling of this one."""
        top = max(weights.values(), default=0)
        for code in sorted(
            (code for code in weights if 2 * weights[code] >= top), key=lambda code: (-weights[code], code)
        ):
            sites = default_gazetteer().find_alike(key, code)
            if sites:
                return max(sites, key=lambda site: (site.kind in TOWNS, site.population, -site.geonames_id))
        return None

    # Rows

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the table."""
        chosen = self._choose()
        for number, name in enumerate(self._names):
            site = chosen.get(name.key)
            span = (self._article, number, name.sentence, name.start, name.end, name.text)
            if site is None:
                yield (*span, name.text, "", math.nan, math.nan, None, "")
            else:
                place = (site.name, site.country, site.latitude, site.longitude, site.geonames_id or None, site.kind)
                yield (*span, *place)
