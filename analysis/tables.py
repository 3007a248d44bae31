"""The contract of every table: its columns in order, each with dtype, unit, meaning, allowed values and nullability.

What a table holds is said here and nowhere else. Functions that return a table are declared with :func:`stage`, which
names the tables that they need and writes the columns into their docstrings; :func:`empty` makes a table without rows,
:func:`check` raises where a table breaks its contract, and :func:`codebook` prints all of them.

The module is longer than others because it is a list: one line a column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from analysis.options import BRIEF_PARTS, LABELS, STANCES, UPOS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

__all__ = [
    "LABELS",
    "STAGES",
    "STANCES",
    "TABLES",
    "UPOS",
    "Column",
    "Stage",
    "Table",
    "check",
    "codebook",
    "describe",
    "empty",
    "frame",
    "stage",
]

#: dtypes that a column may have, as pandas names them.
DTYPES = ("str", "int64", "float64", "bool", "Int64")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, dtype
        Its name, and the dtype that pandas gives it (one of :data:`DTYPES`).
    meaning
        What a cell says.
    unit
        What is counted or measured, where that is not plain from the name.
    values
        All values that a cell may have; any unless given.
    nullable
        Whether cells may be missing.
    """

    name: str
    dtype: str
    meaning: str
    unit: str = ""
    values: tuple[str, ...] = ()
    nullable: bool = False

    def __str__(self) -> str:
        """Return the column as a line of a docstring or codebook."""
        about = [self.dtype, self.unit, "may be missing" if self.nullable else ""]
        values = f": one of {', '.join(self.values)}" if self.values else ""
        return f"{self.name} ({', '.join(filter(None, about))}): {self.meaning}{values}"


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes
    ----------
    row
        What one row stands for.
    columns
        The columns, in order.
    more
        Which further columns may follow; none unless given.
    more_dtype
        Their dtype.
    last
        Columns that stand after those.
    """

    row: str
    columns: tuple[Column, ...]
    more: str = ""
    more_dtype: str = "str"
    last: tuple[Column, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the fixed columns, in order."""
        return [column.name for column in (*self.columns, *self.last)]

    @property
    def dtypes(self) -> dict[str, str]:
        """The dtype of each fixed column."""
        return {column.name: column.dtype for column in (*self.columns, *self.last)}

    def accepts(self, names: list[str]) -> bool:
        """Return whether these are the names of a table's columns, in order, further columns included."""
        first = [column.name for column in self.columns]
        last = [column.name for column in self.last]
        n_more = len(names) - len(first) - len(last)
        return (
            names[: len(first)] == first
            and names[len(names) - len(last) :] == last
            and (n_more == 0 or (n_more > 0 and bool(self.more)))
        )

    def __str__(self) -> str:
        """Return the names of the columns in order, for messages."""
        parts = [*(c.name for c in self.columns), *([f"then {self.more}"] if self.more else [])]
        return ", ".join([*parts, *(column.name for column in self.last)])


def _text(name: str, meaning: str, values: tuple[str, ...] = (), *, nullable: bool = False) -> Column:
    return Column(name, "str", meaning, values=values, nullable=nullable)


def _integer(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "int64", meaning, unit)


def _number(name: str, meaning: str, unit: str = "", *, nullable: bool = True) -> Column:
    return Column(name, "float64", meaning, unit, nullable=nullable)


def _flag(name: str, meaning: str) -> Column:
    return Column(name, "bool", meaning)


#: What a sentence is in the make-up of an article.
ROLES = ("title", "dateline", "byline", "caption", "credit", "boilerplate", "item", "body")
#: What a source is.
SOURCE_KINDS = ("person", "organization", "official", "document", "group", "writer", "unknown")
#: What a clause is.
CLAUSES = (*("main", "subject", "complement", "open complement", "adverbial", "adnominal", "relative"),)
#: What one does to another: the two sides of the classes of events.
SIGNS = ("cooperation", "conflict", "neither")
#: How sure an event is.
MODALITIES = ("happened", "ongoing", "planned", "offered", "demanded", "possible", "hypothetical", "denied")

#: Types of time expressions in TIMEX3.
TIME_TYPES = ("DATE", "TIME", "DURATION", "SET")
#: What a place is: a first-level division of a country is a region, and so is land without one; a second-level one is a
#: district; a capital is that of a country; a demonym stands for its country; empty where it was not found.
PLACE_KINDS = ("country", "region", "district", "town", "capital", "water", "continent", "demonym", "")

