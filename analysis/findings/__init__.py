"""Findings: sentences that code writes from the tables, each with its number, and silent where that does not hold.

Every function takes a table of one article and returns a :class:`analysis.statements.Statement`, which the exhibit
``Finding`` shows. A sentence compares where there is something to compare with, gives the interval where there is one,
and claims a difference only where chance hardly explains it. :mod:`words`, :mod:`names`, :mod:`summaries` and
:mod:`contents` have the findings of a notebook each; :mod:`wording` writes numbers and lists.
"""

from analysis.findings.contents import claims, contested, events, places, times, voices
from analysis.findings.names import chains, names, pairs, roles
from analysis.findings.summaries import agreement, keyness, side_by_side, summary
from analysis.findings.words import diversity, length, noun_phrases, readability, tags, terms, tone

__all__ = [
    "agreement",
    "chains",
    "claims",
    "contested",
    "diversity",
    "events",
    "keyness",
    "length",
    "names",
    "noun_phrases",
    "pairs",
    "places",
    "readability",
    "roles",
    "side_by_side",
    "summary",
    "tags",
    "terms",
    "times",
    "tone",
    "voices",
]


def __dir__() -> list[str]:
    return __all__
