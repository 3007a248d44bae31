"""Findings about names and what stands for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.findings import wording
from analysis.statements import SILENT, Statement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["chains", "names", "pairs", "roles"]


def names(table: pd.DataFrame) -> Statement:
    """Say who or what is named most, from the table ``names``; the number is how often.

    Examples
    --------
    >>> import pandas as pd
    >>> names(pd.DataFrame({"name": ["Chad", "Mali"], "n": [9, 2], "n_sentences": [7, 2]})).text
    'Chad is named most: 9 of 11 mentions, in 7 sentences.'
    """
    if table.empty:
        return Statement("No name was found.")
    total, most = int(table["n"].sum()), int(table["n"].iloc[0])
    best = table[table["n"] == most]
    if most < wording.FEW:
        return Statement(
            f"No name comes more than {wording.times(most)}: {len(table)} names share {total} mentions.", most
        )
    if len(best) > 1:
        listed = wording.listed(best["name"].head(wording.FEW), more=len(best) - wording.FEW)
        return Statement(f"{listed} are named most, {most} times each, of {total} mentions.", most, unit="mentions")
    name, n_sentences = best[["name", "n_sentences"]].iloc[0]
    where = f"in {n_sentences} {wording.plural('sentence', n_sentences)}"
    return Statement(f"{name} is named most: {most} of {total} mentions, {where}.", most, unit="mentions")


def chains(table: pd.DataFrame) -> Statement:
    """Say which chain is longest and by what it is told, from the table ``chains``; the number is its mentions.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["refers_to", "n", "n_names", "n_descriptions", "n_pronouns"]
    >>> chains(pd.DataFrame([("Egypt", 11, 8, 0, 3)], columns=columns)).text
    'Egypt is meant most often: 11 times, by 8 names and 3 pronouns.'
    """
    if table.empty:
        return SILENT
    best = table.iloc[0]
    parts = [
        f"{best[column]} {wording.plural(word, best[column])}"
        for column, word in (("n_names", "name"), ("n_descriptions", "description"), ("n_pronouns", "pronoun"))
        if best[column]
    ]
    subject = wording.capital(wording.short(best["refers_to"]))
    return Statement(
        f"{subject} is meant most often: {best['n']} times, by {wording.listed(parts)}.",
        float(best["n"]),
        unit="mentions",
    )


def roles(table: pd.DataFrame) -> Statement:
    """Say which name acts most and which is acted on most, from the table ``grammatical_roles``.

    The number is how often the first one acts.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["name", "n", "n_subject", "n_agent", "n_object", "n_passive"]
    >>> roles(pd.DataFrame([("Egypt", 9, 7, 0, 1, 0), ("Libya", 5, 0, 0, 3, 0)], columns=columns)).text
    'Of the names, Egypt acts most often (7 times) and Libya is acted on most often (3 times).'
    """
    if table.empty:
        return SILENT
    acts, suffers = table["n_subject"] + table["n_agent"], table["n_object"] + table["n_passive"]
    if not acts.max():
        return Statement("No name is the subject of an active verb or the agent of a passive one.", 0)
    doer = f"{table.loc[acts.idxmax(), 'name']} acts most often ({wording.times(acts.max())})"
    if suffers.max() < wording.FEW or (suffers == suffers.max()).sum() > 1:
        return Statement(f"Of the names, {doer}.", float(acts.max()), unit="clauses")
    sufferer = f"{table.loc[suffers.idxmax(), 'name']} is acted on most often ({wording.times(suffers.max())})"
    return Statement(f"Of the names, {doer} and {sufferer}.", float(acts.max()), unit="clauses")


def pairs(table: pd.DataFrame) -> Statement:
    """Say which two names share most sentences, from the table ``cooccurrence``; the number is how many.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs(pd.DataFrame({"left": ["Chad", "Chad"], "right": ["Mali", "Niger"], "n": [4, 1]})).text
    'Chad and Mali share 4 sentences, more than any other two names.'
    """
    if table.empty or table["n"].iloc[0] < wording.FEW or (table["n"] == table["n"].iloc[0]).sum() > 1:
        return SILENT
    left, right, n = table[["left", "right", "n"]].iloc[0]
    return Statement(f"{left} and {right} share {n} sentences, more than any other two names.", n, unit="sentences")
