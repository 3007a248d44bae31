"""Events seen together: who acts on whom, and which days they are."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources, tables
from analysis.content.event_lexicon import event_classes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["interactions", "is_someone", "timeline"]

#: Modalities of what is done or to be done.
_TOLD = frozenset(["happened", "ongoing", "planned", "offered", "demanded"])
_POSITIVE, _NEITHER = "positive", "neither"
#: Words that stand for someone whom the sentence does not name.
_POINTING = frozenset(
    "i we you he she it they me us him her them who whom which that this these those one others each both all"
    " some any".split()
)
#: Kinds of nouns that may act or be acted on without a name; the words after which a phrase goes on after its noun.
_PEOPLE, _AFTER_HEAD = frozenset(["person", "organization", "official", "group"]), ("of", "in", "from", "with", "who")
_ARTICLES = ("the ", "a ", "an ")


_PARTS = ["actor_start", "actor", "start", "end", "text", "target_start", "target"]


class _Event(NamedTuple):
    """The columns of an event that are read."""

    start: int
    kind: str
    actor: str
    actor_name: str
    target: str
    target_name: str


@tables.stage(requires=["events"], returns="interactions")
def interactions(events: pd.DataFrame) -> pd.DataFrame:
    """Count who acts on whom.

    Parameters
    ----------
    events
        Events of one or more articles.

    Returns
    -------
    pandas.DataFrame
        {columns}

        The most frequent first, of equally frequent ones the earlier.

    Notes
    -----
    What is negated, denied, only possible or hypothetical is not counted. Several who act together count one each. The
    sign is that of the class (PLOVER): *cooperation* for the classes from agreeing to retreating, *conflict* for those
    from demanding to fighting, *neither* for inquiries and for what has no class.
    """
    told = events[(events["polarity"] == _POSITIVE) & events["modality"].isin(_TOLD)]
    rows: list[tuple[str, str, str, str, int, int]] = []
    for article, own in told.groupby("article_id", sort=False):
        counts: dict[tuple[str, str, str], list[int]] = {}
        for event in map(_Event._make, own[list(_Event._fields)].itertuples(index=False, name=None)):
            for pair in _pairs(event):
                counts.setdefault(pair, []).append(event.start)
        found = [(str(article), *pair, len(starts), starts[0]) for pair, starts in counts.items()]
        rows += sorted(found, key=lambda row: (-row[-2], row[-1]))
    return tables.frame("interactions", rows)


def _pairs(event: _Event) -> Iterator[tuple[str, str, str]]:
    """Yield the pairs of one who acts and one acted on of an event, with its sign, if one of the two has a name."""
    sign = event_classes()[event.kind].sign if event.kind else _NEITHER
    if event.actor_name or event.target_name:
        for actor in _who(event.actor, event.actor_name):
            yield from ((actor, target, sign) for target in _who(event.target, event.target_name) if target != actor)


def _who(words: str, name: str) -> list[str]:
    """Return who takes part: names, or the words without an article; nobody for a word that only points."""
    if name:
        return name.split("; ")
    words = " ".join(words.split())
    bare = next((words[len(each) :] for each in _ARTICLES if words.lower().startswith(each)), words)
    head = next(iter(re.split(rf",| (?:{'|'.join(_AFTER_HEAD)}) ", bare))).split()[-1:]
    return [bare] if bare.lower() not in _POINTING and any(map(is_someone, head)) else []


def is_someone(noun: str) -> bool:
    """Return whether a noun names persons or a body of persons."""
    noun = noun.lower()
    forms = {noun, noun.removesuffix("s"), noun.removesuffix("es"), f"{noun.removesuffix('ies')}y"}
    return not forms.isdisjoint(_people())


@cache
def _people() -> frozenset[str]:
    """Return the nouns of persons and bodies of persons."""
    data = resources.data()
    lists = data.read_word_lists("source_nouns.tsv")
    listed = {noun for kind, nouns in lists.items() if kind in _PEOPLE for noun in nouns}
    return frozenset(listed.union(data.read_lines("event_people.txt")))


@tables.stage(requires=["events", "times"], returns="timeline")
def timeline(events: pd.DataFrame, times: pd.DataFrame) -> pd.DataFrame:
    """Put the events whose days are known in the order of time.

    Parameters
    ----------
    events, times
        The tables of one or more articles.

    Returns
    -------
    pandas.DataFrame
        {columns}

    Notes
    -----
    The time of an event is that which the sentence gives it; its first and last day are those of the time expression.
    """
    dated = times[(times["earliest"] != "") & (times["latest"] != "")]
    days = dated.drop_duplicates(["article_id", "value"])[["article_id", "value", "earliest", "latest"]]
    found = events[events["time"] != ""].merge(days, left_on=["article_id", "time"], right_on=["article_id", "value"])
    order = {name: number for number, name in enumerate(dict.fromkeys(events["article_id"]))}
    found = found.assign(
        article=found["article_id"].map(order), told=list(map(_told, found[_PARTS].itertuples(index=False, name=None)))
    )
    found = found.sort_values(["article", "earliest", "latest", "event"], kind="stable")
    columns = list(tables.TABLES["timeline"].names)
    return tables.frame("timeline", list(found[columns].itertuples(index=False, name=None)))


def _told(event: tuple[int, str, int, int, str, int, str]) -> str:
    """Return an event in words, in the order of the sentence: *Aden was shelled by Oslo*."""
    actor_start, actor, start, end, text, target_start, target = event
    is_passive = 0 <= target_start < start < actor_start or actor_start - end == len(" by ")
    parts = [(target_start, target), (start, text), (actor_start, f"by {actor}" if is_passive else actor)]
    return " ".join(" ".join(words for at, words in sorted(parts) if at >= 0).split())
