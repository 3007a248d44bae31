"""Key phrases: the names and noun phrases that say what an article is about, by four methods."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cached_property
from statistics import fmean, median, pstdev
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis import measures, tables
from analysis.invisible import visible
from analysis.measures import inputs
from analysis.measures.units import NAME_COLUMNS, find_units, hyphenated, name_spans
from analysis.options import checked
from analysis.summary.graph import page_rank
from analysis.summary.view import exclusion_reasons, located_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

__all__ = ["PHRASE_METHODS", "key_phrases"]

_MODIFIERS_AND_HEADS = frozenset({"ADJ", "NOUN", "PROPN"})
_HEADS = frozenset({"NOUN", "PROPN"})
_FINITE = frozenset({"VBD", "VBZ"})


@tables.stage(requires=("sentences", "tokens"), returns="key_phrases")
@checked
def key_phrases(
    sentences: pd.DataFrame,
    tokens: pd.DataFrame,
    *,
    n: int = 20,
    max_words: int = 5,
    methods: str | Iterable[str] | None = None,
    reference: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the phrases that say what each article is about, by four methods and their mean.

    Parameters
    ----------
    sentences, tokens
        The tables of the articles. Sentences that a summary cannot have, but for the title, are left out.
    n
        Phrases to list, of each article.
    max_words
        Words of a phrase at most, a hyphenated word being one; a longer sequence of nouns is left out. Names are kept
        whole.
    methods
        Some of :data:`PHRASE_METHODS`; None is all of them.
    reference
        For the keyness, as in :func:`analysis.measures.keyness`; None is general English.

    Returns
    -------
    DataFrame
        {columns}

        The best phrase of an article comes first; equal ones are ordered by position. The best of a method, for the
        agreement, are its ``n`` best.

    Raises
    ------
    ValueError
        If a method is unknown, or a table lacks a column.

    Notes
    -----
    A phrase is a name without the title before it, or a sequence of adjectives and nouns that ends in a noun. A
    hyphenated word is kept whole before a noun (*state-of-the-art bridge*) or if it ends in one; a name in it is a
    phrase as well. A noun in the plural is kept with what it owns (*fishermen's groups*). Phrases of the same lemmas
    are one; a phrase that is part of a better one and no more frequent is left out. Scores of a method, which leave
    stop words out of a phrase:

    ========  ================================================================================================
    yake      words that are capitalised, early, frequent, in many sentences and with few different neighbours;
              the negative logarithm of YAKE's score (R. Campos et al. 2020, Information Sciences 509, 257-289)
    rake      sum over words of their degree within phrases over their frequency (S. Rose et al. 2010)
    textrank  mean over words of their PageRank among words within two words, times the phrase's occurrences
              (R. Mihalcea and P. Tarau 2004, EMNLP)
    keyness   mean over words of their signed G² against the reference; of a name of several words, its own, as
              :func:`analysis.measures.keyness` has it
    ========  ================================================================================================

    A short text has few repeated phrases: where most have n = 1, position decides and little else.

    Examples
    --------
    >>> from analysis import Article, annotate
    >>> sentences, tokens, *_ = annotate(Article.from_text("Air strikes hit the old air base."))
    >>> key_phrases(sentences, tokens)["phrase"].tolist()
    ['Air strikes', 'old air base']
    """
    names = list(PHRASE_METHODS)
    if methods is not None:
        names = inputs.choose_all(methods, PHRASE_METHODS, option="methods")
    rows = []
    for article_id, *article in inputs.aligned(
        sentences=(sentences, ("sentence", "start", "text", "role")), tokens=(tokens, _Token._fields)
    ):
        own_sentences, own_tokens = article
        texts = located_texts(own_sentences, np.isin(exclusion_reasons(own_sentences["role"]), ["", "title"]))
        is_read = np.isin(own_tokens["sentence"], list(texts))
        read_tokens = {name: values[is_read] for name, values in own_tokens.items()}
        phrases = _find_phrases(read_tokens, texts, max_words=max_words)
        if not phrases:
            continue
        words = _WordScores(read_tokens, phrases, reference)
        columns = [inputs.round_floats(PHRASE_METHODS[name](words, phrase) for phrase in phrases) for name in names]
        scores = np.column_stack(columns)
        agreement = np.mean([_ranks(column) < n for column in columns], axis=0)
        mean = inputs.round_floats(np.mean([_share_beaten(column) for column in columns], axis=0))
        order = np.lexsort((np.array([phrase.start for phrase in phrases]), -mean))
        for i in _drop_parts(phrases, order, n=n):
            phrase = phrases[i]
            span = (phrase.start, phrase.end)
            rows.append((article_id, phrase.text, mean[i], *scores[i], agreement[i], phrase.n, *span))
    return tables.frame("key_phrases", rows, more=names)


