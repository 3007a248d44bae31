"""Tone by sentence, with the warning that belongs beside it."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.measures import inputs
from analysis.measures.texts import TOKEN_COLUMNS, written_words

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What to print beside every figure of :func:`tone`.
TONE_WARNING = (
    "Lexicon scores of tone are weak on news. VADER’s authors report a correlation of .49 with readers’ judgement on "
    "snippets of newspaper editorials, against .88 on tweets (Hutto and Gilbert 2014); on economic news, off-the-shelf "
    "tools agreed little with coders or with each other (Boukes et al. 2020). A score follows words such as “attack” "
    "or “support”: it says what is reported, not how. Validate by hand before use."
)


def tone(tokens: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Score the tone of each sentence by VADER's lexicon and rules.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, start, end, text, lemma, upos, is_word.
    sentences
        Sentences with article_id, sentence, start, end, text.

    Returns
    -------
    DataFrame
        One row a sentence, titles too, in their order: article_id, sentence, start, end, text; compound (-1 most
        negative to 1 most positive; 0 also where no word is in the lexicon); positive, negative, neutral (shares of
        the words' valence, sum 1; NaN for a sentence without words); n_scored (words in the lexicon); note (the
        published warning, :data:`TONE_WARNING`).

    Notes
    -----
    Each word's valence from the lexicon is raised or lowered by intensifiers up to three words before it, turned by
    negation up to three words before it (× -0.74), halved before *but* and raised by half after it, and raised where it
    alone is in capitals; compound is x / √(x² + 15) of the sum. Emoticons, and the nine idioms of the original, are
    left out: news has none. Compound depends on length: more words, more extreme. Of 1,443 sentences of Wikinews 96 %
    score as by the authors' package; the rest have words beside curly quotes or dashes, which it does not recognise.

    Sources: C. J. Hutto and E. Gilbert (2014), VADER, ICWSM 8; warning also from M. Boukes et al. (2020), What's the
    tone?, Communication Methods and Measures 14(2), 83-104.

    Examples
    --------
    >>> def score(text):
    ...     words, start = text.split(), 0
    ...     rows = []
    ...     for word in words:
    ...         rows.append(("a", 0, start, start + len(word), word, word, "X", word.isalpha()))
    ...         start += len(word) + 1
    ...     columns = ["article_id", "sentence", "start", "end", "text", "lemma", "upos", "is_word"]
    ...     sentences = pd.DataFrame([("a", 0, 0, len(text), text)], columns=columns[:5])
    ...     return float(tone(pd.DataFrame(rows, columns=columns), sentences)["compound"].iloc[0])
    >>> score("VADER is smart , handsome , and funny .")
    0.8316
    >>> score("VADER is not smart , handsome , nor funny .")
    -0.7424
    """
    inputs.require(sentences, ("article_id", "sentence", "start", "end", "text"), name="sentences")
    words: dict[tuple[str, int], list[str]] = defaultdict(list)
    for article_id, token in inputs.articles(tokens, *TOKEN_COLUMNS, name="tokens"):
        for word in written_words(token):
            words[article_id, word.sentence].append(word.text)
    keys = zip(sentences["article_id"], sentences["sentence"], sentences["text"], strict=True)
    rows = [_tone(words[article_id, sentence], text) for article_id, sentence, text in keys]
    table = sentences[["article_id", "sentence", "start", "end", "text"]].reset_index(drop=True)
    scores = pd.DataFrame(rows, columns=["compound", "positive", "negative", "neutral", "n_scored"], index=table.index)
    return table.join(scores).assign(note=TONE_WARNING)


