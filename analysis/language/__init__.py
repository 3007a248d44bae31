"""Sentences, tokens, tags, lemmas and names of English news: the tables that everything else is computed from.

:func:`annotate` turns articles into three tables. A name's label is decided by the network of names and the decoding of
its scores, then corrected by rules; :mod:`analysis.language.names` says where. The models are files of this package, made by
``python -m training train`` and scored by ``python -m training evaluate``; :func:`card` has the scores.
"""

from analysis.language.accuracy import card, measured
from analysis.language.english import NotEnglishError, check_english
from analysis.language.models import Models, default_models
from analysis.language.pipeline import Annotations, annotate

__all__ = [
    "Annotations",
    "Models",
    "NotEnglishError",
    "annotate",
    "card",
    "check_english",
    "default_models",
    "measured",
]


def __dir__() -> list[str]:
    return __all__
