"""What is compared of claims: who says them, of whom and of what they speak, and the events that they tell."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources
from analysis.content.columns import rows_of
from analysis.content.event_lexicon import lexicon
from analysis.content.stance import ABSURDITIES, FALSEHOODS, denies, says_no_such

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from analysis.content.columns import Columns

__all__ = ["COLUMNS", "Comparable", "Happening", "act_stems", "read_claims"]

_NEGATIONS = frozenset(["not", "n't", "no", "never", "none", "nobody", "neither", "nothing"])
_NOUNS = frozenset(["NOUN", "PROPN"])
_NAMING = _NOUNS | {"VERB", "ADJ"}
#: Relations of words that a number counts.
_COUNTED = "nummod"
#: Words that a content may consist of that only points back, beside stop words.
_POINTING = (
    frozenset(
        "accusation allegation charge claim report suggestion rumour rumor assertion statement speculation involvement"
        " responsibility wrongdoing account story truth true happen occur demand request call appeal plea offer"
        " proposal plan invitation ultimatum figure number estimate calculation finding conclusion remark comment"
        " version complete total pure utter outright it that this them these those".split()
    )
    | FALSEHOODS
    | ABSURDITIES
)
_DEMONSTRATIVES, _THAT = frozenset(["this", "that", "these", "those"]), frozenset(["that", "which"])
_ASSERTING = frozenset(["assert", "claim"])
#: Verbs and nouns that say too little for two contents that share them to be about the same thing.
_LIGHT = frozenset(
    "be have do make take get give go come say tell call use put keep people man woman year month week day time thing"
    " country government state group official part number way other more new last first involve involvement".split()
)


#: Nouns that name what others said, and the stances that they may mean.
_NAMED_STANCES = {
    **dict.fromkeys(("accusation", "allegation", "charge"), ("accuse", "claim")),
    "claim": ("claim", "accuse"),
    **dict.fromkeys(("suggestion", "speculation", "rumour", "rumor"), ("suggest",)),
    **dict.fromkeys(("request", "call", "appeal", "plea"), ("demand",)),
    "demand": ("demand", "claim"),  # *insisted that they leave*
    **dict.fromkeys(("offer", "invitation"), ("offer",)),
    **dict.fromkeys(("proposal", "plan"), ("offer", "plan")),
    "ultimatum": ("demand", "threaten"),
}
_AHEAD = frozenset(["will", "would", "shall"])
#: What someone says of himself who is accused, and what he is accused by.
_INNOCENT, _GUILTY, _CHARGES = "innocent", "guilty", frozenset(["charge", "count"])
#: Those who accuse others by their office.
_PROSECUTORS = frozenset("prosecution prosecutor plaintiff complainant indictment lawsuit".split())
#: Relations and prepositions of those whose words a noun names (*Exxon's charge*, *a claim by Exxon*).
_OWNING, _OF_NAME, _BY = "nmod:poss", "compound", frozenset(["by", "from"])
_INVOLVEMENT = frozenset("involvement part role hand link tie responsibility knowledge".split())
_PLACES = frozenset("town city village province region island district port suburb county valley quarter".split())
#: Classes of acts of two.
_MUTUAL = frozenset(["CONSULT", "AGREE", "COOPERATE"])
_PRONOUNS = frozenset("i we it he she they".split())
#: Verbs that say what someone has.
_HAVING = frozenset("have own possess hold".split())
#: Words that make one verb with the verb before them (*break up*).
_PARTICLES = frozenset("up out off down away in on over back through apart along aside around about by to".split())
#: So many mentions may begin before a word and still hold it.
_NESTED = 12


class Happening(NamedTuple):
    """An event of a claim, or a state.

    Attributes
    ----------
    stems
        The stem of the word that names it, of a light verb that of its noun.
    actor, target
        What stands for who acts and who or what is acted on: names, chains and heads of phrases; nothing where the
        claim does not say.
    place, time
        Where and when, as the events table has it, or empty.
    is_negative, modality
        As the events table has them.
    is_mutual
        Whether who acts and who is acted on may change places (*met*).
    kind
        The class of the event, or empty.
    """

    stems: frozenset[str]
    actor: frozenset[str]
    target: frozenset[str]
    place: str
    time: str
    is_negative: bool
    modality: str
    is_mutual: bool = False
    kind: str = ""


class Comparable(NamedTuple):
    """What is compared of a claim.

    Attributes
    ----------
    row
        Its row in the table.
    sentence
        The number of its sentence.
    tokens
        The first and the last token of its content, or twice −1.
    stance
        Its stance.
    is_speech
        Whether it is an utterance.
    speakers
        What stands for its source: names, chains, and the head of a phrase without a name.
    spoken_of
        What stands for whom and what its content names.
    stems
        The stems of the words of its content that name something, without names of speakers.
    names
        The names in its content, in lower case.
    figures
        The numbers in its content, by the stem of what they count.
    predicate
        The stem of the word that its content hangs on, in the tree.
    is_negated
        Whether that word, or one that depends on it directly, is negated.
    is_ahead
        Whether it is about what would be.
    is_involvement
        Whether it is about a part that someone has in something.
    points_back
        Whether its content has no words but those that point back, or says that there is *no such* thing.
    is_this, begins_with_this
        Whether its content is nothing but *this* or *that*, and whether it begins with one (*that account*).
    denies
        Whether its content says in its own words that what others say is not so (*the claim is false*).
    accused
        What stands for the noun that its content hangs on, who is accused if anyone is (*the army of shelling it*).
    owners
        What stands for those whose words its content names (*the army's account*, *a charge by Exxon that it lied*).
    is_innocence
        Whether it says that its speaker is not guilty, or has to do with the charges against him.
    is_prosecution
        Whether its source accuses others by office.
    named_stances
        The stances that its words name (*the claim*, *the accusations*).
    happenings
        The events that it tells.
    """

    row: int
    sentence: int
    tokens: tuple[int, int]
    stance: str
    is_speech: bool
    speakers: frozenset[str]
    spoken_of: frozenset[str]
    stems: frozenset[str]
    names: frozenset[str]
    figures: dict[str, str]
    predicate: str
    is_negated: bool
    is_ahead: bool
    is_involvement: bool
    points_back: bool
    is_this: bool
    begins_with_this: bool
    denies: bool
    accused: frozenset[str]
    owners: frozenset[str]
    is_innocence: bool
    is_prosecution: bool
    named_stances: frozenset[str]
    happenings: tuple[Happening, ...]


class _Word(NamedTuple):
    """A word of an article; ``head`` is the token that it depends on, or −1."""

    token: int
    start: int
    end: int
    norm: str
    lemma: str
    upos: str
    is_stop: bool
    entity: str
    head: int
    deprel: str


#: The columns of tables that are read.
COLUMNS: dict[str, tuple[str, ...]] = {
    "claims": ("claim", "sentence", "stance", "is_speech", "speaker", "source_start", "source_end"),
    "claim_parts": ("claim", "start", "end"),
    "tokens": _Word._fields,
    "mentions": ("start", "end", "name"),
    "coreference": ("start", "end", "chain"),
    "events": (
        *("claim", "action", "kind", "actor", "actor_start", "actor_end", "actor_name"),
        *("target_start", "target_end", "target_name", "place", "time", "polarity", "modality"),
    ),
}


class _Reader:
    """Reads the claims of one article."""

    def __init__(self, tokens: Columns, mentions: Columns, coreference: Columns) -> None:
        self._tokens, self._starts = tokens, tokens["start"]
        self._words = list(map(_Word._make, rows_of(tokens, *_Word._fields)))
        keys = [(start, end, f"name {name.lower()}") for start, end, name in rows_of(mentions, *COLUMNS["mentions"])]
        chains = rows_of(coreference, *COLUMNS["coreference"])
        keys += [(start, end, f"chain {chain}") for start, end, chain in chains]
        self._keys = sorted(keys)
        self._key_starts = [start for start, _, _ in self._keys]

    def words(self, start: int, end: int) -> list[_Word]:
        """Return the words within a span of characters."""
        low, high = map(partial(bisect_left, self._starts), (start, end))
        return [word for word in self._words[low:high] if word.end <= end]

    def keys(self, start: int, end: int) -> frozenset[str]:
        """Return the names and the chains of the mentions within a span, and the heads of its other nouns."""
        low, high = map(partial(bisect_left, self._key_starts), (start, end))
        own = [key for _, key_end, key in self._keys[low:high] if key_end <= end]
        nouns = (word.lemma.lower() for word in self.words(start, end) if word.upos == "NOUN" and word.entity == "O")
        return frozenset(own) | {f"noun {lemma}" for lemma in nouns if lemma not in _LIGHT}

    def phrase(self, start: int, end: int, name: str) -> frozenset[str]:
        """Return what stands for the head of a noun phrase: its names, its chains, and itself if it has no name."""
        if start < 0:
            return frozenset()
        words = self.words(start, end)
        own = {word.token for word in words}
        head = next((word for word in words if word.upos != "PUNCT" and word.head not in own), None)
        low, high = map(partial(bisect_left, self._key_starts), (start, end))
        at_head = [
            key
            for key_start, key_end, key in self._keys[low:high]
            if head and key_start <= head.start and head.end <= key_end <= end
        ]
        if head and head.lemma.lower() in _PLACES:  # *the town of Dorna*
            at_head += [key for key in self.keys(start, end) if key.startswith("name ")]
        keys = set(at_head) | {f"name {part.strip().lower()}" for part in name.split(";") if part.strip()}
        if head and head.upos == "NOUN" and head.entity == "O":
            keys.add(f"noun {head.lemma.lower()}")
        return frozenset(keys)

    def at(self, word: _Word) -> frozenset[str]:
        """Return what stands for a word: names and chains of mentions that hold it, and itself if it has no name."""
        high = bisect_left(self._key_starts, word.end)
        own = [key for start, end, key in self._keys[max(0, high - _NESTED) : high] if start <= word.start < end]
        return frozenset([*own, *[f"noun {word.lemma.lower()}"] * (word.upos == "NOUN" and word.entity == "O")])

    def states(self, words: list[_Word]) -> Iterator[Happening]:
        """Yield what is said to be or to have something (*the bridge is safe*, *the army has no tanks*)."""
        below: dict[int, list[_Word]] = defaultdict(list)
        for word in words:
            below[word.head].append(word)
        for word in words:
            relations = {each.deprel: each for each in below[word.token]}
            subject, told = relations.get("nsubj"), relations.get("obj")
            if subject is None or not ("cop" in relations or (told and word.lemma.lower() in _HAVING)):
                continue
            named = word if told is None else told
            near = [*below[word.token], *below[named.token], *below[subject.token]]
            is_negative = any(each.lemma.lower() in _NEGATIONS for each in near)
            stems = frozenset([f"{'be' if told is None else 'have'} {_stem(named.lemma)}"])
            yield Happening(stems, self.at(subject), frozenset(), "", "", is_negative, "ongoing")

    def root(self, words: list[_Word]) -> _Word | None:
        """Return the word of a content that the others hang on."""
        return next((word for word in words if not words[0].token <= word.head <= words[-1].token), None)

    def noun_before(self, source: int, lemmas: list[str]) -> list[str]:
        """Return the noun that a content without a subject is about (*a claim that the mayor says | is false*)."""
        at = bisect_left(self._starts, source)
        if lemmas[:1] != ["be"] or not at or self._tokens["lemma"][at - 1].lower() not in _THAT:
            return []
        nouns = zip(self._tokens["lemma"][: at - 1], self._tokens["upos"][: at - 1], strict=True)
        return [lemma.lower() for lemma, upos in nouns if upos != "PUNCT"][-1:]

    def owners(self, words: list[_Word], root: _Word | None) -> tuple[frozenset[str], bool]:
        """Return what stands for those whose words a content names, and whether it names no more."""
        if root is None or root.lemma.lower() not in _POINTING:
            return frozenset(), False
        by = {word.head for word in words if word.deprel == "case" and word.lemma.lower() in _BY}
        own = [
            word
            for word in words
            if word.head == root.token
            and (word.deprel == _OWNING or word.token in by or (word.deprel == _OF_NAME and word.upos in _NOUNS))
        ]
        near = {root.token, *(word.token for word in own)}
        more = [word for word in words if word.upos in _NAMING and word.token not in near and word.head not in near]
        return frozenset().union(*map(self.at, own)), bool(own) and not more

    def figures(self, words: list[_Word]) -> dict[str, str]:
        """Return the numbers among some words by the stem of what they count."""
        counted = (word for word in words if word.deprel == _COUNTED and word.head >= 0)
        lemmas, first = self._tokens["lemma"], self._tokens["token"][0]
        return {_stem(lemmas[word.head - first]): word.norm for word in counted}


def read_claims(  # noqa: PLR0917 - one argument a table
    claims: Columns,
    claim_parts: Columns,
    tokens: Columns,
    mentions: Columns,
    coreference: Columns,
    events: Columns,
) -> list[Comparable]:
    """Return what is compared of the claims of one article, in their order; its tables have :data:`COLUMNS`."""
    reader = _Reader(tokens, mentions, coreference)
    pieces: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for claim, start, end in rows_of(claim_parts, *COLUMNS["claim_parts"]):
        pieces[claim].append((start, end))
    happenings: dict[int, list[tuple[Happening, bool]]] = defaultdict(list)
    for claim, happening, is_open in _happenings(reader, events):
        happenings[claim].append((happening, is_open))
    found = []
    for row, (claim, sentence, stance, is_speech, speaker, start, end) in enumerate(
        rows_of(claims, *COLUMNS["claims"])
    ):
        words = [word for span in pieces[claim] for word in reader.words(*span)]
        spoken_of = frozenset().union(*(reader.keys(*span) for span in pieces[claim]))
        root = reader.root(words)
        naming = [
            word.lemma.lower()
            for word in words
            if word.upos in _NAMING and not word.is_stop and word.entity == "O" and word.lemma.lower() not in _LIGHT
        ]
        speakers = reader.phrase(start, end, speaker) | {
            f"name {part.strip().lower()}" for part in speaker.split(";") if part.strip()
        }
        owners, is_alone = reader.owners(words, root)
        lemmas = [word.lemma.lower() for word in words]
        # *The council said that it had left*: who speaks, if coreference leaves it open.
        own = [each._replace(actor=each.actor | speakers) if is_open else each for each, is_open in happenings[claim]]
        found.append(
            Comparable(
                row,
                sentence,
                (words[0].token, words[-1].token) if words else (-1, -1),
                stance,
                is_speech,
                speakers,
                spoken_of,
                frozenset(map(_stem, naming)),
                frozenset(key for key in spoken_of if key.startswith("name ")),
                reader.figures(words),
                _stem(root.lemma) if root else "",
                _is_negated(words, root),
                any(root and word.head == root.token and word.lemma.lower() in _AHEAD for word in words),
                root is not None and root.lemma.lower() in _INVOLVEMENT,
                not naming or set(naming) <= _POINTING or is_alone or says_no_such(lemmas),
                len(lemmas) == 1 and lemmas[0] in _DEMONSTRATIVES,
                bool(lemmas) and lemmas[0] in _DEMONSTRATIVES,
                stance in _ASSERTING and denies([*reader.noun_before(start, lemmas), *lemmas]),
                reader.at(root) if root else frozenset(),
                owners,
                _is_innocence(words, root),
                not _PROSECUTORS.isdisjoint(word.lemma.lower() for word in reader.words(start, end)),
                frozenset().union(*(_NAMED_STANCES.get(word.lemma.lower(), ()) for word in words)),
                (*own, *reader.states(words)),
            )
        )
    return found


def _happenings(reader: _Reader, events: Columns) -> Iterator[tuple[int, Happening, bool]]:
    """Yield the events of claims with the number of the claim, and whether a pronoun acts that stands for nobody."""
    for claim, action, kind, who, *cells, place, time, polarity, modality in rows_of(events, *COLUMNS["events"]):
        if claim < 0:
            continue
        actor, target = reader.phrase(*cells[:3]), reader.phrase(*cells[3:])
        is_open = who.lower() in _PRONOUNS and not any(key.startswith("name ") for key in actor)
        stems = frozenset([_act_stem(action)])
        is_negative, is_mutual = polarity == "negative", kind in _MUTUAL
        happening = Happening(stems, actor, target, place, time, is_negative, modality, is_mutual, kind)
        yield claim, happening, is_open


def _is_innocence(words: list[_Word], root: _Word | None) -> bool:
    """Return whether a content says that someone is innocent, or names the charges against someone."""
    if root is None:
        return False
    lemma = root.lemma.lower()
    return lemma == _INNOCENT or lemma in _CHARGES or (lemma == _GUILTY and _is_negated(words, root))


def _is_negated(words: list[_Word], root: _Word | None) -> bool:
    """Return whether the root of a content, or one of its arguments, is negated."""
    near = [word for word in words if root and word.head == root.token]
    tokens = {word.token for word in near}
    determiners = [word for word in words if word.head in tokens and word.deprel == "det"]
    return any(_is_negation(word, _NEGATIONS) for word in (*near, *determiners, *([root] if root else [])))


def _is_negation(word: _Word, negations: Collection[str]) -> bool:
    return word.lemma.lower() in negations


def _act_stem(action: str) -> str:
    """Return the stem of an act: of a light verb that of its noun, of a verb with a particle those of both."""
    verb, *rest = action.split()
    if not rest:
        return _stem(verb)
    return f"{_stem(verb)} {rest[-1]}" if rest[-1] in _PARTICLES else _stem(rest[-1])


@cache
def act_stems() -> frozenset[str]:
    """Return the stems of the words that name acts."""
    return frozenset(_stem(word) for _, word in lexicon().classes)


@cache
def _stemmer() -> Callable[[str], str]:
    with resources.only_modules_of("nltk", "nltk.stem"):
        from nltk.stem.porter import PorterStemmer

    return PorterStemmer().stem  # type: ignore[no-any-return, unused-ignore]


@cache
def _stem(lemma: str) -> str:
    """Return the stem that words of one family share (*strike*, *striking*)."""
    return _stemmer()(lemma.lower())
