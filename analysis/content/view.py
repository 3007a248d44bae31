"""Views of claims: those of one speaker or stance, who says that an event happened, and layers that mark the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.options import checked

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["layers", "select", "with_speakers"]


@checked
def select(claims: pd.DataFrame, *, speaker: str = "", stance: str = "") -> pd.DataFrame:
    """Return the claims of some speakers and of one stance.

    Parameters
    ----------
    claims
        Claims with speaker and stance.
    speaker
        What the speaker's name has in it, in either case; empty for all.
    stance
        One of the stances of the scheme; empty for all.

    Examples
    --------
    >>> import pandas as pd
    >>> claims = pd.DataFrame({"speaker": ["Egypt", "Ann Lee"], "stance": ["deny", "assert"]})
    >>> select(claims, speaker="lee")["speaker"].tolist(), select(claims, stance="deny")["speaker"].tolist()
    (['Ann Lee'], ['Egypt'])
    """
    is_wanted = claims["speaker"].str.contains(speaker, case=False, regex=False)
    return claims[is_wanted & (claims["stance"] == stance if stance else True)]


def with_speakers(events: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Return events with a column ``speaker``: who says so, empty where the writer does.

    Parameters
    ----------
    events
        Events with article_id and claim.
    claims
        Claims with article_id, claim and speaker.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({"article_id": "a", "action": ["bomb", "meet"], "claim": [0, -1]})
    >>> claims = pd.DataFrame({"article_id": ["a"], "claim": [0], "speaker": ["the army"]})
    >>> with_speakers(events, claims)["speaker"].tolist()
    ['the army', '']
    """
    keys = ["article_id", "claim"]
    found = events.merge(claims[[*keys, "speaker"]], on=keys, how="left")
    return found.assign(speaker=found["speaker"].fillna(""))


def layers(claims: pd.DataFrame, claim_parts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the spans of claims as layers of a text: contents, with their stance, sources and cues.

    Parameters
    ----------
    claims
        Claims with article_id, claim, stance, source_start, source_end, cue_start, cue_end.
    claim_parts
        The pieces of their contents with article_id, claim, start, end.

    Returns
    -------
    dict
        For ``content``, ``source`` and ``cue``, a table with start, end and stance; a span that several claims share
        stands once.
    """
    found = {"content": claim_parts.merge(claims[["article_id", "claim", "stance"]])[["start", "end", "stance"]]}
    for part in ("source", "cue"):
        own = claims[[f"{part}_start", f"{part}_end", "stance"]].set_axis(["start", "end", "stance"], axis=1)
        found[part] = own[own["start"] >= 0].drop_duplicates(["start", "end"])
    return found
