"""Referring expressions: the names, noun phrases and pronouns of articles, and what their words tell of what they name.

Where trees are wrong little is lost: the words before a name, determiners, tags and quotation marks tell as much.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analysis.language.entities import Entity

__all__ = [
    "THINGS",
    "Dependents",
    "Mention",
    "Named",
    "WordTable",
    "country_of",
    "find_dependents",
    "find_mentions",
    "lists",
]

#: Kinds of mentions.
NAME, NOMINAL, PRONOUN, COORDINATION = "name", "nominal", "pronoun", "coordination"

#: Kinds of things that names and nouns stand for. The number of a kind is its place, from 1.
THINGS = (
    "person name", "organization name", "location name", "norp name", "facility name", "product name", "misc name",
    "person", "organization", "place", "time", "event", "object", "animal", "other",
)  # fmt: skip
THING_IDS = {thing: number for number, thing in enumerate(THINGS, start=1)}
PERSON_NAME, ORGANIZATION_NAME, LOCATION_NAME, NORP_NAME = 1, 2, 3, 4
PERSON, ORGANIZATION, PLACE, OTHER = (THING_IDS[thing] for thing in ("person", "organization", "place", "other"))

#: Numbers, genders, and grammatical roles.
SINGULAR, PLURAL, GROUP = 1, 2, 3
MALE, FEMALE = 1, 2
SUBJECT, OBJECT, OBLIQUE, POSSESSOR, NOUN_MODIFIER, COMPOUND, APPOSITION, ROOT, OTHER_ROLE = range(1, 10)
#: Forms of noun phrases, by their determiner.
DEFINITE, DEMONSTRATIVE, POSSESSED, INDEFINITE, BARE = range(1, 6)
#: Kinds of pronouns; the first four are those of the third person.
HE, SHE, IT, THEY, SINGULAR_FIRST, PLURAL_FIRST = range(1, 7)

#: Kinds of verbs.
SPEECH, THOUGHT, OTHER_VERB, NO_VERB = 1, 2, 3, 4

_ROLES = {
    "nsubj": SUBJECT, "csubj": SUBJECT, "expl": SUBJECT, "obj": OBJECT, "iobj": OBJECT, "obl": OBLIQUE,
    "nmod:poss": POSSESSOR, "nmod": NOUN_MODIFIER, "compound": COMPOUND, "amod": COMPOUND, "flat": COMPOUND,
    "appos": APPOSITION, "root": ROOT,
}  # fmt: skip
_FORMS = {
    "the": DEFINITE, "both": DEFINITE, "this": DEMONSTRATIVE, "that": DEMONSTRATIVE, "these": DEMONSTRATIVE,
    "those": DEMONSTRATIVE,
}  # fmt: skip
_PRONOUNS = {"he": HE, "she": SHE, "it": IT, "they": THEY, "i": SINGULAR_FIRST, "we": PLURAL_FIRST}
#: Kinds of groups of persons of which none is of two.
_BODIES = ("business", "union", "ministry", "court", "school", "team", "party", "forces")
#: Relations of words that are no heads of noun phrases, and of words that end a noun phrase to the left.
_NO_HEADS = frozenset({
    "compound", "flat", "fixed", "goeswith", "amod", "det", "case", "reparandum", "nummod", "cc", "nmod:desc",
})  # fmt: skip
_NO_PARTS = frozenset({"case", "cc", "mark", "cop", "nsubj", "aux", "discourse", "parataxis"})
_LABELS = frozenset({"person", "location", "organization", "norp", "facility", "product", "misc"})
_IN_TITLES = frozenset({"NOUN", "PROPN", "ADJ"})
_OF_COUNTRIES = frozenset({"location", "norp"})
_NOUNS = frozenset({"NOUN", "PROPN"})
_PLURAL_TAGS = frozenset({"NNS", "NNPS"})
_PRONOUN_TAGS = frozenset({"PRP", "PRP$"})
_HYPHENS = frozenset("-–")
_BRACKETS = frozenset("([")
_NEGATIONS = frozenset({"not", "n't", "never"})
#: Relations of verbs that may share the subject of their heads or, if an infinitive's head has an object, have that.
_SHARE_SUBJECT = frozenset({"xcomp", "conj"})
#: A conjunct's role is that of the first conjunct, at most this far up the tree.
_MAX_CONJUNCTS = 5
#: A part of a forename that tells nothing, such as an initial, is shorter than this.
_MIN_FORENAME_LETTERS = 3


class Named(NamedTuple):
    """A named mention: the rows of its first and last word, its label and its canonical name."""

    first: int
    last: int
    label: str
    name: str


class WordTable(NamedTuple):
    """The words of articles, as lists with an item a word.

    Attributes
    ----------
    norm, lemma, upos, xpos
        As in the table of tokens, the lemma in lower case.
    head
        The row of its head, −1 for a root.
    relation
        Its relation, without subtype but for ``nmod:desc`` and ``nmod:poss``.
    sentence
        The row of its sentence.
    name
        The row of the named mention that it belongs to, or −1.
    """

    norm: list[str]
    lemma: list[str]
    upos: list[str]
    xpos: list[str]
    head: list[int]
    relation: list[str]
    sentence: list[int]
    name: list[int]


class Mention:
    """A mention of something.

    Attributes
    ----------
    kind
        ``NAME``, ``NOMINAL``, ``PRONOUN`` or ``COORDINATION``.
    token, first, last
        The rows of its head, its first and its last word.
    sentence
        The row of its sentence.
    role
        Its grammatical role.
    thing
        What kind of thing it stands for, a number of ``THING_IDS``; 0 for a pronoun.
    number, gender
        What its words tell; 0 where they tell nothing.
    is_sure
        Whether its gender is certain: a title, a noun or a pronoun tells it, and not a forename.
    form
        Of a noun phrase, its form by its determiner; of a pronoun, its kind; otherwise 0.
    noun
        The lemma of the noun at its head; empty unless it is a nominal.
    modifiers
        Lemmas of the words that modify the noun.
    related
        The names that stand with its noun, and of a person's name those that stand with its title: a country for
        *Egyptian president* and *president of Egypt*.
    row
        Of a name, its row in the table of named mentions; otherwise −1.
    order
        How many mentions its sentence has before it.
    entity
        What it refers to, once that is decided.
    margin
        By how much the link to the mentions before it beats the next best one, or the weakest link on which that rests.
    """

    __slots__ = (
        "entity", "first", "form", "gender", "is_sure", "kind", "last", "margin", "modifiers", "noun", "number",
        "order", "related", "role", "row", "sentence", "thing", "token",
    )  # fmt: skip

    def __init__(self, kind: str, token: int, sentence: int, role: int, *, thing: int = 0, number: int = 0) -> None:
        self.kind = kind
        self.token = self.first = self.last = token
        self.sentence = sentence
        self.role = role
        self.thing = thing
        self.number = number
        self.gender = 0
        self.is_sure = False
        self.form = 0
        self.noun = ""
        self.modifiers: frozenset[str] = frozenset()
        self.related: frozenset[str] = frozenset()
        self.row = -1
        self.order = 0
        self.entity: Entity | None = None
        self.margin = CERTAIN


#: The margin of what needs no link.
CERTAIN = 1 << 30


class _Lists(NamedTuple):
    """The word lists of ``data/referents.tsv``, ``given_names.tsv``, ``demonyms.tsv`` and ``aliases.tsv``, by word."""

    pronouns: dict[str, int]
    reflexive: frozenset[str]
    possessive: frozenset[str]
    title_genders: dict[str, int]
    noun_genders: dict[str, int]
    name_genders: dict[str, int]
    things: dict[str, int]
    bodies: dict[str, str]
    verbs: dict[str, int]
    pleonastic_subject: frozenset[str]
    pleonastic_object: frozenset[str]
    countries: dict[str, str]
    country_nouns: frozenset[str]
    town_nouns: frozenset[str]
    other_holders: frozenset[str]


@cache
def lists() -> _Lists:
    """Read the word lists."""
    words = resources.data().read_word_lists("referents.tsv")
    given = resources.data().read_word_lists("given_names.tsv")
    genders = {"male": MALE, "female": FEMALE}
    things = {THING_IDS[thing]: words[thing] for thing in ("organization", "place", "person")}
    things[PLACE] += words["country"] + words["town"]
    things[PERSON] += words["male"] + words["female"]
    return _Lists(
        {form: number for name, number in _PRONOUNS.items() for form in words[name]},
        frozenset(words["reflexive"]),
        frozenset(words["possessive"]),
        {word: gender for name, gender in genders.items() for word in words[f"{name}_titles"]},
        {word: gender for name, gender in genders.items() for word in words[name]},
        {
            word: gender
            for name, gender in genders.items()
            for word in (*given[f"{name}_names"], *words[f"{name}_names"])
        },
        {word: thing for thing, own in things.items() for word in own},
        {word: name for name in _BODIES for word in words[name]},
        {word: kind for name, kind in (("thought", THOUGHT), ("speech", SPEECH)) for word in words[name]},
        frozenset(words["pleonastic_subject"]),
        frozenset(words["pleonastic_object"]),
        _countries(),
        frozenset(words["country"]),
        frozenset(words["town"]),
        frozenset(words["other_holder"]),
    )


def _countries() -> dict[str, str]:
    """Return the countries of ``data/demonyms.tsv`` by their names and by the words for what is of them."""
    rows = [line.split("\t") for line in resources.data().read_lines("demonyms.tsv")]
    usual = {row[0] for row in rows}
    rows += [row for line in resources.data().read_lines("aliases.tsv") if (row := line.split("\t"))[0] in usual]
    return {word.partition(" (")[0].lower(): row[0] for row in rows for word in row}


def country_of(named: Named) -> str:
    """Return the country that a named place or people is or belongs to; empty if that is none."""
    return lists().countries.get(named.name.lower(), "") if named.label in _OF_COUNTRIES else ""


class Dependents(NamedTuple):
    """Some dependents of words: lists with the row of the dependent of each word, or −1, and mappings for the rest."""

    subject: list[int]
    object: list[int]
    determiner: list[int]
    possessor: list[int]
    copula: list[int]
    conjuncts: dict[int, list[int]]
    modifiers: dict[int, list[int]]
    negated: set[int]
    cased: set[int]

    def find_subject(self, row: int, words: WordTable) -> int:
        """Return the row of the subject of a verb, or −1; that of an infinitive or a conjunct stands with another."""
        for _ in range(_MAX_CONJUNCTS):
            if row < 0 or self.subject[row] >= 0 or words.relation[row] not in _SHARE_SUBJECT:
                break
            is_infinitive = words.relation[row] == "xcomp"
            row = words.head[row]
            if is_infinitive and self.object[row] >= 0:
                return self.object[row]
        return self.subject[row] if row >= 0 else -1


def find_dependents(words: WordTable) -> Dependents:
    """Return the dependents of words that matter to what mentions refer to."""
    subject, object_, determiner, possessor, copula = ([-1] * len(words.norm) for _ in range(5))
    lists_of = {
        "nsubj": subject,
        "obj": object_,
        "iobj": object_,
        "det": determiner,
        "nmod:poss": possessor,
        "cop": copula,
    }
    conjuncts: dict[int, list[int]] = {}
    modifiers: dict[int, list[int]] = {}
    mappings_of = {"conj": conjuncts, "amod": modifiers, "compound": modifiers, "nummod": modifiers}
    negated: set[int] = set()
    cased: set[int] = set()
    for row, (head, relation) in enumerate(zip(words.head, words.relation, strict=True)):
        if head < 0:
            continue
        if relation in lists_of:
            lists_of[relation][head] = row
        elif relation in mappings_of:
            mappings_of[relation].setdefault(head, []).append(row)
        elif relation == "advmod" and words.norm[row] in _NEGATIONS:
            negated.add(head)
        elif relation == "case":
            cased.add(head)
    return Dependents(subject, object_, determiner, possessor, copula, conjuncts, modifiers, negated, cased)


# Mentions


def find_mentions(
    words: WordTable, dependents: Dependents, named: Sequence[Named], noun_things: Mapping[str, int]
) -> list[Mention]:
    """Return the mentions of articles in the order of their heads; a coordination stands at its last conjunct.

    Parameters
    ----------
    words, dependents
        The words.
    named
        The named mentions.
    noun_things
        What kind of thing nouns stand for, by lemma.
    """
    found: list[Mention] = []
    at: dict[int, Mention] = {}
    heads = {_head_of_span(words, each): row for row, each in enumerate(named) if each.label in _LABELS}
    order, sentence = 0, -1
    for row, upos in enumerate(words.upos):
        mention = None
        if row in heads:
            mention = _name(words, row, heads[row], named)
        elif upos == "PRON":
            mention = _pronoun(words, row)
        elif upos in _NOUNS and words.name[row] < 0 and words.relation[row] not in _NO_HEADS:
            mention = _nominal(words, dependents, row, noun_things, named)
        if mention is None:
            continue
        if mention.sentence != sentence:
            order, sentence = 0, mention.sentence
        mention.order = order
        order += 1
        at[row] = mention
        found.append(mention)
        if words.relation[row] == "conj":
            found += _coordination(words, dependents, row, at)
    return found


def _head_of_span(words: WordTable, named: Named) -> int:
    """Return the first noun of a name whose head is outside of it; else the first such word."""
    span = range(named.first, named.last + 1)
    outside = [row for row in span if words.head[row] not in span]
    nouns = [row for row in outside if words.upos[row] in _NOUNS]
    return (nouns or outside or [named.last])[0]


def _role(words: WordTable, row: int) -> int:
    """Return the grammatical role of a word; that of a conjunct is the first conjunct's."""
    for _ in range(_MAX_CONJUNCTS):
        if words.relation[row] != "conj" or words.head[row] < 0:
            break
        row = words.head[row]
    return _ROLES.get(words.relation[row], OTHER_ROLE)


