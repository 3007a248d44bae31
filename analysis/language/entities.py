"""What mentions refer to, and what is known of an article before and while that is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.language.referring import NAME, PRONOUN, THING_IDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.language.network import WordVectors
    from analysis.language.referring import Dependents, Mention, WordTable

__all__ = ["Entity", "Setting", "Similarity", "State"]

_LAST_NAME = THING_IDS["misc name"]


class Entity:
    """What mentions refer to.

    Attributes
    ----------
    name
        Its canonical name; empty if it has none.
    mentions, last, last_described
        Its mentions (one at least, once it is a candidate), the last one and the last that is no pronoun.
    thing, number, gender, is_sure
        What its mentions tell, as in :class:`analysis.language.referring.Mention`.
    descriptions
        The nouns by which it is described, each with all modifiers.
    related
        The names that stand with the nouns by which it is described, by noun.
    """

    __slots__ = (
        "descriptions",
        "gender",
        "is_sure",
        "last",
        "last_described",
        "mentions",
        "name",
        "number",
        "related",
        "thing",
    )

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.mentions: list[Mention] = []
        self.last: Mention
        self.last_described: Mention | None = None
        self.thing = self.number = self.gender = 0
        self.is_sure = False
        self.descriptions: dict[str, set[str]] = {}
        self.related: dict[str, set[str]] = {}

    def add(self, mention: Mention) -> None:
        """Add its next mention."""
        mention.entity = self
        self.mentions.append(mention)
        self.last = mention
        if mention.kind != PRONOUN:
            self.last_described = mention
            if not self.thing or (mention.kind == NAME and self.thing > _LAST_NAME):
                self.thing = mention.thing
        self.number = self.number or mention.number
        if mention.gender and (not self.gender or (mention.is_sure and not self.is_sure)):
            self.gender, self.is_sure = mention.gender, mention.is_sure


class Similarity:
    """Tells how similar two nouns are by their word vectors: 4 if they are the same, 3 to 1, or 0 for unknown nouns."""

    def __init__(self, vectors: WordVectors) -> None:
        self.vectors = vectors
        self._known: dict[tuple[str, str], int] = {}
        self._lengths: dict[int, int] = {}  # squared

    def __call__(self, one: str, other: str) -> int:
        """Return how similar two nouns are."""
        if one == other:
            return 4
        pair = (one, other)
        if pair not in self._known:
            ids = self.vectors.ids
            self._known[pair] = self._compare(ids.get(one, 0), ids.get(other, 0))
        return self._known[pair]

    def _compare(self, one: int, other: int) -> int:
        if not one or not other:
            return 0
        product, lengths = self._product(one, other), self._length(one) * self._length(other)
        # Of whole numbers, so that the comparison is exact.
        return 1 + sum(product > 0 and 100 * 100 * product**2 >= least**2 * lengths for least in _LEAST_COSINES)

    def _product(self, one: int, other: int) -> int:
        rows = self.vectors.values
        return int(rows[one - 1].astype(np.int32) @ rows[other - 1].astype(np.int32))

    def _length(self, one: int) -> int:
        if one not in self._lengths:
            self._lengths[one] = self._product(one, one)
        return self._lengths[one]


#: In hundredths.
_LEAST_COSINES = (45, 60)


class Setting(NamedTuple):
    """What is known of the articles before anything is resolved.

    Attributes
    ----------
    words, dependents
        The words.
    at
        Mentions by the row of their head.
    paragraphs
        A number for the paragraph of each sentence.
    sentence_starts
        The row of the first word of each sentence, and at the end the number of words.
    quotations, speakers
        The quotation of each word, and the mention of the speaker of quotations.
    similarity
        Tells how similar two nouns are.
    """

    words: WordTable
    dependents: Dependents
    at: Mapping[int, Mention]
    paragraphs: Sequence[int]
    sentence_starts: Sequence[int]
    quotations: Sequence[int]
    speakers: Mapping[int, Mention]
    similarity: Similarity


class State:
    """What is known of an article up to a mention.

    Attributes
    ----------
    first_sentence
        The row of its first sentence.
    n_names
        How often the whole article has each name.
    recent
        The entities in the order of their last mentions.
    described
        The entities that each noun describes, in the order in which it last did.
    last_pronouns
        The last pronoun of each kind.
    topic
        The last mention that is the subject of a main clause.
    country
        The country that the whole article names most often; empty if it names none or two as often.
    """

    def __init__(self, first_sentence: int, n_names: Mapping[str, int], country: str = "") -> None:
        self.first_sentence = first_sentence
        self.n_names = n_names
        self.country = country
        self.recent: dict[Entity, None] = {}
        self.described: dict[str, dict[Entity, None]] = {}
        self.last_pronouns: dict[int, Mention] = {}
        self.topic: Mention | None = None

    def describe(self, entity: Entity, noun: str, modifiers: Iterable[str] = (), related: Iterable[str] = ()) -> None:
        """Add a noun that describes an entity, its modifiers and the names that stand with it."""
        entity.descriptions.setdefault(noun, set()).update(modifiers)
        entity.related.setdefault(noun, set()).update(related)
        described = self.described.setdefault(noun, {})
        described.pop(entity, None)
        described[entity] = None

    def mention(self, entity: Entity) -> None:
        """Make an entity the last one mentioned."""
        self.recent.pop(entity, None)
        self.recent[entity] = None

    def is_early(self, entity: Entity) -> int:
        """Return 1 if an entity is first mentioned in the first two sentences, otherwise 2."""
        return 1 if entity.mentions[0].sentence <= self.first_sentence + 1 else 2

    def name_ranks(self, candidates: Sequence[Entity]) -> list[int]:
        """Return the rank of candidates by mentions of their names: 1, 2, 3 for all others with a name, 4 for none."""
        counts = [self.n_names.get(each.name, 0) for each in candidates]
        order = sorted(set(counts), reverse=True)
        rank_of = {count: min(rank, 3) for rank, count in enumerate(order, start=1)}
        return [rank_of[count] if count else 4 for count in counts]
