"""Contested claims: pairs of claims about the same thing of which one denies, doubts or refuses the other.

Two claims of different speakers are about the same thing if an event of one is an event of the other: the same act by
the same one who acts, on the same one who is acted on, at no other place or time, as far as each says. Where the
contents name no event, they must share words: one that names what happened if the one who denies is among those of whom
the other speaks, more otherwise. A claim whose content only points back (*denied the accusation*, *refused the demand*)
is about what was said of its speaker, or said at all, shortly before; one that names whose words it is about (*a charge
by Exxon*) is about theirs, one that has the very words of another about that; who says that he is innocent answers
whoever accuses him.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from analysis import tables
from analysis.content.columns import by_article
from analysis.content.comparable import COLUMNS, Comparable, act_stems, read_claims
from analysis.content.stance import untold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from analysis.content.comparable import Happening

__all__ = ["contested"]

#: Stances of those who say that something is so, and of those who say that it is not.
_FOR = frozenset(["accuse", "admit", "assert", "believe", "claim", "confirm", "suggest", "warn"])
_AGAINST, _ACCUSING, _REFUSING, _DOUBTING = "deny", "accuse", "refuse", "doubt"
#: Stances of those who say what someone else told them, or what they hold of someone.
_HEARSAY = frozenset(["accuse", "claim", "suggest"])
#: Stances of those who want something of others, which others may refuse.
_WANTING = frozenset(["demand", "offer", "plan", "want"])
#: Stances in which one speaks of what is doubted.
_EXPECTING = _FOR | {"expect", "promise", "hope"}
#: How many words two contents share that are about the same thing, with and without one who is spoken of; with one who
#: is, one that names an act is enough if the denial is about it (*denied the strike*, *any part in the strike*).
_SHARED_WITH_ACTOR, _SHARED_ALONE = 2, 3
#: A content that only points back is about a claim at most this many sentences before: one about its speaker, or any.
_REACH_SENTENCES, _REACH_OF_ANY = 4, 1
#: The accused answers an accusation at most this many sentences before.
_REACH_OF_ANSWER = 2
#: Modalities of what is told as done, and of what is told as to be done.
_DONE, _AHEAD = frozenset(["happened", "ongoing", "possible", "denied"]), frozenset(["planned"])
_FACTS = frozenset(["happened", "ongoing"])
_DENIED, _POSSIBLE = "denied", "possible"
#: The stem of what only an accusation is about.
_GUILT = frozenset(["wrongdo"])
#: The last words of what acts for a country, a body or a person.
_ARMS = frozenset(
    "army forces government lawyer lawyers military ministry navy officials police spokesman spokesperson"
    " spokeswoman troops".split()
)
#: The columns of a claim that a pair has.
_SIDE = ("claim", "speaker", "stance", "start", "end", "text")


@tables.stage(
    requires=["claims", "claim_parts", "tokens", "mentions", "coreference", "events"],
    returns="contested",
)
def contested(  # noqa: PLR0917 - one argument a table
    claims: pd.DataFrame,
    claim_parts: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    coreference: pd.DataFrame,
    events: pd.DataFrame,
) -> pd.DataFrame:
    """Pair claims of which one says what the other denies.

    Parameters
    ----------
    claims, claim_parts, tokens, mentions, coreference, events
        The tables of one or more articles.

    Returns
    -------
    pandas.DataFrame
        {columns}
    """
    rows = []
    given = {
        "claim_parts": claim_parts,
        "tokens": tokens,
        "mentions": mentions,
        "coreference": coreference,
        "events": events,
    }
    columns_of = [by_article(table, COLUMNS[name]) for name, table in given.items()]
    for article, own in by_article(claims, dict.fromkeys([*COLUMNS["claims"], *_SIDE, "parent"])).items():
        left_out = untold(own["claim"], own["parent"], own["stance"])
        told = read_claims(own, *(columns[article] for columns in columns_of))
        found = sorted(_pairs([each for each in told if own["claim"][each.row] not in left_out]))
        for pair, (one, two, kind, on) in enumerate(found):
            rows.append((article, pair, kind, on, *(own[name][row] for row in (one, two) for name in _SIDE)))
    return tables.frame("contested", rows)


def _pairs(claims: list[Comparable]) -> Iterator[tuple[int, int, str, str]]:
    """Yield the rows of two claims in the order of the article, how they are opposed, and the stems that they share."""
    back = dict(filter(None, (_answered(each, claims) for each in claims)))
    for one, two in combinations(claims, 2):
        if two.row in back:
            kind = back[two.row][1] * (back[two.row][0] == one.row)
        elif one.row in back:
            kind = back[one.row][1] * (back[one.row][0] == two.row)
        elif one.sentence == two.sentence or not one.speakers or not two.speakers or _are_one_side(one, two):
            kind = ""
        else:
            kind = next(filter(None, (_kind(two, one), _kind(one, two))), "")
        if kind:
            yield one.row, two.row, kind, ", ".join(sorted(one.stems & two.stems))


def _are_one_side(one: Comparable, two: Comparable) -> bool:
    """Return whether two claims are of one speaker, or of one and what acts for him (*Egypt*, *Egypt's army*)."""
    names = [{key.removeprefix("name ").replace("’", "'") for key in each.speakers} for each in (one, two)]
    arms = {tuple(name.rsplit(" ", 1)) for each in names for name in each if "'s " in name}
    owners = {owner.partition("'s")[0] for owner, last in arms if last in _ARMS}
    return bool(one.speakers & two.speakers or owners & (names[0] | names[1]))


def _kind(one: Comparable, other: Comparable) -> str:
    """Return how a claim is opposed to another one that it does not point back to, or an empty string."""
    if _is_against(one):
        return "denial" * (other.stance in _FOR and not other.denies and _is_denied(one, other))
    if one.stance == _DOUBTING:
        return "doubt" * (other.stance in _EXPECTING and _is_doubted(one, other))
    if one.stance == _REFUSING:
        return "refusal" * (other.stance in _WANTING and _is_refused(one, other))
    if _is_disclaimed(one, other):
        return "negation"
    return _opposed(one, other) if {one.stance, other.stance} <= _FOR else ""


def _is_against(each: Comparable) -> bool:
    """Return whether a claim says that something is not so: by its stance, or in its own words."""
    return each.stance == _AGAINST or each.denies


def _answered(each: Comparable, claims: list[Comparable]) -> tuple[int, tuple[int, str]] | None:
    """Return the row of a claim that only points back, that of the claim that it is about or −1, and its kind.

    So does one that denies the very words of another (*says that it rained, a claim that Oslo denies*).
    """
    if each.stance == _AGAINST and (same := _in_same_words(each, claims)) >= 0:
        return each.row, (same, "denial")
    if each.is_innocence and each.stance in _FOR | {_AGAINST}:
        return each.row, (_accusation(each, claims), "denial")
    if _is_against(each) and each.points_back:
        return each.row, (_pointed_at(each, claims), "denial")
    if each.stance == _REFUSING and each.points_back:
        wanted = _wanted(each, claims)
        if wanted < 0 and each.is_this and (said := _pointed_at(each, claims)) >= 0:  # *rejected that*
            return each.row, (said, "denial")
        return each.row, (wanted, "refusal")
    return None


def _in_same_words(denial: Comparable, claims: list[Comparable]) -> int:
    """Return the row of the claim of another whose content is that of a denial or ends with it, or −1."""
    first, last = denial.tokens
    return next(
        (
            each.row
            for each in claims
            if each.row != denial.row
            and each.stance in _FOR
            and each.tokens[1] == last > -1
            and (each.tokens[0] == first or (each.tokens[0] < first and each.stance == _ACCUSING))
            and not each.speakers & denial.speakers
        ),
        -1,
    )


def _accusation(innocent: Comparable, claims: list[Comparable]) -> int:
    """Return the row of the claim that accuses who says that he is innocent, or −1; its source may be open."""
    others = [
        each
        for each in claims
        if each.sentence != innocent.sentence
        and not each.speakers & innocent.speakers
        and innocent.speakers & (each.accused | each.spoken_of)
    ]
    accusing = [each for each in others if each.stance == _ACCUSING and innocent.speakers & each.accused]
    prosecuting = [each for each in others if each.is_prosecution and each.stance in _FOR]
    return next((each.row for each in (*prosecuting, *accusing)), -1)


def _wanted(refusal: Comparable, claims: list[Comparable]) -> int:
    """Return the row of the demand or offer that is refused by one word for it, or −1."""
    return next(
        (
            each.row
            for each in claims[::-1]
            if each.stance in refusal.named_stances
            and each.speakers
            and not each.speakers & refusal.speakers
            and each.row < refusal.row
            and refusal.sentence - each.sentence <= _REACH_SENTENCES
            and (each.speakers & refusal.owners if refusal.owners else refusal.speakers & each.spoken_of)
        ),
        -1,
    )


def _is_refused(refusal: Comparable, other: Comparable) -> bool:
    """Return whether a claim refuses what another one demands or offers."""
    if other.is_negated:
        return False
    if refusal.owners:
        return bool(refusal.owners & other.speakers) and other.stance in refusal.named_stances
    is_next = 0 < refusal.sentence - other.sentence <= _REACH_SENTENCES
    return is_next and refusal.predicate in other.stems and bool(refusal.speakers & other.spoken_of)


def _is_doubted(doubt: Comparable, other: Comparable) -> bool:
    """Return whether a claim doubts what another one says."""
    shared = doubt.stems & other.stems
    return not other.is_negated and len(shared) >= _SHARED_WITH_ACTOR and doubt.predicate in shared


def _pointed_at(denial: Comparable, claims: list[Comparable]) -> int:
    """Return the row of the claim that one that only points back is about, or −1."""
    before = [
        each
        for each in claims[::-1]
        if each.stance in _FOR
        and not each.denies
        and not (each.is_negated and not denial.begins_with_this)
        and each.speakers
        and not each.speakers & denial.speakers
        and each.tokens[1] < denial.tokens[0]
        and denial.sentence - each.sentence <= _REACH_SENTENCES
    ]
    if denial.owners:
        return next((each.row for each in before if denial.owners & each.speakers), -1)
    others = [each for each in claims if each.tokens[1] < denial.tokens[0] and not each.speakers & denial.speakers]
    if denial.is_this and max(others, key=lambda each: each.tokens, default=None) not in before:
        return -1  # *denied theft. The jury did not accept this*
    of_speaker = [each for each in before if denial.speakers & each.spoken_of]
    accusing = [each for each in of_speaker if each.stance == _ACCUSING]
    if denial.predicate in _GUILT:  # *denied any wrongdoing*
        return accusing[0].row if accusing else -1
    of_speaker = [each for each in of_speaker if denial.sentence - each.sentence <= _REACH_OF_ANY]
    named = [each for each in before if each.stance in denial.named_stances]
    near = [each for each in before if denial.sentence - each.sentence <= _REACH_OF_ANY and each.is_speech]
    charges = [each for each in near if each.stance == _ACCUSING]  # *accused the board of haste and said it would sue*
    return next((each.row for each in (*accusing, *of_speaker, *named, *charges, *near)), -1)


def _is_denied(denial: Comparable, other: Comparable) -> bool:
    """Return whether a claim that denies something is about what another claim says."""
    if other.is_negated or (denial.owners and not denial.owners & other.speakers):
        return False
    same = [
        _is_positive(each, other) and _is_same(denied, each)
        for denied, each in product(denial.happenings, other.happenings)
        if denied.modality == _DENIED
    ]
    if any(same):
        return True
    if any(_is_elsewhere(one, two) for one, two in product(denial.happenings, other.happenings)):
        return False
    return _answers(denial, other) or _is_shared(denial, other)


def _is_shared(denial: Comparable, other: Comparable) -> bool:
    """Return whether the words of a denial and of another claim are enough for both to be about the same thing."""
    shared = denial.stems & other.stems
    is_near = abs(denial.sentence - other.sentence) <= _REACH_SENTENCES
    n_names = len(denial.names & other.names) if is_near and other.stance in _HEARSAY else 0
    if n_names and shared and len(shared) + n_names >= _SHARED_ALONE:
        return True
    if not (denial.predicate in shared or denial.is_involvement or denial.stems <= other.stems):
        return False
    if denial.speakers & other.spoken_of:
        return len(shared) >= _SHARED_WITH_ACTOR or not act_stems().isdisjoint(shared)
    return len(shared) >= _SHARED_ALONE


def _answers(denial: Comparable, other: Comparable) -> bool:
    """Return whether who is accused denies something right after, and not that it would be."""
    is_next = 0 < denial.sentence - other.sentence <= _REACH_OF_ANSWER
    return is_next and not denial.is_ahead and other.stance == _ACCUSING and bool(denial.speakers & other.accused)


def _is_disclaimed(one: Comparable, other: Comparable) -> bool:
    """Return whether who is accused says right after that there was no such act (*that it had not fired a shot*)."""
    is_next = 0 < one.sentence - other.sentence <= _REACH_OF_ANSWER
    if not is_next or one.stance not in _FOR or other.stance != _ACCUSING or not one.speakers & other.accused:
        return False
    kinds = {each.kind for each in other.happenings} - {""}
    return any(each.is_negative and each.kind in kinds and each.modality in _DONE for each in one.happenings)


def _opposed(one: Comparable, two: Comparable) -> str:
    """Return how two claims are opposed of which neither is a denial, or an empty string."""
    if one.predicate != two.predicate or _are_apart(one, two):
        return ""
    for first, second in product(one.happenings, two.happenings):
        if not _are_told_alike(first, second):
            continue
        is_same_time = any({first.modality, second.modality} <= each for each in (_FACTS, _AHEAD))
        if is_same_time and first.is_negative != second.is_negative:
            return "negation"
        differ = any(one.figures[stem] != two.figures[stem] for stem in one.figures.keys() & two.figures.keys())
        enough = len(one.stems & two.stems) >= _SHARED_WITH_ACTOR
        if differ and enough and one.names == two.names and not first.is_negative:
            return "figure"
    return ""


def _is_positive(event: Happening, claim: Comparable) -> bool:
    """Return whether a claim says that an event is so, or accuses someone of it."""
    is_sure = event.modality != _POSSIBLE or claim.stance in ("accuse", "suggest", "believe", "warn")
    return not event.is_negative and event.modality in _DONE - {_DENIED} and is_sure


def _is_same(one: Happening, two: Happening) -> bool:
    """Return whether two events are the same act by and on the same, as far as both say."""
    if not one.stems & two.stems or _is_elsewhere(one, two):
        return False
    pairs = ((one.actor, two.actor), (one.target, two.target))
    turned = ((one.actor, two.target), (one.target, two.actor)) if one.is_mutual else ()
    return _meet(pairs) or _meet(turned)


def _are_told_alike(one: Happening, two: Happening) -> bool:
    """Return whether two events are the same, and both tell who or what is acted on or neither does."""
    return bool(one.target) == bool(two.target) and _is_same(one, two)


def _are_apart(one: Comparable, two: Comparable) -> bool:
    """Return whether two claims both say more than their predicate, and nothing of that is the same."""
    more = [(each.stems | each.names) - {each.predicate} for each in (one, two)]
    return all(more) and more[0].isdisjoint(more[1])


def _meet(pairs: Iterable[tuple[frozenset[str], frozenset[str]]]) -> bool:
    """Return whether those who take part in two events are the same, as far as both are told."""
    told = [(first, second) for first, second in pairs if first and second]
    return bool(told) and all(first & second for first, second in told)


def _is_elsewhere(one: Happening, two: Happening) -> bool:
    """Return whether two events of one act are told of other places or times."""
    cells = ((one.place, two.place), (one.time, two.time))
    is_other = any(first and second and first != second for first, second in cells)
    return bool(one.stems & two.stems) and is_other