_ARTICLE = _text("article_id", "the article")
_SENTENCE = _integer("sentence", "number of the sentence, from 0 within the article")
_START = _integer("start", "where the span begins in the article's text", "characters")
_END = _integer("end", "where it ends; the character there is not part of it", "characters")
_TEXT = _text("text", "what stands there in the article")
_SPAN = (_START, _END, _TEXT)
_FIRST_START = _integer("first_start", "where it first begins", "characters")
_MENTION_KIND = _text("kind", "name, noun phrase or pronoun", ("name", "nominal", "pronoun"))
_LABEL = _text("label", "kind of name", LABELS)
_SHARE = _number("share", "share of the words", "0 to 1", nullable=False)
_LOG_RATIO = (
    _number(
        "log_ratio",
        "binary logarithm of the ratio of the two rates; missing where no test is made or a zero count tells nothing",
    ),
    _number("log_ratio_low", "lower bound of its interval"),
    _number("log_ratio_high", "upper bound of its interval"),
)
_KEYNESS = _number("keyness", "log-likelihood ratio G², negative for underuse; missing where no test is made")
_P = (
    _number("p", "p value; missing where no test is made"),
    _number("p_adjusted", "p value, corrected for all tests made"),
)
_MEASURE = (
    _text("measure", "what is measured"),
    _number("value", "the value; missing where it is undefined"),
    _text("unit", "its unit"),
    _number("low", "lower bound of its interval; missing where none is known"),
    _number("high", "upper bound of its interval"),
    _text("note", "what is counted, direction, dependence on length, or why there is no value or interval"),
)
_PERIOD_SHARES = (
    _text("period", "month, year or other period"),
    _integer("n", "mentions in the period; of a pair, sentences with both; of a speaker or stance, claims"),
    _integer("n_articles", "articles of the period that have it"),
    _integer("of_articles", "articles of the period"),
    _number("share", "n_articles over of_articles", "0 to 1", nullable=False),
    _number("low", "lower bound of the 95 % interval of the share", "0 to 1", nullable=False),
    _number("high", "upper bound of it", "0 to 1", nullable=False),
)

_LANGUAGE = {
    "articles": Table(
        "article",
        (
            _ARTICLE,
            _text("title", "headline", nullable=True),
            _text("publisher", "outlet", nullable=True),
            _text("published", "ISO 8601 date, as precise as is known", nullable=True),
            _text("url", "address", nullable=True),
            _text("sha256", "SHA-256 of the text in UTF-8"),
            _integer("length_chars", "length of the text", "characters"),
        ),
    ),
    "sentences": Table(
        "sentence",
        (
            _ARTICLE,
            _SENTENCE,
            _integer("paragraph", "number of the paragraph, from 0 within the article"),
            *_SPAN,
            _integer("n_tokens", "tokens in the sentence", "tokens"),
            _text("role", "what it is in the make-up of the article", ROLES),
        ),
    ),
    "tokens": Table(
        "token",
        (
            _ARTICLE,
            _integer("token", "number of the token, from 0 within the article"),
            _SENTENCE,
            *_SPAN,
            _text("norm", "form in lower case with straight quotes"),
            _text("lemma", "dictionary form"),
            _text("upos", "universal part-of-speech tag", UPOS),
            _text("xpos", "Penn Treebank tag"),
            _flag("is_word", "has a letter or a digit"),
            _flag("is_stop", "is in data/stopwords.txt, and no name or acronym (May, US, IT)"),
            _text("entity", "BIO tag of the name that it belongs to"),
            _integer("head", "token that it depends on, or −1 for the root of a sentence, and without syntax"),
            _text("deprel", "relation to its head by basic Universal Dependencies; empty without syntax"),
        ),
    ),
    "mentions": Table(
        "named mention",
        (
            _ARTICLE,
            _integer("mention", "number of the mention, from 0 within the article"),
            _SENTENCE,
            *_SPAN,
            _LABEL,
            _text("name", "canonical name: the same for all mentions of one thing in an article"),
        ),
    ),
    "coreference": Table(
        "mention in a chain of mentions that refer to one thing",
        (
            _ARTICLE,
            _integer("chain", "number of the chain, from 0 within the article"),
            *_SPAN,
            _MENTION_KIND,
            _text("name", "canonical name of the chain; empty if none of its mentions has one"),
            _number("margin", "by how much its link scores above any other; missing for what needs no link", "logits"),
        ),
    ),
}


def _side(prefix: str, which: str) -> tuple[Column, ...]:
    """Return the columns of one claim of a pair."""
    return (
        _integer(f"{prefix}claim", f"number of {which} claim"),
        _text(f"{prefix}speaker", "who says it"),
        _text(f"{prefix}stance", "how the speaker stands to it", STANCES),
        _integer(f"{prefix}start", "where its content begins", "characters"),
        _integer(f"{prefix}end", "where it ends", "characters"),
        _text(f"{prefix}text", "its content"),
    )


