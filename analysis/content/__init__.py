"""What an article says: claims, their sources and stances, and what is contested.

:mod:`claims` makes the tables of what is said and thought, from the words that :mod:`attribution` finds and what
:mod:`stance`, :mod:`sources` and :mod:`trees` tell of them; :mod:`contested` pairs claims that contradict each other;
:mod:`view` selects and marks them.
"""

from analysis.content.claims import Claims, find_claims
from analysis.content.contested import contested
from analysis.content.stance import scheme
from analysis.content.view import layers, select

__all__ = ["Claims", "contested", "find_claims", "layers", "scheme", "select"]


def __dir__() -> list[str]:
    return __all__
