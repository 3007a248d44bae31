"""Stance: how a source stands to what it says or thinks, by the words of the cue.

The scheme stands in ``data/stances.tsv``: definitions, examples, and what becomes of a stance that is negated. The cues
of each stance stand in ``data/stance_cues.tsv``.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "ABSURDITIES",
    "FALSEHOODS",
    "NONE",
    "Cue",
    "Stance",
    "calls_false",
    "cues_of",
    "denies",
    "is_cue",
    "read_cue",
    "says_no_such",
    "scheme",
    "things",
    "untold",
]

#: The stance of words that are no known cue, as a colon or *in his words*.
_DEFAULT = "assert"
#: The stance of words that look like a cue and are none (*known as*).
NONE = "none"
_DECLINE, _REFUSE, _DENY, _AGREE, _PLAN = "decline", "refuse", "deny", "agree", "plan"
#: Words that negate a cue, with the lemmas of those that do by refusing.
_NEGATIONS = frozenset(["not", "n't", "never", "neither", "nor", "no", "hardly", "cannot"])
_WITHOUT, _SHORT_OF = "without", ["short", "of"]
#: Who is not able to say something, does not decline to.
_ABLE = frozenset(["can", "could", "able", "unable", "cannot"])
_REFUSALS = frozenset(["refuse", "decline", "fail", "unable"])
#: Negations are looked for this many words before a cue that is a verb, and before one that is a noun.
_REACH_WORDS, _REACH_NOUN_WORDS = 4, 2
_MAX_CUE_WORDS = 3
#: What something is rejected as stands so many words after the beginning of the content at most.
_REACH_FALSE_WORDS = 12
#: What a verb of rejecting is about: a clause, what someone says, that someone does something, and anything else.
_CLAUSE, _SAID, _GRANTED, _DOING, _OTHER = "clause", "said", "granted", "doing", "other"
#: Tags of the words of a noun phrase, and words that end one.
_PHRASE = frozenset(["DET", "ADJ", "NUM", "ADV", "PRON", "PART", "PUNCT", "NOUN", "PROPN"])
_ENDS = frozenset("who whom whose which , ; : — – (".split())
_NOUN = "/noun"
_EXPRESS, _REGARD = "express", "regard"
#: Verbs of saying: who refuses these declines to comment.
_SAYING = frozenset(
    [
        *"comment say confirm answer discuss respond reply elaborate speak disclose reveal name identify".split(),
        *"specify explain".split(),
    ]
)
#: Who asks with these words after it puts a question; who asks, with the others after it, wants something.
_QUESTIONS = frozenset("whether if who whom whose what which when where why how about".split())
_ASK, _DEMAND, _TELL = "ask", "demand", "tell"
#: How far *to* stands from *ask* at most, in words.
_REACH_TO_WORDS = 12
#: Words for what is not so, and for what is; what is rejected as one of the first is denied.
FALSEHOODS = frozenset(
    "false untrue baseless unfounded groundless fabricate fabrication nonsense lie propaganda fiction hoax rubbish"
    " slander falsehood invention fake forgery bogus spurious fantasy myth".split()
)
#: Words for what is not to be believed, of what someone says; of what someone does they only blame.
ABSURDITIES = frozenset(
    "absurd farcical grotesque laughable ludicrous malicious meritless outrageous preposterous ridiculous scurrilous"
    " slanderous defamatory libellous libelous electioneering".split()
)
_TRUTHS = frozenset(["true", "correct", "accurate"])
_POINTING = frozenset(["it", "this", "that", "these", "those"])
#: Words before a noun for what someone else said, and which is not so.
_NO_SUCH = ("no", "such")
#: What may stand before a subject that only points.
_OPENINGS = (["that"], ["and"], ["but"])
#: Falsehoods and truths stand so many words after *be* at most, and that so many after the beginning.
_PREDICATE_WORDS, _SUBJECT_WORDS = 4, 12
#: What something is called that is said stands among so many words.
_CALLED_WORDS = 7


class Stance(NamedTuple):
    """A row of the scheme; the columns are explained at the head of ``data/stances.tsv``."""

    stance: str
    negated: str
    definition: str
    example: str
    example_2: str
    counter_example: str


@cache
def scheme() -> dict[str, Stance]:
    """Return the stances by their names, in the order of the scheme."""
    rows = [Stance(*line.split("\t")) for line in resources.data().read_lines("stances.tsv")[1:]]
    return {row.stance: row for row in rows}


class Cue(NamedTuple):
    """What the words of a cue tell.

    Attributes
    ----------
    stance
        The stance, or ``NONE``.
    is_speech
        Whether it is an utterance, as opposed to a state of mind.
    is_known
        Whether the cue is listed.
    """

    stance: str
    is_speech: bool
    is_known: bool


@cache
def _cues() -> Mapping[str, tuple[str, bool]]:
    """Return the stance of each listed cue, and whether it is an utterance."""
    lines = (line.split("\t") for line in resources.data().read_lines("stance_cues.tsv"))
    return {cue: (stance, kind == "speech") for stance, kind, cues in lines for cue in cues.split(" ")}


@cache
def _rejections() -> Mapping[str, Mapping[str, str]]:
    """Return for each verb of rejecting its stance by what it is about."""
    (_, *kinds), *lines = (line.split("\t") for line in resources.data().read_lines("stance_objects.tsv"))
    return {verb: dict(zip(kinds, stances, strict=True)) for verbs, *stances in lines for verb in verbs.split(" ")}


@cache
def things() -> Mapping[str, str]:
    """Return what nouns name that can be rejected: what is said, asked for or granted."""
    lines = (line.split("\t") for line in resources.data().read_lines("stance_things.tsv"))
    return {noun: kind for kind, nouns in lines for noun in nouns.split(" ")}


#: Stances of those who say that what they speak of is not so, or need not be.
_OPPOSING = frozenset(["deny", "doubt", "refuse"])


@cache
def cues_of(stances: frozenset[str] | None = None, *, only_speech: bool = False) -> frozenset[str]:
    """Return the listed cues that are single verbs: of some stances or of all, of utterances alone if asked for."""
    stances = stances or frozenset(scheme())
    return frozenset(
        cue
        for cue, (stance, is_speech) in _cues().items()
        if stance in stances and cue.isalpha() and (is_speech or not only_speech)
    )


def read_cue(lemmas: Sequence[str], upos: Sequence[str], cue: tuple[int, int], content: tuple[int, int]) -> Cue:
    """Return what a cue tells.

    Parameters
    ----------
    lemmas, upos
        The lemma, in lower case, and the universal tag of each word of the sentence of the cue.
    cue, content
        The cue and the content as half-open spans of those words; content in another sentence is an empty span.
    """
    last = max((at for at in range(*cue) if lemmas[at] in ("and", "but")), default=-1)
    found = (_find(lemmas, upos, (last, cue[1])) if last >= 0 else None) or _find(lemmas, upos, cue)
    if found is None:
        return Cue(_DEFAULT, is_speech=False, is_known=False)
    if found[2][0] == _DEFAULT:  # *has published a letter disputing*
        later = _find(lemmas, upos, (found[1], cue[1]))
        found = later if later and upos[later[0]] == "VERB" else found
    if lemmas[found[0]] == _EXPRESS and found[2][0] == _DEFAULT:  # *expressed | his outrage that*
        named = _find(lemmas, upos, (content[0], min(content[0] + _MAX_CUE_WORDS, content[1])))
        found = (*found[:2], (named[2][0], True)) if named and upos[named[0]] == "NOUN" else found
    at, after, (stance, is_speech) = found
    following = (
        lemmas[at + 1 : at + 1 + _REACH_WORDS] if content[0] <= at else lemmas[at + 1 : content[0] + _REACH_WORDS]
    )
    stance = _rejected((at, after), stance, lemmas, upos, content[0])
    if stance == _ASK and upos[at] != "NOUN":
        stance = _DEMAND if _wants(lemmas[at + 1 : at + 1 + _REACH_TO_WORDS], upos[at + 1 :]) else _ASK
    elif lemmas[at] == _TELL and "to" in _without_not(lemmas[max(at, content[0] - 1) : content[0] + 2])[:2]:
        stance = _DEMAND
    if stance in (_DECLINE, _REFUSE):
        comma = following.index(",", 1) if "," in following[1:] else len(following)  # *refused the request, saying*
        stance = _DECLINE if not _SAYING.isdisjoint(following[:comma]) else _REFUSE
        inner = _find(lemmas, upos, (at + 2, min(at + 2 + _MAX_CUE_WORDS, len(lemmas))))
        if lemmas[at + 1 : at + 2] == ["to"] and inner and inner[2][0] == _DENY:
            stance = scheme()[_DENY].negated
    before = lemmas[max(0, at - _REACH_NOUN_WORDS if upos[at] == "NOUN" else min(cue[0], at - _REACH_WORDS)) : at]
    if at and cue[0] == at and upos[at - 1] == "VERB":  # *told them not to panic, | saying*
        before = []
    if stance != NONE and "only" not in before and _is_negated(_own_clause(before)):
        is_open = _DENY in lemmas[at + 1 : at + 1 + _REACH_NOUN_WORDS]  # *neither confirmed nor denied*
        is_open |= stance == _DEFAULT and not _ABLE.isdisjoint(before)  # *could not say who*
        stance = _negated(stance, "".join(lemmas[slice(*content)][:1]), is_open=is_open)
    return Cue(stance, is_speech, is_known=True)


def _negated(stance: str, first: str, *, is_open: bool) -> str:
    """Return the stance of a cue that is negated, by the first word of its content."""
    if stance == _PLAN and first in _QUESTIONS:  # *has not decided whether*
        return NONE
    is_clause = stance == _AGREE and first == "that"  # *did not accept that it was so*
    return _DENY if is_clause else scheme()[_DENY if is_open else stance].negated


def is_cue(lemmas: Sequence[str], upos: Sequence[str], span: tuple[int, int]) -> bool:
    """Return whether a cue that is listed stands in a half-open span of words."""
    return _find(lemmas, upos, span) is not None


def calls_false(lemmas: Sequence[str]) -> bool:
    """Return whether what something is called says that others say what is not so, by its lemmas.

    Examples
    --------
    >>> calls_false("the claim absurd".split()), calls_false("the price absurd".split())
    (True, False)
    """
    words = [lemma for lemma in lemmas if any(map(str.isalnum, lemma))]
    judged = next((at for at, lemma in enumerate(words[:_CALLED_WORDS]) if lemma in FALSEHOODS | ABSURDITIES), 0)
    is_said = any(things().get(lemma) == _SAID for lemma in words[:judged])
    return is_said or (judged > 0 and words[0] in _POINTING and words[judged] in FALSEHOODS)


def says_no_such(lemmas: Sequence[str]) -> bool:
    """Return whether lemmas say that there is *no such* plan or the like, other than *no such thing as a bridge*."""
    return _NO_SUCH in pairwise(lemmas) and "thing" not in lemmas


def denies(lemmas: Sequence[str]) -> bool:
    """Return whether a content says in its own words that what others say is not so, by its lemmas.

    Examples
    --------
    >>> denies("the report be not true".split()), denies("there be no truth in the claim".split())
    (True, True)
    >>> denies("the passport be false".split()), denies("it be absurd".split())
    (False, False)
    >>> denies("the claim be absurd".split()), denies("there be no such plan".split())
    (True, True)
    """
    words = [lemma for lemma in lemmas if any(map(str.isalnum, lemma))]
    if says_no_such(words):
        return True
    be = next((at for at, lemma in enumerate(words[:_SUBJECT_WORDS]) if lemma == "be"), -1)
    if be < 1:
        return False
    predicate = words[be + 1 : be + 1 + _PREDICATE_WORDS]
    if words[be - 1] == "there":
        return predicate[:2] == ["no", "truth"]
    is_pointing = words[be - 1] in _POINTING and (be == 1 or words[: be - 1] in _OPENINGS)
    if not is_pointing and things().get(words[be - 1]) != _SAID:
        return False
    false = FALSEHOODS if is_pointing else FALSEHOODS | ABSURDITIES
    judged = next((at for at, lemma in enumerate(predicate) if lemma in _TRUTHS | false), len(predicate))
    is_negated = not _NEGATIONS.isdisjoint(predicate[:judged])
    return not (_TRUTHS if is_negated else false).isdisjoint(predicate[judged : judged + 1])


def _rejected(cue: tuple[int, int], stance: str, lemmas: Sequence[str], upos: Sequence[str], start: int) -> str:
    """Return the stance of a cue, which goes by what follows it if it is a verb of rejecting."""
    stances = _rejections().get("_".join(lemmas[slice(*cue)]))
    at, after = cue
    if stances is None:
        return stance
    told = lemmas[after : start + _REACH_FALSE_WORDS]
    if "as" in told and not FALSEHOODS.isdisjoint(told):
        return _DENY
    noun = _noun_before(lemmas, at) if start == len(lemmas) else ""
    return stances[things().get(noun, _OTHER) if noun else _object(lemmas, upos, after)]


def _noun_before(lemmas: Sequence[str], verb: int) -> str:
    """Return what a verb rejects that stands before it (*the offer was rejected*, *…, a charge he rejects*)."""
    if "be" in lemmas[verb - 1 : verb]:
        return lemmas[verb - 2]
    comma = max((at for at in range(verb) if lemmas[at] == ","), default=verb)
    first = comma + 1 + (lemmas[comma + 1 : comma + 2] == ["a"])
    return lemmas[first] if first < verb and things().get(lemmas[first]) == _SAID else ""


def _object(lemmas: Sequence[str], upos: Sequence[str], start: int) -> str:
    """Return what words from some place on are: a clause, or what the head of their first noun phrase names.

    Two noun phrases one after another are someone and what is granted (*denied the party the victory*).
    """
    if upos[start : start + 1] in (["VERB"], ["AUX"]):
        return _DOING
    is_over = (upos[at] not in _PHRASE or lemmas[at] in _ENDS for at in range(start, len(upos)))
    end = next((at for at, over in enumerate(is_over, start) if over), len(upos))
    nouns = [at for at in range(start, end) if upos[at] in ("NOUN", "PROPN")]
    if nouns and "DET" in upos[nouns[0] : nouns[-1]]:
        return _GRANTED
    following = "_".join(lemmas[nouns[-1] : nouns[-1] + 2]) if nouns else ""  # *talks with*, not *talk of*
    kind = things().get(following) or things().get(lemmas[nouns[-1]]) if nouns else _CLAUSE
    is_clause = upos[end : end + 1] in (["VERB"], ["AUX"])
    return kind or (_CLAUSE if is_clause else _OTHER)


def _without_not(lemmas: Sequence[str]) -> list[str]:
    return [lemma for lemma in lemmas if lemma != "not"]


def _wants(lemmas: Sequence[str], upos: Sequence[str]) -> bool:
    """Return whether the words after *ask* tell what is wanted (*to wait*, *for help*, *that he wait*)."""
    for index, (lemma, tag) in enumerate(zip(lemmas, upos, strict=False)):
        if lemma in _QUESTIONS or tag == "PUNCT":
            return False
        if lemma in ("that", "for") or (lemma == "to" and upos[index + 1 : index + 2] in (["VERB"], ["AUX"])):
            return True
    return False


def _is_negated(before: Sequence[str]) -> bool:
    """Return whether words right before a cue negate it: *not*, or *failed to*, or *without* next to it."""
    refusals = [at for at, lemma in enumerate(before) if lemma in _REFUSALS]
    is_refused = bool(refusals) and "to" in before[refusals[-1] :]
    return is_refused or before[-1:] == [_WITHOUT] or before[-2:] == _SHORT_OF or not _NEGATIONS.isdisjoint(before)


def _own_clause(lemmas: Sequence[str]) -> Sequence[str]:
    """Return the words after the last *and* or mark; a quotation mark that stands after *not* divides nothing."""
    marks = [at for at, lemma in enumerate(lemmas) if not any(map(str.isalnum, lemma)) or lemma in ("and", "but")]
    marks = [at for at in marks if at == 0 or lemmas[at - 1] not in _NEGATIONS]
    return lemmas[marks[-1] + 1 :] if marks else lemmas


def _find(lemmas: Sequence[str], upos: Sequence[str], cue: tuple[int, int]) -> tuple[int, int, tuple[str, bool]] | None:
    """Return where the first listed cue begins and ends, the longest there, and what is listed; verbs before nouns.

    In *expressed concern* and *a statement regarding* the noun tells.
    """
    cues = _cues()
    nouns = expressed = None
    for at in range(*cue):
        for n_words in range(_MAX_CUE_WORDS, 0, -1):
            words = "_".join(lemmas[at : at + n_words])
            if words in cues and (n_words > 1 or upos[at] != "NOUN"):
                if words == _EXPRESS:
                    expressed = at, at + n_words, cues[words]
                elif words != _REGARD or not nouns:
                    return at, at + n_words, cues[words]
        if upos[at] in ("NOUN", "PROPN") and lemmas[at] + _NOUN in cues:
            nouns = nouns or (at, at + 1, cues[lemmas[at] + _NOUN])
            if lemmas[at + 1 : at + 2] == ["to"] and at + 2 < cue[1]:  # *plans to publish*
                return nouns
    if nouns and expressed:
        return *nouns[:2], (nouns[2][0], True)
    return nouns or expressed


def untold(claims: Sequence[int], parents: Sequence[int], stances: Sequence[str]) -> set[int]:
    """Return the numbers of the claims of an article within one that denies or doubts what they say, which none makes.

    In *she rejected his suggestion that she was blaming him* nobody blames him.

    Examples
    --------
    >>> untold([0, 1, 2, 3], [-1, 0, 1, -1], ["deny", "accuse", "assert", "assert"])
    {1, 2}
    """
    parent_of, stance_of = dict(zip(claims, parents, strict=True)), dict(zip(claims, stances, strict=True))
    found = set()
    for claim in claims:
        outer = parent_of[claim]
        while outer >= 0 and stance_of[outer] not in _OPPOSING:
            outer = parent_of[outer]
        if outer >= 0:
            found.add(claim)
    return found
