"""Key phrases: the names and noun phrases that say what an article is about, by four methods."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from analysis import measures
from analysis.measures import inputs
from analysis.summary.candidates import excluded
from analysis.summary.sentences import page_rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray


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
        Sentences with article_id, sentence, start, text, role. Those that are no part of a summary, but for the
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
    are one; a phrase that is part of a better one and occurs no oftener is left out. Scores of a method:

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
    ...     "article_id": ["a"], "sentence": 0, "start": 0, "text": " ".join(words), "role": "body"})
    >>> key_phrases(tokens, sentences)["phrase"].tolist()
    ['Air strikes', 'old air base']
    """
    chosen = list(PHRASE_METHODS)
    if methods is not None:
        chosen = [inputs.choose(method, PHRASE_METHODS, option="methods") for method in methods]
    rows = []
    for article_id, own, sentence in inputs.aligned(
        tokens=(tokens, _Token._fields), sentences=(sentences, ("sentence", "start", "text", "role"))
    ):
        kept = np.isin(excluded(sentence["role"]), ["", "title"])
        texts = {sentence["sentence"][i]: (sentence["start"][i], sentence["text"][i]) for i in np.flatnonzero(kept)}
        token = [_Token(*row) for row in zip(*(own[name] for name in _Token._fields), strict=True)]
        token = [t for t in token if t.sentence in texts]
        phrases = _phrases(token, texts, max_words=max_words)
        if not phrases:
            continue
        words = _Words(token, phrases, reference)
        columns = [
            inputs.round_floats(PHRASE_METHODS[method](words, phrase) for phrase in phrases) for method in chosen
        ]
        scores = np.column_stack(columns)
        agreed = np.mean([_rank(column) < n for column in columns], axis=0)
        total = inputs.round_floats(np.mean([_beaten(column) for column in columns], axis=0))
        order = _apart(phrases, np.lexsort(([phrase.start for phrase in phrases], -total)), n=n)
        rows += [
            (article_id, phrases[i].text, total[i], *scores[i], agreed[i], phrases[i].n, *phrases[i][3:]) for i in order
        ]
    names = ["article_id", "phrase", "score", *chosen, "agreement", "n", "first_start", "first_end"]
    return pd.DataFrame(rows, columns=names)


class _Token(NamedTuple):
    sentence: int
    start: int
    end: int
    text: str
    lemma: str
    upos: str
    is_word: bool
    is_stop: bool
    entity: str


class _Phrase(NamedTuple):
    """A phrase: its lemmas, its most frequent spelling, its occurrences, and where it first stands."""

    lemmas: tuple[str, ...]
    text: str
    n: int
    start: int
    end: int


_TAGS = frozenset({"ADJ", "NOUN", "PROPN"})
_HEADS = frozenset({"NOUN", "PROPN"})
_JOINTS = frozenset("-‐‑")


def _phrases(token: list[_Token], texts: dict[int, tuple[int, str]], *, max_words: int) -> list[_Phrase]:
    """Find the phrases, in the order in which they first stand."""
    spelt: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    first: dict[tuple[str, ...], tuple[int, int]] = {}
    for run in _runs(token):
        lemmas = tuple(inputs.normalise(t.lemma) for t in run if t.is_word)
        if not lemmas or (len(lemmas) > max_words and run[0].entity == "O"):
            continue
        begin, text = texts[run[0].sentence]
        start, end = run[0].start, run[-1].end
        spelt[lemmas][" ".join(text[start - begin : end - begin].split())] += 1
        first.setdefault(lemmas, (start, end))
    return [
        _Phrase(lemmas, forms.most_common(1)[0][0], forms.total(), *first[lemmas]) for lemmas, forms in spelt.items()
    ]


def _runs(token: list[_Token]) -> Iterator[list[_Token]]:
    """Give the names, and the runs of adjectives, nouns and names that end in a noun or name."""
    run: list[_Token] = []
    for t in token:
        if run and t.sentence == run[-1].sentence and _goes_on(run, t):
            run.append(t)
            continue
        yield from _ended(run)
        is_name = t.entity.partition("-")[2] in measures.NAME_LABELS
        run = [t] if is_name or (t.entity == "O" and _is_part(t)) else []
    yield from _ended(run)


def _is_part(t: _Token) -> bool:
    return t.upos in _TAGS and t.is_word and not t.is_stop


def _goes_on(run: list[_Token], t: _Token) -> bool:
    if run[0].entity != "O":
        return t.entity.startswith("I-")
    return t.entity == "O" and (_is_part(t) or (t.text in _JOINTS and t.start == run[-1].end))


def _ended(run: list[_Token]) -> Iterator[list[_Token]]:
    """Give a run, if it is one, without what follows its last noun."""
    while run and run[0].entity == "O" and run[-1].upos not in _HEADS:
        run = run[:-1]
    if run:
        yield run