def _pronoun(words: WordTable, row: int) -> Mention | None:
    known, norm = lists(), words.norm[row]
    form = known.pronouns.get(norm)
    is_letter = norm == "i" and row > 0 and words.norm[row - 1] in _BRACKETS
    if not form or is_letter or words.xpos[row] not in _PRONOUN_TAGS:
        return None
    role = POSSESSOR if norm in known.possessive and words.xpos[row] == "PRP$" else _role(words, row)
    mention = Mention(
        PRONOUN, row, words.sentence[row], role, number=PLURAL if form in (THEY, PLURAL_FIRST) else SINGULAR
    )
    mention.form = form
    if form in (HE, SHE):
        mention.gender, mention.is_sure = form, True
    return mention


def _name(words: WordTable, row: int, number: int, all_named: Sequence[Named]) -> Mention | None:
    """Return the mention of a name, unless it is the adjective of a people (*Egyptian troops*)."""
    named = all_named[number]
    label = named.label
    if label == "norp" and words.upos[row] == "ADJ":
        return None
    mention = Mention(NAME, row, words.sentence[row], _role(words, row), thing=THING_IDS[f"{label} name"])
    mention.number = GROUP
    mention.first, mention.last, mention.row = named.first, named.last, number
    if label in ("norp", "person") and words.xpos[named.last] == "NNPS":
        mention.number = PLURAL
    elif label in ("person", "location"):
        mention.number = SINGULAR
    if label == "person":
        mention.gender, mention.is_sure = _gender(words, mention, named)
        mention.related = _names_of(
            [*_words_before(words, named.first), *_words_of(words, named.last)], words, all_named
        )
    return mention


