"""Measures of an article's words: pure functions from the tables of :mod:`analysis.language` to new tables.

:mod:`words` counts and compares words, :mod:`contexts` finds words and names with what stands beside them,
:mod:`phrases` lists noun phrases, :mod:`clauses` clauses; :mod:`roles` counts who acts, :mod:`voices` who is given the
word. :mod:`size`, :mod:`diversity`, :mod:`readability` and :mod:`tone` measure the text as a whole. :mod:`statistics`
holds the formulas, :mod:`estimates` the bootstrap, :mod:`orthography` the words between spaces, and :mod:`inputs` reads
tables and word lists.

A module of the name of its function (clauses, diversity, readability, tone) is imported here, before anything else can
import it, so that ``measures.tone`` is always the function.
"""

from analysis.measures.clauses import clauses
from analysis.measures.contexts import NAME_LABELS, collocations, concordance, content_mentions, cooccurrence, names
from analysis.measures.diversity import diversity
from analysis.measures.inputs import CONTENT_TAGS
from analysis.measures.phrases import noun_phrases
from analysis.measures.readability import readability, syllables
from analysis.measures.roles import chain_mentions, chains, grammatical_roles
from analysis.measures.size import counts, lengths
from analysis.measures.statistics import (
    DISPERSIONS,
    adjust_p,
    dispersion,
    fisher_p,
    log_likelihood,
    log_ratio,
    rates_p,
)
from analysis.measures.tone import TONE_WARNING, tone
from analysis.measures.voices import stances, voices
from analysis.measures.words import keyness, occurrences, tag_profile, terms

__all__ = [
    "CONTENT_TAGS",
    "DISPERSIONS",
    "NAME_LABELS",
    "TONE_WARNING",
    "adjust_p",
    "chain_mentions",
    "chains",
    "clauses",
    "collocations",
    "concordance",
    "content_mentions",
    "cooccurrence",
    "counts",
    "dispersion",
    "diversity",
    "fisher_p",
    "grammatical_roles",
    "keyness",
    "lengths",
    "log_likelihood",
    "log_ratio",
    "names",
    "noun_phrases",
    "occurrences",
    "rates_p",
    "readability",
    "stances",
    "syllables",
    "tag_profile",
    "terms",
    "tone",
    "voices",
]


def __dir__() -> list[str]:
    return __all__
