"""Findings about what an article says: claims, events, times and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.findings import wording
from analysis.statements import SILENT, Statement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["claims", "contested", "events", "places", "times", "voices"]


def claims(table: pd.DataFrame) -> Statement:
    """Say how many claims there are, and of how many sources, from the table ``claims``; the number is theirs.

    Examples
    --------
    >>> import pandas as pd
    >>> claims(pd.DataFrame({"speaker": ["Chad", "Chad", ""], "is_speech": [True, False, True]})).text
    '3 claims were found, of 1 source: 2 are said, 1 only thought or felt; 1 has no source.'
    """
    if table.empty:
        return Statement("No claim was found: all that the article says, its writer says.", 0, unit="claims")
    said = int(table["is_speech"].sum())
    sources = table.loc[table["speaker"] != "", "speaker"].nunique()
    unknown = int((table["speaker"] == "").sum())
    thought = f", {len(table) - said} only thought or felt" if said < len(table) else ""
    rest = f"; {unknown} {'has' if unknown == 1 else 'have'} no source" if unknown else ""
    are = "claim was" if len(table) == 1 else "claims were"
    return Statement(
        f"{len(table)} {are} found, of {sources} {wording.plural('source', sources)}: "
        f"{said} {'is' if said == 1 else 'are'} said{thought}{rest}.",
        len(table),
        unit="claims",
    )


def voices(table: pd.DataFrame) -> Statement:
    """Say who is given most words, from the table ``voices``; the number is the speaker's share.

    Examples
    --------
    >>> import pandas as pd
    >>> voices(pd.DataFrame({"speaker": ["Ann Lee", "Chad"], "n_words": [60, 20], "share": [0.75, 0.25]})).text
    'Ann Lee is given most words: 60 of 80 (75.0 %).'
    """
    if len(table) < 2:  # noqa: PLR2004
        return (
            Statement(f"{wording.short(table['speaker'].iloc[0])} alone is given the word.") if len(table) else SILENT
        )
    speaker, n_words, share = table[["speaker", "n_words", "share"]].iloc[0]
    if n_words == table["n_words"].iloc[1]:
        return SILENT
    who = wording.capital(" and ".join(map(wording.short, speaker.split("; "))))
    are = "are" if "; " in speaker else "is"
    text = f"{who} {are} given most words: {n_words} of {table['n_words'].sum()} ({wording.percent(share)})."
    return Statement(text, float(share), unit="share of the words of claims")


def contested(table: pd.DataFrame) -> Statement:
    """Say how many pairs of claims contradict each other, and whose, from the table ``contested``.

    Examples
    --------
    >>> import pandas as pd
    >>> contested(pd.DataFrame({"speaker": ["US officials"], "other_speaker": ["Egypt; Chad"]})).text
    '1 pair of claims contradicts each other: US officials against Egypt and Chad.'
    """
    if table.empty:
        return Statement("No two claims were found that contradict each other.", 0, unit="pairs")
    pairs_of = [
        " against ".join(" and ".join(map(wording.short, side.split("; "))) for side in row)
        for row in table[["speaker", "other_speaker"]].itertuples(index=False, name=None)
    ]
    listed = wording.listed(list(dict.fromkeys(pairs_of))[: wording.FEW], more=len(set(pairs_of)) - wording.FEW)
    verb = "pair of claims contradicts" if len(table) == 1 else "pairs of claims contradict"
    return Statement(f"{len(table)} {verb} each other: {listed}.", len(table), unit="pairs")


def events(table: pd.DataFrame) -> Statement:
    """Say how many events the writer tells as facts, from the table ``events``; the number is their share.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = {"claim": [-1, 0, -1], "polarity": "positive", "modality": ["happened", "happened", "planned"]}
    >>> events(pd.DataFrame(columns)).text
    'Of 3 events the writer tells 1 as a fact; 1 rests on a source; 1 is planned, offered, feared, denied or the like.'
    """
    if table.empty:
        return Statement("No event was found.", 0, unit="events")
    happened = table["modality"].isin(["happened", "ongoing"]) & (table["polarity"] == "positive")
    facts, sourced = int((happened & (table["claim"] < 0)).sum()), int((happened & (table["claim"] >= 0)).sum())
    rest = len(table) - facts - sourced
    as_facts = "as a fact" if facts == 1 else "as facts"
    parts = [f"Of {len(table)} {wording.plural('event', len(table))} the writer tells {facts} {as_facts}"]
    if sourced:
        parts.append(f"{sourced} {'rests' if sourced == 1 else 'rest'} on a source")
    if rest:
        parts.append(f"{rest} {'is' if rest == 1 else 'are'} planned, offered, feared, denied or the like")
    return Statement("; ".join(parts) + ".", facts / len(table), unit="share of events")


def times(table: pd.DataFrame) -> Statement:
    """Say which days the times of the article reach over, from the table ``times``; the number is how many are known.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = {"type": "DATE", "value": ["2011", "2014-08"], "earliest": ["2011-01-01", "2014-08-01"],
    ...     "latest": ["2011-12-31", "2014-08-31"]}
    >>> times(pd.DataFrame(columns)).text
    'The 2 dates that are known lie between 2011-01-01 and 2014-08-31.'
    """
    known = table[table["type"].isin(["DATE", "TIME"]) & (table["earliest"] != "") & (table["latest"] != "")]
    known = known[~known["value"].astype(str).str.endswith("_REF")]
    if known.empty:
        return Statement("No time of which the day, month or year is known was found.", 0, unit="dates")
    first, last = known["earliest"].min(), known["latest"].max()
    subject = "The date that is known lies" if len(known) == 1 else f"The {len(known)} dates that are known lie"
    when = f"on {first}" if first == last else f"between {first} and {last}"
    return Statement(f"{subject} {when}.", len(known), unit="dates")


def places(table: pd.DataFrame) -> Statement:
    """Say in how many countries the places lie, from the table ``places``; the number is how many.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = {"name": ["Cairo", "Egypt", "Libya"], "kind": ["capital", "country", "country"]}
    >>> places(pd.DataFrame({**columns, "country": ["EG", "EG", "LY"]})).text
    '3 mentions of places lie in 2 countries, most of them (2) in Egypt.'
    """
    own = table[(table["kind"] != "demonym") & (table["country"] != "")]
    if own.empty:
        return Statement("No place was found whose country is known.", 0, unit="countries")
    counts = own["country"].value_counts(sort=False)
    most = counts[counts == counts.max()]
    countries = f"{len(counts)} {wording.plural('country', len(counts))}"
    verb = "mention of a place lies" if len(own) == 1 else "mentions of places lie"
    named = own[(own["kind"] == "country") & (own["country"] == most.index[0])]["name"]
    where = f", most of them ({most.iloc[0]}) in {named.iloc[0] if len(named) else most.index[0]}"
    is_telling = len(counts) > 1 and len(most) == 1
    return Statement(f"{len(own)} {verb} in {countries}{where if is_telling else ''}.", len(counts), unit="countries")
