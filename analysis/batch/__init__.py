"""Many articles in one run: each by itself, so that a bad one does not stop the rest, and what is done stays done.

``reports`` makes a report of each article, ``annotating`` only its annotation. Both hand their articles to ``workers``,
processes of this machine or of a cluster, keep ``batch.csv`` (``log``), and say how far they are (``progress``).
"""

from analysis.batch.annotating import annotate_articles
from analysis.batch.log import Tally
from analysis.batch.reports import make_reports

__all__ = ["Tally", "annotate_articles", "make_reports"]