def _participant(role: str, who: str) -> tuple[Column, ...]:
    """Return the columns of one who takes part in an event."""
    return (
        _integer(f"{role}_start", "where the words begin for it, or −1", "characters"),
        _integer(f"{role}_end", "where they end, or −1", "characters"),
        _text(role, f"{who}, in the words of the article; empty where it does not say"),
        _text(f"{role}_name", "its canonical name (several joined by ;); empty where it has none"),
    )


_CLAIM = _integer("claim", "number of the claim, from 0 within the article")
_CONTENT = {
    "claims": Table(
        "thing that someone says or thinks",
        (
            _ARTICLE,
            _CLAIM,
            _integer("sentence", "number of the sentence in which the content begins"),
            _START,
            _END,
            _text("text", "the content, from its first to its last character; its pieces are in claim_parts"),
            _integer("source_start", "where the source begins, or −1 where the sentence has none", "characters"),
            _integer("source_end", "where it ends, or −1", "characters"),
            _text("source", "who says it, in the words of the article; empty where the sentence does not say"),
            _text(
                "speaker",
                "canonical name of the source by coreference (several joined by ;), else its words; empty if unknown",
            ),
            _text("source_kind", "what the source is", SOURCE_KINDS),
            _integer(
                "cue_start", "where the words begin that tell it is said, or −1 where there are none", "characters"
            ),
            _integer("cue_end", "where they end, or −1", "characters"),
            _text("cue", "these words"),
            _text("stance", "how the source stands to the content", STANCES),
            _flag("is_speech", "is an utterance, and no state of mind"),
            _text("form", "all, some or none of the content in quotation marks", ("direct", "mixed", "indirect")),
            _text("addressee", "to whom it is said, in the words of the article; empty where it does not say"),
            _integer("parent", "claim that the claim is part of, or −1"),
            _number("confidence", "chance that content and source are those that a reader would mark", "0 to 1"),
        ),
    ),
    "claim_parts": Table(
        "piece of the content of a claim",
        (
            _ARTICLE,
            _CLAIM,
            _integer("part", "number of the piece, from 0 within the claim"),
            *_SPAN,
        ),
    ),
    "contested": Table(
        "pair of claims about the same thing, in the order of the article, of which one denies the other",
        (
            _ARTICLE,
            _integer("pair", "number of the pair, from 0 within the article"),
            _text(
                "kind",
                "one denies, doubts or refuses, one negates, or they give different figures",
                ("denial", "doubt", "refusal", "negation", "figure"),
            ),
            _text("shared", "stems of the words that both contents have, separated by commas"),
            *_side("", "the first"),
            *_side("other_", "the other"),
        ),
    ),
    "descriptions": Table(
        "named person or body of which the article says what it is",
        (
            _ARTICLE,
            _text("name", "canonical name"),
            _START,
            _END,
            _text("text", "the words that say what it is"),
        ),
    ),
    "events": Table(
        "thing that happens, or that someone wants, plans, fears or denies",
        (
            _ARTICLE,
            _integer("event", "number of the event, from 0 within the article"),
            _SENTENCE,
            _START,
            _END,
            _text("text", "the words that name it, with auxiliaries and negation"),
            _text("action", "lemma of the verb or noun that names it; of a verb that says little, with its noun"),
            _text("kind", "class, by the words that name it (data/event_classes.tsv); empty where it has none"),
            *_participant("actor", "who acts"),
            *_participant("target", "who or what is acted on"),
            _text("place", "canonical name of the place that the sentence gives it; empty where it gives none"),
            _text("time", "value of the time that the sentence gives it; empty where it gives none"),
            _text("polarity", "whether it is said to be, or not to be", ("positive", "negative")),
            _text("modality", "how sure it is", MODALITIES),
            _integer("claim", "claim that it is part of, or −1 where the writer says it"),
        ),
    ),
    "times": Table(
        "time expression",
        (
            _ARTICLE,
            _integer("time", "number of the expression, from 0 within the article"),
            _SENTENCE,
            *_SPAN,
            _text("type", "a day or longer, a time of day, a length of time, or what recurs", TIME_TYPES),
            _text("value", "TIMEX3 value; relative (XXXX-WXX-1, PAST_REF) where the date is not known"),
            _text("earliest", "first day that it may be, as an ISO date; empty where it is not known"),
            _text("latest", "last day that it may be, as an ISO date; empty where it is not known"),
            _flag("anchored", "the value says when on the calendar, or of a length of time, its bounds do"),
        ),
    ),
    "places": Table(
        "mention of a place, or of people or things by the name of their country",
        (
            _ARTICLE,
            _integer("place", "number of the mention, from 0 within the article"),
            _SENTENCE,
            *_SPAN,
            _text("name", "usual name of the place; what stands there where the place was not found"),
            _text("country", "ISO 3166-1 alpha-2 code; empty where it lies in none, or was not found"),
            _number("latitude", "of a point that stands for it, north positive; missing where not found", "degrees"),
            _number("longitude", "the same, east positive", "degrees"),
            Column("geonames_id", "Int64", "number in GeoNames; missing where it has none", nullable=True),
            _text("kind", "what it is; empty where it was not found", PLACE_KINDS),
        ),
    ),
}

