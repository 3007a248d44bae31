"""What mentions refer to, and what is known of an article before and while that is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.language.referring import NAME, PRONOUN, THING_IDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analysis.language.referring import Dependents, Mention, WordTable

__all__ = ["Entity", "Setting", "State"]

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
    """

    __slots__ = ("descriptions", "gender", "is_sure", "last", "last_described", "mentions", "name", "number", "thing")

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.mentions: list[Mention] = []
        self.last: Mention
        self.last_described: Mention | None = None
        self.thing = self.number = self.gender = 0
        self.is_sure = False
        self.descriptions: dict[str, set[str]] = {}

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
    """

    words: WordTable
    dependents: Dependents
    at: Mapping[int, Mention]
    paragraphs: Sequence[int]
    sentence_starts: Sequence[int]
    quotations: Sequence[int]
    speakers: Mapping[int, Mention]


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
    """

    def __init__(self, first_sentence: int, n_names: Mapping[str, int]) -> None:
        self.first_sentence = first_sentence
        self.n_names = n_names
        self.recent: dict[Entity, None] = {}
        self.described: dict[str, dict[Entity, None]] = {}
        self.last_pronouns: dict[int, Mention] = {}
        self.topic: Mention | None = None

    def describe(self, entity: Entity, noun: str, modifiers: Iterable[str] = ()) -> None:
        """Add a noun that describes an entity, and its modifiers."""
        entity.descriptions.setdefault(noun, set()).update(modifiers)
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
