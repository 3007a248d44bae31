"""Findings about words and sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.findings import wording
from analysis.statements import SILENT, Statement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["diversity", "length", "noun_phrases", "readability", "tags", "terms", "tone"]

#: Below so many words, shares say nothing.
_LEAST_WORDS = 50
#: The middle of the range of Gries' DP, which is 0 for a word spread evenly and 1 for one in a single part.
_UNEVEN = 0.5
#: What is said of a label in a sentence.
_PARTS_OF_SPEECH = {
    "ADJ": "adjectives",
    "ADP": "adpositions",
    "ADV": "adverbs",
    "AUX": "auxiliary verbs",
    "CCONJ": "coordinating conjunctions",
    "DET": "determiners",
    "INTJ": "interjections",
    "NOUN": "nouns",
    "NUM": "numbers",
    "PART": "particles",
    "PRON": "pronouns",
    "PROPN": "proper nouns",
    "SCONJ": "subordinating conjunctions",
    "VERB": "verbs",
    "X": "other words",
}


def length(counts: pd.DataFrame) -> Statement:
    """Say how long the article and its sentences are, from the table ``counts``; the number is the mean.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("words", 100, None, None), ("sentences", 5, None, None), ("sentence_length_median", 18, None, None),
    ...     ("sentence_length_mean", 20.0, 16.0, 24.5)]
    >>> length(pd.DataFrame(rows, columns=["measure", "value", "low", "high"])).text
    'The article has 100 words in 5 sentences: 20.0 words a sentence on average [16.0 to 24.5], 18 at the median.'
    """
    of = wording.values(counts)
    n_words, n_sentences, mean, middle = (
        of.get(name, math.nan) for name in ("words", "sentences", "sentence_length_mean", "sentence_length_median")
    )
    if not n_words or not n_sentences or math.isnan(mean):
        return SILENT
    low, high = wording.interval(counts, "sentence_length_mean")
    words, sentences = wording.plural("word", n_words), wording.plural("sentence", n_sentences)
    average = f"{mean:.1f} words a sentence on average{wording.bracketed(low, high)}, {middle:g} at the median"
    return Statement(
        f"The article has {n_words:,.0f} {words} in {n_sentences:,.0f} {sentences}: {average}.",
        *(mean, low, high),
        unit="words",
    )


def terms(table: pd.DataFrame) -> Statement:
    """Say which content word comes most often, from the table ``terms``; the number is its count.

    Examples
    --------
    >>> import pandas as pd
    >>> terms(pd.DataFrame({"lemma": ["strike"], "n": [6], "rate_per_1000": [14.5], "dispersion": [0.2]})).text
    'No content word comes more often than “strike”: 6 times, 14.5 per 1,000 words, all along the article.'
    """
    if table.empty or table["n"].iloc[0] < wording.FEW:
        return SILENT
    best = table[table["n"] == table["n"].iloc[0]]
    listed = wording.listed([f"“{lemma}”" for lemma in best["lemma"].head(wording.FEW)], more=len(best) - wording.FEW)
    first = best.iloc[0]
    spread = ""
    if len(best) == 1 and not math.isnan(first["dispersion"]):
        spread = ", all along the article" if first["dispersion"] < _UNEVEN else ", mostly in some parts of the article"
    verb = "comes" if len(best) == 1 else "come"
    each = "" if len(best) == 1 else " each"
    text = f"{first['n']} times{each}, {first['rate_per_1000']:.1f} per 1,000 words{spread}."
    start = "No content word comes more often than" if verb == "comes" else "The most frequent content words are"
    return Statement(f"{start} {listed}: {text}", float(first["n"]), unit="occurrences")


def diversity(table: pd.DataFrame) -> Statement:
    """Say how many of 50 words in a row are different, from the table ``diversity``; the number is MATTR.

    Examples
    --------
    >>> import pandas as pd
    >>> diversity(pd.DataFrame({"measure": ["mattr"], "value": [0.8], "low": [None], "high": [None]})).text
    'Of any 50 words in a row, 40.0 are different on average (MATTR 0.80).'
    """
    value = wording.values(table).get("mattr", math.nan)
    if math.isnan(value):
        return Statement("The article is too short to say how varied its vocabulary is: 50 words are wanted.")
    return Statement(
        f"Of any 50 words in a row, {50 * value:.1f} are different on average (MATTR {value:.2f}).",
        value,
        unit="types per word",
    )


def readability(table: pd.DataFrame) -> Statement:
    """Say which school grades the formulas ask for, from the table ``readability``; the number is Flesch and Kincaid's.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("flesch_kincaid_grade", 9.6, 8.1, 11.2, "school grade"), ("gunning_fog", 12.4, 11.0, 13.1,
    ...     "school grade"), ("lix", 44.0, 41.0, 47.0, "20 (easy) to 60 (hard)")]
    >>> readability(pd.DataFrame(rows, columns=["measure", "value", "low", "high", "unit"])).text
    'To read it takes 10 to 12 years of school, by 2 formulas; Flesch and Kincaid’s says 9.6 [8.1 to 11.2].'
    """
    grades = table[(table["unit"] == "school grade") & table["value"].notna()]
    value = wording.values(grades).get("flesch_kincaid_grade", math.nan)
    if math.isnan(value):
        return SILENT
    low, high = wording.interval(grades, "flesch_kincaid_grade")
    least, most = round(float(grades["value"].min())), round(float(grades["value"].max()))
    years = f"{least} years" if least == most else f"{least} to {most} years"
    formulas = f"by {len(grades)} {wording.plural('formula', len(grades))}"
    own = f"Flesch and Kincaid’s says {value:.1f}{wording.bracketed(low, high)}"
    return Statement(f"To read it takes {years} of school, {formulas}; {own}.", value, low, high, "school grade")


def tags(table: pd.DataFrame) -> Statement:
    """Say in which part of speech the article differs most surely from news, from the table ``tag_profile``.

    The number is the part's share of the article's words, its interval that of Wilson (1927).

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["upos", "n", "share", "reference_share", "log_ratio", "p_adjusted"]
    >>> rows = [("ADJ", 57, 0.114, 0.074, 0.6, 0.01), ("NOUN", 443, 0.886, 0.926, -0.1, 0.8)]
    >>> tags(pd.DataFrame(rows, columns=columns)).text
    '11.4 % of the words are adjectives [8.9 to 14.5], against 7.4 % in news at large.'
    """
    n_words = int(table["n"].sum())
    if n_words < _LEAST_WORDS:
        return Statement("The article is too short to compare its parts of speech with news at large.")
    sure = table[(table["p_adjusted"] < wording.ALPHA) & table["upos"].isin(_PARTS_OF_SPEECH)]
    if sure.empty:
        return Statement("No part of speech differs from news at large by more than chance explains.")
    best = sure.loc[sure["p_adjusted"].idxmin()]
    low, high = wording.wilson(int(best["n"]), n_words)
    return Statement(
        f"{wording.percent(best['share'])} of the words are {_PARTS_OF_SPEECH[best['upos']]} "
        f"[{100 * low:.1f} to {100 * high:.1f}], against {wording.percent(best['reference_share'])} in news at large.",
        *(float(best["share"]), low, high),
        unit="share of words",
    )


def noun_phrases(table: pd.DataFrame) -> Statement:
    """Say which noun is described most often, and how, from the table ``noun_phrases``; the number is how often.

    Examples
    --------
    >>> import pandas as pd
    >>> phrases = ["air strikes", "those air strikes", "US-led air strikes"]
    >>> noun_phrases(pd.DataFrame({"head": "strike", "n": 3, "phrase": phrases})).text
    '“strike” is described most often, 3 times: air strikes, those air strikes, US-led air strikes.'
    """
    if table.empty or table["n"].max() < wording.FEW:
        return SILENT
    own = table[table["head"] == table.loc[table["n"].idxmax(), "head"]]
    phrases = list(dict.fromkeys(map(wording.short, own["phrase"].str.split().str.join(" "))))
    more = f" and {len(phrases) - 4} more" if len(phrases) > 4 else ""  # noqa: PLR2004
    listed = ", ".join(phrases[:4])
    text = f"“{own['head'].iloc[0]}” is described most often, {own['n'].iloc[0]} times: {listed}{more}."
    return Statement(text, float(own["n"].iloc[0]), unit="phrases")


def tone(table: pd.DataFrame) -> Statement:
    """Say how many sentences the lexicon finds dark and bright, from the table ``tone``; the number is the dark share.

    Examples
    --------
    >>> import pandas as pd
    >>> tone(pd.DataFrame({"compound": [-0.7, -0.2, 0.6, 0.0], "n_scored": [3, 1, 2, 0]})).text
    'Of 4 sentences the lexicon finds 2 dark, 1 bright; it knows no word of 1.'
    """
    if table.empty:
        return SILENT
    # The bounds are VADER's own: https://github.com/cjhutto/vaderSentiment
    dark, bright = int((table["compound"] <= -0.05).sum()), int((table["compound"] >= 0.05).sum())  # noqa: PLR2004
    unknown = int((table["n_scored"] == 0).sum())
    text = f"Of {len(table)} {wording.plural('sentence', len(table))} the lexicon finds {dark} dark, {bright} bright"
    rest = f"; it knows no word of {unknown}" if unknown else ""
    return Statement(f"{text}{rest}.", dark / len(table), unit="share of sentences")