#: What is an address, and no phrase.
_ADDRESS = re.compile(r"://|^www\.|\w@\w+\.\w")


class _Token(NamedTuple):
    sentence: int
    start: int
    end: int
    text: str
    lemma: str
    upos: str
    xpos: str
    is_word: bool
    is_stop: bool
    entity: str


class _Phrase(NamedTuple):
    """A phrase.

    Attributes
    ----------
    lemmas, scored
        The lemmas of its words, and those that are no stop words, of which there are none only where all are.
    text, n
        Its most frequent spelling, and its occurrences.
    start, end
        The span of the first.
    """

    lemmas: tuple[str, ...]
    scored: tuple[str, ...]
    text: str
    n: int
    start: int
    end: int


class _Word(NamedTuple):
    """A token, or the tokens of a hyphenated word or of a name."""

    tokens: list[_Token]
    is_name: bool

    @property
    def is_modifier(self) -> bool:
        """Whether it may stand before a noun."""
        *_, last = self.tokens
        if len(self.tokens) > 1:
            is_number = all(token.upos in {"NUM", "PUNCT", "SYM"} for token in self.tokens)
            return not is_number and last.xpos not in _FINITE
        return last.entity == "O" and last.upos in _MODIFIERS_AND_HEADS and last.is_word and not last.is_stop

    @property
    def is_head(self) -> bool:
        """Whether a phrase may end in it."""
        return self.is_modifier and self.tokens[-1].upos in _HEADS and self.tokens[-1].entity == "O"


def _find_phrases(
    token: Mapping[str, NDArray[Any]], texts: dict[int, tuple[int, str]], *, max_words: int
) -> list[_Phrase]:
    """Return the phrases in the order of their first occurrence.

    Parameters
    ----------
    token
        Columns of the tokens of the sentences to read.
    texts
        Start and text of each of these sentences, by its number.
    max_words
        Words of a phrase that is no name, at most.
    """
    spellings: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    first: dict[tuple[str, ...], tuple[tuple[str, ...], int, int]] = {}
    of_names: dict[str, tuple[str, ...]] = {}
    units = find_units(token, by="lemma", whole_names=True)
    whole_persons = {
        str(text): str(name)
        for text, name, tag in zip(token["text"], units.words, token["entity"], strict=True)
        if tag == "B-person" and name in units.parts and str(name).endswith(f" {text}")
    }
    for words in sorted(_sequences(token), key=lambda words: words[0].tokens[0].start):
        if len(words) > max_words:
            continue
        tokens = [one for word in words for one in word.tokens]
        if any(_ADDRESS.search(one.text) for one in tokens):
            continue
        lemmas = tuple(inputs.normalise(one.lemma) for one in tokens if one.is_word)
        scored = tuple(inputs.normalise(one.lemma) for one in tokens if one.is_word and not one.is_stop)
        offset, text = texts[tokens[0].sentence]
        start, end = tokens[0].start, tokens[-1].end
        spelling = " ".join(visible(text[start - offset : end - offset]).split())
        if words[0].is_name:
            # A name is one, whatever its words are taken for (*Manchester United*, unite and United).
            if spelling in whole_persons:  # a surname beside the whole name: *Gupta*, *Anjali Gupta*
                spelling = whole_persons[spelling]
                lemmas = scored = tuple(map(inputs.normalise, units.parts[spelling]))
            lemmas = of_names.setdefault(inputs.normalise(spelling), lemmas)
        spellings[lemmas][spelling] += 1
        first.setdefault(lemmas, (scored or lemmas, start, end))
    phrases = []
    for lemmas, counts in spellings.items():
        scored, start, end = first[lemmas]
        phrases.append(_Phrase(lemmas, scored, counts.most_common(1)[0][0], counts.total(), start, end))
    return phrases


