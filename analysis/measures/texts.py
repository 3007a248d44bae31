"""A text as a whole: its size, its lexical diversity and its readability."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.measures import inputs
from analysis.measures.inputs import CONTENT_TAGS, plain, require

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from numpy.typing import NDArray

_MEASURE_COLUMNS = ("article_id", "measure", "value", "unit", "low", "high", "note")
_MIN_SENTENCES_FOR_INTERVAL = 5


def counts(
    sentences: pd.DataFrame, tokens: pd.DataFrame, *, resamples: int = 1000, confidence: float = 0.95, seed: int = 0
) -> pd.DataFrame:
    """Count the words, sentences and paragraphs of each article, and what follows from the counts.

    Parameters
    ----------
    sentences
        Sentences with article_id, sentence, paragraph, role. Title lines count as tokens and words of the article
        but are no sentences.
    tokens
        Tokens with article_id, sentence, start, end, text, norm, lemma, upos, is_word.
    resamples, confidence, seed
        Of the bootstrap over sentences that gives the intervals of the means.

    Returns
    -------
    DataFrame
        Measures: article_id, measure, value, unit, low, high, note. low and high are the bounds of the percentile
        interval of a mean or share, NaN where a count is not estimated or the article has fewer than 5 sentences.

    Notes
    -----
    A word is a token that ``is_word`` says is one: Universal Dependencies split *don't* and *US-led* into several.
    Types are words that differ in more than capitals; hapaxes are types that occur once. Lexical density is the share
    of content words (J. Ure 1971). The bootstrap draws sentences with replacement (B. Efron and R. Tibshirani 1993).

    Examples
    --------
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": [0, 0, 0], "start": [0, 4, 8], "end": [3, 8, 9],
    ...     "text": ["Fog", "fell", "."], "norm": ["fog", "fell", "."], "lemma": ["fog", "fall", "."],
    ...     "upos": ["NOUN", "VERB", "PUNCT"],
    ...     "is_word": [True, True, False]})
    >>> sentences = pd.DataFrame({"article_id": ["a"], "sentence": 0, "paragraph": 0, "role": "body"})
    >>> counts(sentences, tokens)[["measure", "value"]].values.tolist()[:2]
    [['tokens', 3.0], ['words', 2.0]]
    """
    titles = _running(sentences, "paragraph")
    rows = []
    for article_id, token in inputs.articles(tokens, *TOKEN_COLUMNS, "norm", name="tokens"):
        is_word = token["is_word"]
        types = Counter(map(plain, token["norm"][is_word]))
        lemmas = set(map(plain, token["lemma"][is_word]))
        running = titles.get(article_id, {})
        sums = _sums(token, running)
        words = sums["parts"]
        counted = (
            ("tokens", len(is_word), "tokens", "with punctuation"),
            ("words", is_word.sum(), "words", ""),
            ("types", len(types), "word forms", "grows with length"),
            ("lemmas", len(lemmas), "lemmas", "grows with length"),
            ("hapaxes", sum(n == 1 for n in types.values()), "word forms", "word forms that occur once"),
            ("sentences", len(running), "sentences", "without titles"),
            ("paragraphs", len(set(running.values())), "paragraphs", "without titles"),
            ("sentence_length_median", np.median(words) if len(words) else np.nan, "words", ""),
            ("sentence_length_max", max(words, default=np.nan), "words", ""),
        )
        rows += [(article_id, name, value, unit, np.nan, np.nan, note) for name, value, unit, note in counted]
        intervals = _Bootstrap(sums, resamples=resamples, confidence=confidence, seed=seed)
        for name, unit, formula in _MEANS:
            value, low, high, note = intervals.of(formula)
            rows.append((article_id, name, value, unit, low, high, note))
    return _measures(rows)


def lengths(sentences: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    """Give the length of each sentence, titles too.

    Parameters
    ----------
    sentences
        Sentences with article_id, sentence, start, end, role.
    tokens
        Tokens with article_id, sentence, is_word.

    Returns
    -------
    DataFrame
        One row a sentence, in their order: article_id, sentence, start, end, role, n_words, length_chars.

    Examples
    --------
    >>> sentences = pd.DataFrame({"article_id": ["a"], "sentence": 0, "start": 0, "end": 9, "role": "body"})
    >>> tokens = pd.DataFrame({"article_id": "a", "sentence": [0, 0, 0], "is_word": [True, True, False]})
    >>> lengths(sentences, tokens)[["n_words", "length_chars"]].values.tolist()
    [[2, 9]]
    """
    columns = ["article_id", "sentence", "start", "end", "role"]
    require(sentences, columns, name="sentences")
    require(tokens, ("article_id", "sentence", "is_word"), name="tokens")
    words = tokens.loc[tokens["is_word"].astype(bool), ["article_id", "sentence"]]
    n_words = Counter(zip(words["article_id"], words["sentence"], strict=True))
    keys = zip(sentences["article_id"], sentences["sentence"], strict=True)
    return sentences[columns].assign(
        n_words=np.array([n_words[key] for key in keys], dtype=int),
        length_chars=sentences["end"] - sentences["start"],
    ).reset_index(drop=True)  # fmt: skip


# Lexical diversity


def diversity(
    tokens: pd.DataFrame, *, window: int = 50, threshold: float = 0.72, draws: int = 42, strict: bool = True
) -> pd.DataFrame:
    """Measure how varied the words of each article are.

    Parameters
    ----------
    tokens
        Tokens with article_id, start, norm, is_word.
    window
        Words in the moving window of MATTR.
    threshold
        Type-token ratio at which a factor of MTLD is full.
    draws
        Words drawn for HD-D.
    strict
        Give NaN, with the reason in ``note``, where the article is shorter than a measure was made for; else whatever
        the formula gives.

    Returns
    -------
    DataFrame
        Measures: article_id, measure, value, unit, low, high (NaN: no interval is known that holds for one text),
        note (direction and dependence on length, or why there is no value). See Notes for each measure.

    Notes
    -----
    With N words, V types and V(i) types that occur i times:

    ===========  ============================================  ========================  ==========================
    measure      formula                                       more varied when          depends on length
    ===========  ============================================  ========================  ==========================
    ttr          V / N                                         higher                    falls with N: never compare
    mattr        mean TTR of all windows of ``window`` words   higher                    no (N ≥ window)
    mtld         mean words that keep TTR above threshold      higher                    hardly, from 100 words
    hdd          mean TTR of ``draws`` words drawn at random   higher                    hardly (N ≥ draws)
    yule_k       10⁴ (Σ i² V(i) - N) / N²                      lower                     hardly, from 100 words
    maas         (ln N - ln V) / (ln N)²                       lower                     slightly
    ===========  ============================================  ========================  ==========================

    MTLD is the mean of a forward and a backward pass; a factor ends where TTR falls to the threshold or below it, and
    the words left over count as the part (1 - TTR) / (1 - threshold) of a factor. Tools differ in Maas's logarithm:
    Maas (1972) has a² with base 10, which is 2.303 times this value; quanteda reports its root, a. LexicalRichness and
    McCarthy and Jarvis (2010) have natural logarithms, as here.

    Sources: M. Covington and J. McFall (2010), Journal of Quantitative Linguistics 17(2), 94-100 (MATTR); P. McCarthy
    and S. Jarvis (2010), Behavior Research Methods 42(2), 381-392 (MTLD, HD-D, Maas); G. U. Yule (1944), The
    Statistical Study of Literary Vocabulary; F. Tweedie and H. Baayen (1998), Computers and the Humanities 32, 323-352
    (dependence on length).

    Examples
    --------
    >>> tokens = pd.DataFrame({"article_id": "a", "start": range(4), "norm": list("aabb"), "is_word": True})
    >>> found = diversity(tokens, strict=False, window=2, draws=2).set_index("measure")["value"]
    >>> found[["ttr", "mattr", "hdd", "yule_k"]].round(4).tolist()
    [0.5, 0.6667, 0.8333, 2500.0]
    """
    measured = (
        ("ttr", "types per word", 1, "falls with length: do not compare texts of different length", _ttr),
        ("mattr", "types per word", window, f"higher is more varied; windows of {window} words", _mattr(window)),
        ("mtld", "words", _MIN_WORDS, "higher is more varied", _mtld(threshold)),
        ("hdd", "types per word", draws, f"higher is more varied; {draws} words drawn", _hdd(draws)),
        ("yule_k", "per 10,000", _MIN_WORDS, "lower is more varied", _yule_k),
        ("maas", "a², natural logarithm", _MIN_WORDS, "lower is more varied; rises slightly with length", _maas),
    )
    rows = []
    for article_id, token in inputs.articles(tokens, "start", "norm", "is_word", name="tokens"):
        words = [plain(word) for word in token["norm"][token["is_word"]]]
        codes = pd.factorize(np.array(words, dtype=object))[0]
        for name, unit, least, note, formula in measured:
            enough = len(codes) >= (least if strict else 1)
            value = formula(codes) if enough else np.nan
            said = note if enough else _too_few(len(codes), least, "words")
            rows.append((article_id, name, value, unit, np.nan, np.nan, said))
    return _measures(rows)


def _ttr(codes: NDArray) -> float:
    return len(np.unique(codes)) / len(codes)


def _mattr(window: int) -> Callable[[NDArray], float]:
    def formula(codes: NDArray) -> float:
        if len(codes) < window:
            return np.nan
        # A word is new to a window where its last occurrence lies before the window: one type more in each of the
        # windows from here to the next occurrence, so a count of gaps gives every window's types at once.
        last, types = {}, 0
        for i, code in enumerate(codes.tolist()):
            first_window = max(i - window + 1, last.get(code, -1) + 1)
            types += min(i, len(codes) - window) - first_window + 1 if first_window <= len(codes) - window else 0
            last[code] = i
        return types / (window * (len(codes) - window + 1))

    return formula


def _mtld(threshold: float) -> Callable[[NDArray], float]:
    def factors(codes: list[int]) -> float:
        full, seen, words = 0.0, set(), 0
        for code in codes:
            words += 1
            seen.add(code)
            if len(seen) / words <= threshold:
                full, words = full + 1, 0
                seen.clear()
        return full + (1 - len(seen) / words) / (1 - threshold) if words else full

    def formula(codes: NDArray) -> float:
        ways = [factors(way) for way in (codes.tolist(), codes.tolist()[::-1])]
        return sum(len(codes) / way for way in ways) / 2 if all(ways) else np.nan

    return formula


def _hdd(draws: int) -> Callable[[NDArray], float]:
    def formula(codes: NDArray) -> float:
        total, n = len(codes), np.bincount(codes)
        if total < draws:
            return np.nan
        # ln of the chance that a type with n occurrences is in none of the draws.
        steps = np.arange(draws)
        with np.errstate(divide="ignore", invalid="ignore"):
            missing = np.log(np.maximum(total - n[:, None] - steps, 0)) - np.log(total - steps)
        return float((1 - np.exp(missing.sum(axis=1))).sum() / draws)

    return formula


def _yule_k(codes: NDArray) -> float:
    n = np.bincount(codes).astype(float)
    return 1e4 * float((n**2).sum() - n.sum()) / float(n.sum()) ** 2


def _maas(codes: NDArray) -> float:
    total, types = len(codes), len(np.unique(codes))
    return (math.log(total) - math.log(types)) / math.log(total) ** 2 if total > 1 else np.nan


# Readability


class _Formula(NamedTuple):
    measure: str
    unit: str
    of: Callable[[dict[str, NDArray]], NDArray]
    min_sentences: int = 1


_MIN_WORDS = 100
_SMOG_SENTENCES = 30

#: The readability formulas; s holds sums over sentences: words, sentences, letters, characters, syllables, …
_READABILITY = (
    _Formula(
        "flesch_reading_ease", "0 (hard) to 100 (easy)",
        lambda s: 206.835 - 1.015 * s["words"] / s["sentences"] - 84.6 * s["syllables"] / s["words"],
    ),
    _Formula(
        "flesch_kincaid_grade", "school grade",
        lambda s: 0.39 * s["words"] / s["sentences"] + 11.8 * s["syllables"] / s["words"] - 15.59,
    ),
    _Formula(
        "gunning_fog", "school grade", lambda s: 0.4 * (s["words"] / s["sentences"] + 100 * s["complex"] / s["words"])
    ),
    _Formula(
        "smog", "school grade", lambda s: 3.1291 + 1.0430 * np.sqrt(30 * s["polysyllables"] / s["sentences"]),
        _SMOG_SENTENCES,
    ),
    _Formula(
        "coleman_liau", "school grade",
        lambda s: 5.88 * s["letters"] / s["words"] - 29.6 * s["sentences"] / s["words"] - 15.8,
    ),
    _Formula(
        "automated_readability", "school grade",
        lambda s: 4.71 * s["characters"] / s["words"] + 0.5 * s["words"] / s["sentences"] - 21.43,
    ),
    _Formula(
        "dale_chall", "raw score, 4.9 (easy) to 10 (hard)",
        lambda s: 15.79 * s["unfamiliar"] / s["words"] + 0.0496 * s["words"] / s["sentences"] + 3.6365,
    ),
    _Formula("lix", "20 (easy) to 60 (hard)", lambda s: s["words"] / s["sentences"] + 100 * s["long"] / s["words"]),
)  # fmt: skip


def readability(
    tokens: pd.DataFrame,
    sentences: pd.DataFrame,
    *,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
    strict: bool = True,
) -> pd.DataFrame:
    """Measure how hard each article is to read, by eight formulas, with bootstrap intervals over sentences.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, start, end, text, lemma, upos, is_word.
    sentences
        Sentences with article_id, sentence, role. Titles are left out: they have no full stop to count by.
    resamples, confidence, seed
        Of the bootstrap: how many articles of as many sentences are drawn with replacement, the share of them that
        low and high bound, and the seed of the draw.
    strict
        Give NaN, with the reason in ``note``, for fewer than 100 words, and for SMOG for fewer than 30 sentences, the
        samples that the formulas were made from; else whatever the formula gives.

    Returns
    -------
    DataFrame
        Measures: article_id, measure, value, unit, low, high (NaN below 5 sentences), note.

    Notes
    -----
    Here a word is one between spaces: *don't*, *country's* and *US-led* are one each, as the formulas have it. W words,
    S sentences, Y syllables, L letters, C letters and digits.

    =====================  =======================================================================  ================
    measure                formula                                                                  harder when
    =====================  =======================================================================  ================
    flesch_reading_ease    206.835 - 1.015 W/S - 84.6 Y/W                                           lower
    flesch_kincaid_grade   0.39 W/S + 11.8 Y/W - 15.59                                              higher
    gunning_fog            0.4 (W/S + 100 complex/W); of three syllables, no name, no compound,     higher
                           not by -es or -ed
    smog                   3.1291 + 1.0430 √(30 words of three syllables / S)                       higher
    coleman_liau           5.88 L/W - 29.6 S/W - 15.8                                               higher
    automated_readability  4.71 C/W + 0.5 W/S - 21.43                                               higher
    dale_chall             15.79 unfamiliar/W + 0.0496 W/S + 3.6365                                 higher
    lix                    W/S + 100 words longer than six letters / W                              higher
    =====================  =======================================================================  ================

    No formula depends on the text's length, but all are noisy on short ones: read the interval, not the value.

    Many tools add Dale and Chall's 3.6365 only where more than 5 % of the words are unfamiliar; the paper of 1948 adds
    it always, and so do its worked examples. A word is familiar if it, its lemma or it without an ending of inflection
    is on the list, or if it is a name or a number. Punctuation is no character here; textstat counts it in the
    Automated Readability Index.

    Tools also differ in what a syllable is. TextDescriptives takes the places where a word may be hyphenated, which
    leaves *about* with one, so its Flesch scores are 3 to 13 points too easy; the formulas mean spoken syllables.
    Here they are counted by a rule with a list of exceptions: right for all of the 36,858 most frequent words that the
    CMU Pronouncing Dictionary has, and for 91.2 % of its 80,670 rarer words (rule alone). A number counts as one.

    Sources: R. Flesch (1948), Journal of Applied Psychology 32(3), 221-233; J. P. Kincaid et al. (1975), Research
    Branch Report 8-75; R. Gunning (1952), The Technique of Clear Writing; G. H. McLaughlin (1969), Journal of Reading
    12(8), 639-646; M. Coleman and T. L. Liau (1975), Journal of Applied Psychology 60(2), 283-284; E. Smith and R.
    Senter (1967), AMRL-TR-66-220; E. Dale and J. Chall (1948), Educational Research Bulletin 27, 11-20 and 37-54;
    C. H. Björnsson (1968), Läsbarhet.

    Examples
    --------
    Four words of one syllable but for one of two, in one sentence: 206.835 - 1.015 × 4 - 84.6 × 5/4.

    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "start": [0, 5, 10, 12], "end": [4, 9, 11, 16],
    ...     "text": ["Once", "upon", "a", "time"], "lemma": ["once", "upon", "a", "time"],
    ...     "upos": ["ADV", "SCONJ", "DET", "NOUN"], "is_word": True})
    >>> sentences = pd.DataFrame({"article_id": ["a"], "sentence": 0, "role": "body"})
    >>> readability(tokens, sentences, strict=False)[["measure", "value"]].round(3).values.tolist()[0]
    ['flesch_reading_ease', 97.025]
    """
    running = _running(sentences, "sentence")
    rows = []
    for article_id, token in inputs.articles(tokens, *TOKEN_COLUMNS, name="tokens"):
        sums = _sums(token, running.get(article_id, {}))
        intervals = _Bootstrap(sums, resamples=resamples, confidence=confidence, seed=seed)
        words, n_sentences = int(sums["words"].sum()), len(sums["words"])
        for formula in _READABILITY:
            if strict and words < _MIN_WORDS:
                value, low, high, note = np.nan, np.nan, np.nan, _too_few(words, _MIN_WORDS, "words")
            elif strict and n_sentences < formula.min_sentences:
                value, low, high = np.nan, np.nan, np.nan
                note = _too_few(n_sentences, formula.min_sentences, "sentences")
            else:
                value, low, high, note = intervals.of(formula.of)
            rows.append((article_id, formula.measure, value, formula.unit, low, high, note))
    return _measures(rows)


def syllables(word: str) -> int:
    """Count the syllables of a word, 1 or more; a number or an abbreviation without vowels counts as one.

    Examples
    --------
    >>> [syllables(word) for word in ("the", "militias", "government", "chaos", "destabilising", "2011")]
    [1, 3, 3, 2, 5, 1]
    """
    word = word.casefold().replace("’", "'").strip("'-")
    exceptions = inputs.syllable_exceptions()
    total = 0
    for part in word.split("-"):
        if part in exceptions:
            total += exceptions[part]
        elif part.endswith("'s") and not part.endswith(_SIBILANT_S):
            total += syllables(part[:-2]) if len(part) > 2 else 0  # noqa: PLR2004 - the 's itself
        else:
            said = len(_VOWELS.findall(part)) - len(_SILENT.findall(part)) + len(_APART.findall(part))
            total += max(1, said)
    return max(1, total)


_SIBILANT_S = ("s's", "x's", "z's", "ch's", "sh's", "ce's", "ge's", "se's", "ze's")
_VOWELS = re.compile(r"[aeiouy]+")
# An e that is written and not said: at the end (not after consonant and l), in -es (not after a hiss), in -ed (not
# after t or d), and before -ly, -ful, -less, -ment, -ness.
_SILENT = re.compile(
    r"(?<=[^aeiouy])(?:(?<![^aeiouy]l)e$|(?<![^aeiouy]l|ch|sh)(?<![sxzcg])es$|(?<![td])ed$"
    r"|(?<![^aeiouy]l)e(?=(?:ly|ful|less|ment|ness)))"
)
# Neighbouring vowels that are said apart (li-on, cha-os, sci-ence, du-al), and syllables without a vowel (-sm, -n't).
_APART = re.compile(
    r"(?<=[^tcsgx]i)a(?!ge|r)|(?<=[tc]i)a(?=t)|(?<=[^tscgxn]i)o|(?<=[^tsc]i)u|(?<=[^aeiougq]u)(?:a(?!ge)|ou|i(?=t[iy]|ng|ns?$))"
    r"|(?<=[^aeioug]e)(?:o(?!u)|a(?=t[eio][^r]|n$))|(?<=[^aeiou][eouy])i(?=ng|sm|st)|(?<=i)e(?=nc|nt|r|t)|s(?=ms?$)"
    r"|(?<=[ae])i(?=c$)|n't$|(?<=ee)i"
)


# Sums over sentences, and what is made of them


#: The columns of tokens that :func:`written_words` reads.
TOKEN_COLUMNS = ("sentence", "start", "end", "text", "lemma", "upos", "is_word")


class Written(NamedTuple):
    """A word between spaces: its sentence and text, lemma and tag of its first token, words and content words in it."""

    sentence: int
    text: str
    lemma: str
    upos: str
    parts: int
    content: int


_JOINTS = "-‐‑'’"


def written_words(token: dict[str, NDArray]) -> list[Written]:
    """Join tokens into the words between spaces: *do* + *n't*, *country* + *'s*, *US* + *-* + *led*."""
    words: list[Written] = []
    reached = None
    for sentence, start, end, text, lemma, upos, is_word in zip(*(token[c] for c in TOKEN_COLUMNS), strict=True):
        if not is_word and text not in _JOINTS:
            reached = None
            continue
        content = int(is_word and upos in CONTENT_TAGS)
        last = words[-1] if start == reached else None
        if last is not None and last.sentence == sentence:
            parts = last.parts + int(is_word)
            words[-1] = Written(sentence, last.text + text, last.lemma, last.upos, parts, last.content + content)
        else:
            words.append(Written(sentence, text, lemma, upos, int(is_word), content))
        reached = end
    return [word._replace(text=word.text.strip(_JOINTS)) for word in words if word.parts]


def _running(sentences: pd.DataFrame, column: str) -> dict[str, dict[int, Any]]:
    """Give, for each article, the sentences that are no titles, with a column of theirs."""
    found = {}
    for article_id, own in inputs.articles(sentences, "sentence", "role", column, name="sentences"):
        kept = own["role"] != "title"
        found[article_id] = dict(zip(own["sentence"][kept].tolist(), own[column][kept].tolist(), strict=True))
    return found


_SUMS = (
    "sentences", "words", "parts", "content", "unfamiliar", "complex", "syllables", "letters", "characters",
    "polysyllables", "long",
)  # fmt: skip


def _sums(token: dict[str, NDArray], sentences: Container[int]) -> dict[str, NDArray[np.float64]]:
    """Sum up, for each of the sentences that has a word, what the formulas need."""
    rows: dict[int, list[tuple]] = defaultdict(list)
    for word in written_words(token):
        if word.sentence in sentences:
            traits = _traits(word.text)
            is_name = word.upos == "PROPN"
            is_complex = traits.complex and "-" not in word.text and not is_name
            unfamiliar = not is_name and not _is_familiar(word.text, word.lemma)
            rows[word.sentence].append((1, word.parts, word.content, unfamiliar, is_complex, *traits[1:]))
    sums = [(1, *map(sum, zip(*words, strict=True))) for words in rows.values()]
    table = np.array(sums, dtype=float).reshape(-1, len(_SUMS))
    return dict(zip(_SUMS, table.T, strict=True))


class _Traits(NamedTuple):
    complex: bool
    syllables: int
    letters: int
    characters: int
    polysyllable: bool
    long: bool


@lru_cache(maxsize=20_000)
def _traits(word: str) -> _Traits:
    """Give what the formulas count of one written word."""
    # A third syllable that is only -es or -ed does not make a word complex.
    stem = word[:-2] if word.casefold().endswith(("es", "ed")) else word
    spoken, characters = syllables(word), sum(map(str.isalnum, word))
    many = spoken >= 3  # noqa: PLR2004 - a polysyllable has three
    is_complex = many and syllables(stem) >= 3  # noqa: PLR2004
    return _Traits(is_complex, spoken, sum(map(str.isalpha, word)), characters, many, characters > 6)  # noqa: PLR2004


_INFLECTIONS = ("'s", "s'", "s", "es", "d", "ed", "ing", "er", "est", "ly", "r", "st", "n't")


@lru_cache(maxsize=20_000)
def _is_familiar(word: str, lemma: str) -> bool:
    """Say whether a word is on Dale and Chall's list, itself or without inflection, or is a number."""
    easy = inputs.easy_words()
    word = word.casefold().replace("’", "'")
    if word in easy or str(lemma).casefold() in easy or not any(map(str.isalpha, word)):
        return True
    if "-" in word:
        return all(_is_familiar(part, part) for part in word.split("-") if part)
    stems = [word.removesuffix(ending) for ending in _INFLECTIONS if word.endswith(ending)]
    stems += [stem[:-1] for stem in stems if len(stem) > 2 and stem[-1:] == stem[-2:-1]]  # noqa: PLR2004 - run-n-ing
    stems += [stem + "e" for stem in stems] + [stem[:-1] + "y" for stem in stems if stem.endswith("i")]
    stems += [word[:-3] + "y"] if word.endswith("ies") else []
    return not easy.isdisjoint(stems)


