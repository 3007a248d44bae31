"""What an article says: claims, their sources and stances, and what is contested.

:mod:`claims` makes the tables of what is said and thought, from the words that :mod:`attribution` finds and what
:mod:`stance`, :mod:`sources` and :mod:`trees` tell of them; :mod:`contested` pairs claims that contradict each other;
:mod:`predicates` and :mod:`events` find what happens;
:mod:`pipeline` makes all tables; :mod:`view` selects and marks claims.
"""

from analysis.content.claims import Claims, find_claims
from analysis.content.contested import contested
from analysis.content.events import find_events
from analysis.content.pipeline import Contents, find_contents
from analysis.content.stance import scheme
from analysis.content.view import layers, select

__all__ = [
    "Claims",
    "Contents",
    "contested",
    "find_claims",
    "find_contents",
    "find_events",
    "layers",
    "scheme",
    "select",
]


def __dir__() -> list[str]:
    return __all__