class _Words:
    """What the methods know of the words of an article's phrases."""

    def __init__(self, token: list[_Token], phrases: list[_Phrase], reference: pd.DataFrame | None) -> None:
        self._token = [t for t in token if t.is_word]
        self._lemma = [inputs.normalise(t.lemma) for t in self._token]
        self._phrases = phrases
        self._reference = reference

    @cached_property
    def keyness(self) -> dict[str, float]:
        """Give each word's signed G² against the reference."""
        words = pd.DataFrame({"article_id": "", "lemma": self._lemma, "is_word": True})
        table = measures.keyness(words, reference=self._reference, min_n=1, min_expected=np.inf, correction="none")
        return dict(zip(map(inputs.normalise, table["lemma"]), table["keyness"], strict=True))

    @cached_property
    def page_rank(self) -> dict[str, float]:
        """Give each word's PageRank among the words that stand within two words of each other, 1 on average."""
        from scipy.sparse import csr_array

        counted = [(t.sentence, w) for t, w in zip(self._token, self._lemma, strict=True) if not t.is_stop]
        number = {word: i for i, word in enumerate(dict.fromkeys(word for _, word in counted))}
        links: Counter[tuple[int, int]] = Counter()
        for step in (1, 2):
            for (here, left), (there, right) in zip(counted, counted[step:], strict=False):
                if here == there and left != right:
                    links[number[left], number[right]] += 1
                    links[number[right], number[left]] += 1
        at = np.array(list(links), dtype=np.int64).reshape(-1, 2).T
        weights = csr_array((np.array(list(links.values()), dtype=float), (at[0], at[1])), shape=(len(number),) * 2)
        return dict(zip(number, page_rank(weights) * len(number), strict=True)) if number else {}

    @cached_property
    def rake(self) -> dict[str, float]:
        """Give each word's degree (words of the phrases that it stands in) over its frequency in phrases."""
        degree, frequency = Counter(), Counter()
        for phrase in self._phrases:
            for lemma in phrase.lemmas:
                degree[lemma] += phrase.n * len(phrase.lemmas)
                frequency[lemma] += phrase.n
        return {lemma: degree[lemma] / frequency[lemma] for lemma in degree}

    @cached_property
    def yake(self) -> dict[str, float]:
        """Give YAKE's weight of each word; low is good."""
        order = {number: i for i, number in enumerate(dict.fromkeys(t.sentence for t in self._token))}
        stands, capitals = defaultdict(list), Counter()
        left, right = defaultdict(list), defaultdict(list)
        before = None
        for t, word in zip(self._token, self._lemma, strict=True):
            opens = before is None or before[0] != t.sentence
            if not opens:
                left[word].append(before[1])
                right[before[1]].append(word)
            if not t.is_stop:
                stands[word].append(order[t.sentence])
                capitals[word] += t.text[:1].isupper() and not opens
            before = t.sentence, word
        n = {word: len(places) for word, places in stands.items()}
        usual, most = (fmean(n.values()) + pstdev(n.values()), max(n.values())) if n else (1, 1)
        weights = {}
        for word, places in stands.items():
            # How loose a word's company is: distinct over all neighbours, on each side.
            loose = sum(len(set(near)) / len(near) for near in (left[word], right[word]) if near)
            related = 1 + loose * n[word] / most
            case, place = capitals[word] / (1 + np.log(n[word])), np.log(np.log(3 + median(places)))
            spread = len(set(places)) / len(order)
            weights[word] = related * place / (case + n[word] / usual / related + spread / related)
        return weights


def _yake(words: _Words, phrase: _Phrase) -> float:
    weights = [words.yake[lemma] for lemma in phrase.lemmas if lemma in words.yake]
    return -float(np.log(np.prod(weights) / (phrase.n * (1 + sum(weights))))) if weights else 0.0


def _rake(words: _Words, phrase: _Phrase) -> float:
    return sum(words.rake[lemma] for lemma in phrase.lemmas)


def _textrank(words: _Words, phrase: _Phrase) -> float:
    return phrase.n * fmean(words.page_rank.get(lemma, 0) for lemma in phrase.lemmas)


def _keyness(words: _Words, phrase: _Phrase) -> float:
    return fmean(words.keyness[lemma] for lemma in phrase.lemmas)


#: Every method of key phrases by its name, in the order of the columns.
PHRASE_METHODS = {"yake": _yake, "rake": _rake, "textrank": _textrank, "keyness": _keyness}


def _apart(phrases: list[_Phrase], order: Iterable[int], *, n: int) -> list[int]:
    """Give the n best phrases, without one that is part of a better one and occurs no oftener."""
    kept: list[int] = []
    for i in order:
        if len(kept) == n:
            break
        part = f" {' '.join(phrases[i].lemmas)} "
        if not any(phrases[i].n <= phrases[k].n and part in f" {' '.join(phrases[k].lemmas)} " for k in kept):
            kept.append(i)
    return kept


def _rank(scores: Sequence[float]) -> NDArray[np.int64]:
    """Give each score's rank from 0, the highest first, ties by place."""
    return np.argsort(np.argsort(-np.asarray(scores), kind="stable"), kind="stable")


def _beaten(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the share of the others that each score beats, half of those that it equals."""
    ordered = np.sort(scores)
    below, up_to = np.searchsorted(ordered, scores, side="left"), np.searchsorted(ordered, scores, side="right")
    return (below + up_to - 1) / 2 / max(1, len(scores) - 1)
