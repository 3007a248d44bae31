"""Comparison of many finished reports: groups of articles, names over time, measures side by side.

:mod:`reports` lists the finished reports and reads their tables, :mod:`grouping` divides them into groups,
:mod:`terms` finds the words that set a group apart (by the test of :mod:`permutation`), :mod:`periods` follows names,
speakers and stances over time, :mod:`pair` lays two articles or groups side by side, and :mod:`measures` the measures
of all.

The article is the unit of analysis. Words are clustered: one long article on a subject can make its words look typical
of its publisher. A word is therefore reported for a group only if several of its articles use it, and every test and
interval takes articles, not words, as the sampling unit.

Tables are read one report at a time, only the columns that are needed. What is kept is a sparse matrix of counts
(:mod:`counts`): eight bytes per article and distinct word or name. ``benchmarks/compare.py`` measures time and memory.
"""

from analysis.compare.events import events_over_time, interactions_over_time, places_over_time
from analysis.compare.grouping import groups, inferred_notes
from analysis.compare.measures import COMPARABLE_MEASURES, measures_by_article, measures_by_group
from analysis.compare.pair import side_by_side
from analysis.compare.periods import name_pairs_over_time, names_over_time, stances_over_time, voices_over_time
from analysis.compare.reports import read_reports
from analysis.compare.terms import group_terms

__all__ = [
    "COMPARABLE_MEASURES",
    "events_over_time",
    "group_terms",
    "groups",
    "inferred_notes",
    "interactions_over_time",
    "measures_by_article",
    "measures_by_group",
    "name_pairs_over_time",
    "names_over_time",
    "places_over_time",
    "read_reports",
    "side_by_side",
    "stances_over_time",
    "voices_over_time",
]


def __dir__() -> list[str]:
    return __all__
