"""Candidates for what descriptions refer to, noun phrases with *the* or a demonstrative, and their attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.language.antecedents import (
    MAX_CANDIDATES,
    MAX_SENTENCES_NAMED,
    MAX_SENTENCES_UNNAMED,
    MENTIONS,
    SAME_KIND,
    SENTENCES,
    UNKNOWN_THING,
    agree_in_kind,
    capped,
    last_kind,
    topic_of,
)
from analysis.language.referring import (
    DEFINITE,
    DEMONSTRATIVE,
    LOCATION_NAME,
    NAME,
    PERSON,
    PERSON_NAME,
    PLACE,
    PLURAL,
    POSSESSED,
    PRONOUN,
    lists,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.language.entities import Entity, Setting, State
    from analysis.language.referring import Mention

__all__ = [
    "DESCRIPTION_ATTRIBUTES",
    "description_attributes",
    "description_candidates",
    "find_holder",
    "match_places",
    "may_describe",
]

#: A candidate that was described by the noun before, and has no name, was mentioned at most so many sentences ago.
_MAX_SENTENCES_DESCRIBED = 30
_RELATIVES = frozenset({"that", "who", "which", "to", "in", "for"})

#: Attributes of a candidate for a description, in order, with the number of their values. 0 is the value of what is not
#: there; the candidate that stands for none has only those of the description.
DESCRIPTION_ATTRIBUTES = {
    "is_demonstrative": 3,
    "thing": UNKNOWN_THING + 1,
    "number": 4,
    "role": 10,
    "complement": 4,  # what follows the noun
    "has_modifiers": 3,
    "candidates": 5,
    "is_none": 2,
    "match": 4,  # whether the noun is that of the last mention, an earlier one's, or another
    "modifiers": 5,  # whether its modifiers are known
    "candidate_thing": UNKNOWN_THING + 1,
    "is_named": 3,
    "mentions": 6,
    "mentions_of_name": 5,
    "is_introduced_early": 3,
    "last_kind": 7,
    "last_role": 10,
    "sentences": 8,
    "rank": 8,
    "similarity": 5,  # of the noun to those by which the candidate was described
    "related": 6,  # whether names that stand with the noun stand with the candidate too
    "rank_of_kind": 5,
    "topic": 4,
    "has_most_mentions": 3,
    "rivals": 5,  # named candidates of the noun's kind
    "place": 5,  # whether a noun for countries, or for towns, meets a country or another place
    "gender": 4,
}


def description_candidates(description: Mention, state: State) -> list[Entity]:
    """Return the entities that a description may refer to, the last mentioned first.

    Those described by its noun before may be far away; others are near and of its kind. Of those without a name that
    its noun described, only the last is one: in *the raid in Aden … a raid in Oslo … the raid*, the last is in Oslo.
    """
    is_plural = description.number == PLURAL
    found: list[Entity] = []
    for entity in reversed(state.described.get(description.noun, {})):
        is_near = description.sentence - entity.last.sentence <= _MAX_SENTENCES_DESCRIBED
        if (entity.name or is_near) and (entity.number == PLURAL) == is_plural and _is_compatible(description, entity):
            found.append(entity)
            if len(found) == MAX_CANDIDATES:
                break
    last = max((entity.last.token for entity in found if not entity.name), default=-1)
    found = [entity for entity in found if entity.name or entity.last.token == last]
    for entity in reversed(state.recent):
        distance = description.sentence - entity.last.sentence
        if distance > MAX_SENTENCES_NAMED or len(found) == 2 * MAX_CANDIDATES:
            break
        if (
            (entity.number == PLURAL) == is_plural
            and description.noun not in entity.descriptions
            and entity.last_described is not None
            and _is_of_kind(description, entity, distance)
        ):
            found.append(entity)
    return sorted(found, key=lambda entity: -entity.last.token)[:MAX_CANDIDATES]


def _is_compatible(description: Mention, entity: Entity) -> bool:
    """Return whether an entity described by a noun before may be what a description by that noun refers to.

    It is not where other names stand with the noun (*the mayor of Bonn*, *the mayor of Kiel*), or where a word tells
    one holder of an office from another (*the former mayor*).
    """
    known, others = entity.descriptions[description.noun], lists().other_holders
    related = entity.related[description.noun]
    is_same_holder = description.modifiers & others <= known
    return is_same_holder and (not description.related or not related or not description.related.isdisjoint(related))


def find_holder(description: Mention, state: State) -> Entity | None:
    """Return the person that holds the office which a description names with a country, if that is sure.

    That is the only person with that title or office in that country, as *the Egyptian president* after *Egyptian
    President Omar Hadi*; or, if no country stands with the title, the only one with it at all where the article names
    the country of the description most often.
    """
    is_office = description.thing == PERSON and description.number != PLURAL
    if not is_office or not description.related or description.form not in (DEFINITE, POSSESSED):
        return None
    countries = description.related & set(lists().countries.values())
    if len(countries) != 1:
        return None
    holders = [
        entity
        for entity in state.described.get(description.noun, {})
        if entity.thing == PERSON_NAME and _is_compatible(description, entity)
    ]
    own = [entity for entity in holders if entity.related[description.noun] & countries]
    if not own and state.country in countries:
        own = holders
    return own[0] if len(own) == 1 else None


def _is_of_kind(description: Mention, entity: Entity, distance: int) -> bool:
    """Return whether an entity is of the kind that a noun stands for, and near enough."""
    if entity.name:
        is_person = entity.thing == PERSON_NAME
        return is_person == (description.thing == PERSON) and not _is_other_body(description.noun, entity)
    return distance <= MAX_SENTENCES_UNNAMED and entity.thing == description.thing


def _is_other_body(noun: str, entity: Entity) -> bool:
    """Return whether a noun is for another kind of body than an entity is described as: no union is *the company*."""
    kinds = lists().bodies
    own = {kinds[each] for each in entity.descriptions if each in kinds}
    return noun in kinds and bool(own) and kinds[noun] not in own


def description_attributes(
    description: Mention, candidates: Sequence[Entity], state: State, setting: Setting
) -> list[tuple[int, ...]]:
    """Return the attributes of the candidates for a description, and last those of none of them."""
    words, row = setting.words, description.token + 1
    has_next = row < setting.sentence_starts[description.sentence + 1]
    after = words.norm[row] if has_next else ""
    is_followed = has_next and (after in _RELATIVES or words.upos[row] == "ADP")
    own = (
        2 if description.form == DEMONSTRATIVE else 1,
        description.thing,
        description.number,
        description.role,
        1 if after == "of" else 2 if is_followed else 3,
        2 if description.modifiers else 1,
        min(len(candidates), 4),
    )
    most = max((len(each.mentions) for each in candidates), default=0)
    kinds = [agree_in_kind(description, each) for each in candidates]
    ranks_of_kind = np.cumsum([kind == SAME_KIND for kind in kinds]).tolist()
    n_rivals = sum(kind == SAME_KIND and bool(each.name) for kind, each in zip(kinds, candidates, strict=True))
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
            entity.thing or UNKNOWN_THING,
            1 if entity.name else 2,
            capped(len(entity.mentions), MENTIONS),
            name_rank,
            state.is_early(entity),
            last_kind(entity.last),
            entity.last.role,
            capped(description.sentence - entity.last.sentence, SENTENCES),
            min(rank, 7),
            max((setting.similarity(description.noun, each) for each in entity.descriptions), default=0),
            _related(description, entity, state),
            min(ranks_of_kind[rank - 1], 4) if kinds[rank - 1] == SAME_KIND else 0,
            topic_of(entity, description.sentence, state),
            2 if len(entity.mentions) == most else 1,
            1 + min(n_rivals, 3),
            match_places(description, entity),
            _gender(description, entity),
        ))  # fmt: skip
    rows.append((*own, 1, *[0] * (len(DESCRIPTION_ATTRIBUTES) - len(own) - 1)))
    return rows


def match_places(description: Mention, entity: Entity) -> int:
    """Return 1 for a country as *the country*, 2 for another place; 3 for a country as *the city*, 4 for another."""
    known = lists()
    if description.thing != PLACE or entity.thing != LOCATION_NAME:
        return 0
    is_country = entity.name.lower() in known.countries
    if description.noun in known.country_nouns:
        return 1 if is_country else 2
    if description.noun in known.town_nouns:
        return 3 if is_country else 4
    return 0


def _gender(description: Mention, entity: Entity) -> int:
    if not description.gender:
        return 0
    return 1 if not entity.gender else 2 if description.gender == entity.gender else 3


def _related(description: Mention, entity: Entity, state: State) -> int:
    """Return whether names that stand with a description's noun stand with those of an entity too.

    1 if all do, 2 if the entity has others, 3 if it has none, but the article names this country most often, 4 if it
    has none; 5 if the description has none, and the entity has some.
    """
    own = set().union(*entity.related.values())
    if not description.related:
        return 5 if own else 0
    if own:
        return 1 if description.related <= own else 2
    return 3 if state.country in description.related else 4


def may_describe(noun: Mention, other: Mention) -> bool:
    """Return whether a noun may describe another mention."""
    if other.kind == PRONOUN:
        return noun.number != PLURAL or other.number == PLURAL
    if (noun.number == PLURAL) != (other.number == PLURAL):
        return False
    if noun.is_sure and other.is_sure and noun.gender != other.gender:
        return False
    return other.kind != NAME or (other.thing == PERSON_NAME) == (noun.thing == PERSON)
