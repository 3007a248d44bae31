"""Findings about summaries and key words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.findings import wording
from analysis.labels import label_of
from analysis.statements import SILENT, Statement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["agreement", "keyness", "side_by_side", "summary"]


def summary(table: pd.DataFrame) -> Statement:
    """Say how much of the article the chosen sentences are, from the table ``summary``; the number is their share.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = {"n_words": [10, 40, 50], "excluded": ["title", "", ""], "selected": [False, True, False]}
    >>> summary(pd.DataFrame(columns)).text
    'The chosen sentence has 40 of 90 words, 44.4 % of the article.'
    """
    own = table[table["excluded"] == ""]
    chosen = own[own["selected"]]
    if chosen.empty:
        return Statement("The article has no sentence that a summary may have.")
    n_words, total = int(chosen["n_words"].sum()), int(own["n_words"].sum())
    subject = "The chosen sentence has" if len(chosen) == 1 else f"The {len(chosen)} chosen sentences have"
    text = f"{subject} {n_words} of {total} words, {wording.percent(n_words / total)} of the article."
    return Statement(text, n_words / total, unit="share of words")


def agreement(table: pd.DataFrame) -> Statement:
    """Say how far the methods agree, from the table ``agreement``; the number is the median rank correlation.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = {"method_a": ["lead", "lead", "luhn"], "method_b": ["luhn", "kl", "kl"]}
    >>> agreement(pd.DataFrame({**columns, "kendall_tau": [0.1, 0.2, 0.9], "n": 20})).text
    'Two methods agree by a τ-b of 0.20 at the median of 3 pairs; Luhn and KL agree most (0.90).'
    """
    known = table[table["kendall_tau"].notna()]
    if len(known) < wording.FEW:
        return Statement("There are too few sentences to say how far the methods agree.")
    middle = float(known["kendall_tau"].median())
    best = known.loc[known["kendall_tau"].idxmax()]
    pair = [label_of(column, best[column]) for column in ("method_a", "method_b")]
    most = f"{pair[0]} and {pair[1]} agree most ({wording.signed(best['kendall_tau'])})"
    text = f"Two methods agree by a τ-b of {wording.signed(middle)} at the median of {len(known)} pairs; {most}."
    return Statement(text, middle, unit="Kendall’s τ-b")


def keyness(table: pd.DataFrame, *, against: str = "English at large") -> Statement:
    """Say which words set the article apart, from the table ``keyness``; the number is the first one's ratio of rates.

    Parameters
    ----------
    table
        Words, the surest first.
    against
        What it is compared with.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["lemma", "n", "log_ratio", "log_ratio_low", "p_adjusted"]
    >>> keyness(pd.DataFrame([("militia", 4, 10.0, 8.0, 0.001)], columns=columns)).text
    'Against English at large, “militia” is the surest key word: 1,024 times as frequent, at least 256 times.'
    """
    sure = table[(table["p_adjusted"] < wording.ALPHA) & (table["log_ratio"] > 0) & (table["n"] >= wording.FEW)]
    if sure.empty:
        return Statement(f"No word is more frequent than in {against} by more than chance explains.")
    best = sure.iloc[0]
    ratio, least = 2 ** float(best["log_ratio"]), 2 ** float(best["log_ratio_low"])
    others = [f"“{lemma}”" for lemma in sure["lemma"].iloc[1:4]]
    after = f"; {wording.listed(others)} {'follow' if len(others) > 1 else 'follows'}" if others else ""
    return Statement(
        f"Against {against}, “{best['lemma']}” is the surest key word: {wording.rounded(ratio)} times as frequent, "
        f"at least {wording.rounded(least)} times{after}.",
        *(ratio, least),
        unit="times",
    )


def side_by_side(table: pd.DataFrame) -> Statement:
    """Say what two articles or groups share, from the table ``side_by_side``; the number is the share of their names.

    Examples
    --------
    >>> import pandas as pd
    >>> table = {"left": "A", "right": "B", "kind": "name", "item": ["Chad", "Mali", "Niger"],
    ...     "found_in": ["both", "left", "both"]}
    >>> side_by_side(pd.DataFrame(table)).text
    'Of 3 names in A and B, 2 are in both: Chad and Niger.'
    """
    names = table[table["kind"] == "name"]
    if names.empty:
        return SILENT
    shared = names.loc[names["found_in"] == "both", "item"]
    left, right = names[["left", "right"]].iloc[0]
    listed = wording.listed(shared.head(wording.FEW), more=len(shared) - wording.FEW)
    which = (
        f"{len(shared)} {'is' if len(shared) == 1 else 'are'} in both: {listed}" if len(shared) else "none is in both"
    )
    return Statement(
        f"Of {len(names)} names in {left} and {right}, {which}.", len(shared) / len(names), unit="share of names"
    )
