"""At a glance: who does what to whom, when and where, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import tables
from analysis.measures import inputs
from analysis.options import checked

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["glance"]

#: What each sentence before an event takes from its weight.
_SENTENCE_COST = 0.2
#: What a contested claim in its sentence adds.
_DISPUTED = 2


class _Event(NamedTuple):
    """The columns of an event that are read."""

    event: int
    sentence: int
    start: int
    end: int
    text: str
    action: str
    kind: str
    actor: str
    actor_name: str
    target: str
    target_name: str
    place: str
    time: str
    polarity: str
    modality: str
    claim: int


@tables.stage(requires=("events", "claims", "contested"), returns="glance")
@checked
def glance(events: pd.DataFrame, claims: pd.DataFrame, contested: pd.DataFrame, *, n: int = 8) -> pd.DataFrame:
    """Choose the events that tell most of an article, with who says so.

    Parameters
    ----------
    events, claims, contested
        The tables of the articles.
    n
        Events of an article at most.

    Returns
    -------
    DataFrame
        {columns}

        Events stand in the order of the article, each once for the same one who acts and the same act.

    Notes
    -----
    An event counts one for each of these: someone acts, something is acted on, either has a name, and its words name a
    class of events; two if its sentence begins a contested claim; less a fifth for each sentence before its own. The
    highest are chosen, the earlier one at a tie.

    Examples
    --------
    >>> from analysis import Article, annotate, content
    >>> article = Article.from_text("Israel did not bomb the hospital, the army said.", id="a")
    >>> found = content.find_contents(article, annotate(article, force=True))
    >>> glance(found.events, found.claims, found.contested)[["actor", "text", "target", "source"]].values.tolist()
    [['Israel', 'did not bomb', 'the hospital', 'the army']]
    """
    speakers: dict[tuple[str, int], str] = {}
    sentences: dict[tuple[str, int], int] = {}
    for article_id, own in inputs.articles(claims, "claim", "speaker", "sentence", name="claims"):
        for claim, who, sentence in zip(own["claim"], own["speaker"], own["sentence"], strict=True):
            speakers[article_id, claim], sentences[article_id, claim] = who, sentence
    disputed = {
        (article_id, sentences[article_id, claim])
        for article_id, own in inputs.articles(contested, "claim", "other_claim", name="contested")
        for claim in (*own["claim"], *own["other_claim"])
    }
    rows = []
    for article_id, own in inputs.articles(events, *_Event._fields, name="events"):
        found = [_Event(*row) for row in zip(*(own[name] for name in _Event._fields), strict=True)]
        chosen: dict[tuple[str, ...], _Event] = {}
        weights = [_weight(each) + _DISPUTED * ((article_id, each.sentence) in disputed) for each in found]
        for _, each in sorted(zip(weights, found, strict=True), key=lambda pair: (-pair[0], pair[1].event)):
            told = (each.actor_name or each.actor, each.kind or each.action, each.polarity)
            if len(chosen) < n:
                chosen.setdefault(told, each)
        rows += [
            _row(article_id, each, speakers.get((article_id, each.claim), ""))
            for each in sorted(chosen.values(), key=lambda event: event.event)
        ]
    return tables.frame("glance", rows)


def _weight(event: _Event) -> float:
    """Return how much an event tells."""
    told = (event.actor, event.target, event.actor_name or event.target_name, event.kind)
    return sum(map(bool, told)) - _SENTENCE_COST * event.sentence


def _row(article_id: str, event: _Event, source: str) -> tuple[Any, ...]:
    return (
        article_id,
        event.event,
        event.actor,
        event.text,
        event.target,
        event.place,
        event.time,
        event.polarity,
        event.modality,
        source,
        event.sentence,
        event.start,
        event.end,
    )
