"""Charts: one function a chart, from a tidy table to a :class:`matplotlib.figure.Figure`.

A chart computes nothing that its table does not contain: it selects, orders and draws. Each is a full text column wide
(7.2 inches, or as :func:`set_size` says) and as high as its content needs. All share one style, safe for colour-blind
readers, with markers that differ in grey print too. A figure's label (``figure.get_label()``) is its alternative text,
computed from the same rows. A table without rows gives an empty frame with the reason. A table that lacks a column, or
that has rows of several articles where one is drawn, raises :class:`ValueError`.

No figure is registered with pyplot, and no global setting is changed. To save the same bytes each time as SVG, set
``svg.hashsalt`` and pass ``metadata={"Date": None}``.
"""

from analysis.charts.events import interaction_network, timeline
from analysis.charts.groups import group_terms, over_time
from analysis.charts.maps import place_map
from analysis.charts.measures import measures_intervals, measures_side_by_side, tag_profile
from analysis.charts.mentions import grammatical_roles, name_positions, names
from analysis.charts.methods import agreement
from analysis.charts.networks import collocation_network, name_network
from analysis.charts.sentences import sentence_lengths, sentence_scores, tone
from analysis.charts.style import WIDTH_INCHES, set_size
from analysis.charts.trees import sentence_tree
from analysis.charts.voices import claim_positions, voices
from analysis.charts.words import dispersion, frequency_rank, key_phrases, keyness, top_terms, vocabulary_growth

__all__ = [
    "WIDTH_INCHES",
    "agreement",
    "claim_positions",
    "collocation_network",
    "dispersion",
    "frequency_rank",
    "grammatical_roles",
    "group_terms",
    "interaction_network",
    "key_phrases",
    "keyness",
    "measures_intervals",
    "measures_side_by_side",
    "name_network",
    "name_positions",
    "names",
    "over_time",
    "place_map",
    "sentence_lengths",
    "sentence_scores",
    "sentence_tree",
    "set_size",
    "tag_profile",
    "timeline",
    "tone",
    "top_terms",
    "vocabulary_growth",
    "voices",
]


def __dir__() -> list[str]:
    return __all__