_LEMMA = _text("lemma", "dictionary form, or the norm where words are counted by norm, or a whole name as written")
_UPOS = _text("upos", "universal part-of-speech tag", UPOS)
_RATE = _number("rate_per_1000", "occurrences in a thousand words", nullable=False)
_REFERENCE_RATE = _number("reference_per_1000", "the same in the reference", nullable=False)
_MEASURES = {
    "terms": Table(
        "word or whole name",
        (
            _ARTICLE,
            _LEMMA,
            _UPOS,
            _integer("n", "occurrences"),
            _RATE,
            _REFERENCE_RATE,
            _KEYNESS,
            *_LOG_RATIO,
            *_P,
            _number(
                "dispersion", "Gries' DP, normalised: 0 spread evenly, 1 all in one part; missing below 3 occurrences"
            ),
            _FIRST_START,
        ),
    ),
    "keyness": Table(
        "word or whole name compared with the reference",
        (
            _ARTICLE,
            _LEMMA,
            _integer("n", "occurrences"),
            _number("expected", "occurrences at the rate of the reference", nullable=False),
            _RATE,
            _REFERENCE_RATE,
            _KEYNESS,
            *_LOG_RATIO,
            *_P,
        ),
    ),
    "occurrences": Table(
        "occurrence of a word",
        (
            _ARTICLE,
            _text("word", "the word as it was asked for"),
            _integer("token", "number of the token"),
            _START,
            _END,
            _number("position", "share of the article's words that stand before it", "0 to 1", nullable=False),
        ),
    ),
    "tag_profile": Table(
        "universal tag",
        (
            _ARTICLE,
            _UPOS,
            _integer("n", "words with the tag"),
            _SHARE,
            _number("reference_share", "share of the words of the reference", "0 to 1", nullable=False),
            _KEYNESS,
            *_LOG_RATIO,
            *_P,
        ),
    ),
    "concordance": Table(
        "hit of a query",
        (
            _ARTICLE,
            _integer("token", "number of its first token"),
            *_SPAN,
            _text("left", "the tokens before it, separated by single spaces at most"),
            _text("right", "the tokens after it"),
        ),
    ),
    "collocations": Table(
        "pair of words",
        (
            _ARTICLE,
            _text("left", "the first word of an adjacent pair; in a wider window, the one that the article has first"),
            _text("right", "the other"),
            _integer("n", "times that they occur within the window"),
            _number("log_dice", "strength, at most 14, independent of the length of the text", nullable=False),
            _number(
                "log_likelihood",
                "log-likelihood ratio G², negative where the pair is rarer than chance",
                nullable=False,
            ),
            _number("mi", "pointwise mutual information", "bits", nullable=False),
            _number("p", "p value of Fisher's exact test, one-sided", nullable=False),
            _number("p_adjusted", "p value, corrected for all pairs of the article", nullable=False),
            _integer("first_start", "where its first occurrence begins", "characters"),
        ),
    ),
    "voices": Table(
        "speaker",
        (
            _ARTICLE,
            _text("speaker", "canonical name of the source, else its own words"),
            _text("source_kind", "what the source is", SOURCE_KINDS),
            _integer("n", "claims"),
            _integer("n_speech", "claims that are utterances"),
            _integer("n_quoted", "claims that are in quotation marks, whole or in part"),
            _integer("n_words", "words of the contents of all claims", "words"),
            _number("share", "share of the words of all claims of the article", "0 to 1", nullable=False),
            _FIRST_START,
        ),
    ),
    "interactions": Table(
        "pair of one who acts and one acted on, of whom one has a name, and whether it is cooperation or conflict",
        (
            _ARTICLE,
            _text("actor", "canonical name of who acts, else its words"),
            _text("target", "canonical name of who or what is acted on, else its words"),
            _text("sign", "whether the class of the events is one of cooperation or of conflict", SIGNS),
            _integer("n", "events that happened, go on or lie ahead"),
            _integer("first_start", "where the words that name the first of them begin", "characters"),
        ),
    ),
    "timeline": Table(
        "event whose days are known, the earliest first",
        (
            _ARTICLE,
            _integer("event", "number of the event"),
            *_SPAN,
            _text("told", "these words with who acts and who or what is acted on, in the order of the sentence"),
            _text("earliest", "first day that it may be, as an ISO date"),
            _text("latest", "last day that it may be, as an ISO date"),
            _text("polarity", "whether it is said to be, or not to be", ("positive", "negative")),
            _text("modality", "how sure it is", MODALITIES),
        ),
    ),
    "stances": Table(
        "stance of a speaker",
        (
            _ARTICLE,
            _text("speaker", "canonical name of the source, else its own words"),
            _text("stance", "how the source stands to the content", STANCES),
            _integer("n", "claims with the stance"),
        ),
    ),
    "names": Table(
        "name",
        (
            _ARTICLE,
            _text("name", "canonical name"),
            _text("label", "its most frequent kind", LABELS),
            _integer("n", "mentions"),
            _FIRST_START,
            _integer("n_sentences", "sentences with it"),
            _text("forms", "its spellings, the most frequent first, separated by semicolons"),
        ),
    ),
    "cooccurrence": Table(
        "pair of names in one unit",
        (
            _ARTICLE,
            _text("left", "the name that the article has first"),
            _text("right", "the other"),
            _text("left_label", "kind of the left name", LABELS),
            _text("right_label", "kind of the right name", LABELS),
            _integer("n", "units with both"),
            _integer("first_start", "where the later of the two begins in the first of these units", "characters"),
        ),
    ),
    "grammatical_roles": Table(
        "name",
        (
            _ARTICLE,
            _text("name", "canonical name"),
            _text("label", "its most frequent kind", LABELS),
            _integer(
                "n",
                "mentions, with descriptions and pronouns, without appositions and predicates that tell of them",
            ),
            _integer("n_subject", "of these, subjects of a verb in the active voice"),
            _integer("n_passive", "subjects of a verb in the passive voice"),
            _integer("n_agent", "agents of a verb in the passive voice (after *by*)"),
            _integer("n_object", "direct and indirect objects"),
            _integer("n_copula", "subjects of which it is told what or how they are"),
            _integer("n_possessor", "possessors (*Egypt’s*, *its*)"),
            _integer("n_other", "all others, such as after another preposition or before a noun"),
            _text("verbs", "lemmas of the verbs that it is subject (active) or agent of, the most frequent first"),
            _FIRST_START,
        ),
    ),
    "chains": Table(
        "chain of mentions that refer to one thing",
        (
            _ARTICLE,
            _integer("mark", "number of the chain by its number of mentions, from 1 within the article"),
            _integer("chain", "number of the chain in the coreference table"),
            _text("refers_to", "canonical name of the chain, or its most frequent form if it has none"),
            _integer("n", "mentions"),
            _integer("n_names", "of these, names"),
            _integer("n_descriptions", "noun phrases without a name"),
            _integer("n_pronouns", "pronouns"),
            _text("forms", "its mentions as written, the most frequent first, separated by semicolons"),
            _FIRST_START,
        ),
    ),
    "chain_mentions": Table(
        "mention of one of the longest chains",
        (
            _ARTICLE,
            _integer("mark", "number of the chain by its number of mentions, from 1 within the article"),
            *_SPAN,
            _MENTION_KIND,
            _text("label", "mark of the chain, and what it refers to where the mention does not name it"),
        ),
    ),
    "noun_phrases": Table(
        "base noun phrase (one without another in it)",
        (
            _ARTICLE,
            _SENTENCE,
            _integer("start", "where it begins, after a determiner", "characters"),
            _END,
            _text("phrase", "as written, without a determiner, any white space as one space"),
            _text("head", "lemma of its last noun"),
            _integer("n", "phrases of the article with that head"),
        ),
    ),
    "clauses": Table(
        "clause",
        (
            _ARTICLE,
            _SENTENCE,
            _text("kind", "what it is to the clause that it stands in", CLAUSES),
            _text("predicate", "lemma of the word that all others of it depend on"),
            _START,
            _END,
        ),
    ),
    "counts": Table("measure of size", (_ARTICLE, *_MEASURE)),
    "lengths": Table(
        "sentence",
        (
            _ARTICLE,
            _SENTENCE,
            _integer("paragraph", "paragraph that it stands in"),
            _START,
            _END,
            _text("role", "what it is in the make-up of the article", ROLES),
            _integer("n_words", "words in the sentence", "words"),
            _integer("length_chars", "length of the sentence", "characters"),
        ),
    ),
    "diversity": Table("measure of lexical diversity", (_ARTICLE, *_MEASURE)),
    "readability": Table("readability formula", (_ARTICLE, *_MEASURE)),
    "tone": Table(
        "sentence",
        (
            _ARTICLE,
            _SENTENCE,
            *_SPAN,
            _number(
                "compound", "score of the sentence; 0 without scored words", "−1 negative to 1 positive", nullable=False
            ),
            _number("positive", "share of positive valence; missing in a sentence without words", "0 to 1"),
            _number("negative", "share of negative valence", "0 to 1"),
            _number("neutral", "share of words without valence; the three shares sum to 1", "0 to 1"),
            _integer("n_scored", "words that are in the lexicon", "words"),
            _text("note", "warning on the validity of the scores"),
        ),
    ),
}

