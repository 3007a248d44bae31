"""Candidates for what pronouns of the third person refer to, and their attributes.

The candidates are the entities that an article has mentioned before, and one that stands for none of them.
:mod:`analysis.language.descriptions` has those of descriptions, :mod:`analysis.language.scorer` scores them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.language.referring import (
    COORDINATION,
    GROUP,
    HE,
    IT,
    LOCATION_NAME,
    NAME,
    NO_VERB,
    OBJECT,
    ORGANIZATION,
    ORGANIZATION_NAME,
    OTHER,
    OTHER_VERB,
    PERSON,
    PERSON_NAME,
    PLACE,
    PLURAL,
    POSSESSED,
    POSSESSOR,
    PRONOUN,
    SHE,
    SUBJECT,
    THEY,
    THINGS,
    lists,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.language.entities import Entity, Setting, State
    from analysis.language.referring import Dependents, Mention, WordTable

__all__ = [
    "MAX_CANDIDATES",
    "MAX_SENTENCES_NAMED",
    "MAX_SENTENCES_UNNAMED",
    "MENTIONS",
    "PRONOUN_ATTRIBUTES",
    "SAME_KIND",
    "SENTENCES",
    "UNKNOWN_THING",
    "agree_in_kind",
    "capped",
    "last_kind",
    "pronoun_attributes",
    "pronoun_candidates",
    "refers_to_nothing",
    "topic_of",
]

#: Candidates are at most so many, and were mentioned at most so many sentences ago, if they have a name or not.
MAX_CANDIDATES = 16
MAX_SENTENCES_NAMED = 12
MAX_SENTENCES_UNNAMED = 4

UNKNOWN_THING = len(THINGS) + 1

#: Attributes of a candidate for a pronoun, in order, with the number of their values. 0 is the value of what is not
#: there; the candidate that stands for none has only those of the pronoun.
PRONOUN_ATTRIBUTES = {
    "pronoun": 5,
    "pronoun_role": 10,
    "is_reflexive": 2,
    "verb": 5,  # kind of the verb that governs the pronoun
    "possessed": 4,  # kind of the noun that a possessive pronoun stands with
    "is_initial": 3,  # among the first words of its sentence
    "pleonastic": 8,  # pattern of words after *it*
    "rivals": 6,  # candidates of the kind that the pronoun likes
    "is_none": 2,
    "known_by": 4,  # a name, a noun, or pronouns alone
    "thing": UNKNOWN_THING + 1,
    "number": 5,
    "gender": 6,
    "mentions": 6,  # so far
    "has_most_mentions": 3,
    "mentions_of_name": 5,  # rank among the candidates by mentions of their names in the whole article
    "is_introduced_early": 3,
    "last_kind": 7,  # kind of the last mention
    "last_role": 10,
    "last_order": 5,  # place in its sentence
    "last_verb": 6,
    "sentences": 8,  # distance of the last mention
    "sentences_described": 8,  # distance of the last mention that is no pronoun
    "words": 7,  # distance of the last mention
    "rank": 8,  # candidates mentioned since
    "same_paragraph": 3,
    "tree": 8,  # relation of the last mention to the pronoun in the tree of their sentence
    "last_pronoun": 6,  # whether the last pronoun of this kind refers to it
    "topic": 4,  # whether it is the subject of this sentence or of the one before
    "quotation": 7,
    "parallel": 5,  # whether the last mention has the pronoun's role
    "binding": 7,  # whether grammar lets the pronoun refer to the last mention, if that is in its clause
    "rank_of_kind": 5,  # the same as rank, among candidates of the kind that the pronoun likes
    "name_rank_of_kind": 5,  # the same as mentions_of_name, among candidates of that kind
    "subjects": 5,  # mentions that are subjects
    "lately": 5,  # mentions in this and the last two sentences
    "governor": 4,  # whether the last mention depends on the same word as the pronoun does
    "predicate": 4,  # whether the noun that the pronoun is said to be is of the candidate's kind
}

SENTENCES = (1, 2, 3, 4, 5, 5, 6, 6, 6, 6, 7)
MENTIONS = (0, 1, 2, 3, 4, 4, 4, 4, 4, 5)
_WORDS = (1, 1, 1, 1, 2, 2, 2, *[3] * 6, *[4] * 13, *[5] * 25, 6)


def capped(number: int, table: Sequence[int]) -> int:
    """Return the entry of a table for a number, the last one for numbers beyond it."""
    return table[number] if number < len(table) else table[-1]


def last_kind(mention: Mention) -> int:
    """Return a number for the kind of a mention and the form of its noun phrase."""
    if mention.kind == NAME:
        return 1
    if mention.kind == PRONOUN:
        return 5
    if mention.kind == COORDINATION:
        return 6
    return 2 if mention.form < POSSESSED else 3 if mention.form == POSSESSED else 4


def topic_of(entity: Entity, sentence: int, state: State) -> int:
    """Return 2 or 3 if an entity is the subject of the main clause of this sentence or of the one before, else 1."""
    if state.topic is None or state.topic.entity is not entity or sentence - state.topic.sentence > 1:
        return 1
    return 2 + sentence - state.topic.sentence


#: What :func:`agree_in_kind` returns for one kind.
SAME_KIND = 2


def agree_in_kind(noun: Mention, entity: Entity) -> int:
    """Return ``SAME_KIND`` if a noun and an entity are of one kind, 0 if they are not, 1 where that is unknown."""
    one, other = (_KINDS_OF_NAMES.get(thing, thing) for thing in (noun.thing, entity.thing))
    if noun.noun and noun.noun in entity.descriptions:
        return SAME_KIND
    return 1 if not one or not other or OTHER in (one, other) else SAME_KIND * (one == other)


_KINDS_OF_NAMES = {PERSON_NAME: PERSON, ORGANIZATION_NAME: ORGANIZATION, LOCATION_NAME: PLACE}


# Pronouns


def pronoun_candidates(pronoun: Mention, state: State, setting: Setting) -> list[Entity]:
    """Return the entities that a pronoun of the third person may refer to, the last mentioned first."""
    other = _other_subject(pronoun, setting)
    found: list[Entity] = []
    for entity in reversed(state.recent):
        last = entity.last
        distance = pronoun.sentence - last.sentence
        if distance > MAX_SENTENCES_NAMED:
            break
        if distance > MAX_SENTENCES_UNNAMED and not entity.name:
            continue
        is_within = last.kind == NAME and last.first <= pronoun.token <= last.last
        if last.token != other and not is_within and _agrees(pronoun, entity, last):
            found.append(entity)
            if len(found) == MAX_CANDIDATES:
                break
    return found


def _other_subject(pronoun: Mention, setting: Setting) -> int:
    """Return the row of the word that is subject to the verb whose object a pronoun is, or −1.

    It refers to something else, as in *Egypt saw it*, *Egypt wants to see it* and *it asked Egypt to see it*.
    """
    words = setting.words
    if pronoun.role != OBJECT or words.norm[pronoun.token] in lists().reflexive:
        return -1
    return setting.dependents.find_subject(words.head[pronoun.token], words)


def _agrees(pronoun: Mention, entity: Entity, last: Mention) -> bool:
    """Return whether number and gender let a pronoun refer to an entity."""
    form, last_form = pronoun.form, last.form if last.kind == PRONOUN else 0
    if form == THEY:
        return bool(entity.name) or last_form not in (HE, SHE, IT)
    if entity.number == PLURAL or last.kind == COORDINATION:
        return False
    if form == IT:
        return last_form not in (HE, SHE)
    return not (entity.is_sure and entity.gender != form) and entity.name.lower() not in lists().countries


def pronoun_attributes(
    pronoun: Mention, candidates: Sequence[Entity], state: State, setting: Setting
) -> list[tuple[int, ...]]:
    """Return the attributes of the candidates for a pronoun, and last those of none of them."""
    words, paragraphs, quotations = setting.words, setting.paragraphs, setting.quotations
    token, form, sentence = pronoun.token, pronoun.form, pronoun.sentence
    own = (
        form,
        pronoun.role,
        int(words.norm[token] in lists().reflexive),
        4 if pronoun.role == POSSESSOR else _verb_kind(words, token),
        _possessed(pronoun, setting),
        1 if token - setting.sentence_starts[sentence] < _N_INITIAL else 2,
        _pleonastic(pronoun, setting) if form == IT else 0,
        min(sum(_is_liked(form, each) for each in candidates), 4) + 1,
    )
    quotation = quotations[token]
    speaker = setting.speakers[quotation].entity if quotation in setting.speakers else None
    last_pronoun = state.last_pronouns.get(form)
    most = max((len(each.mentions) for each in candidates), default=0)
    related = _related_words(pronoun, words, setting.dependents)
    liked = [_is_liked(form, each) for each in candidates]
    ranks_of_kind = np.cumsum(liked).tolist()
    kind_names = iter(state.name_ranks([each for each, is_liked in zip(candidates, liked, strict=True) if is_liked]))
    predicate = _predicate(pronoun, setting)
    rows: list[tuple[int, ...]] = []
    for rank, (entity, name_rank) in enumerate(zip(candidates, state.name_ranks(candidates), strict=True), start=1):
        last, described = entity.last, entity.last_described
        distance, n_mentions = sentence - last.sentence, len(entity.mentions)
        gender = 0
        if form in (HE, SHE):
            gender = (3 if entity.is_sure else 2) if entity.gender == form else 4 if entity.gender else 1
        elif entity.gender:
            gender = 5
        last_same = 1
        if last_pronoun is not None:
            since = sentence - last_pronoun.sentence
            last_same = 2 + min(since, 2) if last_pronoun.entity is entity else 5 if since <= 1 else 1
        if quotation:
            quoted = 1 if entity is speaker else 2 if quotations[last.token] == quotation else 3
        else:
            quoted = 4 if quotations[last.token] else 5
        tree = related.get(last.token, 5) if distance == 0 else 0
        is_liked = liked[rank - 1]
        rows.append((
            *own,
            0,
            1 if entity.name else 2 if described is not None else 3,
            entity.thing or UNKNOWN_THING,
            entity.number or 4,
            gender,
            capped(n_mentions, MENTIONS),
            2 if n_mentions == most else 1,
            name_rank,
            state.is_early(entity),
            last_kind(last),
            last.role,
            min(last.order, 3) + 1,
            _verb_kind(words, last.token) if distance == 0 else 5,
            capped(distance, SENTENCES),
            capped(sentence - described.sentence, SENTENCES) if described is not None else 0,
            capped(max(token - last.token, 0), _WORDS),
            min(rank, 7),
            1 if paragraphs[last.sentence] == paragraphs[sentence] else 2,
            tree,
            last_same,
            topic_of(entity, sentence, state),
            quoted,
            _parallel(pronoun, last),
            _binding(pronoun, last, tree, is_reflexive=bool(own[2])) if distance == 0 else 0,
            min(ranks_of_kind[rank - 1], 4) if is_liked else 0,
            next(kind_names) if is_liked else 0,
            min(sum(each.role == SUBJECT for each in entity.mentions), 3) + 1,
            min(sum(sentence - each.sentence <= _LATELY for each in entity.mentions[-3:]), 3) + 1,
            _same_governor(words, token, last.token),
            0 if predicate is None else 1 + agree_in_kind(predicate, entity),
        ))  # fmt: skip
    rows.append((*own, 1, *[0] * (len(PRONOUN_ATTRIBUTES) - len(own) - 1)))
    return rows


#: The first words of a sentence are so many; lately is at most so many sentences ago.
_N_INITIAL = 3
_LATELY = 2


def _parallel(pronoun: Mention, last: Mention) -> int:
    """Return 1 if two mentions are subjects, 2 if they have another role both, 3 if one is a subject, otherwise 4."""
    if pronoun.role == last.role:
        return 1 if last.role == SUBJECT else 2
    return 3 if SUBJECT in (pronoun.role, last.role) else 4


def _binding(pronoun: Mention, last: Mention, tree: int, *, is_reflexive: bool) -> int:
    """Return whether grammar lets a pronoun refer to a mention of its sentence.

    1 if the pronoun is part of the mention; if that is the subject of the pronoun's clause, 2 for a reflexive pronoun,
    3 for a possessive and 4 for another one; otherwise, 5 for a reflexive and 6 for another one.
    """
    if last.kind != PRONOUN and last.first <= pronoun.token <= last.last:
        return 1
    if tree == 1:
        return 2 if is_reflexive else 3 if pronoun.role == POSSESSOR else 4
    return 5 if is_reflexive else 6


def _same_governor(words: WordTable, one: int, other: int) -> int:
    """Return 2 if two words depend on words of one lemma, 3 if they do not, 1 if either depends on none."""
    heads = words.head[one], words.head[other]
    return 1 if min(heads) < 0 else 2 if words.lemma[heads[0]] == words.lemma[heads[1]] else 3


def _verb_kind(words: WordTable, token: int) -> int:
    head = words.head[token]
    return lists().verbs.get(words.lemma[head], OTHER_VERB) if head >= 0 else NO_VERB


def _possessed(pronoun: Mention, setting: Setting) -> int:
    """Return the kind of the noun that a possessive pronoun stands with."""
    mention = setting.at.get(setting.words.head[pronoun.token]) if pronoun.role == POSSESSOR else None
    if mention is None:
        return 0
    return 1 if mention.thing == PERSON else 2 if mention.thing in (ORGANIZATION, PLACE) else 3


def _is_liked(form: int, entity: Entity) -> bool:
    """Return whether an entity is of the kind that a pronoun most often refers to."""
    if form == IT:
        return bool(entity.name) and entity.thing != PERSON_NAME
    if form == THEY:
        return entity.number in (PLURAL, GROUP)
    return entity.thing in (PERSON_NAME, PERSON) or entity.gender == form


def _predicate(pronoun: Mention, setting: Setting) -> Mention | None:
    """Return the noun phrase that a pronoun is said to be."""
    head = setting.words.head[pronoun.token]
    is_subject = pronoun.role == SUBJECT and head >= 0 and setting.dependents.copula[head] >= 0
    return setting.at.get(head) if is_subject else None


def _related_words(pronoun: Mention, words: WordTable, dependents: Dependents) -> dict[int, int]:
    """Return how words of the sentence are related to a pronoun.

    1 is the subject of the pronoun's own clause, 2 of the next clause up, 3 of one further up, 4 a word that governs
    the pronoun.
    """
    related: dict[int, int] = {}
    subjects: set[int] = set()
    row = pronoun.token
    for _ in range(_MAX_STEPS_UP):
        row = words.head[row]
        if row < 0:
            break
        related.setdefault(row, 4)
        subject = dependents.find_subject(row, words)
        if subject >= 0 and subject not in subjects:
            subjects.add(subject)
            if subject != pronoun.token:
                is_own = len(subjects) == 1 and pronoun.role != SUBJECT
                related.setdefault(subject, 1 if is_own else min(max(len(subjects), 2), 3))
    return related


_MAX_STEPS_UP = 12
#: How many words after *it* may show that it refers to nothing.
_NEAR, _FAR = 6, 11


def _pleonastic(pronoun: Mention, setting: Setting) -> int:
    """Return the number of the pattern that shows that *it* may refer to nothing, such as *it is … that*."""
    words, token = setting.words, pronoun.token
    end = setting.sentence_starts[pronoun.sentence + 1]
    if words.relation[token] == "expl":
        return 1
    near, far = range(token + 1, min(end, token + 1 + _NEAR)), range(token + 1, min(end, token + 1 + _FAR))
    lemmas = [words.lemma[row] for row in near]
    if "be" in lemmas[:3]:
        after = near[lemmas.index("be") + 1 :]
        tags, norms = [words.upos[row] for row in after], [words.norm[row] for row in far]
        if "ADJ" in tags[:3] and ("that" in norms or "to" in norms):
            return 2
        if "VERB" in tags[:2] and "that" in norms:
            return 3
        return 4 if "that" in norms or "who" in norms else 5
    head = words.head[token]
    return 6 if head >= 0 and words.lemma[head] in lists().pleonastic_subject else 7


def refers_to_nothing(pronoun: Mention, setting: Setting) -> bool:
    """Return whether *it* is that of *make it clear* or of *it is reported that*."""
    words, after = setting.words, pronoun.token + 1
    head, end = words.head[pronoun.token], setting.sentence_starts[pronoun.sentence + 1] - 1
    if pronoun.form != IT or head < 0 or max(after, head) >= end:
        return False
    if words.upos[after] == "ADJ":
        return words.lemma[head] in lists().pleonastic_object
    return words.xpos[head] == "VBN" and words.norm[head + 1] == "that" and words.lemma[head] in lists().verbs
