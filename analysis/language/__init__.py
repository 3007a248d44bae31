"""Sentences, tokens, trees, names and chains of English news: the tables that everything else is computed from.

:func:`annotate` turns articles into four tables. The models are files of this package, made by
``python -m training train`` and scored by ``python -m training evaluate``; :func:`card` has the scores.

A name's label: the network scores words in ``prediction.predict_names``, ``decoding.decode`` picks the BIO tags, the
rules of ``names`` then correct them; ``pipeline.token_columns`` calls them in order.
"""

from analysis.language.accuracy import card, measured
from analysis.language.conllu import to_conllu
from analysis.language.english import NotEnglishError, check_english
from analysis.language.models import Models, default_models
from analysis.language.pipeline import Annotations, annotate
from analysis.language.treebanks import read_conllu

__all__ = [
    "Annotations",
    "Models",
    "NotEnglishError",
    "annotate",
    "card",
    "check_english",
    "default_models",
    "measured",
    "read_conllu",
    "to_conllu",
]


def __dir__() -> list[str]:
    return __all__