def _gender(words: WordTable, mention: Mention, named: Named) -> tuple[int, bool]:
    """Return the gender of a person, 0 if unknown, and whether it is certain."""
    known = lists()
    before = named.first - 1
    has_before = before >= 0 and words.sentence[before] == mention.sentence
    for title in (words.norm[t].rstrip(".") for t in range(before if has_before else named.first, named.last)):
        if gender := known.title_genders.get(title, 0) or known.noun_genders.get(title, 0):
            return gender, True
    parts = (part.rstrip(".") for part in named.name.lower().split())
    forename = next((p for p in parts if p not in known.title_genders and len(p) >= _MIN_FORENAME_LETTERS), "")
    genders = known.name_genders
    return genders.get(forename, 0) or genders.get(forename.partition("-")[0], 0), False


def _nominal(
    words: WordTable, dependents: Dependents, row: int, noun_things: Mapping[str, int], named: Sequence[Named]
) -> Mention:
    known, lemma = lists(), words.lemma[row]
    thing = known.things.get(lemma) or noun_things.get(lemma, OTHER)
    mention = Mention(NOMINAL, row, words.sentence[row], _role(words, row), thing=thing)
    is_plural = words.xpos[row] in _PLURAL_TAGS
    mention.number = PLURAL if is_plural else GROUP if thing == ORGANIZATION else SINGULAR
    if not is_plural:
        mention.gender = known.noun_genders.get(lemma, 0)
        mention.is_sure = mention.gender > 0
    determiner = dependents.determiner[row]
    if dependents.possessor[row] >= 0:
        mention.form = POSSESSED
    else:
        mention.form = _FORMS.get(words.norm[determiner], INDEFINITE) if determiner >= 0 else BARE
    mention.noun = lemma
    if row in dependents.modifiers:
        own = (
            each
            for each in dependents.modifiers[row]
            if words.name[each] < 0 or not country_of(named[words.name[each]])
        )
        mention.modifiers = frozenset(words.lemma[each] for each in own)
    first = row
    while first and words.sentence[first - 1] == mention.sentence and _belongs_to(words, first - 1, first, row):
        first -= 1
    mention.first = first
    last = noun = row
    while last + 1 < len(words.norm) and words.norm[last + 1] == "of":
        of, noun = noun, words.head[last + 1]
        if noun <= last + 1 or words.head[noun] != of:
            break
        last = noun
    mention.last = last
    mention.related = _names_of(range(mention.first, last + 1), words, named)
    return mention


