"""The brief: what an article says at one look, each line taken from a table and resting on a span of the text."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis import tables
from analysis.content.columns import by_article
from analysis.options import BRIEF_PARTS, checked
from analysis.summary.clauses import COLUMNS
from analysis.summary.disputes import Disputes
from analysis.summary.overview import N_LEADING, acts, glance
from analysis.summary.story import PICTURE, PRONOUNS, THIRD_PERSON, Line, Story
from analysis.summary.where import places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd

    from analysis.content import Contents
    from analysis.language import Annotations
    from analysis.summary.clauses import Clause

__all__ = ["BRIEF_PARTS", "brief"]

#: What a claim counts for being contested, for coming from a name, for more than saying so, and for being uttered.
_CONTESTED, _NAMED, _STANCE, _SPEECH = 3.0, 1.0, 0.5, 0.5
#: What a claim loses for each claim before it, and if it is part of another one.
_LATE, _WITHIN = 0.1, 1.0
_PLAIN_STANCES = frozenset(["assert", "believe", "expect", "suggest"])
_NAMED_KINDS = frozenset(["person", "organization"])
#: The stance of who does not say.
_DECLINE = "decline"
#: What may stand for several names in one cell.
_JOINT = "; "
#: Classes of acts that are more than words, where they are told first; and verbs that only answer what others say.
_DECISIONS = frozenset("AGREE CONCEDE REJECT SANCTION COERCE DEMAND".split())
_ANSWERS = frozenset(["deny", "dismiss", "rule out", "demand"])
#: Modalities of what someone offers or demands.
_WILLING = frozenset(["offered", "demanded"])
#: Modalities of what is told as a fact, and the value of a time that is a day, a month or a year.
_PLAIN_MODALITIES, _DAY = frozenset(["happened", "ongoing"]), re.compile(r"\d{4}(-\d\d){0,2}")

#: What is not known of a time, by the form of its value, and values and words of those told from the day of writing.
_UNKNOWN = (
    (re.compile(r"XXXX-WXX-\d"), "week unknown"),
    (re.compile(r"XXXX-(\d\d|[HQ]\d|SP|SU|FA|WI)"), "year unknown"),
)
_WRITING = "day of writing unknown"
_FROM_WRITING = frozenset(["PAST_REF", "PRESENT_REF", "FUTURE_REF"])
_CLOCK = re.compile(r"\d{1,2}([:.h]\d\d){0,2}\s?([ap]\.?m\.?)?( [A-Z]{2,5})?|noon|midnight", re.IGNORECASE)
_CALENDAR = re.compile(r"\b(today|tonight|yesterday|tomorrow|day|night|week(end)?|month|quarter|year|decade)\b")

#: Stances of claims that say a thing is so, and words of an event that say it need not be. What any other word of the
#: clause makes possible, that is quoted with it (*no cow may be sold*, *has not asked them to leave*).
_CLOSED_STANCES = frozenset("assert claim confirm deny promise plan agree offer demand".split())
_HEDGE = re.compile(r"\b(may|might|could|can|ca|allegedly|reportedly|apparently|possibly|probably|perhaps)\b")

#: What is said of the words of an event, where it is more than the name of their modality: what is told to come may be
#: a plan or a prediction; *cannot have exploded* is no possibility.
_TAKEN = {"planned": "lies ahead", ("negative", "possible"): "is uncertain"}

_Row = tuple[Any, ...]


@checked
def brief(chosen: pd.DataFrame, contents: Contents, annotations: Annotations, *, n: int = 5) -> pd.DataFrame:
    """Take from the tables of articles what a reader wants to know first.

    Parameters
    ----------
    chosen
        The sentences of the summary, with article_id, start, end, text.
    contents
        What :func:`analysis.content.find_contents` returns.
    annotations
        What :func:`analysis.annotate` returns, with syntax.
    n
        Items of a part at most; the summary and the contested claims have all of theirs.

    Returns
    -------
    DataFrame
        The table ``brief``, as ``dateline codebook`` prints it. Parts stand in the order of :data:`BRIEF_PARTS`, items
        in that of the article.

    Notes
    -----
    Claims are chosen by points: three if contested, one for a named source, a half for another stance than saying so, a
    half if uttered; less a tenth for each claim before, and less one within another claim; a content that ends within a
    phrase is left out. What is told of a claim, with its events and its speaker, is told only if it is sure:
    ``confidence`` is 0.7 or more (0.4 of a denial or accusation by a verb that has no other sense), the ``margin`` of a
    pronoun that is its source one logit, or three where another person is named not far before it (an *it* may stand
    for the only body that its sentence and the one before name), and no one else claims it for its source; or the claim
    is contested. Events that a claim's words of saying tell, such as an accusation, are left to the claims, but for
    decisions in the first two sentences, and those that only describe a noun are left out; :func:`glance` chooses among
    the others, and of each the main clause is quoted, or that of what someone says, with how its verb is to be taken.
    Who acts (as :func:`analysis.summary.overview.acts` tells, in what is told as a fact) and who speaks is chosen by
    how often, a place by how often it is named; one that the gazetteer lacks must follow *in* or the like once. Times
    of which only a part is known stand after the others that are chosen. The headline counts only where the body says
    nothing.

    Examples
    --------
    >>> from analysis import Article, annotate, content, summary
    >>> article = Article.from_text("Israel did not bomb the hospital, army spokesman Omar Said stated.", id="a")
    >>> annotations = annotate(article, force=True)
    >>> contents = content.find_contents(article, annotations)
    >>> lines = brief(annotations.sentences.head(0), contents, annotations)
    >>> lines[["part", "name", "text", "caveat"]].values.tolist()[:2]
    [['claims', 'Omar Said', 'Israel did not bomb the hospital', 'assert'], \
['events', '', 'Israel did not bomb the hospital', 'according to Omar Said']]
    """
    rows: list[_Row] = []
    tokens = by_article(annotations.tokens, COLUMNS)
    for article_id in annotations.sentences["article_id"].unique():
        story = Story.of(article_id, chosen, contents, annotations, tokens[article_id])
        for part in BRIEF_PARTS:
            for item, lines in enumerate(_PARTS[part](story, n)):
                rows += [(article_id, part, item, *line) for line in lines]
    return tables.frame("brief", rows)


def _summary(story: Story, n: int) -> Iterable[list[Line]]:
    """Return the chosen sentences."""
    del n
    columns = zip(*(story.chosen[name] for name in ("start", "end", "text")), strict=True)
    return [[Line("", *columns_of)] for columns_of in columns]


def _contested(story: Story, n: int) -> Iterable[list[Line]]:
    """Return the claims that contradict each other, those of a pair together, then those of which one side is sure."""
    del n
    sides = [
        zip(
            *(story.contested[prefix + name] for name in ("speaker", "start", "end", "text", "stance")),
            strict=True,
        )
        for prefix in ("", "other_")
    ]
    pairs = [
        [Line(speaker, start, end, text, stance) for speaker, start, end, text, stance in pair]
        for pair in zip(*sides, strict=True)
    ]
    paired = {*story.contested["claim"], *story.contested["other_claim"]}
    is_known = story.is_known(story.sure["speaker"])
    alone = _without_titles(story.sure[is_known & ~story.sure["claim"].isin(paired)], story)
    disputes = Disputes(story.tokens)
    noted = (
        Line(claim.speaker, *story.with_cue(claim), note)
        for claim in alone.itertuples(index=False)
        if (note := disputes.note(*_dispute(claim)))
        and story.tells_whole(claim.start, claim.end)
        and (
            claim.source.lower() not in PRONOUNS - {"it"}
            or story.is_only_person(claim.speaker, claim.sentence, claim.source_start)
        )
    )
    return [*pairs, *([line] for line in noted)]


def _dispute(claim: Any) -> tuple[str, str, tuple[int, int], tuple[int, int]]:
    return claim.stance, claim.cue, (claim.cue_start, max(claim.cue_end, claim.start)), (claim.start, claim.end)


def _claims(story: Story, n: int) -> Iterable[list[Line]]:
    """Return the claims that count most, in the order of the article."""
    is_known = story.is_known(story.sure["speaker"])
    is_known &= ~story.sure["text"].str.lower().isin(PRONOUNS)  # *disputes this*
    claims = _without_titles(story.sure[is_known], story)
    is_told = [
        story.tells_whole(claim.start, claim.end) and story.says_something(claim)
        for claim in claims.itertuples(index=False)
    ]
    claims = claims[np.array(is_told, dtype=bool)]
    disputed = {*story.contested["claim"], *story.contested["other_claim"]}
    weights = [
        _CONTESTED * (claim in disputed)
        + _NAMED * (kind in _NAMED_KINDS)
        + _STANCE * (stance not in _PLAIN_STANCES)
        + _SPEECH * bool(is_speech)
        - _WITHIN * (parent >= 0)
        - _LATE * place
        for place, (claim, kind, stance, is_speech, parent) in enumerate(
            claims[["claim", "source_kind", "stance", "is_speech", "parent"]].itertuples(index=False, name=None)
        )
    ]
    best = claims.assign(_weight=np.array(weights, dtype=float)).nlargest(n, "_weight", keep="first")
    best = best.sort_values("claim", kind="stable")
    return [[Line(claim.speaker, *story.with_cue(claim), claim.stance)] for claim in best.itertuples(index=False)]


def _events(story: Story, n: int) -> Iterable[list[Line]]:
    """Return the main events that are no acts of saying, unless they decide what the first sentences tell.

    What only the headline tells stands above it, and trees of headlines are often wrong (*Man held over fire dies*).
    """
    cues = story.spans_of_cues()
    told = _in_body(story.events, story)
    leading = sorted(set(told["sentence"]))[:N_LEADING]
    is_left = [
        not _overlaps(event, cues)
        or (event.sentence in leading and event.kind in _DECISIONS and event.target and event.action not in _ANSWERS)
        for event in told.itertuples(index=False)
    ]
    events = told[np.array(is_left, dtype=bool)]
    is_someone = ~events["actor"].str.lower().isin(PRONOUNS) | (events["kind"] != "")
    events = events[is_someone & ((events["actor"] != "") | (events["target"] != ""))]
    found = [_clause(event, story) for event in events.itertuples(index=False)]
    told = {
        event.event: clause
        for event, clause in zip(events.itertuples(index=False), found, strict=True)
        if clause
        and not story.is_asked(event)
        and (_tells_name(event, clause, story) or _has_sure_source(event, story))
        and (event.claim < 0 or not story.clauses.joins_cue(clause.start, clause.end))
        and (event.claim not in story.unsaid or story.tells_source(event.claim, clause))
        and story.pronoun(event, clause) is not None
        and not story.points_back(event, clause)
    }
    events = events[events["event"].isin(told)]
    main = glance(events, story.claims, story.contested, n=n)
    main = main.merge(events[["event", "claim", "actor_start"]], on="event")
    lines: dict[tuple[int, int], tuple[str, list[str]]] = {}
    for event in main.itertuples(index=False):
        clause = told[event.event]
        _, caveats = lines.setdefault((clause.start, clause.end), (story.words(event, clause), []))
        caveats += [each for each in _caveats(event, clause, story) if each and each not in caveats]
    return [
        [Line("", start, end, text, "; ".join(caveats))]
        for (start, end), (text, caveats) in sorted(lines.items())
        if not any(low <= start < end <= high for low, high in lines.keys() - {(start, end)})
    ]


def _overlaps(event: Any, spans: Iterable[tuple[int, int]]) -> bool:
    """Return whether the words of an event are among those of some spans."""
    return any(event.start < end and start < event.end for start, end in spans)


def _tells_name(event: Any, clause: Clause, story: Story) -> bool:
    """Return whether a clause tells who says what it tells, by more than *he*, *she*, *it* or *they*."""
    return story.tells_source(event.claim, clause) and story.cues[event.claim][1].lower() not in THIRD_PERSON


def _has_sure_source(event: Any, story: Story) -> bool:
    """Return whether an event is told by the writer, by its own actor (*the mayor plans to go*), or in a sure claim."""
    speakers = story.claims.loc[story.claims["claim"] == event.claim, "speaker"].tolist()
    if speakers and speakers[0].lower() in PRONOUNS:
        return False
    return event.claim in {-1, *story.sure["claim"]} or speakers[0] in (event.actor, event.actor_name)


def _clause(event: Any, story: Story) -> Clause | None:
    """Return the main clause of an event; what nobody is named to say stays with the words that tell it."""
    return story.clauses.main(event.start, event.end, story.contents.get(event.claim, ()))


def _caveats(event: Any, clause: Clause, story: Story) -> Iterable[str]:
    """Yield how the words of an event are to be taken, when it is, who says so and who denies it.

    What is only part of the clause that is quoted has its modality and time from words that are quoted too, and so has
    what is quoted with its source. Who denies what someone else may have said denies the whole clause.
    """
    is_quoted = story.tells_source(event.claim, clause)
    told_by = story.cues[event.claim][1] if is_quoted else ""
    is_pronoun = told_by.lower() in PRONOUNS and told_by != "WHO"  # the agency
    is_named = is_quoted and (not is_pronoun or event.source.split(" ")[-1] in story.words(event, clause))
    source = "" if is_named or event.source.lower() in PRONOUNS else event.source
    stances = story.claims.loc[story.claims["claim"] == event.claim, "stance"]
    is_denied = event.source and event.modality == "denied" and (stances == "deny").any()
    is_plain = is_denied or event.modality in _PLAIN_MODALITIES or not (clause.is_told or event.modality == "denied")
    is_open = not stances.isin(_CLOSED_STANCES).all() or _HEDGE.search(event.text)
    is_plain |= event.modality == "planned" and event.polarity == "negative"  # *will not go*, *never planned to go*
    is_plain |= event.modality == "possible" and (is_quoted or clause.is_attributed or not is_open)
    taken = _TAKEN.get((event.polarity, event.modality)) or _TAKEN.get(event.modality, f"is {event.modality}")
    name = story.pronoun(event, clause)
    yield f"“{event.actor}” is {story.with_article(name)}" if name and name != event.source else ""
    yield "" if is_plain else f"“{story.with_negation(event, clause)}” {taken}"
    is_day = clause.is_told and _DAY.fullmatch(event.time) and story.is_point(event)
    yield event.time if is_day else ""
    if source and is_quoted:
        yield f"“{told_by}” is {_within(source, story)}"
    elif source:
        yield f"{'denied by' if is_denied else 'according to'} {_within(source, story)}"
    pairs = story.contested
    denials = pairs.loc[(pairs["claim"] == event.claim) & (pairs["other_stance"] == "deny"), "other_speaker"]
    yield f"denied by {_within(denials.iloc[0], story)}" if len(denials) else ""


def _within(source: str, story: Story) -> str:
    """Return a source as it stands within a sentence: a word that begins no name has no capital."""
    joined = " and ".join(story.with_article(each) for each in source.split(_JOINT))
    first = joined.split(" ")[0]
    begins_name = any(first in text.split() for text in story.mentions["text"])
    return joined if begins_name or not first.istitle() else joined[:1].lower() + joined[1:]


def _actors(story: Story, n: int) -> Iterable[list[Line]]:
    """Return the names that act most often: in acts of a class, else on something, else those without a name.

    Where nobody does more than to offer, call for, back or reject something, those who do so act.
    """
    cues, sources = story.spans_of_cues(), dict(zip(story.claims["claim"], story.claims["speaker"], strict=True))
    ranks: dict[bool, list[Counter[str]]] = {True: [Counter(), Counter()], False: [Counter(), Counter()]}
    by_words: Counter[str] = Counter()
    places: dict[str, tuple[int, int, str]] = {}
    is_told = (story.events["polarity"] == "positive") & (story.events["actor"] != "")
    for event in _in_body(story.events[is_told], story).itertuples(index=False):
        source = sources.get(event.claim, "")
        is_named = bool(event.actor_name) and story.is_body(event)
        names = event.actor_name.split(_JOINT) if is_named else []
        is_own = event.claim < 0 or source == event.actor_name
        if is_own and event.kind and event.modality in _PLAIN_MODALITIES | _WILLING:
            by_words.update(names)
        is_done = event.modality in _PLAIN_MODALITIES and acts(event, is_said=_overlaps(event, cues), source=source)
        if not is_done or not _clause(event, story):
            continue
        if (
            not is_named
            and event.actor.lower() not in PRONOUNS | {each.lower() for each in places}
            and story.clauses.can_act(event.actor_start, event.actor_end)
        ):
            places.setdefault(event.actor, (event.actor_start, event.actor_end, event.actor))
            names = [event.actor]
        ranks[is_named][event.kind == ""].update(names)
    return _named(next(filter(None, (*ranks[True], *ranks[False], by_words)), Counter()), story, n, places)


def _speakers(story: Story, n: int) -> Iterable[list[Line]]:
    """Return those who speak most often, in the article's own words where they have no name."""
    own = story.sure[story.sure["is_speech"] & (story.sure["stance"] != _DECLINE)]
    reported = own["parent"].isin(own.loc[own["speaker"] != "", "claim"])  # what others say that they said
    spoken = _without_titles(own[~reported], story)
    spoken = spoken[~spoken["source"].str.contains(PICTURE)]
    spoken = spoken[story.is_known(spoken["speaker"]) | (spoken["speaker"] == "")]
    counts: Counter[str] = Counter()
    is_document = spoken["source_kind"] == "document"
    for speaker in spoken.loc[~(is_document & spoken["speaker"].str.lower().str.startswith("the ")), "speaker"]:
        counts.update(filter(None, speaker.split(_JOINT)))
    first = {name.lower(): name for name in reversed(counts)}
    counts = Counter(first[name.lower()] for name in counts.elements())
    places = dict(
        zip(
            reversed(spoken["speaker"].tolist()),
            reversed(list(zip(spoken["source_start"], spoken["source_end"], spoken["source"], strict=True))),
            strict=True,
        )
    )
    return _named(counts, story, n, places)


