"""Where an article tells of: the places of the brief, each with no more than its name leaves certain."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from analysis.content.gazetteer import TOWNS, default_gazetteer
from analysis.summary.story import Line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from analysis.summary.story import Story

__all__ = ["places"]

#: What may be named after a place (*West Nile virus*), and whose club (*former Leeds coach*).
_NAMED_AFTER = frozenset("disease encephalitis fever flu syndrome virus".split())
_NAMED_AFTER |= frozenset("coach defender fan forward goalkeeper midfielder strait striker winger".split())
#: A name of which nothing is known is a place if it follows one of these.
_IN_PLACE = frozenset("in on near outside around inside".split())
#: So many places of one name leave open which is meant, unless one is so large; and one in another country which
#: country is meant, unless it has so small a part of the inhabitants or the article names the country.
_NAMESAKES, _LARGE, _FAR_LARGER, _FAR_SMALLER = 2, 100_000, 2, 12
#: A town so large may be meant by the name of its region.
_FAIR = 20_000
#: What is rather a bank, a club or a firm where it speaks.
_NO_SPEAKERS = frozenset(["town", "region", "water"])
#: Codes of ISO 3166 that are of no country of their own, but of a part of one.
_TERRITORIES = frozenset(
    """AI AS AW AX BL BM BQ CC CK CW CX FK FO GF GG GI GL GP GU HK IM IO JE KY MF MO MP MQ MS NC NF NU PF PM PN PR RE SH
    SJ SX TC TF TK VG VI WF YT""".split()
)


def places(story: Story, n: int) -> Iterable[list[Line]]:
    """Return the places that are named most often; a people stands for no place, nor does what only ends a name."""
    bodies = {end + 1 for end in story.mentions.loc[story.mentions["label"] == "organization", "end"]}
    clauses, columns = story.clauses, (story.places[name] for name in ("start", "end", "kind"))
    is_whole = np.array(
        [
            start not in bodies
            and not clauses.follows_name(start)
            and clauses.after(end).lower() not in _NAMED_AFTER
            and (kind != "town" or not (clauses.precedes_name(end) or clauses.has_article(start)))
            for start, end, kind in zip(*columns, strict=True)
        ],
        dtype=bool,
    )
    found = story.places[is_whole & (story.places["kind"] != "demonym") & (story.places["name"] != "")]
    is_in = [
        story.clauses.before(start) in _IN_PLACE and len(name.rstrip(".")) > 1  # *said in X.*
        for start, name in zip(found["start"], found["name"], strict=True)
    ]
    is_body = found["kind"].isin(_NO_SPEAKERS) & found["name"].isin(story.claims["speaker"])  # *Santander said*
    is_known = (found["kind"] != "") & ~is_body
    found = found[found["name"].isin({*found.loc[is_in, "name"], *found.loc[is_known, "name"]})]
    counts = Counter(found["name"])
    first = found.drop_duplicates("name")
    best = (
        first.assign(_n=[counts[name] for name in first["name"]])
        .astype({"_n": "int64"})
        .nlargest(n, "_n", keep="first")
    )
    columns = (best[name] for name in ("name", "start", "end", "text", "kind", "country"))
    told = {*story.places.loc[story.places["kind"] != "town", "country"]}
    return [
        [Line(story.as_written(name, text), start, end, text, caveat=_kind_of_place(name, kind, country, told))]
        for name, start, end, text, kind, country in zip(*columns, strict=True)
    ]


def _kind_of_place(name: str, kind: str, country: str, told: Collection[str]) -> str:
    """Return what a place is, and in which country; no more of either than its name leaves certain.

    Where the country has a region of the name, or the town is small and not the only one, as *Bulacan* is, it need not
    be a town; where a far larger place elsewhere has the name, as *London*, the country is left open, and so is all
    where the name is a country's and that of a larger place, as *Georgia*, or this is none. The country is left open
    too where another has a town of the name, as *Whitby*, that is not far smaller, unless it is among those ``told``.
    """
    sites = default_gazetteer().find(name)
    size = max((site.population for site in sites if site.kind == "country"), default=0)
    if size and (kind != "country" or any(site.population > size for site in sites)):
        return ""
    if kind == "country":
        return "territory" if country in _TERRITORIES else kind
    own = [site for site in sites if site.country == country]
    if kind != "town":  # *New York*, *Mecca*: a region and a town
        is_town = any(site.kind in TOWNS and site.population >= _FAIR for site in own)
        return ", ".join(filter(None, ["" if is_town and kind == "region" else kind, country]))
    largest = max((site.population for site in own), default=0)
    if any(site.population > _FAR_LARGER * largest for site in sites if own):
        return ""
    if country not in told and any(site.population * _FAR_SMALLER > largest for site in sites if site not in own):
        country = ""
    is_certain = {site.kind for site in own} <= {kind} and (len(own) < _NAMESAKES or largest >= _LARGE)
    return ", ".join(filter(None, [kind if is_certain else "", country]))