_SCORES = (
    _ARTICLE,
    _SENTENCE,
    *_SPAN,
    _integer("n_words", "words in the sentence", "words"),
    _text("excluded", "why the sentence is not in a summary; empty where it may be"),
    _flag(
        "leans", "says little without the one before: a fragment, half a quotation, or of a pronoun without its name"
    ),
)
_METHODS = "a column for each method, with its score (higher is better)"
_SUMMARY = {
    "scores": Table("sentence", _SCORES, more=_METHODS, more_dtype="float64"),
    "summary": Table(
        "sentence",
        _SCORES,
        more=_METHODS,
        more_dtype="float64",
        last=(
            Column("rank", "Int64", "rank by the chosen method, 1 is best; missing where excluded", nullable=True),
            _flag("selected", "is in the summary; of sentences that read the same, one is at most"),
        ),
    ),
    "agreement": Table(
        "pair of methods",
        (
            _ARTICLE,
            _text("method_a", "one method"),
            _text("method_b", "the other"),
            _number("kendall_tau", "rank correlation of their scores (tau-b)", "−1 reversed to 1 the same"),
            _number("overlap", "share of the best sentences of one that are also the other's", "0 to 1"),
            _integer("n", "sentences ranked"),
        ),
    ),
    "key_phrases": Table(
        "phrase",
        (
            _ARTICLE,
            _text("phrase", "its most frequent spelling"),
            _number("score", "mean over the methods of the share of phrases that it beats", "0 to 1"),
        ),
        more=_METHODS,
        more_dtype="float64",
        last=(
            _number("agreement", "share of the methods that have it among their best", "0 to 1", nullable=False),
            _integer("n", "occurrences"),
            _FIRST_START,
            _integer("first_end", "where its first occurrence ends", "characters"),
        ),
    ),
    "glance": Table(
        "main event",
        (
            _ARTICLE,
            _integer("event", "number of the event in the table events"),
            _text("actor", "who acts, in the words of the article; empty where it does not say"),
            _TEXT,
            _text("target", "who or what is acted on, in the words of the article; empty where it does not say"),
            _text("place", "name of the place; empty where the sentence gives none"),
            _text("time", "value of the time; empty where the sentence gives none"),
            _text("polarity", "whether it is said to be, or not to be", ("positive", "negative")),
            _text("modality", "how sure it is", MODALITIES),
            _text("source", "who says so; empty where the writer does"),
            _SENTENCE,
            _START,
            _END,
        ),
    ),
    "brief": Table(
        "line of what an article says at one look",
        (
            _ARTICLE,
            _text("part", "what the line is part of", tuple(BRIEF_PARTS)),
            _integer("item", "number of the item within its part, from 0; claims that contradict each other share one"),
            _text("name", "who or what it is about; empty where it is the whole article"),
            _START,
            _END,
            _text("text", "the words of the article that the line rests on"),
            _text("caveat", "how it is to be taken: what someone is, a stance, a modality, a value, a source"),
        ),
    ),
}

