"""Scores of places: GeoVirus, Wikinews articles in which places are marked with their coordinates.

References
----------
M. Gritta, M. T. Pilehvar and N. Collier 2018, Which Melbourne? Augmenting geocoding with maps, ACL: the articles, and
the share within 161 km (100 miles) as a measure.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import resources
from analysis.article import Article
from analysis.content.gazetteer import FILE as GAZETTEER
from analysis.content.gazetteer import TOWNS
from analysis.content.places import find_places
from analysis.language.pipeline import annotate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.language.models import Models

__all__ = ["FILE", "Marked", "Pair", "distance_km", "pair", "read_marked", "score"]

#: The file of the articles, beside the folder of corpora.
FILE = "evals/places/geovirus.jsonl"
NEAR_KM = 161
_EARTH_KM = 6371.0


class Marked(NamedTuple):
    """An article with its marked places: start, end, latitude and longitude of each."""

    article: Article
    places: list[tuple[int, int, float, float]]


class Pair(NamedTuple):
    """A marked place, what was found for it (None if nothing was), and how far apart they are."""

    article: Article
    marked: tuple[int, int, float, float]
    found: Any
    km: float


def read_marked(file: Path, *, is_held_out: bool = True) -> list[Marked]:
    """Read the half of the articles that is held out, or the half on which weights are chosen.

    Those are held out whose id has an odd SHA-256.
    """
    marked = []
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        if int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 2 == is_held_out:
            article = Article.from_text(row["text"], id=row["id"], url=row["url"])
            places = [(each["start"], each["end"], each["lat"], each["lon"]) for each in row["toponyms"]]
            marked.append(Marked(article, sorted(places)))
    return marked


def distance_km(latitude: float, longitude: float, latitudes: Any, longitudes: Any) -> NDArray[np.float64]:
    """Return the length of the great circle from one place to others, by the haversine formula.

    Examples
    --------
    >>> distance_km(0, 0, [0.0], [180.0]).round().tolist()
    [20015.0]
    """
    low, high = np.radians(latitude), np.radians(latitudes)
    across = np.radians(np.asarray(longitudes) - longitude)
    part = np.sin((high - low) / 2) ** 2 + np.cos(low) * np.cos(high) * np.sin(across / 2) ** 2
    return 2 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(part, 1)))


def pair(marked: Sequence[Marked], models: Models | None = None) -> Iterator[Pair]:
    """Yield each marked place with what was found there."""
    articles = [each.article for each in marked]
    _, tokens, mentions, _ = annotate(articles, force=True, models=models)
    found = dict(iter(find_places(tokens, mentions).dropna(subset=["latitude"]).groupby("article_id")))
    for article, places in marked:
        rows = list(found[article.id].itertuples()) if article.id in found else []
        for place in places:
            start, end, latitude, longitude = place
            best = next((row for row in rows if row.start < end and start < row.end), None)
            km = distance_km(latitude, longitude, best.latitude, best.longitude) if best else np.inf
            yield Pair(article, place, best, float(km))


def score(marked: Sequence[Marked], models: Models | None = None) -> dict[str, Any]:
    """Score places in raw text.

    Returns
    -------
    dict
        Percentages: ``found`` of those marked (``n``), and of those found, ``near`` (within 161 km) and ``country``
        (that of the town nearest to the marked point, of those found in a country).
    """
    pairs = list(pair(marked, models))
    found = [each for each in pairs if each.found]
    codes, latitudes, longitudes = _towns()
    countries = []
    for each in found:
        if each.found.country:
            nearest = np.argmin(distance_km(*each.marked[2:], latitudes, longitudes))
            countries.append(codes[nearest] == each.found.country)
    return {
        "found": round(100 * len(found) / len(pairs), 2),
        "near": round(100 * sum(each.km <= NEAR_KM for each in found) / len(found), 2),
        "country": round(100 * sum(countries) / len(countries), 2),
        "n": len(pairs),
    }


def _towns() -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Return country, latitude and longitude of each town."""
    lines = gzip.decompress(resources.data().read_bytes(GAZETTEER)).decode().splitlines()
    rows = (line.split("\t") for line in lines)
    towns = [cells for cells in rows if cells[2] in TOWNS and not cells[1].startswith("=")]
    points = np.array([(float(cells[5]), float(cells[6])) for cells in towns])
    return [cells[3] for cells in towns], points[:, 0], points[:, 1]
