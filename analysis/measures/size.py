"""The size of an article: what it counts up to, and the length of its sentences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from analysis import tables
from analysis.measures import inputs
from analysis.measures.estimates import Bootstrap, Estimate, estimates
from analysis.measures.orthography import TOKEN_COLUMNS
from analysis.measures.readability import running_text, sums_by_sentence
from analysis.options import checked

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["counts", "lengths"]

#: Means and shares by name: unit and formula over the sums of :func:`sums_by_sentence`.
_MEANS = {
    "sentence_length_mean": ("words", lambda s: s["syntactic_words"] / s["sentences"]),
    "word_length_mean": ("letters and digits", lambda s: s["characters"] / s["words"]),
    "syllables_per_word": ("syllables", lambda s: s["syllables"] / s["words"]),
    "lexical_density": ("share of words", lambda s: s["content_words"] / s["syntactic_words"]),
}


@tables.stage(requires=("sentences", "tokens"), returns="counts")
@checked
def counts(
    sentences: pd.DataFrame, tokens: pd.DataFrame, *, resamples: int = 1000, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Count the words, sentences and paragraphs of each article, and what follows from the counts.

    Parameters
    ----------
    sentences
        Sentences with article_id, sentence, paragraph, role. Title lines count as tokens and words of the article
        but not as sentences.
    tokens
        Tokens with article_id, sentence, start, end, text, norm, lemma, upos, is_word.
    resamples, confidence, seed
        Of the bootstrap over sentences that gives the intervals of the means: number of resamples, share of them
        within the interval (between 0 and 1), seed of the draw.

    Returns
    -------
    DataFrame
        {columns}

        Articles are in the order of tokens. Counts have no interval, since they are not estimated; means and shares
        have a percentile interval from 5 sentences on.

    Notes
    -----
    A word is a token that ``is_word`` says is one: Universal Dependencies split *don't* and *US-led* into several.
    Types are words that differ in more than capitals; hapaxes are types that occur once. Lexical density is the share
    of content words (J. Ure 1971). The bootstrap draws sentences with replacement (B. Efron and R. Tibshirani 1993).

    Examples
    --------
    >>> import pandas as pd
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0, 0, 0], "start": [0, 4, 8], "end": [3, 8, 9],
    ...     "text": ["Fog", "fell", "."], "norm": ["fog", "fell", "."], "lemma": ["fog", "fall", "."],
    ...     "upos": ["NOUN", "VERB", "PUNCT"],
    ...     "is_word": [True, True, False]})
    >>> sentences = pd.DataFrame({"article_id": ["a"], "sentence": 0, "paragraph": 0, "role": "body"})
    >>> counts(sentences, tokens)[["measure", "value"]].values.tolist()[:2]
    [['tokens', 3.0], ['words', 2.0]]
    """
    paragraphs = running_text(sentences, "paragraph")
    rows = []
    for article_id, token in inputs.articles(tokens, *TOKEN_COLUMNS, "norm", name="tokens"):
        is_word = token["is_word"]
        types = Counter(map(inputs.normalise, token["norm"][is_word]))
        lemmas = set(map(inputs.normalise, token["lemma"][is_word]))
        paragraph_ids = paragraphs.get(article_id, {})
        sums = sums_by_sentence(token, paragraph_ids)
        words = sums["syntactic_words"]
        counted = (
            ("tokens", len(is_word), "tokens", "with punctuation"),
            ("words", is_word.sum(), "words", ""),
            ("types", len(types), "word forms", "grows with length"),
            ("lemmas", len(lemmas), "lemmas", "grows with length"),
            ("hapaxes", sum(n == 1 for n in types.values()), "word forms", "word forms that occur once"),
            ("sentences", len(paragraph_ids), "sentences", "without titles"),
            ("paragraphs", len(set(paragraph_ids.values())), "paragraphs", "without titles"),
            ("sentence_length_median", np.median(words) if len(words) else np.nan, "words", ""),
            ("sentence_length_max", max(words, default=np.nan), "words", ""),
        )
        rows += [(article_id, measure, unit, Estimate(value, note=note)) for measure, value, unit, note in counted]
        bootstrap = Bootstrap(sums, resamples=resamples, confidence=confidence, seed=seed)
        rows += [
            (article_id, measure, unit, bootstrap.estimate(formula)) for measure, (unit, formula) in _MEANS.items()
        ]
    return estimates("counts", rows)


@tables.stage(requires=("sentences", "tokens"), returns="lengths")
def lengths(sentences: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Count the words and characters of each sentence, titles included.

    Parameters
    ----------
    sentences
        Sentences with article_id, sentence, paragraph, start, end, role.
    tokens
        Tokens with article_id, sentence, is_word.

    Returns
    -------
    DataFrame
        {columns}

        Rows are in the order of sentences.

    Examples
    --------
    >>> import pandas as pd
    >>> sentences = pd.DataFrame({
    ...     "article_id": ["a"], "sentence": 0, "paragraph": 0, "start": 0, "end": 9, "role": "body"})
    >>> tokens = pd.DataFrame({"article_id": "a", "sentence": [0, 0, 0], "is_word": [True, True, False]})
    >>> lengths(sentences, tokens)[["n_words", "length_chars"]].values.tolist()
    [[2, 9]]
    """
    columns = ["article_id", "sentence", "paragraph", "start", "end", "role"]
    inputs.require(sentences, columns, name="sentences")
    inputs.require(tokens, ("article_id", "sentence", "is_word"), name="tokens")
    words = tokens.loc[tokens["is_word"].astype(bool), ["article_id", "sentence"]]
    n_words = Counter(zip(words["article_id"], words["sentence"], strict=True))
    rows = sentences[columns].itertuples(index=False)
    return tables.frame("lengths", [(*row, n_words[row[:2]], row.end - row.start) for row in rows])
