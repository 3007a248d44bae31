"""Many articles in one run. One bad article never stops the batch, and an interrupted batch can be resumed.

``reports`` makes a report of each article, ``annotating`` only its annotation. Both run their tasks in ``workers``,
processes of this machine or of a cluster. The ``state`` of a batch keeps ``batch.csv`` (``log``) and shows its
``progress``.
"""

from analysis.batch.annotating import annotate_articles
from analysis.batch.log import Tally
from analysis.batch.reports import make_reports

__all__ = ["Tally", "annotate_articles", "make_reports"]


def __dir__() -> list[str]:
    return __all__
