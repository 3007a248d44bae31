"""The tables of one article, as the brief reads them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.content.stance import untold
from analysis.summary.clauses import Clauses

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from analysis.content import Contents
    from analysis.content.columns import Columns
    from analysis.language import Annotations
    from analysis.summary.clauses import Clause

__all__ = ["PICTURE", "PRONOUNS", "THIRD_PERSON", "Line", "Story"]

#: A source that no name was found for says nothing at one look.
PRONOUNS = frozenset(
    """i we you he she it they one who which that this these those others nobody none everyone everybody someone
    somebody anyone anybody people its his her their our my your me us him them few many several some most
    both""".split()
) | {"no one"}
_POSSESSIVES = frozenset("its his her their our my your".split())
_DEMONSTRATIVES = frozenset("this that these those such".split())
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|us|me|[Mm]y|[Oo]ur)\b")
_ASKED_OR_ANSWERED = re.compile(r"(?:Q|A|Question|Answer)\s?[:.]")
_TIMES = frozenset("morning afternoon evening night day week weekend month summer autumn winter spring year".split())
#: Of a claim less sure than this nothing is told at one look, nor of one whose speaker rests on a pronoun's link with
#: less of a margin (logits): in the dev part of GUM 92 % of 146 with more have the right name, and 64 % of 30.
_MIN_CONFIDENCE, _MIN_MARGIN = 0.7, 1.0
#: Where another person is named not far before *he* or *she*, the margin must be larger: in GUM 94 of 94 such pronouns
#: with it have the right name, and 68 of 78 with less; sentences before that are looked at.
_MIN_MARGIN_OF_TWO, _NEAR = 3.0, 2
#: A denial or accusation by a verb that has no other sense is told if it is less sure.
_MIN_DENIAL, _OPPOSING = 0.4, frozenset(["deny", "accuse"])
_DENYING = re.compile(
    r"(?i)\b(?:den(?:y|ies|ied|ying)|refut|rebut|reject|repudiat|dismiss|disput|accus(?:e|es|ing)\b|accused\b)"
)
#: Words after a belief by which it was given up (*thought it was new, until …*), and around a claim that no more holds.
_SUPERSEDED = re.compile(r"\b(?:earlier|initially|originally|at first)\b"), re.compile(r"\b(?:now|later|then|but)\b")
_GIVEN_UP, _UNTIL = re.compile(r"[\s,;”\"]*(until|till|but|only to)\b"), re.compile(r", (?:until|till|only to) ")
#: What two disagree about is not what one of them opposes.
_DISAGREEING = re.compile(r"\b(disagre|differ)\w* (about|on|over)\b", re.IGNORECASE)
#: Cues that name what is spoken of, and not what is said of it; and what is asked, not said.
_NAMING, _ASKED = re.compile(r"\b(cit|comment|discuss|mention|refer|speak|spoke|talk)\w*", re.IGNORECASE), "whether "
#: Sources that are seen and say nothing: *photos*, *a video shared widely*, but not *the photo agency*.
PICTURE = re.compile(
    r"\b(?:video|footage|photo(?:graph)?|picture|image|map|chart)s?"
    r"(?:$| (?:by|from|of|posted|published|released|shared|showing|taken|that)\b)",
    re.IGNORECASE,
)
#: Cues that tell what one did not do or speak of, after *not*, and not that one would not.
_BINDING = re.compile(r"\b(announc|declar|promis|offer|guarante|commit|agree|pledg|vow|mention)\w*", re.IGNORECASE)
_DECLINE = "decline"
#: Cues that call something so, and the verb with which a cue ends and that what is said begins with.
_CALLING = re.compile(r"\b(?:call|describ|dubb|brand|label|term)\w*$", re.IGNORECASE)
_GOING_ON = re.compile(r"\s(to \w+|having \w+(?: \w+(?:ed|en))?)$")
#: Words before a time that is a bound of a longer one, and after its first bound.
_BOUND = re.compile(r"\b(from|since|between|until|till|before|after|by)\s+$", re.IGNORECASE)
_RANGE = re.compile(r"\s*[-–—]\s*|\s+(to|and|until|through)\s+")
#: Words that negate a verb.
_NEGATION = re.compile(r"\b(no|nobody|none|not|never|neither|nor|nothing|hardly|cannot)\b|n['’]t\b", re.IGNORECASE)
_ASSERTING = frozenset(["assert", "claim"])
#: Pronouns of the third person.
THIRD_PERSON = frozenset(["he", "she", "it", "they"])
#: Roles of lines that stand beside what an article tells.
_BESIDE = ("byline", "caption", "credit", "boilerplate")
#: Kinds of names of those who may act.
_BODIES = frozenset("person organization location norp".split())
#: Kinds of names of those for whom *it* may stand where it says something.
_ORGANIZATIONS = ("organization", "location", "facility")
#: So many sentences before a pronoun at most stands whom it stands for.
_REACH_OF_PRONOUNS = 3


class Line(NamedTuple):
    """The columns of a line after those of its part and item."""

    name: str
    start: int
    end: int
    text: str
    caveat: str = ""


class Story(NamedTuple):
    """The rows of one article: the chosen sentences, the tables of its contents, and what its names are.

    ``sure`` has those claims that are sure or contested, ``contested`` the pairs of two such, and ``sentences`` the
    start and text of each sentence; by the number of a claim, ``contents`` has its pieces, if it is someone's, and
    ``cues`` where its cue begins, and its source. ``links`` has the names for which pronouns stand, by where these
    begin, and ``sure_links`` where those begin that surely do; ``unsaid`` the claims of what nobody says, or no more.
    """

    chosen: pd.DataFrame
    claims: pd.DataFrame
    sure: pd.DataFrame
    contested: pd.DataFrame
    events: pd.DataFrame
    times: pd.DataFrame
    places: pd.DataFrame
    mentions: pd.DataFrame
    sentences: dict[int, tuple[int, str]]
    descriptions: dict[str, str]
    titles: frozenset[int]
    contents: dict[int, list[tuple[int, int]]]
    cues: dict[int, tuple[int, str]]
    links: dict[int, str]
    sure_links: set[int]
    unsaid: frozenset[int]
    clauses: Clauses
    tokens: Columns

    @classmethod
    def of(
        cls, article_id: str, chosen: pd.DataFrame, contents: Contents, annotations: Annotations, tokens: Columns
    ) -> Story:
        """Return what is told of one article, whose tokens are given."""

        def own(table: pd.DataFrame) -> pd.DataFrame:
            return table[table["article_id"] == article_id]

        described, sentences, contested = (
            own(each) for each in (contents.descriptions, annotations.sentences, contents.contested)
        )
        beside = sentences.loc[sentences["role"].isin(_BESIDE), "sentence"]

        def told(table: pd.DataFrame) -> pd.DataFrame:
            return own(table[~table["sentence"].isin(beside)])

        pieces: dict[int, list[tuple[int, int]]] = defaultdict(list)
        claims, parts = told(contents.claims), own(contents.claim_parts)
        parts = parts[parts["claim"].isin(claims.loc[claims["speaker"] != "", "claim"])]
        for claim, start, end in zip(parts["claim"], parts["start"], parts["end"], strict=True):
            pieces[claim].append((start, end))
        mentions, chains = own(annotations.mentions), own(annotations.coreference)
        linked = chains[(chains["kind"] == "pronoun") & (chains["margin"] >= _MIN_MARGIN) & (chains["name"] != "")]
        links = _sure_pronouns(chains, mentions, sentences)
        texts = dict(zip(sentences["sentence"], zip(sentences["start"], sentences["text"], strict=True), strict=True))
        is_given_up = np.array(
            [_is_given_up(claim, *texts[claim.sentence]) for claim in claims.itertuples()], dtype=bool
        )
        sure = _sure(claims[~is_given_up], contested, links, mentions)
        events = told(contents.events)
        unsaid = claims.loc[(claims["stance"] == _DECLINE) | is_given_up, "claim"]  # *did not say that it rained*
        return cls(
            own(chosen),
            claims,
            sure,
            contested[contested["claim"].isin(sure["claim"]) & contested["other_claim"].isin(sure["claim"])],
            events[~events["sentence"].isin(_answers(sentences))],
            told(contents.times),
            told(contents.places),
            mentions,
            texts,
            dict(zip(described["name"], described["text"], strict=True)),
            frozenset(sentences.loc[sentences["role"] == "title", "sentence"]),
            pieces,
            {
                claim: (cue, source)
                for claim, cue, source in zip(claims["claim"], claims["cue_start"], claims["source"], strict=True)
            },
            dict(zip(linked["start"], linked["name"], strict=True)),
            {start for start, name in links.items() if name},
            frozenset(unsaid),
            Clauses(tokens),
            tokens,
        )

    def tells_source(self, claim: int, clause: Clause) -> bool:
        """Return whether a clause holds the words that tell that someone says so, beside what is said."""
        cue = self.cues.get(claim, (-1, ""))[0]
        own = self.contents.get(claim, ())
        return clause.start <= cue < clause.end and not any(low <= cue < high for low, high in own)

    def tells_whole(self, start: int, end: int) -> bool:
        """Return whether a content is whole, its own, and more than a word for what was said before."""
        clauses = self.clauses
        return not (clauses.is_cut(start, end) or clauses.only_points(start, end) or clauses.joins_cue(start, end))

    def says_something(self, claim: Any) -> bool:
        """Return whether a claim says that something is so, rather than what it is about."""
        if PICTURE.search(claim.source):  # *Photos of the scene showed dozens of bodies*
            return False
        if any(low <= claim.cue_start < high for low, high in self.contents.get(claim.claim, ())):
            return False  # *many hold that, the mayor says, it rained*: who says what is not sure
        if self.clauses.is_open(claim.cue_start, claim.cue_end):
            return False  # *could have ordered an inquiry*: nobody did
        if claim.source_start < claim.start and self.clauses.is_relative(claim.source_start):
            return False  # *an attack that the army says it did not carry out*: of what, the content does not tell
        is_unsaid = claim.stance == _DECLINE and _BINDING.search(claim.cue)  # *has not promised any money*
        if is_unsaid or _DISAGREEING.search(claim.cue):
            return False
        is_named = _NAMING.search(claim.cue) and not self.clauses.is_finite(claim.start, claim.end)
        return claim.stance not in _ASSERTING or not (is_named or claim.text.startswith(_ASKED))

    def with_cue(self, claim: Any) -> tuple[int, int, str]:
        """Return the span of a content and its words; of what is no clause, with its cue (*calls it | a luxury*)."""
        first, sentence = self.sentences[claim.sentence]
        is_calling = bool(_CALLING.search(claim.cue)) and not claim.text.startswith(("“", '"'))
        is_bare = claim.stance in _ASSERTING and (is_calling or not self.clauses.is_finite(claim.start, claim.end))
        is_next = first <= claim.cue_start and claim.start - 1 <= claim.cue_end <= claim.start
        start = claim.cue_start if is_bare and is_next else claim.start
        if is_next and (found := _GOING_ON.search(sentence[claim.cue_start - first : claim.cue_end - first])):
            start = claim.cue_start + found.start(1)  # *threatened | to dismiss anyone who strikes*
        return start, claim.end, sentence[start - first : claim.start - first] + claim.text

    def pronoun(self, event: Any, clause: Clause) -> str | None:
        """Return whom a pronoun that acts in a clause stands for: empty where none does, None where it is not sure.

        In what someone is named to say, it may stand for that one, and for another only if it is no *he* or *she*.
        """
        if not (event.actor.lower() in THIRD_PERSON and clause.start <= event.actor_start < clause.end):
            return ""
        is_told = event.claim >= 0 or event.actor_start in self.sure_links
        name = self.links.get(event.actor_start, "") if is_told else None
        speakers = set(self.claims.loc[self.claims["claim"] == event.claim, "speaker"])
        is_other = event.claim >= 0 and event.actor.lower() in ("he", "she") and name not in {"", *speakers}
        return None if is_other else name

    def words(self, event: Any, clause: Clause) -> str:
        """Return the words of the clause of an event."""
        first, sentence = self.sentences[event.sentence]
        return sentence[clause.start - first : clause.end - first]

    def points_back(self, event: Any, clause: Clause) -> bool:
        """Return whether a clause begins with what was said before (*That contract was lost*, not *This week …*).

        So does one that leaves a quotation open, or tells of an *I* that is nobody.
        """
        words = self.words(event, clause)
        first, second, *_ = [*words.lower().split(), "", ""]
        is_broken = words.count('"') % 2 == 1 or words.count("“") > words.count("”")
        is_own = event.claim < 0 and _FIRST_PERSON.search(re.sub(r"“[^”]*”|\"[^\"]*\"", "", words))
        return bool(is_broken or is_own) or (first in _DEMONSTRATIVES and second not in _TIMES)

    def with_negation(self, event: Any, clause: Clause) -> str:
        """Return the words that name an event, from what negates them on if that stands before (*nobody may go*)."""
        first, sentence = self.sentences[event.sentence]
        before = sentence[clause.start - first : event.start - first]
        start = event.start - first
        if event.polarity == "negative" and not _NEGATION.search(event.text):
            start = max((clause.start - first + found.start() for found in _NEGATION.finditer(before)), default=start)
        return " ".join(sentence[start : event.end - first].split())

    def as_written(self, name: str, text: str) -> str:
        """Return a name, or the words that stand for it where the article has no such name; *US* may stand for one."""
        is_used = any(name in sentence for _, sentence in self.sentences.values())
        return name if is_used or text.replace(".", "").isupper() else text

    def spans_of_cues(self) -> list[tuple[int, int]]:
        """Return where the words stand that tell that someone says something."""
        spans = zip(self.claims["cue_start"], self.claims["cue_end"], strict=True)
        return [(start, end) for start, end in spans if start >= 0]

    def is_body(self, event: Any) -> bool:
        """Return whether who acts is a person, a body or a country that is named, and not what only has a name in it.

        *A Canadian* and *the Estonian team* are none.
        """
        if event.actor.lower() in PRONOUNS:
            own = self.mentions.loc[self.mentions["name"] == event.actor_name, "label"]
            return bool(own.isin(_BODIES - {"norp"}).any())
        within = (self.mentions["start"] >= event.actor_start) & (self.mentions["end"] <= event.actor_end)
        head = self.clauses.head(event.actor_start, event.actor_end)
        is_some = event.actor.lower().startswith(("a ", "an ")) or not event.actor.endswith("s")
        columns = (self.mentions.loc[within, name] for name in ("start", "end", "label"))
        return any(
            (start <= head < end or end == event.actor_end) and label in _BODIES and not (is_some and label == "norp")
            for start, end, label in zip(*columns, strict=True)
        )

    def is_known(self, speakers: pd.Series[str]) -> pd.Series[bool]:
        """Return which speakers are told by more than a pronoun (*she*, *her spokesman*, *these figures*)."""
        low = speakers.str.lower()
        return ~(low.isin({"", *PRONOUNS}) | low.str.isdecimal()) & ~low.str.split(" ").str[0].isin(
            _POSSESSIVES | _DEMONSTRATIVES
        )

    def is_asked(self, event: Any) -> bool:
        """Return whether the sentence of an event asks something."""
        return self.sentences[event.sentence][1].rstrip("”\"’' ").endswith("?")

    def is_point(self, event: Any) -> bool:
        """Return whether the time of an event is no bound of a longer one (*from 1971 to 2006*, *since May*)."""
        times = self.times[(self.times["value"] == event.time) & (self.times["sentence"] == event.sentence)]
        own = set(self.times["start"])
        first, sentence = self.sentences[event.sentence]
        is_last = any(_BOUND.search(sentence[: start - first]) for start in times["start"])
        ranges = (_RANGE.match(sentence, end - first) for end in times["end"])
        return not is_last and not any(found and found.end() + first in own for found in ranges)

    def is_year_of_name(self, start: int, text: str) -> bool:
        """Return whether a time is a year in a name, as in *Housing Act 2004* and *Road Traffic Act of 1988*."""
        names = self.mentions[self.mentions["label"] != "date"]
        is_end = (names["label"] == "misc") & (names["end"] + len(" of ") == start)
        is_of = self.clauses.before(start) == "of"
        is_part = (names["start"] <= start) & (start < names["end"])
        return text.strip("'’").isdecimal() and bool(is_part.any() or (is_of and is_end.any()))

    def is_named_again(self, who: str, names: Iterable[str]) -> bool:
        """Return whether words may stand for what is among names.

        So may *the mayor* for a mayor, *Fiat’s report* for Fiat, *FDA* for the Food and Drug Administration, *Norsk*
        for Norsk Hydro.
        """
        first, _, rest = who.partition(" ")
        if first.lower() == "the" and rest:
            return any(self.descriptions.get(name, "").lower().endswith(rest.lower()) for name in names)
        if " " not in who:
            longer = [name.split() for name in names if " " in name and name in self.bodies]
            initials = ["".join(word[0] for word in words if word[0].isupper()) for words in longer]
            if any(words[0] == who for words in longer) or (
                len(who) > 1 and any(each.endswith(who) for each in initials)
            ):
                return True
        owner, is_owned, _ = who.replace("’s ", "'s ").partition("'s ")
        return bool(is_owned) and any(owner == name or owner.split()[-1] == name.split()[-1] for name in names)

    @property
    def bodies(self) -> set[str]:
        """The names of organizations."""
        return {*self.mentions.loc[self.mentions["label"] == "organization", "name"]}

    def with_article(self, name: str) -> str:
        """Return a name with *the* before it where the article mostly has it so."""
        starts = self.mentions.loc[self.mentions["name"] == name, "start"]
        n_with = sum(map(self.clauses.has_article, starts))
        return f"the {name}" if 2 * n_with > len(starts) else name

    def is_only_person(self, name: str, sentence: int, start: int) -> bool:
        """Return whether a pronoun that begins there can stand for one person alone: the last before it, by name."""
        persons = self.mentions[(self.mentions["label"] == "person") & (self.mentions["start"] < start)]
        near = persons[persons["sentence"] >= sentence - _REACH_OF_PRONOUNS]
        last = near[near["sentence"] == near["sentence"].max()]
        return set(last["name"]) == {name}


def _is_given_up(claim: Any, first: int, sentence: str) -> bool:
    """Return whether a claim is not held any more: *thought it was new, until …*, *had earlier said …, but now …*."""
    before, after = sentence[: max(claim.start - first, 0)], sentence[claim.end - first :]
    if claim.stance == "believe":
        return bool(_GIVEN_UP.match(after) or _UNTIL.search(claim.text))
    return all(pattern.search(part) for pattern, part in zip(_SUPERSEDED, (before, after), strict=True))


def _answers(sentences: pd.DataFrame) -> list[int]:
    """Return the sentences of paragraphs that begin with *Q:* or *A:*, as in an interview: not the writer’s own."""
    first = sentences.drop_duplicates("paragraph")
    own = first.loc[first["text"].str.match(_ASKED_OR_ANSWERED), "paragraph"]
    return sentences.loc[sentences["paragraph"].isin(own), "sentence"].tolist()


def _sure_pronouns(chains: pd.DataFrame, mentions: pd.DataFrame, sentences: pd.DataFrame) -> dict[int, str]:
    """Return the names for which pronouns surely stand, by where these begin; empty for what has no name."""
    bounds = sentences["start"].to_numpy()
    of_chain = (chains[name] for name in ("chain", "start", "text", "kind", "name", "margin"))
    numbers = np.searchsorted(bounds, chains["start"], side="right") - 1
    persons = mentions[mentions["label"] == "person"]
    last: dict[int, int] = {}
    found = {}
    for number, chain, start, text, kind, name, margin in zip(numbers, *of_chain, strict=True):
        distance, last[chain] = number - last.get(chain, number), number
        if kind == "pronoun" and distance < _REACH_OF_PRONOUNS and margin >= _MIN_MARGIN:
            near = persons.loc[persons["start"].between(bounds[max(number - _NEAR, 0)], start - 1), "name"]
            is_one_of = text.lower() in ("he", "she") and bool({*near} - {name})
            if not is_one_of or margin >= _MIN_MARGIN_OF_TWO:
                found[start] = name
    return found


def _sure(
    claims: pd.DataFrame, contested: pd.DataFrame, linked: dict[int, str], mentions: pd.DataFrame
) -> pd.DataFrame:
    """Return the claims of an article that are sure or contested, less those that only belong to another.

    Whom a pronoun that is a source stands for is sure if its link is, and has no other name, or if it is *it* and its
    sentence and the one before name no other body. What someone says that another says is told of nobody, unless it is
    contested.
    """
    names = frozenset(mentions["name"])
    bodies = mentions[mentions["label"].isin(_ORGANIZATIONS)]

    def is_named_within(name: str, start: int, end: int) -> bool:
        return bool(((mentions["name"] == name) & mentions["start"].between(start, end - 1)).any())

    def is_only_body(name: str, sentence: int, start: int) -> bool:
        near = bodies["sentence"].between(sentence - 1, sentence) & (bodies["start"] < start)
        return set(bodies.loc[near, "name"]) == {name}

    is_linked = np.array(
        [
            source.lower() not in THIRD_PERSON
            or (
                linked.get(start) in ((speaker,) if speaker in names else (speaker, ""))
                # *“Ann was better,” she said*, but *Ann lied, a charge she denies*
                and not ((form == "direct" or start < low) and is_named_within(speaker, low, high))
            )
            or (source.lower() == "it" and is_only_body(speaker, sentence, start))
            for source, speaker, sentence, start, form, low, high in zip(
                *(claims[name] for name in ("source", "speaker", "sentence", "source_start", "form", "start", "end")),
                strict=True,
            )
        ],
        dtype=bool,
    )
    is_paired = claims["claim"].isin({*contested["claim"], *contested["other_claim"]})
    speakers = dict(zip(claims["claim"], claims["speaker"], strict=True))
    outer = claims["parent"].map(speakers).fillna("")
    is_own = (outer == "") | (outer == claims["speaker"])
    is_denial = claims["stance"].isin(_OPPOSING) & claims["cue"].str.contains(_DENYING) & (claims["source"] != "")
    lowest = np.where(is_denial, _MIN_DENIAL, _MIN_CONFIDENCE)
    is_untold = claims["claim"].isin(untold(*(claims[name].tolist() for name in ("claim", "parent", "stance"))))
    return claims[is_linked & ((is_own & (claims["confidence"] >= lowest)) | is_paired) & ~is_untold]