_COMPARE = {
    "reports": Table(
        "finished report",
        (
            _ARTICLE,
            _text("title", "headline", nullable=True),
            _text("publisher", "outlet", nullable=True),
            _text("published", "ISO 8601 date or interval", nullable=True),
            _text("year", "year of publication; missing if it is not certain", nullable=True),
            _text("month", "month of publication, as 2014-09; missing if it is not certain", nullable=True),
            _text("url", "address", nullable=True),
            _text("inferred", "which of these its source does not state, apart by commas"),
            _integer("n_words", "words in the article", "words"),
            _text("report", "folder of the report"),
            _text("record_sha256", "SHA-256 of the report's record"),
        ),
        more="columns that the user adds, as text",
    ),
    "groups": Table(
        "group of articles",
        (
            _text("group", "value of the column that makes the groups"),
            _integer("n_articles", "articles", "articles"),
            _integer("n_words", "words in them", "words"),
            _flag("compared", "whether it and all other groups together have enough articles to be compared"),
            _text("note", "why it is not compared; for how many of its articles the value was inferred"),
        ),
    ),
    "group_terms": Table(
        "group and word",
        (
            _text("group", "the group"),
            _LEMMA,
            _UPOS,
            _integer("n", "occurrences in the group"),
            _RATE,
            _integer("n_articles", "articles of the group that have it"),
            _integer("of_articles", "articles of the group"),
            _integer("rest_n", "occurrences in all other groups"),
            _number("rest_per_1000", "occurrences there in a thousand words", nullable=False),
            _integer("rest_articles", "articles there that have it"),
            _integer("of_rest_articles", "articles there"),
            _KEYNESS,
            *_LOG_RATIO,
            *_P,
            _number("dispersion", "Gries' DP over the articles of the group, normalised: 0 even, 1 all in one"),
        ),
    ),
    "side_by_side": Table(
        "speaker, name or word of two articles or groups of articles",
        (
            _text("left", "the one"),
            _text("right", "the other"),
            _text("kind", "what it is", ("speaker", "name", "word")),
            _text("item", "the speaker, name or lemma"),
            _text("label", "kind of the speaker or name, or part of speech"),
            _text("found_in", "on which side it is", ("both", "left", "right")),
            _integer("left_n", "claims, mentions or occurrences on the left"),
            _integer("right_n", "the same on the right"),
            _number("left_per_1000", "the same on the left in a thousand words", nullable=False),
            _number("right_per_1000", "the same on the right in a thousand words", nullable=False),
            *_LOG_RATIO,
            _number("p_adjusted", "how often chance gives such a difference, adjusted for the rows of a kind"),
        ),
    ),
    "names_over_time": Table(
        "name and period",
        (_text("name", "canonical name"), _text("label", "its most frequent kind", LABELS), *_PERIOD_SHARES),
    ),
    "name_pairs_over_time": Table(
        "pair of names and period",
        (
            _text("left", "the one that comes first in the alphabet"),
            _text("right", "the other"),
            _text("left_label", "kind of the left name", LABELS),
            _text("right_label", "kind of the right name", LABELS),
            *_PERIOD_SHARES,
        ),
    ),
    "voices_over_time": Table(
        "speaker and period",
        (
            _text("speaker", "canonical name of the source, else its own words"),
            _text("source_kind", "its most frequent kind", SOURCE_KINDS),
            *_PERIOD_SHARES,
        ),
    ),
    "stances_over_time": Table(
        "stance and period", (_text("stance", "how sources stand to what they say", STANCES), *_PERIOD_SHARES)
    ),
    "interactions_over_time": Table(
        "pair of one who acts and one acted on, and period",
        (
            _text("actor", "canonical name of who acts"),
            _text("target", "canonical name of who or what is acted on"),
            *_PERIOD_SHARES,
        ),
    ),
    "events_over_time": Table(
        "class of events and period",
        (_text("kind", "class of what happens, after PLOVER"), *_PERIOD_SHARES),
    ),
    "places_over_time": Table(
        "place and period",
        (
            _text("name", "name of the place"),
            _text("country", "ISO 3166 code of its country; empty where it has none"),
            *_PERIOD_SHARES,
        ),
    ),
    "article_measures": Table("article and measure", (_ARTICLE, _text("title", "headline", nullable=True), *_MEASURE)),
    "group_measures": Table(
        "group and measure",
        (
            _text("group", "the group"),
            _text("measure", "what is measured"),
            _number("value", "mean over the articles of the group"),
            _text("unit", "its unit"),
            _number("low", "lower bound of its bootstrap interval; missing below 5 articles"),
            _number("high", "upper bound of it"),
            _integer("n_articles", "articles in which the measure is defined"),
            _number("median", "median over them"),
            _number("sd", "standard deviation over them"),
            _text("note", "why something is missing"),
        ),
    ),
}

