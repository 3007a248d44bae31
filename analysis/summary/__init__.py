"""Summaries, from the tables of :mod:`analysis.language`.

:mod:`selection` scores and selects sentences by the methods of :mod:`methods`, which see an article through
:mod:`view`. :mod:`phrases` lists key phrases. :mod:`overview` chooses the events that tell
most of an article, and :mod:`brief` takes from all tables what a reader wants to know first.
"""

from analysis.summary.brief import BRIEF_PARTS, brief
from analysis.summary.methods import METHODS, WEIGHTS
from analysis.summary.overview import glance
from analysis.summary.phrases import PHRASE_METHODS, key_phrases
from analysis.summary.selection import agreement, score_sentences, summarise
from analysis.summary.view import MAX_SENTENCES

__all__ = [
    "BRIEF_PARTS",
    "MAX_SENTENCES",
    "METHODS",
    "PHRASE_METHODS",
    "WEIGHTS",
    "agreement",
    "brief",
    "glance",
    "key_phrases",
    "score_sentences",
    "summarise",
]


def __dir__() -> list[str]:
    return __all__
