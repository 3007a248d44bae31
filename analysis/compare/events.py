"""Who acts on whom, what happens and where, from period to period or group to group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis import tables
from analysis.compare.counts import count_rows
from analysis.compare.periods import follow, most_widespread_cells
from analysis.measures.inputs import normalise
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    import pandas as pd

__all__ = ["events_over_time", "interactions_over_time", "places_over_time"]

#: Modalities of what is done or to be done.
_TOLD = frozenset(["happened", "ongoing", "planned", "offered", "demanded"])


@tables.stage(requires=("reports",), returns="interactions_over_time")
@checked
def interactions_over_time(articles: pd.DataFrame, *, period: str = "month", n: int = 20) -> pd.DataFrame:
    """Count how many articles tell that one acts on another, by period.

    Parameters
    ----------
    articles
        The reports table, from :func:`read_reports`. Articles without a period are left out.
    period
        The column whose sorted values are the periods: ``"month"``, ``"year"`` or any other, as ``"publisher"``.
    n
        How many pairs to follow: those in most articles, and of these those of most events.

    Returns
    -------
    DataFrame
        {columns}

        Pairs are sorted by the number of articles that have them, in descending order; each has one row per period. The
        interval is that of :func:`names_over_time`. Events count that are neither negated nor denied, possible or
        hypothetical, with names of both; several who act together count one each.
    """
    columns = ("actor_name", "target_name", "polarity", "modality")
    counts = count_rows(articles["report"], "events", columns, _pairs)
    found = most_widespread_cells(counts, articles, period, n)
    cells = {"actor": [actor for actor, _ in found.cells], "target": [target for _, target in found.cells]}
    return follow("interactions_over_time", cells, found.counts, found.period_index, found.periods)


def _pairs(actors: str, targets: str, polarity: str, modality: str) -> Iterator[tuple[Hashable, str, str, int]]:
    """Yield the pairs of one who acts and one acted on of an event."""
    if polarity == "positive" and modality in _TOLD and actors and targets:
        for actor in actors.split("; "):
            for target in targets.split("; "):
                pair = normalise(actor), normalise(target)
                if pair[0] != pair[1]:
                    yield pair, actor, target, 1


@tables.stage(requires=("reports",), returns="events_over_time")
@checked
def events_over_time(articles: pd.DataFrame, *, period: str = "month", n: int = 20) -> pd.DataFrame:
    """Count how many articles tell of events of each class, by period.

    Parameters
    ----------
    articles, period
        As in :func:`interactions_over_time`.
    n
        How many classes to follow: those in most articles, and of these those of most events.

    Returns
    -------
    DataFrame
        {columns}

        Classes are sorted by the number of articles that have them, in descending order; each has one row per period.
        The interval is that of :func:`names_over_time`. What is negated or denied does not count.
    """
    counts = count_rows(
        articles["report"],
        "events",
        ("kind", "polarity", "modality"),
        lambda kind, polarity, modality: (
            [(kind, kind, "", 1)] if kind and polarity == "positive" and modality in _TOLD else []
        ),
    )
    found = most_widespread_cells(counts, articles, period, n)
    cells = {"kind": [kind for kind, _ in found.cells]}
    return follow("events_over_time", cells, found.counts, found.period_index, found.periods)


@tables.stage(requires=("reports",), returns="places_over_time")
@checked
def places_over_time(articles: pd.DataFrame, *, period: str = "month", n: int = 20) -> pd.DataFrame:
    """Count how many articles name each of the most widespread places, by period.

    Parameters
    ----------
    articles, period
        As in :func:`interactions_over_time`.
    n
        How many places to follow: those in most articles, and of these those with most mentions.

    Returns
    -------
    DataFrame
        {columns}

        Places are sorted by the number of articles that name them, in descending order; each has one row per period.
        The interval is that of :func:`names_over_time`. Names of peoples (*French*) and places that were not found on
        the map do not count.
    """
    counts = count_rows(
        articles["report"],
        "places",
        ("name", "country", "kind"),
        lambda name, country, kind: (
            [((normalise(name), country), name, country, 1)] if kind not in ("", "demonym") else []
        ),
    )
    found = most_widespread_cells(counts, articles, period, n)
    cells = {"name": [name for name, _ in found.cells], "country": [country for _, country in found.cells]}
    return follow("places_over_time", cells, found.counts, found.period_index, found.periods)
