"""Measures of an article's words: pure functions from the tables of :mod:`analysis.language` to new tables.

:mod:`words` counts and compares words, :mod:`contexts` finds them and what stands beside them, :mod:`chunks` the
phrases they make, :mod:`texts` measures the text as a whole, :mod:`sentiment` its tone; :mod:`statistics` holds the
formulas and :mod:`inputs` reads tables and word lists.
"""

from analysis.measures.chunks import noun_phrases
from analysis.measures.contexts import NAME_LABELS, collocations, concordance, cooccurrence, names
from analysis.measures.inputs import CONTENT_TAGS
from analysis.measures.statistics import (
    DISPERSIONS,
    adjust_p,
    dispersion,
    fisher_p,
    log_likelihood,
    log_ratio,
    rates_p,
)
from analysis.measures.texts import counts, diversity, lengths, readability, syllables
from analysis.measures.tone import TONE_WARNING, tone
from analysis.measures.words import keyness, occurrences, tag_profile, terms

__all__ = [
    "CONTENT_TAGS",
    "DISPERSIONS",
    "NAME_LABELS",
    "TONE_WARNING",
    "adjust_p",
    "collocations",
    "concordance",
    "cooccurrence",
    "counts",
    "dispersion",
    "diversity",
    "fisher_p",
    "keyness",
    "lengths",
    "log_likelihood",
    "log_ratio",
    "names",
    "noun_phrases",
    "occurrences",
    "rates_p",
    "readability",
    "syllables",
    "tag_profile",
    "terms",
    "tone",
]