#: Every table by its name, in the order of the way through an article.
TABLES: dict[str, Table] = _LANGUAGE | _CONTENT | _MEASURES | _SUMMARY | _COMPARE


def empty(name: str) -> pd.DataFrame:
    """Return a table without rows, its columns in order with their dtypes.

    Raises
    ------
    ValueError
        If there is no such table.

    Examples
    --------
    >>> empty("mentions").dtypes["start"].name
    'int64'
    """
    return frame(name, [])


def frame(name: str, rows: Iterable[tuple[Any, ...]] | Mapping[str, Any], *, more: Iterable[str] = ()) -> pd.DataFrame:
    """Make a table of rows in the order of its columns, or of its columns by name, with the dtypes of the contract.

    Parameters
    ----------
    name
        One of :data:`TABLES`.
    rows
        The rows, or the columns.
    more
        Names of the further columns that the rows have, in order; columns bring their own names.

    Raises
    ------
    ValueError
        If there is no such table, or the columns are not those of the contract.
    """
    import pandas as pd

    table = _table(name)
    if isinstance(rows, Mapping):
        made = pd.DataFrame(rows)
    else:
        names = [*(column.name for column in table.columns), *more, *(column.name for column in table.last)]
        made = pd.DataFrame(list(rows), columns=names)
    if not table.accepts(list(made.columns)):
        raise ValueError(f"the {name} table was given {', '.join(made.columns)}; expected {table}")
    expected = {column: table.dtypes.get(column, table.more_dtype) for column in made.columns}
    received = {column: dtype.name for column, dtype in made.dtypes.items()}
    cast = {column: dtype for column, dtype in expected.items() if received[column] != dtype}
    # pandas takes a millisecond even where there is nothing to cast.
    return made.astype(cast) if cast else made


