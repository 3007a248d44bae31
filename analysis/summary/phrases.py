"""Key phrases: the names and noun phrases that say what an article is about, by four methods."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import measures
from analysis.summary.exclusions import excluded
from analysis.summary.sentences import page_rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def key_phrases(
    tokens: pd.DataFrame,
    sentences: pd.DataFrame,
    *,
    n: int = 20,
    max_words: int = 5,
    methods: Iterable[str] | None = None,
    reference: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the phrases that say what each article is about, by four methods and their mean.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, start, end, text, lemma, upos, is_word, is_stop, entity.
    sentences
        Sentences with article_id, sentence, start, text, is_title. Those that are no part of a summary, but for the
        title, are left out.
    n
        Phrases to list, of each article.
    max_words
        Words of a phrase at most; a longer run of nouns is left out. Names are kept whole.
    methods
        Some of :data:`PHRASE_METHODS`; None is all of them.
    reference
        For the keyness, as in :func:`measures.terms`; None is general English.

    Returns
    -------
    DataFrame
        One row a phrase, the best first: article_id; phrase (in its most frequent spelling); score (0 to 1: the mean,
        over the methods, of the share of phrases that it beats); one column a method (higher is better, each on its
        scale); agreement (share of the methods that have it among their n best); n (occurrences); first_start,
        first_end (of its first occurrence).

    Notes
    -----
    A phrase is a name, or a run of adjectives, nouns and names that ends in a noun or name. Phrases of the same lemmas
    are one. Scores of a method:

    ========  ================================================================================================
    yake      words that are capitalised, early, frequent, in many sentences and choosy in their neighbours; the
              negative logarithm of YAKE's score (R. Campos et al. 2020, Information Sciences 509, 257-289)
    rake      sum over words of their neighbours within phrases over their frequency (S. Rose et al. 2010)
    textrank  mean over words of their PageRank among words within two words, times the phrase's occurrences
              (R. Mihalcea and P. Tarau 2004, EMNLP)
    keyness   mean over words of their signed G² against the reference
    ========  ================================================================================================

    A short text has few repeated phrases: where most have n = 1, position decides and little else.

    Examples
    --------
    >>> words = "Air strikes hit the old air base .".split()
    >>> starts = [0, 4, 12, 16, 20, 24, 28, 33]
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "start": starts, "end": [s + len(w) for s, w in zip(starts, words)],
    ...     "text": words, "norm": [w.lower() for w in words],
    ...     "lemma": ["air", "strike", "hit", "the", "old", "air", "base", "."],
    ...     "upos": ["NOUN", "NOUN", "VERB", "DET", "ADJ", "NOUN", "NOUN", "PUNCT"], "is_word": [True] * 7 + [False],
    ...     "is_stop": [False] * 3 + [True] + [False] * 4, "entity": "O"})
    >>> sentences = pd.DataFrame({
    ...     "article_id": ["a"], "sentence": 0, "start": 0, "text": " ".join(words), "is_title": False})
    >>> key_phrases(tokens, sentences)["phrase"].tolist()
    ['Air strikes', 'old air base']
    """
    measures.require(tokens, _TOKEN_COLUMNS, name="tokens")
    measures.require(sentences, ("article_id", "sentence", "start", "text", "is_title"), name="sentences")
    chosen = list(PHRASE_METHODS)
    if methods is not None:
        chosen = [measures.choose(method, PHRASE_METHODS, option="methods") for method in methods]
    tables = []
    for article_id, own in tokens.groupby("article_id", sort=False):
        own_sentences = sentences[sentences["article_id"] == article_id]
        kept = excluded(own_sentences, own).isin(["", "title"])
        own_sentences = own_sentences[kept]
        ordered = own[own["sentence"].isin(own_sentences["sentence"])].sort_values("start", kind="stable")
        found = _phrases(ordered, own_sentences, max_words=max_words)
        if found.empty:
            continue
        words = _PhraseWords(ordered, found, reference)
        standing = pd.DataFrame(index=found.index)
        for method in chosen:
            found[method] = [PHRASE_METHODS[method](words, row) for row in found.itertuples()]
            standing[method] = _beaten(found[method].round(9))
        found["score"] = standing.mean(axis=1)
        top = pd.DataFrame({m: found[m].rank(ascending=False, method="first") <= n for m in chosen})
        found["agreement"] = top.mean(axis=1)
        found = found.sort_values(["score", "first_start"], ascending=[False, True], kind="stable").head(n)
        tables.append(found.assign(article_id=article_id))
    columns = ["article_id", "phrase", "score", *chosen, "agreement", "n", "first_start", "first_end"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


_TOKEN_COLUMNS = (
    "article_id", "sentence", "start", "end", "text", "lemma", "upos", "is_word", "is_stop", "entity",
)  # fmt: skip
_PHRASE_TAGS = frozenset({"ADJ", "NOUN", "PROPN"})
_JOINTS = frozenset("-‐‑")


def _phrases(tokens: pd.DataFrame, sentences: pd.DataFrame, *, max_words: int) -> pd.DataFrame:
    """Find the phrases: one row each, with its lemmas, its occurrences and where it first stands."""
    texts = {row.sentence: (row.start, row.text) for row in sentences.itertuples()}
    rows = list(
        tokens[["sentence", "start", "end", "lemma", "upos", "is_word", "is_stop", "entity", "text"]].itertuples()
    )
    spelt, first, lemmas = defaultdict(Counter), {}, {}
    for run in _runs(rows):
        words = [token for token in run if token.is_word]
        is_name = run[0].entity != "O"
        if not words or (len(words) > max_words and not is_name) or all(t.is_stop for t in words):
            continue
        key = tuple(str(token.lemma).casefold() for token in words)
        begin, text = texts[run[0].sentence]
        spelt[key][" ".join(text[run[0].start - begin : run[-1].end - begin].split())] += 1
        first.setdefault(key, (run[0].start, run[-1].end))
        lemmas[key] = key
    return pd.DataFrame({
        "lemmas": list(lemmas.values()),
        "phrase": [spelt[key].most_common(1)[0][0] for key in lemmas],
        "n": [spelt[key].total() for key in lemmas],
        "first_start": [first[key][0] for key in lemmas],
        "first_end": [first[key][1] for key in lemmas],
    })  # fmt: skip


def _runs(rows: Sequence) -> Iterator[list]:
    """Give the names, and the runs of adjectives, nouns and names that end in a noun or name."""
    run: list = []
    for token in [*rows, None]:
        if token is not None and run and token.sentence == run[-1].sentence:
            named, is_name = str(token.entity), run[0].entity != "O"
            if is_name and named.startswith("I-"):
                run.append(token)
                continue
            joint = token.text in _JOINTS and token.start == run[-1].end
            if not is_name and named == "O" and (joint or (token.upos in _PHRASE_TAGS and not token.is_stop)):
                run.append(token)
                continue
        if run and run[0].entity == "O":
            while run and run[-1].upos not in {"NOUN", "PROPN"}:
                run.pop()
        if run:
            yield run
        run = []
        if token is not None and (
            str(token.entity).partition("-")[2] in measures.NAME_LABELS
            or (token.entity == "O" and token.upos in _PHRASE_TAGS and token.is_word and not token.is_stop)
        ):
            run = [token]


class _PhraseWords:
    """What the methods know of the words of an article's phrases."""

    def __init__(self, tokens: pd.DataFrame, phrases: pd.DataFrame, reference: pd.DataFrame | None) -> None:
        words = tokens[tokens["is_word"].astype(bool)]
        self.lemma = words["lemma"].astype("str").str.casefold()
        self.sentence = words["sentence"].to_numpy()
        self.counted = ~words["is_stop"].to_numpy(dtype=bool)
        self.phrases = phrases
        self._words = words
        self._reference = reference

    @cached_property
    def keyness(self) -> dict[str, float]:
        table = measures.terms(
            self._words, reference=self._reference, content_only=False, min_n=1, parts=1, correction="none"
        )
        return dict(zip(table["lemma"].str.casefold(), table["keyness"], strict=True))

    @cached_property
    def page_rank(self) -> dict[str, float]:
        from scipy.sparse import csr_array

        lemma, sentence = self.lemma.to_numpy()[self.counted], self.sentence[self.counted]
        code, names = pd.factorize(lemma)
        pairs = [np.empty((0, 2), dtype=int)]
        for step in (1, 2):
            near = (sentence[step:] == sentence[:-step]) & (code[step:] != code[:-step])
            pairs.append(np.column_stack([code[:-step], code[step:]])[near])
        i, j = np.vstack(pairs).T
        ones = np.ones(2 * len(i))
        links = csr_array((ones, (np.r_[i, j], np.r_[j, i])), shape=(len(names), len(names)))
        return dict(zip(names, page_rank(links) * len(names), strict=True)) if len(names) else {}

    @cached_property
    def rake(self) -> dict[str, float]:
        degree, frequency = Counter(), Counter()
        for row in self.phrases.itertuples():
            for lemma in row.lemmas:
                degree[lemma] += row.n * len(row.lemmas)
                frequency[lemma] += row.n
        return {lemma: degree[lemma] / frequency[lemma] for lemma in degree}

    @cached_property
    def yake(self) -> dict[str, float]:
        """Give YAKE's weight of each word; low is good."""
        table = pd.DataFrame({
            "lemma": self.lemma.to_numpy(), "sentence": pd.factorize(self.sentence)[0],
            "capital": self._words["text"].astype("str").str[:1].str.isupper().to_numpy(),
        })  # fmt: skip
        opens = table["sentence"].ne(table["sentence"].shift())
        table["capital"] &= ~opens
        grouped = table[self.counted].groupby("lemma", sort=False)
        n = grouped.size()
        case = grouped["capital"].sum() / (1 + np.log(n))
        place = np.log(np.log(3 + grouped["sentence"].median()))
        often = n / (n.mean() + n.std(ddof=0))
        spread = grouped["sentence"].nunique() / max(1, table["sentence"].nunique())
        # How choosy a word is: distinct over all neighbours, on each side.
        lemma, sentence = table["lemma"].to_numpy(), table["sentence"].to_numpy()
        same = sentence[1:] == sentence[:-1]
        left = pd.DataFrame({"lemma": lemma[1:][same], "near": lemma[:-1][same]}).groupby("lemma")["near"]
        right = pd.DataFrame({"lemma": lemma[:-1][same], "near": lemma[1:][same]}).groupby("lemma")["near"]
        loose = sum((side.nunique() / side.size()).reindex(n.index, fill_value=0) for side in (left, right))
        related = 1 + loose * n / n.max()
        return (related * place / (case + often / related + spread / related)).to_dict()


def _yake(words: _PhraseWords, row: Any) -> float:
    weights = [words.yake[lemma] for lemma in row.lemmas if lemma in words.yake]
    return -float(np.log(np.prod(weights) / (row.n * (1 + sum(weights))))) if weights else 0.0


def _rake(words: _PhraseWords, row: Any) -> float:
    return sum(words.rake[lemma] for lemma in row.lemmas)


def _textrank_phrase(words: _PhraseWords, row: Any) -> float:
    return row.n * float(np.mean([words.page_rank.get(lemma, 0) for lemma in row.lemmas]))


def _keyness(words: _PhraseWords, row: Any) -> float:
    return float(np.mean([words.keyness.get(lemma, 0) for lemma in row.lemmas]))


#: Every method of key phrases by its name, in the order of the columns.
PHRASE_METHODS = {"yake": _yake, "rake": _rake, "textrank": _textrank_phrase, "keyness": _keyness}


def _beaten(scores: pd.Series) -> pd.Series:
    """Give the share of the other phrases that each beats, half of those that it equals."""
    return (scores.rank(method="average") - 1) / max(1, len(scores) - 1)
