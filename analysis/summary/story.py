"""The tables of one article, as the brief reads them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.content.stance import untold
from analysis.summary.clauses import Clauses

if TYPE_CHECKING:
    import pandas as pd

    from analysis.content import Contents
    from analysis.content.columns import Columns
    from analysis.language import Annotations
    from analysis.summary.clauses import Clause

__all__ = ["PRONOUNS", "Story"]

#: A source that no name was found for says nothing at one look.
PRONOUNS = frozenset(
    """i we you he she it they one who which that this these those others nobody none everyone everybody someone
    somebody anyone anybody people its his her their our my your""".split()
) | {"no one"}
#: Of a claim less sure than this nothing is told at one look, nor of one whose speaker rests on a pronoun's link with
#: less of a margin (logits): in the dev part of GUM 92 % of 146 with more have the right name, and 64 % of 30.
_MIN_CONFIDENCE, _MIN_MARGIN = 0.7, 1.0
#: Roles of lines that stand beside what an article tells.
_BESIDE = ("byline", "caption", "credit", "boilerplate")
#: Kinds of names of those who may act.
_BODIES = frozenset("person organization location norp".split())
#: So many sentences before a pronoun at most stands whom it stands for.
_REACH_OF_PRONOUNS = 3


class Story(NamedTuple):
    """The rows of one article: the chosen sentences, the tables of its contents, and what its names are.

    ``sure`` has those claims that are sure or contested, and ``sentences`` the start and text of each sentence; by the
    number of a claim, ``contents`` has its pieces, if it is someone's, and ``cues`` where its cue begins, and its
    source.
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
        return cls(
            own(chosen),
            claims,
            _sure(claims, contested, own(annotations.coreference)),
            contested,
            told(contents.events),
            told(contents.times),
            told(contents.places),
            own(annotations.mentions),
            dict(zip(sentences["sentence"], zip(sentences["start"], sentences["text"], strict=True), strict=True)),
            dict(zip(described["name"], described["text"], strict=True)),
            frozenset(sentences.loc[sentences["role"] == "title", "sentence"]),
            pieces,
            {
                claim: (cue, source)
                for claim, cue, source in zip(claims["claim"], claims["cue_start"], claims["source"], strict=True)
            },
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

    def words(self, event: Any, clause: Clause) -> str:
        """Return the words of the clause of an event."""
        first, sentence = self.sentences[event.sentence]
        return sentence[clause.start - first : clause.end - first]

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

    def is_year_of_name(self, start: int, text: str) -> bool:
        """Return whether a time is a year in a name, as in *Housing Act 2004* and *Road Traffic Act of 1988*."""
        names = self.mentions[self.mentions["label"] != "date"]
        is_end = (names["label"] == "misc") & (names["end"] + len(" of ") == start)
        is_of = self.clauses.before(start) == "of"
        is_part = (names["start"] <= start) & (start < names["end"])
        return text.isdecimal() and bool(is_part.any() or (is_of and is_end.any()))

    def with_article(self, name: str) -> str:
        """Return a name with *the* before it where the article mostly has it so."""
        starts = self.mentions.loc[self.mentions["name"] == name, "start"]
        n_with = sum(map(self.clauses.has_article, starts))
        return f"the {name}" if 2 * n_with > len(starts) else name

    def is_only_person(self, name: str, sentence: int) -> bool:
        """Return whether a pronoun of a sentence can stand for one person alone: the last before it, by name."""
        persons = self.mentions[self.mentions["label"] == "person"]
        near = persons[persons["sentence"].between(sentence - _REACH_OF_PRONOUNS, sentence - 1)]
        last = near[near["sentence"] == near["sentence"].max()]
        return set(last["name"]) == {name}


def _sure(claims: pd.DataFrame, contested: pd.DataFrame, coreference: pd.DataFrame) -> pd.DataFrame:
    """Return the claims of an article that are sure or contested, less those that only belong to another."""
    weak = coreference[(coreference["kind"] == "pronoun") & (coreference["margin"] < _MIN_MARGIN)]
    links = {*zip(weak["start"], weak["end"], weak["name"], strict=True)}
    sources = zip(*(claims[name] for name in ("source_start", "source_end", "speaker")), strict=True)
    is_linked = np.array([source not in links for source in sources], dtype=bool)
    is_paired = claims["claim"].isin({*contested["claim"], *contested["other_claim"]})
    is_untold = claims["claim"].isin(untold(*(claims[name].tolist() for name in ("claim", "parent", "stance"))))
    return claims[(is_linked & (claims["confidence"] >= _MIN_CONFIDENCE) | is_paired) & ~is_untold]
