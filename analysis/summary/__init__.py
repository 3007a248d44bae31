"""Summaries, from the tables of :mod:`analysis.language`.

:mod:`sentences` scores and chooses sentences, :mod:`phrases` lists key phrases, :mod:`leads` answers who, what, when
and where (:mod:`actors` tells who acts), :mod:`candidates` says which sentences may be in a summary.
"""

from analysis.summary.candidates import MAX_SENTENCES
from analysis.summary.overview import glance
from analysis.summary.phrases import PHRASE_METHODS, key_phrases
from analysis.summary.sentences import METHODS, WEIGHTS, agreement, score_sentences, summarise

__all__ = [
    "MAX_SENTENCES",
    "METHODS",
    "PHRASE_METHODS",
    "WEIGHTS",
    "agreement",
    "glance",
    "key_phrases",
    "score_sentences",
    "summarise",
]
