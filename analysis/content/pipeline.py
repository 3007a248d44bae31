"""All tables of what articles say, each made from those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analysis.content.claims import find_claims
from analysis.content.contested import contested
from analysis.content.descriptions import describe_names
from analysis.content.events import find_events
from analysis.content.places import find_places
from analysis.content.times import find_times
from analysis.waiting import telling

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from analysis.article import Article
    from analysis.language import Annotations

__all__ = ["Contents", "find_contents"]


class Contents(NamedTuple):
    """The tables of what articles say, in the order in which they are made."""

    claims: pd.DataFrame
    claim_parts: pd.DataFrame
    times: pd.DataFrame
    events: pd.DataFrame
    contested: pd.DataFrame
    places: pd.DataFrame
    descriptions: pd.DataFrame


@telling("finding claims, times, events and places")
def find_contents(articles: Article | Iterable[Article], annotations: Annotations) -> Contents:
    """Find what articles say.

    Parameters
    ----------
    articles
        An article, or any number of them.
    annotations
        What :func:`analysis.annotate` returns for them, with syntax.

    Examples
    --------
    >>> from analysis import Article, annotate
    >>> article = Article.from_text("Rain is coming, Ann Lee said.", id="a")
    >>> find_contents(article, annotate(article, force=True)).claims[["speaker", "text"]].values.tolist()
    [['Ann Lee', 'Rain is coming']]
    """
    claims = find_claims(articles, *annotations)
    times = find_times(articles, annotations.sentences, annotations.tokens)
    events = find_events(articles, annotations, claims, times)
    return Contents(
        *claims,
        times,
        events,
        contested(*claims, *annotations[1:], events),
        find_places(annotations.tokens, annotations.mentions),
        describe_names(annotations.tokens, annotations.mentions, annotations.coreference),
    )