_MEANS = (
    ("sentence_length_mean", "words", lambda s: s["parts"] / s["sentences"]),
    ("word_length_mean", "letters and digits", lambda s: s["characters"] / s["words"]),
    ("syllables_per_word", "syllables", lambda s: s["syllables"] / s["words"]),
    ("lexical_density", "share of words", lambda s: s["content"] / s["parts"]),
)


class _Bootstrap:
    """Sums over sentences, as found and as drawn again with replacement."""

    def __init__(self, sums: dict[str, NDArray], *, resamples: int, confidence: float, seed: int) -> None:
        self._found = {name: values.sum() for name, values in sums.items()}
        self._sentences = n = len(sums["sentences"])
        self._tails = (50 * (1 - confidence), 50 * (1 + confidence))
        self._drawn = None
        if n >= _MIN_SENTENCES_FOR_INTERVAL and resamples > 0:
            times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
            names = list(sums)
            drawn = times @ np.column_stack([sums[name] for name in names])
            self._drawn = dict(zip(names, drawn.T, strict=True))

    def of(self, formula: Callable[[dict[str, NDArray]], NDArray]) -> tuple[float, float, float, str]:
        """Give a formula's value, the bounds of its interval, and why there are none."""
        if not self._sentences:
            return np.nan, np.nan, np.nan, "no sentence"
        value = float(formula(self._found))
        if self._drawn is None:
            why = _too_few(self._sentences, _MIN_SENTENCES_FOR_INTERVAL, "sentences", "interval")
            return value, np.nan, np.nan, why
        low, high = np.percentile(formula(self._drawn), self._tails)
        return value, float(low), float(high), ""


def _too_few(n: int, least: int, unit: str, what: str = "value") -> str:
    return f"too few to measure: {n} {unit}, {least} wanted for {'an' if what[0] in 'aeiou' else 'a'} {what}"


def _measures(rows: list[tuple]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(_MEASURE_COLUMNS))
    return table.assign(**{name: inputs.settled(table[name]) for name in ("value", "low", "high")})