def check(name: str, data: pd.DataFrame) -> pd.DataFrame:
    """Return a table unchanged if it keeps its contract.

    Parameters
    ----------
    name
        One of :data:`TABLES`.
    data
        The table.

    Raises
    ------
    ValueError
        Naming the first column that is missing, surplus, out of order, of another dtype, or that holds a missing or
        a forbidden value; or a span that ends before it begins.

    Examples
    --------
    >>> check("counts", empty("counts").drop(columns="note"))
    Traceback (most recent call last):
    ValueError: the counts table has no column note; expected article_id, measure, value, unit, low, high, note
    """
    table = _table(name)
    received = list(map(str, data.columns))
    if missing := [column for column in table.names if column not in received]:
        raise ValueError(f"the {name} table has no column {missing[0]}; expected {table}")
    if not table.accepts(received):
        raise ValueError(f"the {name} table has the columns {', '.join(received)}; expected {table}")
    further = [Column(column, table.more_dtype, "", nullable=True) for column in received if column not in table.names]
    for column in (*table.columns, *further, *table.last):
        _check_column(name, column, data[column.name])
    if {"start", "end"} <= set(table.names) and (data["start"] > data["end"]).any():
        raise ValueError(f"the {name} table has a span that ends before it begins; expected start <= end")
    return data


def _check_column(name: str, column: Column, cells: pd.Series) -> None:
    if str(cells.dtype) != column.dtype:
        raise ValueError(f"the {name} table has {column.name} as {cells.dtype}; expected {column.dtype}")
    if not column.nullable and cells.isna().any():
        raise ValueError(f"the {name} table lacks a value of {column.name}; expected one in each row")
    if allowed := column.values:  # noqa: PD011 - of the column's contract, not of a Series
        strange = sorted(set(cells.dropna()) - set(allowed))
        if strange:
            raise ValueError(
                f"the {name} table has {strange[0]!r} as {column.name}; expected one of {', '.join(allowed)}"
            )


def describe(name: str) -> str:
    """Return what a docstring says of a table: its name, its row and its columns, a line each."""
    table = _table(name)
    lines = [f"The table ``{name}``, one row per {table.row}:", "", *(f"* {column}" for column in table.columns)]
    if table.more:
        lines.append(f"* {table.more}")
    return "\n".join([*lines, *(f"* {column}" for column in table.last)])


def codebook() -> str:
    """Return the codebook of all tables, in Markdown."""
    parts = ["# Codebook", "", "Spans are half-open: `article.text[start:end]` is what a row speaks of.", ""]
    for name, table in TABLES.items():
        parts += [f"## {name}", "", f"One row per {table.row}.", "", "| column | dtype | unit | meaning | values |"]
        parts += ["|---|---|---|---|---|"]
        for column in (*table.columns, *table.last):
            meaning = column.meaning + (" (may be missing)" if column.nullable else "")
            cells = (f"`{column.name}`", column.dtype, column.unit, meaning, ", ".join(column.values))
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        if table.more:
            parts += ["", f"Before the last ones: {table.more}." if table.last else f"Further columns: {table.more}."]
        parts.append("")
    return "\n".join(parts)


def _table(name: str) -> Table:
    if name not in TABLES:
        raise ValueError(f"no table {name!r}; there are {', '.join(TABLES)}")
    return TABLES[name]


# Stages


@dataclass(frozen=True)
class Stage:
    """A function that makes one table of others.

    Attributes
    ----------
    function
        Its name, as in ``measures.terms``.
    requires
        The tables that it needs, in the order in which it takes them.
    returns
        The table that it returns.
    """

    function: str
    requires: tuple[str, ...]
    returns: str


#: Every stage whose module has been imported, by the name of its function.
STAGES: dict[str, Stage] = {}

_Function = TypeVar("_Function", bound=Callable[..., Any])


def stage(*, requires: Iterable[str], returns: str) -> Callable[[_Function], _Function]:
    """Declare which tables a function needs and which one it returns.

    The function itself is not wrapped. In its docstring ``{columns}`` becomes the columns of the table that it
    returns, and :data:`STAGES` lists it.

    Raises
    ------
    ValueError
        If one of the tables is not in :data:`TABLES`.
    """
    needed = tuple(requires)
    for name in (*needed, returns):
        _table(name)

    def declare(function: _Function) -> _Function:
        # analysis.measures.words.terms is shown, and used, as measures.terms.
        module = function.__module__.split(".")[1]
        name = f"{module}.{function.__name__}"
        STAGES[name] = Stage(name, needed, returns)
        if function.__doc__ and "{columns}" in function.__doc__:
            before = function.__doc__.split("{columns}")[0]
            indent = before[before.rindex("\n") :]
            function.__doc__ = function.__doc__.replace("{columns}", describe(returns).replace("\n", indent))
        return function

    return declare