def _names_of(rows: Iterable[int], words: WordTable, named: Sequence[Named]) -> frozenset[str]:
    """Return the names that words belong to; that of the country for what is of one."""
    own = [named[number] for number in {words.name[row] for row in rows} - {-1}]
    return frozenset(country_of(each) or each.name for each in own if each.label in _LABELS)


def _words_before(words: WordTable, row: int) -> Iterator[int]:
    """Yield the nouns and adjectives before a name, such as a title, the nearest first."""
    sentence = words.sentence[row]
    while (row := row - 1) >= 0 and words.sentence[row] == sentence:
        if words.upos[row] not in _IN_TITLES and words.norm[row] != "of" and words.xpos[row] != "POS":
            break
        yield row


def _words_of(words: WordTable, row: int) -> Iterator[int]:
    """Yield the words of the name that follows a name and *of*."""
    after = row + 2
    if after < len(words.norm) and words.norm[row + 1] == "of" and words.name[after] >= 0:
        yield after


def _belongs_to(words: WordTable, token: int, first: int, row: int) -> bool:
    """Return whether the word before the part of a noun phrase that ends with its head belongs to it."""
    relation, head = words.relation[token], words.head[token]
    if words.xpos[token] == "POS":
        return first <= words.head[head] <= row
    is_mark = words.upos[token] == "PUNCT" and words.norm[token] not in _HYPHENS
    is_adverb = relation == "advmod" and head == row
    return first <= head <= row and not is_mark and not is_adverb and relation not in _NO_PARTS


def _coordination(words: WordTable, dependents: Dependents, row: int, at: Mapping[int, Mention]) -> Iterator[Mention]:
    """Yield the coordination that ends with a conjunct, if its first one is a mention."""
    head = words.head[row]
    if head in at and dependents.conjuncts[head][-1] == row:
        first = at[head]
        mention = Mention(COORDINATION, head, first.sentence, first.role, thing=first.thing, number=PLURAL)
        mention.first, mention.last, mention.order = first.first, at[row].last, first.order
        yield mention
