"""Quotations and their speakers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from analysis.language.referring import SPEECH, lists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.language.referring import Dependents, Mention, WordTable

__all__ = ["find_quotations", "find_speakers"]

_QUOTATION_MARKS = frozenset({'"', "``", "''", "“", "”", "«", "»"})


def find_quotations(words: WordTable, paragraphs: Sequence[int]) -> list[int]:
    """Return the number of the quotation of each word, from 1; 0 outside of quotations.

    A quotation that is not closed ends with its paragraph.

    Parameters
    ----------
    words
        The words.
    paragraphs
        A number for the paragraph of each sentence.
    """
    quotations = [0] * len(words.norm)
    marks = [row for row, norm in enumerate(words.norm) if norm in _QUOTATION_MARKS]
    if not marks:
        return quotations
    number, is_open = 0, False
    for mark, after in pairwise([*marks, len(words.norm)]):
        paragraph = paragraphs[words.sentence[mark]]
        is_open = not is_open
        if not is_open:
            continue
        number += 1
        for row in range(mark + 1, after):
            if paragraphs[words.sentence[row]] != paragraph:
                is_open = False
                break
            quotations[row] = number
        if after < len(words.norm) and paragraphs[words.sentence[after]] != paragraph:
            is_open = False
    return quotations


def find_speakers(
    words: WordTable,
    dependents: Dependents,
    quotations: Sequence[int],
    sentence_starts: Sequence[int],
    at: Mapping[int, Mention],
) -> dict[int, Mention]:
    """Return the mention of the speaker of quotations, by their numbers.

    The speaker is the subject of the nearest verb of speech outside of quotations in the sentences in which a quotation
    begins and ends. Where these have no words outside of it, the quotation goes on with the speaker of the one before,
    if that ends in the sentence before.

    Parameters
    ----------
    words, dependents
        The words.
    quotations
        The number of the quotation of each word.
    sentence_starts
        The row of the first word of each sentence, and at the end the number of words.
    at
        Mentions by the row of their head.
    """
    known = lists()
    spans: dict[int, tuple[int, int]] = {}
    for row, number in enumerate(quotations):
        if number:
            spans[number] = (spans[number][0] if number in spans else row, row)
    speakers: dict[int, Mention] = {}
    for number, (first, last) in spans.items():
        sentence = words.sentence[first]
        around = range(sentence_starts[sentence], sentence_starts[words.sentence[last] + 1])
        outside = [row for row in around if not quotations[row] and words.upos[row] != "PUNCT"]
        verbs = [row for row in outside if words.upos[row] == "VERB" and known.verbs.get(words.lemma[row]) == SPEECH]
        verbs.sort(key=lambda row: min(abs(row - first), abs(row - last)))
        subjects = (dependents.subject[verb] for verb in verbs)
        speaker = next((at[row] for row in subjects if row in at and not quotations[row]), None)
        goes_on = not outside and number - 1 in speakers and words.sentence[spans[number - 1][1]] >= sentence - 1
        if speaker is None and goes_on:
            speaker = speakers[number - 1]
        if speaker is not None:
            speakers[number] = speaker
    return speakers