_NEGATIONS = frozenset(
    """aint cannot cant couldnt darent despite didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neednt neither
    never none nope nor not nothing nowhere oughtnt rarely seldom shant shouldnt uhuh wasnt werent without wont
    wouldnt""".split()
)
_RAISERS = frozenset(
    """absolutely amazingly awfully completely considerable considerably decidedly deeply enormous enormously entirely
    especially exceptional exceptionally extreme extremely fabulously fully greatly highly hugely incredible incredibly
    intensely major majorly more most particularly purely quite really remarkably so substantially thoroughly total
    totally tremendous tremendously unbelievably unusually utter utterly very""".split()
)
_LOWERERS = frozenset(
    """almost barely hardly kinda less little marginal marginally occasional occasionally partly scarce scarcely slight
    slightly somewhat sorta""".split()
)
_STEP, _CAPITALS, _TURN, _FADE = 0.293, 0.733, -0.74, (1.0, 0.95, 0.9)


def _tone(words: Sequence[str], text: str) -> tuple[float, float, float, float, int]:
    """Score one sentence: compound, positive, negative and neutral shares, words in the lexicon."""
    if not words:
        return 0.0, np.nan, np.nan, np.nan, 0
    lexicon = inputs.valences()
    lower = [inputs.plain(word) for word in words]
    capitals = 0 < sum(word.isupper() for word in words) < len(words)
    valences = [_valence(i, words, lower, lexicon, capitals=capitals) for i in range(len(words))]
    if "but" in lower:
        turn = lower.index("but")
        valences = [v * (0.5 if i < turn else 1.5 if i > turn else 1) for i, v in enumerate(valences)]
    marks = min(text.count("!"), 4) * 0.292
    questions = text.count("?")
    marks += (0.18 * questions if questions <= 3 else 0.96) if questions > 1 else 0  # noqa: PLR2004 - VADER's figures
    total = sum(valences)
    total += math.copysign(marks, total) if total else 0
    # Each scored word weighs one more than its valence, so that it outweighs a neutral word.
    positive = sum(v + 1 for v in valences if v > 0)
    negative = sum(v - 1 for v in valences if v < 0)
    if positive > -negative:
        positive += marks
    elif positive < -negative:
        negative -= marks
    neutral = sum(v == 0 for v in valences)
    whole = positive - negative + neutral
    return (
        round(total / math.sqrt(total * total + 15), 4),
        round(positive / whole, 3),
        round(-negative / whole, 3),
        round(neutral / whole, 3),
        sum(word in lexicon for word in lower),
    )


def _valence(i: int, words: Sequence[str], lower: Sequence[str], lexicon: dict[str, float], *, capitals: bool) -> float:
    """Give the valence of one word in its context."""
    word = lower[i]
    if word not in lexicon or word in _RAISERS or word in _LOWERERS or lower[i : i + 2] == ["kind", "of"]:
        return 0.0
    valence = lexicon[word]
    if word == "no" and i + 1 < len(lower) and lower[i + 1] in lexicon:
        valence = 0.0
    before = lower[max(0, i - 3) : i][::-1]
    if "no" in before[:2] or (before[2:] == ["no"] and before[0] in ("or", "nor")):
        valence = lexicon[word] * _TURN
    if capitals and words[i].isupper():
        valence += math.copysign(_CAPITALS, valence)
    for distance, near in enumerate(before):
        if near in lexicon:
            continue
        step = _STEP if near in _RAISERS else -_STEP if near in _LOWERERS else 0.0
        if step:
            step = math.copysign(1, valence) * step
            if capitals and words[i - 1 - distance].isupper():
                step += math.copysign(_CAPITALS, valence)
            valence += step * _FADE[distance]
        valence = _turned(valence, before, distance)
    if before and before[0] == "least" and (len(before) == 1 or before[1] not in ("at", "very")):
        valence *= _TURN
    return valence


def _turned(valence: float, before: Sequence[str], distance: int) -> float:
    """Apply the negation that stands ``distance`` words off, if it is one; *never so* and *without doubt* are none."""
    near = before[distance]
    if distance and near == "never":
        between = before[1 if distance == 2 else 0], before[0]  # noqa: PLR2004 - two words between
        if {"so", "this"} & set(between):
            return valence * (1.25 if distance == 1 else 1.5)
    if distance and near == "without" and "doubt" in before[:distance]:
        return valence
    if near in _NEGATIONS or near.replace("'", "") in _NEGATIONS or "n't" in near:
        return valence * _TURN
    return valence
