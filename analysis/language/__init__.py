"""Sentences, tokens, tags, lemmas and names of English news: what every table rests on.

:func:`annotate` turns an article into three tables. The models are files of this package, made by
``python -m training.train`` and scored by ``python -m training.evaluate``; :func:`card` gives the
figures.
"""

from analysis.language.accuracy import card, measured
from analysis.language.pipeline import Annotations, NotEnglishError, annotate, check_english

__all__ = ["Annotations", "NotEnglishError", "annotate", "card", "check_english", "measured"]