def _sequences(token: Mapping[str, NDArray[Any]]) -> Iterator[list[_Word]]:
    """Yield the names, and the sequences of modifiers and nouns that end in a noun."""
    tokens = [_Token(*row) for row in zip(*(token[name] for name in _Token._fields), strict=True)]
    names = dict(name_spans(token))
    for first, stop in names.items():
        yield [_Word(tokens[first:stop], is_name=True)]
    sequence: list[_Word] = []
    for word in _words(tokens, names, dict(hyphenated(token))):
        is_new = bool(sequence) and word.tokens[0].sentence != sequence[-1].tokens[0].sentence
        if is_new or word.is_name or not word.is_modifier:
            yield from _trimmed(sequence)
            sequence = []
        if not word.is_name and word.is_modifier:
            sequence.append(word)
    yield from _trimmed(sequence)


def _words(tokens: list[_Token], names: Mapping[int, int], compounds: Mapping[int, int]) -> Iterator[_Word]:
    """Yield the words, hyphenated words and names of some tokens; a name that a hyphen joins to more is part of it."""
    first = 0
    while first < len(tokens):
        stop = names.get(first, first + 1)
        is_name = first in names
        for i in range(first, len(tokens)):
            if i >= stop:
                break
            if compounds.get(i, 0) > stop:
                stop, is_name = compounds[i], False
            elif i in names and names[i] > stop:
                stop = names[i]
        if stop == first + 1 and not is_name and _is_group_before_own(tokens, first):
            stop += 1
        yield _Word(tokens[first:stop], is_name)
        first = stop


def _is_group_before_own(tokens: list[_Token], at: int) -> bool:
    """Return whether a noun in the plural owns the noun or modifier after it: *fishermen's groups*."""
    if at + 2 >= len(tokens):
        return False
    owner, mark, own = tokens[at : at + 3]
    is_owner = owner.xpos == "NNS" and mark.xpos == "POS" and own.sentence == owner.sentence
    return is_owner and own.upos in _MODIFIERS_AND_HEADS and own.entity == "O"


def _trimmed(sequence: list[_Word]) -> Iterator[list[_Word]]:
    """Yield a sequence without what follows its last noun, unless nothing is left."""
    while sequence and not sequence[-1].is_head:
        sequence = sequence[:-1]
    if sequence:
        yield sequence


class _WordScores:
    """Scores of the words of one article, by lemma, each computed when a method first needs it."""

    def __init__(
        self, token: Mapping[str, NDArray[Any]], phrases: list[_Phrase], reference: pd.DataFrame | None
    ) -> None:
        self._token = token
        rows = zip(*(token[name] for name in _Token._fields), strict=True)
        self._words = [word for word in (_Token(*row) for row in rows) if word.is_word]
        self._lemmas = [inputs.normalise(word.lemma) for word in self._words]
        self._phrases = phrases
        self._reference = reference

    @cached_property
    def keyness(self) -> dict[str, float]:
        """Signed G² against the reference, of words, of whole names, and of hyphenated words for each word in them."""
        words = pd.DataFrame({"article_id": "", **{name: self._token[name] for name in ("lemma", *NAME_COLUMNS)}})
        table = measures.keyness(words, reference=self._reference, min_n=1, min_expected=np.inf, correction="none")
        found = dict(zip(map(inputs.normalise, table["lemma"]), table["keyness"], strict=True))
        units = find_units(self._token, by="lemma", whole_names=True)
        compounds = (word for word in units.words[units.starts_unit & ~units.is_name] if word in units.parts)
        whole = {inputs.normalise(part): inputs.normalise(word) for word in compounds for part in units.parts[word]}
        return {part: found[word] for part, word in whole.items()} | found

    @cached_property
    def page_rank(self) -> dict[str, float]:
        """PageRank in the graph of words at most two words apart, 1 on average; stop words are left out."""
        from scipy.sparse import csr_array

        content = [
            (word.sentence, lemma) for word, lemma in zip(self._words, self._lemmas, strict=True) if not word.is_stop
        ]
        node = {lemma: i for i, lemma in enumerate(dict.fromkeys(lemma for _, lemma in content))}
        if not node:
            return {}
        links: Counter[tuple[int, int]] = Counter()
        for distance in (1, 2):
            for (left_sentence, left), (right_sentence, right) in zip(content, content[distance:], strict=False):
                if left_sentence == right_sentence and left != right:
                    links[node[left], node[right]] += 1
                    links[node[right], node[left]] += 1
        rows, columns = np.array(list(links), dtype=np.int64).reshape(-1, 2).T
        weights = csr_array((np.array(list(links.values()), dtype=float), (rows, columns)), shape=(len(node),) * 2)
        return dict(zip(node, page_rank(weights) * len(node), strict=True))

    @cached_property
    def rake(self) -> dict[str, float]:
        """Degree (words of the phrases that have the word) over frequency in phrases."""
        degree: Counter[str] = Counter()
        frequency: Counter[str] = Counter()
        for phrase in self._phrases:
            for lemma in phrase.scored:
                degree[lemma] += phrase.n * len(phrase.scored)
                frequency[lemma] += phrase.n
        return {lemma: degree[lemma] / frequency[lemma] for lemma in degree}

    @cached_property
    def yake(self) -> dict[str, float]:
        """YAKE's weight: lower is more telling."""
        sentence_index = {number: i for i, number in enumerate(dict.fromkeys(word.sentence for word in self._words))}
        in_sentences: dict[str, list[int]] = defaultdict(list)
        n_capitalised: Counter[str] = Counter()
        left: dict[str, list[str]] = defaultdict(list)
        right: dict[str, list[str]] = defaultdict(list)
        previous: tuple[int, str] | None = None
        for word, lemma in zip(self._words, self._lemmas, strict=True):
            has_left = previous is not None and previous[0] == word.sentence
            if previous is not None and has_left:
                left[lemma].append(previous[1])
                right[previous[1]].append(lemma)
            if not word.is_stop:
                in_sentences[lemma].append(sentence_index[word.sentence])
                n_capitalised[lemma] += word.text[:1].isupper() and has_left
            previous = word.sentence, lemma
        if not in_sentences:
            return {}
        frequency = {lemma: len(indices) for lemma, indices in in_sentences.items()}
        typical = fmean(frequency.values()) + pstdev(frequency.values())
        greatest = max(frequency.values())
        weights = {}
        for lemma, indices in in_sentences.items():
            n = frequency[lemma]
            # Distinct over all neighbours, on each side: a word that goes with anything says little.
            dispersion = sum(len(set(near)) / len(near) for near in (left[lemma], right[lemma]) if near)
            relatedness = 1 + dispersion * n / greatest
            casing = n_capitalised[lemma] / (1 + np.log(n))
            position = np.log(np.log(3 + median(indices)))
            spread = len(set(indices)) / len(sentence_index)
            weights[lemma] = relatedness * position / (casing + n / typical / relatedness + spread / relatedness)
        return weights


