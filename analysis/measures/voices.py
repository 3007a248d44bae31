"""Voices: who is given the word in an article, how much of it, and with which stances."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from analysis import tables
from analysis.measures import inputs
from analysis.options import checked

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["stances", "voices"]


@tables.stage(requires=("claims", "claim_parts"), returns="voices")
@checked
def voices(claims: pd.DataFrame, claim_parts: pd.DataFrame) -> pd.DataFrame:
    """Count what each speaker of an article says and thinks, the most words first.

    Parameters
    ----------
    claims
        Claims with article_id, claim, start, speaker, source_kind, is_speech, form.
    claim_parts
        Their pieces with article_id, claim, text.

    Returns
    -------
    DataFrame
        {columns}

        Claims without a known speaker are left out. Within an article, rows are sorted by n_words (descending), then
        first_start.

    Examples
    --------
    >>> import pandas as pd
    >>> claims = pd.DataFrame({
    ...     "article_id": "a", "claim": [0, 1], "start": [0, 40], "speaker": ["Ann Lee", "the mayor"],
    ...     "source_kind": ["person", "official"], "is_speech": True, "form": ["direct", "indirect"]})
    >>> parts = pd.DataFrame({"article_id": "a", "claim": [0, 1, 1], "text": ["It rains", "that it will", "stop"]})
    >>> voices(claims, parts)[["speaker", "n", "n_words", "share"]].values.tolist()
    [['the mayor', 1, 4, 0.666667], ['Ann Lee', 1, 2, 0.333333]]
    """
    lengths: Counter[tuple[str, int]] = Counter()
    for article_id, piece in inputs.articles(claim_parts, "claim", "text", name="claim_parts"):
        for claim, text in zip(piece["claim"], piece["text"], strict=True):
            lengths[article_id, claim] += sum(any(map(str.isalnum, word)) for word in text.split())
    rows = []
    columns = ("claim", "start", "speaker", "source_kind", "is_speech", "form")
    for article_id, claim in inputs.articles(claims, *columns, name="claims"):
        by_speaker: dict[str, list[int]] = defaultdict(list)
        for index, speaker in enumerate(claim["speaker"]):
            if speaker:
                by_speaker[speaker].append(index)
        own = []
        for speaker, indices in by_speaker.items():
            n_words = sum(lengths[article_id, claim["claim"][index]] for index in indices)
            kind = Counter(claim["source_kind"][index] for index in indices).most_common(1)[0][0]
            n_speech = sum(bool(claim["is_speech"][index]) for index in indices)
            n_quoted = sum(claim["form"][index] != "indirect" for index in indices)
            own.append((speaker, kind, len(indices), n_speech, n_quoted, n_words, claim["start"][indices[0]]))
        total = sum(row[5] for row in own)
        own.sort(key=lambda row: (-row[5], row[6]))
        rows += [(article_id, *row[:6], round(row[5] / total, 6) if total else 0.0, row[6]) for row in own]
    return tables.frame("voices", rows)


@tables.stage(requires=("claims",), returns="stances")
@checked
def stances(claims: pd.DataFrame) -> pd.DataFrame:
    """Count the stances of each speaker of an article, the most frequent speakers first.

    Parameters
    ----------
    claims
        Claims with article_id, start, speaker, stance.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, speakers are sorted by their number of claims (descending), then by where they come first;
        their stances by n (descending), then by name.

    Examples
    --------
    >>> import pandas as pd
    >>> claims = pd.DataFrame({
    ...     "article_id": "a", "start": [0, 40, 80], "speaker": ["Egypt", "Ann Lee", "Egypt"],
    ...     "stance": ["deny", "assert", "deny"]})
    >>> stances(claims)[["speaker", "stance", "n"]].values.tolist()
    [['Egypt', 'deny', 2], ['Ann Lee', 'assert', 1]]
    """
    rows = []
    for article_id, claim in inputs.articles(claims, "start", "speaker", "stance", name="claims"):
        by_speaker: dict[str, Counter[str]] = defaultdict(Counter)
        for speaker, stance in zip(claim["speaker"], claim["stance"], strict=True):
            if speaker:
                by_speaker[speaker][stance] += 1
        for speaker, counts in sorted(by_speaker.items(), key=lambda item: -item[1].total()):
            rows += [
                (article_id, speaker, stance, n)
                for stance, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            ]
    return tables.frame("stances", rows)
