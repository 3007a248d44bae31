"""The accuracy of the models, read from the model card."""

from __future__ import annotations

import json
from functools import reduce
from operator import getitem
from typing import Any

from analysis.resources import MODELS

__all__ = ["card", "measured"]

_HELD_OUT = {
    "segmentation": ("gum-dev, paragraphs", "held-out texts of UD English GUM"),
    "tags": ("gum-dev", "held-out texts of UD English GUM, gold tokens"),
    "syntax": ("gum-dev", "the raw text of held-out texts of UD English GUM"),
    "phrases": ("gum-dev", "the raw text of held-out texts of UD English GUM"),
    "coreference": ("gum-dev, raw text", "held-out texts of UD English GUM, conversations included"),
    "names": ("worldwide, held-out outlets", "news of outlets that the model never saw, gold tokens"),
    "claims": ("polnear-dev", "held-out articles of PolNeAR, US news of 2015 and 2016"),
    "times": ("meantime, held-out half", "Wikinews articles of MEANTIME on which no rule was made"),
    "events": ("meantime", "Wikinews articles of MEANTIME"),
    "places": ("geovirus, held-out half", "Wikinews articles of GeoVirus on which no weight was chosen"),
}
_KINDS = {
    "sentences": ("segmentation", "sentences", "f1", "of sentences found exactly (F1)"),
    "tokens": ("segmentation", "tokens", "f1", "of tokens found exactly (F1)"),
    "upos": ("tags", "upos", "accuracy", "of universal tags right"),
    "xpos": ("tags", "xpos", "accuracy", "of Penn tags right"),
    "lemma": ("tags", "lemma", "accuracy", "of lemmas right"),
    "deprel": ("syntax", "las", "f1", "of words with the right head and relation (F1)"),
    "phrases": ("phrases", "trees", "f1", "of noun phrases found whole, with nothing else (F1)"),
    "pronouns": (
        "coreference",
        "pronouns",
        "all",
        "precision",
        "of the names that he, she, it and they are given right",
    ),
    "chains": ("coreference", "chains", "CoNLL", "in finding chains (CoNLL F1)"),
    "mentions": ("names", "all", "f1", "of names found whole and labelled right (F1)"),
    "claims": ("claims", "content", "f1", "of claims found, with half of their characters (F1)"),
    "sources": ("claims", "source", "accuracy", "of the sources of these right"),
    "sure claims": (
        "claims",
        "by_confidence",
        "from 0.7",
        "right",
        "of claims as sure as these right, half of the characters of content and source shared",
    ),
    "times": ("times", "value", "f1", "of time expressions found with the right value (F1)"),
    "events": ("events", "recall", "of verbs found, with who acts and who or what is acted on both right"),
    "places": ("places", "near", "of places that were found less than 161 km from where they lie"),
}


def card() -> dict[str, Any]:
    """Return the model card: what the models were trained on, and their scores on text that they have not seen.

    Returns
    -------
    dict
        As ``python -m training evaluate`` wrote it; scores in per cent.
    """
    return dict(json.loads((MODELS / "card.json").read_bytes()))


def measured(what: str) -> str:
    """Return one sentence on how often the models are right on text that they have not seen.

    Parameters
    ----------
    what
        ``sentences``, ``tokens``, ``upos``, ``xpos``, ``lemma``, ``deprel``, ``phrases``, ``pronouns``, ``chains``,
        ``mentions``, ``claims``, ``sources``, ``sure claims``, ``times``, ``events`` or ``places``.

    Raises
    ------
    ValueError
        If it is something else.
    """
    if what not in _KINDS:
        raise ValueError(f"no accuracy was measured for {what!r}; expected one of {', '.join(_KINDS)}")
    part, *path, meaning = _KINDS[what]
    test, where = _HELD_OUT[part]
    value: float = reduce(getitem, path, card()[part][test])
    # Nothing is rounded to perfection.
    written = f"{value:.1f}" if value < 99.9 else f"{value:.2f}"  # noqa: PLR2004
    return f"Measured: {written} % {meaning}, on {where}; see the model card."