def _yake(words: _WordScores, phrase: _Phrase) -> float:
    weights = [words.yake[lemma] for lemma in phrase.scored if lemma in words.yake]
    return -float(np.log(np.prod(weights) / (phrase.n * (1 + sum(weights))))) if weights else 0.0


def _rake(words: _WordScores, phrase: _Phrase) -> float:
    return sum(words.rake[lemma] for lemma in phrase.scored)


def _textrank(words: _WordScores, phrase: _Phrase) -> float:
    return phrase.n * fmean(words.page_rank.get(lemma, 0) for lemma in phrase.scored)


def _keyness(words: _WordScores, phrase: _Phrase) -> float:
    name = inputs.normalise(phrase.text)
    # A word that stands in names alone has no keyness of its own.
    return words.keyness[name] if name in words.keyness else fmean(words.keyness.get(w, 0) for w in phrase.scored)


#: Every method of key phrases by its name, in the order of the columns.
PHRASE_METHODS: dict[str, Callable[[_WordScores, _Phrase], float]] = {
    "yake": _yake,
    "rake": _rake,
    "textrank": _textrank,
    "keyness": _keyness,
}


def _drop_parts(phrases: list[_Phrase], order: Iterable[int], *, n: int) -> list[int]:
    """Return the indices of the n best phrases, without any that is part of a better one and no more frequent."""
    kept: list[int] = []
    for i in order:
        if len(kept) == n:
            break
        part = f" {' '.join(phrases[i].lemmas)} "
        if not any(phrases[i].n <= phrases[k].n and part in f" {' '.join(phrases[k].lemmas)} " for k in kept):
            kept.append(i)
    return kept


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rank of each score from 0, the highest first, ties by position."""
    return np.argsort(np.argsort(-scores, kind="stable"), kind="stable")


def _share_beaten(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the other scores that each one beats, counting half of those that it equals."""
    ordered = np.sort(scores)
    n_below = np.searchsorted(ordered, scores, side="left")
    n_up_to = np.searchsorted(ordered, scores, side="right")
    return np.asarray((n_below + n_up_to - 1) / 2 / max(1, len(scores) - 1))