def _named(
    counts: Counter[str], story: Story, n: int, places: dict[str, tuple[int, int, str]] | None = None
) -> list[list[Line]]:
    """Return a line for each of the names that count most, at its first mention, with what it is."""
    first = {
        name: (start, end, text)
        for name, start, end, text in zip(
            *(story.mentions[column].iloc[::-1] for column in ("name", "start", "end", "text")), strict=True
        )
    }
    located = {**(places or {}), **first}
    again = {name for name in counts if story.is_named_again(name, counts)}
    known = [(name, count) for name, count in counts.items() if name in located and name not in again]
    best = sorted(known, key=lambda pair: (-pair[1], located[pair[0]]))[:n]
    return [[Line(name, *located[name], caveat=story.descriptions.get(name, ""))] for name, _ in best]


def _times(story: Story, n: int) -> Iterable[list[Line]]:
    """Return the days, months and years that are known, then those of which only a part is, each once.

    A year in a name, as of a law, is when nothing in the article happened.
    """
    lines: dict[str, Line] = {}
    for value, earliest, start, end, text in zip(
        *(story.times[name] for name in ("value", "earliest", "start", "end", "text")), strict=True
    ):
        if story.is_year_of_name(start, text) or _CLOCK.fullmatch(text):
            continue
        day = value if value in _FROM_WRITING else value.partition("T")[0]
        if earliest and _DAY.fullmatch(day):
            lines.setdefault(day, Line(day, start, end, text))
        elif not earliest and (unknown := _unknown(day, text)):
            lines.setdefault(text.lower(), Line("", start, end, text, unknown))
    best = sorted(lines.values(), key=lambda line: (not line.name, line.caveat == _WRITING))[:n]
    return [[line] for line in sorted(best, key=lambda line: line.start)]


def _unknown(value: str, text: str) -> str:
    """Return what is not known of a time of which only a part is; empty where it is no such time."""
    known = next((what for form, what in _UNKNOWN if form.match(value)), "")
    return known or (_WRITING if value in _FROM_WRITING and _CALENDAR.search(text.lower()) else "")


def _without_titles(rows: pd.DataFrame, story: Story) -> pd.DataFrame:
    """Leave out what the headline says, unless there is nothing else."""
    body = _in_body(rows, story)
    return rows if body.empty else body


def _in_body(rows: pd.DataFrame, story: Story) -> pd.DataFrame:
    """Leave out what the headline says."""
    return rows[~rows["sentence"].isin(story.titles)]


_PARTS: dict[str, Callable[[Story, int], Iterable[list[Line]]]] = {
    "summary": _summary,
    "contested": _contested,
    "claims": _claims,
    "events": _events,
    "actors": _actors,
    "speakers": _speakers,
    "times": _times,
    "places": places,
}
