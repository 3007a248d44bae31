"""What an article says: claims, their sources and stances, what is contested, when, and where.

:mod:`claims` makes the tables of what is said and thought, from the words that :mod:`attribution` finds and what
:mod:`stance`, :mod:`sources` and :mod:`trees` tell of them; :mod:`contested` pairs claims that contradict each other;
:mod:`predicates`, :mod:`modality` and :mod:`events` find what happens, :mod:`times` what days time expressions are,
:mod:`places` where places lie, which :mod:`gazetteer` knows, :mod:`descriptions` what named persons and bodies are said
to be; :mod:`pipeline` makes all tables; :mod:`view` selects and marks claims, :mod:`interactions` counts who acts on
whom and puts events in the order of time.
"""

from analysis.content.claims import Claims, find_claims
from analysis.content.contested import contested
from analysis.content.descriptions import describe_names
from analysis.content.event_lexicon import event_codebook
from analysis.content.events import find_events
from analysis.content.interactions import interactions, timeline
from analysis.content.pipeline import Contents, find_contents
from analysis.content.places import find_places
from analysis.content.stance import scheme
from analysis.content.times import find_times
from analysis.content.view import layers, select, with_speakers

__all__ = [
    "Claims",
    "Contents",
    "contested",
    "describe_names",
    "event_codebook",
    "find_claims",
    "find_contents",
    "find_events",
    "find_places",
    "find_times",
    "interactions",
    "layers",
    "scheme",
    "select",
    "timeline",
    "with_speakers",
]


def __dir__() -> list[str]:
    return __all__
