"""Candidates for what pronouns and descriptions refer to: their attributes, and a small network that scores them.

The candidates are the entities that an article has mentioned before, and one that stands for none of them. Attributes
have a few values each, so that the input of the network is a sum of embeddings. Weights are whole numbers and sums of
their products are exact: scores are the same on any processor.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language.referring import (
    COORDINATION,
    DEFINITE,
    GROUP,
    HE,
    IT,
    NAME,
    NO_VERB,
    ORGANIZATION,
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
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.entities import Entity, Setting, State
    from analysis.language.referring import Dependents, Mention, WordTable

__all__ = [
    "DESCRIPTION_ATTRIBUTES",
    "PRONOUN_ATTRIBUTES",
    "WEIGHT_STEPS",
    "Scorer",
    "description_attributes",
    "description_candidates",
    "pronoun_attributes",
    "pronoun_candidates",
    "refers_to_nothing",
    "scorers_from_bytes",
    "scorers_to_bytes",
]

#: How many quantisation steps of a weight make 1.0; scores have the square of it.
WEIGHT_STEPS = 256

#: Candidates are at most so many, and were mentioned at most so many sentences ago, if they have a name or not.
_MAX_CANDIDATES = 16
_MAX_SENTENCES_NAMED = 12
_MAX_SENTENCES_UNNAMED = 4
#: The same for a description by a noun by which the candidate was described before.
_MAX_SENTENCES_DESCRIBED = 30

_UNKNOWN_THING = len(THINGS) + 1

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
    "thing": _UNKNOWN_THING + 1,
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
}

#: The same for a description, a noun phrase with *the* or a demonstrative.
DESCRIPTION_ATTRIBUTES = {
    "is_demonstrative": 3,
    "thing": _UNKNOWN_THING + 1,
    "number": 4,
    "role": 10,
    "complement": 4,  # what follows the noun
    "has_modifiers": 3,
    "candidates": 5,
    "is_none": 2,
    "match": 4,  # whether the noun is that of the last mention, an earlier one's, or another
    "modifiers": 5,  # whether its modifiers are known
    "candidate_thing": _UNKNOWN_THING + 1,
    "is_named": 3,
    "mentions": 6,
    "mentions_of_name": 5,
    "is_introduced_early": 3,
    "last_kind": 7,
    "last_role": 10,
    "sentences": 8,
    "rank": 8,
}

_SENTENCES = (1, 2, 3, 4, 5, 5, 6, 6, 6, 6, 7)
_MENTIONS = (0, 1, 2, 3, 4, 4, 4, 4, 4, 5)
_WORDS = (1, 1, 1, 1, 2, 2, 2, *[3] * 6, *[4] * 13, *[5] * 25, 6)
_RELATIVES = frozenset({"that", "who", "which", "to", "in", "for"})


def _capped(number: int, table: Sequence[int]) -> int:
    return table[number] if number < len(table) else table[-1]


def _last_kind(mention: Mention) -> int:
    if mention.kind == NAME:
        return 1
    if mention.kind == PRONOUN:
        return 5
    if mention.kind == COORDINATION:
        return 6
    return 2 if mention.form < POSSESSED else 3 if mention.form == POSSESSED else 4


# Pronouns


def pronoun_candidates(pronoun: Mention, state: State) -> list[Entity]:
    """Return the entities that a pronoun of the third person may refer to, the last mentioned first."""
    found: list[Entity] = []
    for entity in reversed(state.recent):
        last = entity.last
        distance = pronoun.sentence - last.sentence
        if distance > _MAX_SENTENCES_NAMED:
            break
        if distance > _MAX_SENTENCES_UNNAMED and not entity.name:
            continue
        if _agrees(pronoun, entity, last):
            found.append(entity)
            if len(found) == _MAX_CANDIDATES:
                break
    return found


def _agrees(pronoun: Mention, entity: Entity, last: Mention) -> bool:
    """Return whether number and gender let a pronoun refer to an entity."""
    form, last_form = pronoun.form, last.form if last.kind == PRONOUN else 0
    if form == THEY:
        return bool(entity.name) or last_form not in (HE, SHE, IT)
    if entity.number == PLURAL or last.kind == COORDINATION:
        return False
    if form == IT:
        return last_form not in (HE, SHE)
    return not (entity.is_sure and entity.gender != form)


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
        min(_n_rivals(form, candidates), 4) + 1,
    )
    quotation = quotations[token]
    speaker = setting.speakers[quotation].entity if quotation in setting.speakers else None
    last_pronoun = state.last_pronouns.get(form)
    most = max((len(each.mentions) for each in candidates), default=0)
    related = _related_words(pronoun, words, setting.dependents)
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
        topic = 1
        if state.topic is not None and state.topic.entity is entity and sentence - state.topic.sentence <= 1:
            topic = 2 + sentence - state.topic.sentence
        if quotation:
            quoted = 1 if entity is speaker else 2 if quotations[last.token] == quotation else 3
        else:
            quoted = 4 if quotations[last.token] else 5
        rows.append((
            *own,
            0,
            1 if entity.name else 2 if described is not None else 3,
            entity.thing or _UNKNOWN_THING,
            entity.number or 4,
            gender,
            _capped(n_mentions, _MENTIONS),
            2 if n_mentions == most else 1,
            name_rank,
            state.is_early(entity),
            _last_kind(last),
            last.role,
            min(last.order, 3) + 1,
            _verb_kind(words, last.token) if distance == 0 else 5,
            _capped(distance, _SENTENCES),
            _capped(sentence - described.sentence, _SENTENCES) if described is not None else 0,
            _capped(max(token - last.token, 0), _WORDS),
            min(rank, 7),
            1 if paragraphs[last.sentence] == paragraphs[sentence] else 2,
            related.get(last.token, 5) if distance == 0 else 0,
            last_same,
            topic,
            quoted,
        ))  # fmt: skip
    rows.append((*own, 1, *[0] * (len(PRONOUN_ATTRIBUTES) - len(own) - 1)))
    return rows


#: The first words of a sentence are so many.
_N_INITIAL = 3


def _verb_kind(words: WordTable, token: int) -> int:
    head = words.head[token]
    return lists().verbs.get(words.lemma[head], OTHER_VERB) if head >= 0 else NO_VERB


def _possessed(pronoun: Mention, setting: Setting) -> int:
    """Return the kind of the noun that a possessive pronoun stands with."""
    mention = setting.at.get(setting.words.head[pronoun.token]) if pronoun.role == POSSESSOR else None
    if mention is None:
        return 0
    return 1 if mention.thing == PERSON else 2 if mention.thing in (ORGANIZATION, PLACE) else 3


def _n_rivals(form: int, candidates: Sequence[Entity]) -> int:
    """Return how many candidates are of the kind that a pronoun most often refers to."""
    if form == IT:
        return sum(bool(each.name) and each.thing != PERSON_NAME for each in candidates)
    if form == THEY:
        return sum(each.number in (PLURAL, GROUP) for each in candidates)
    return sum(each.thing in (PERSON_NAME, PERSON) or each.gender == form for each in candidates)


def _related_words(pronoun: Mention, words: WordTable, dependents: Dependents) -> dict[int, int]:
    """Return how words of the sentence are related to a pronoun.

    1 is the subject of the pronoun's own clause, 2 of the next clause up, 3 of one further up, 4 a word that governs
    the pronoun.
    """
    related: dict[int, int] = {}
    row, clauses = pronoun.token, 0
    for _ in range(_MAX_STEPS_UP):
        row = words.head[row]
        if row < 0:
            break
        related.setdefault(row, 4)
        subject = dependents.subject[row]
        if subject >= 0:
            clauses += 1
            if subject != pronoun.token:
                is_own = clauses == 1 and pronoun.role != SUBJECT
                related.setdefault(subject, 1 if is_own else min(max(clauses, 2), 3))
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
    return 6 if lemmas and lemmas[0] in lists().pleonastic_subject else 7


def refers_to_nothing(pronoun: Mention, setting: Setting) -> bool:
    """Return whether *it* is that of *make it clear* or of *it is reported that*."""
    words, after = setting.words, pronoun.token + 1
    head, end = words.head[pronoun.token], setting.sentence_starts[pronoun.sentence + 1] - 1
    if pronoun.form != IT or head < 0 or max(after, head) >= end:
        return False
    if words.upos[after] == "ADJ":
        return words.lemma[head] in lists().pleonastic_object
    return words.xpos[head] == "VBN" and words.norm[head + 1] == "that" and words.lemma[head] in lists().verbs


# Descriptions


def description_candidates(description: Mention, state: State) -> list[Entity]:
    """Return the entities that a description may refer to, the last mentioned first.

    Those described by its noun before may be far away; others are near and of its kind.
    """
    is_plural = description.number == PLURAL
    found: list[Entity] = []
    for entity in reversed(state.described.get(description.noun, {})):
        is_near = description.sentence - entity.last.sentence <= _MAX_SENTENCES_DESCRIBED
        if (entity.name or is_near) and (entity.number == PLURAL) == is_plural:
            found.append(entity)
            if len(found) == _MAX_CANDIDATES:
                break
    for entity in reversed(state.recent):
        distance = description.sentence - entity.last.sentence
        if distance > _MAX_SENTENCES_NAMED or len(found) == 2 * _MAX_CANDIDATES:
            break
        if (
            (entity.number == PLURAL) == is_plural
            and description.noun not in entity.descriptions
            and entity.last_described is not None
            and _is_of_kind(description, entity, distance)
        ):
            found.append(entity)
    return sorted(found, key=lambda entity: -entity.last.token)[:_MAX_CANDIDATES]


def _is_of_kind(description: Mention, entity: Entity, distance: int) -> bool:
    """Return whether an entity is of the kind that a noun stands for, and near enough."""
    if entity.name:
        return (entity.thing == PERSON_NAME) == (description.thing == PERSON)
    return distance <= _MAX_SENTENCES_UNNAMED and entity.thing == description.thing


def description_attributes(
    description: Mention, candidates: Sequence[Entity], state: State, setting: Setting
) -> list[tuple[int, ...]]:
    """Return the attributes of the candidates for a description, and last those of none of them."""
    words, row = setting.words, description.token + 1
    has_next = row < setting.sentence_starts[description.sentence + 1]
    after = words.norm[row] if has_next else ""
    is_followed = has_next and (after in _RELATIVES or words.upos[row] == "ADP")
    own = (
        1 if description.form == DEFINITE else 2,
        description.thing,
        description.number,
        description.role,
        1 if after == "of" else 2 if is_followed else 3,
        2 if description.modifiers else 1,
        min(len(candidates), 4),
    )
    rows: list[tuple[int, ...]] = []
    for rank, (entity, name_rank) in enumerate(zip(candidates, state.name_ranks(candidates), strict=True), start=1):
        known = entity.descriptions.get(description.noun)
        match = (
            3 if known is None else 1 if entity.last_described and entity.last_described.noun == description.noun else 2
        )
        modifiers = 1
        if description.modifiers:
            known = known or set()
            modifiers = 2 if description.modifiers <= known else 3 if description.modifiers & known else 4
        rows.append((
            *own,
            0,
            match,
            modifiers,
            entity.thing or _UNKNOWN_THING,
            1 if entity.name else 2,
            _capped(len(entity.mentions), _MENTIONS),
            name_rank,
            state.is_early(entity),
            _last_kind(entity.last),
            entity.last.role,
            _capped(description.sentence - entity.last.sentence, _SENTENCES),
            min(rank, 7),
        ))  # fmt: skip
    rows.append((*own, 1, *[0] * (len(DESCRIPTION_ATTRIBUTES) - len(own) - 1)))
    return rows


# Scores


class Scorer(NamedTuple):
    """A network with a hidden layer that scores candidates by their attributes.

    Attributes
    ----------
    offsets
        The row of ``embeddings`` of the first value of each attribute.
    embeddings
        Whole numbers, shape (values, units), float64.
    bias
        Added to the sum of embeddings, shape (units,).
    output
        Weights of the hidden units, shape (units,).
    linear
        Added to the score for each value, shape (values,).
    """

    offsets: NDArray[np.int64]
    embeddings: NDArray[np.float64]
    bias: NDArray[np.float64]
    output: NDArray[np.float64]
    linear: NDArray[np.float64]

    def score(self, attributes: Sequence[Sequence[int]]) -> list[float]:
        """Return the scores of candidates, whole numbers; ``WEIGHT_STEPS`` squared make 1.0."""
        rows = np.array(attributes, dtype=np.int64) + self.offsets
        hidden = np.maximum(self.embeddings[rows].sum(axis=1) + self.bias, 0)
        scores: list[float] = (hidden @ self.output + self.linear[rows].sum(axis=1)).tolist()
        return scores

    @classmethod
    def quantise(cls, attributes: Mapping[str, int], weights: Mapping[str, NDArray[Any]]) -> Scorer:
        """Return the scorer of these attributes with weights rounded to quantisation steps."""
        scales = {"embeddings": WEIGHT_STEPS, "bias": WEIGHT_STEPS, "output": WEIGHT_STEPS, "linear": WEIGHT_STEPS**2}
        sizes = np.array([*attributes.values()], dtype=np.int64)
        rounded = {name: np.rint(np.float64(weights[name]) * scale) for name, scale in scales.items()}
        return cls(np.cumsum(sizes) - sizes, **rounded)


def scorers_to_bytes(scorers: Mapping[str, Scorer]) -> bytes:
    """Write scorers, by name, as an uncompressed NumPy archive: the same scorers, the same bytes."""
    arrays = {
        f"{name}.{part}": array.astype(np.int32)
        for name, scorer in scorers.items()
        for part, array in scorer._asdict().items()
    }
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def scorers_from_bytes(content: bytes) -> dict[str, Scorer]:
    """Read what :func:`scorers_to_bytes` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        names = sorted({key.partition(".")[0] for key in file.files})
        return {
            name: Scorer(
                file[f"{name}.offsets"].astype(np.int64),
                *(file[f"{name}.{part}"].astype(np.float64) for part in Scorer._fields[1:]),
            )
            for name in names
        }
