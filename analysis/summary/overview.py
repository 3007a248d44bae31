"""At a glance: who does what to whom, when and where, and who says so."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import tables
from analysis.content.event_lexicon import lexicon
from analysis.measures import inputs
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["N_LEADING", "acts", "glance"]

#: What each sentence before an event takes from its weight.
_SENTENCE_COST = 0.2
#: What the first sentences with events add, which tell the news, and how many they are.
_LEAD, N_LEADING = 1.0, 2
#: What a contested claim in its sentence adds.
_DISPUTED = 2
#: What one who takes part adds, the second, a name, a class, and each other event with the same act or the same name.
_ONE, _SECOND, _NAMED, _CLASSED, _RECURRING, _MOST_RECURRING = 1, 0.5, 1, 0.5, 0.25, 1
#: What an infinitive that no verb before it belongs to takes: an aim.
_AIM_COST = 0.5
#: What the modality adds.
_SURE = {
    "happened": 1.0,
    "denied": 1.0,
    "planned": 1.0,
    "offered": 1.0,
    "demanded": 1.0,
    "ongoing": 0.5,
    "possible": 0.5,
}


#: Classes of acts that are words alone, unless the verb is one of deciding; and who speaks, which nobody is by acting.
_WORDS = frozenset("DISAPPROVE SUPPORT THREATEN DEMAND".split())
_SPEAKERS, _INERT = frozenset(["i", "we"]), ("undergoing", "perceiving", "stative", "going")


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
    An event counts one for the first who takes part and a half for the second, so that news without an object (*the
    minister resigned*) has its place; one for a name, and a half for a class of events; up to one, by quarters, for
    other events of the article with the same act, or with the same name; one if it is said to have happened, to be
    denied or to lie ahead, and a half if it goes on or is possible, less a half for an aim (*to stop them*); two if its
    sentence begins a contested claim; one if it stands in the first two sentences with events, and less a fifth for
    each sentence before its own. The highest are chosen, the earlier one at a tie.

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
        acts, names = Counter(each.action for each in found), Counter(name for each in found for name in _names(each))
        leading = sorted({each.sentence for each in found})[:N_LEADING]
        weights = [
            _weight(each, acts, names)
            + _LEAD * (each.sentence in leading)
            + _DISPUTED * ((article_id, each.sentence) in disputed)
            for each in found
        ]
        for _, each in sorted(zip(weights, found, strict=True), key=lambda pair: (-pair[0], pair[1].event)):
            told = (each.actor_name or each.actor, each.kind or each.action, each.polarity)
            if len(chosen) < n:
                chosen.setdefault(told, each)
        rows += [
            _row(article_id, each, speakers.get((article_id, each.claim), ""))
            for each in sorted(chosen.values(), key=lambda event: event.event)
        ]
    return tables.frame("glance", rows)


def acts(event: Any, *, is_said: bool, source: str = "") -> bool:
    """Return whether who acts in an event does something to someone or something, or decides it.

    Who dies, falls or falls ill, and who only speaks, sees or travels, does not; nor who others say does something.

    Parameters
    ----------
    event
        A row of the table ``events``.
    is_said
        Whether its words tell that someone says something.
    source
        Who says that it happened; empty for nobody.
    """
    if event.claim >= 0 and (not source or source != event.actor_name):
        return False
    verbs, verb = lexicon().verbs, event.action.replace(" ", "_")
    if verb in verbs["deciding"]:
        return True
    is_inert = any(verb in verbs[kind] for kind in _INERT)
    if is_said or is_inert or event.kind in _WORDS or event.actor.lower() in _SPEAKERS:
        return False
    return bool(event.kind or (event.target and event.claim < 0))


def _names(event: _Event) -> set[str]:
    """Return the names of those who take part in an event."""
    return {event.actor_name, event.target_name} - {""}


def _weight(event: _Event, acts: Mapping[str, int], names: Mapping[str, int]) -> float:
    """Return how much an event tells, given how often each act and each name occurs in events of its article."""
    weight = _ONE + _SECOND * bool(event.actor and event.target) + _CLASSED * bool(event.kind)
    for counts in ([acts[event.action]], [names[name] for name in _names(event)]):
        weight += min(_MOST_RECURRING, _RECURRING * (max(counts, default=1) - 1))
    weight += _NAMED * bool(_names(event)) + _SURE.get(event.modality, 0)
    return weight - _AIM_COST * event.text.startswith("to ") - _SENTENCE_COST * event.sentence


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
