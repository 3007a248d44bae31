"""Readability: how hard an article is to read, by formulas that count words, sentences and syllables."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import tables
from analysis.measures import inputs
from analysis.measures.estimates import MIN_WORDS, Bootstrap, Estimate, estimates, too_few
from analysis.measures.orthography import TOKEN_COLUMNS, orthographic_words
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.measures.estimates import Totals

__all__ = ["readability", "running_text", "sums_by_sentence", "syllables"]


class _Formula(NamedTuple):
    unit: str
    compute: Callable[[Totals], NDArray[np.float64]]
    min_sentences: int = 1


#: The formulas by measure, over the sums of :func:`sums_by_sentence`.
_FORMULAS = {
    "flesch_reading_ease": _Formula(
        "0 (hard) to 100 (easy)",
        lambda s: 206.835 - 1.015 * s["words"] / s["sentences"] - 84.6 * s["syllables"] / s["words"],
    ),
    "flesch_kincaid_grade": _Formula(
        "school grade",
        lambda s: 0.39 * s["words"] / s["sentences"] + 11.8 * s["syllables"] / s["words"] - 15.59,
    ),
    "gunning_fog": _Formula(
        "school grade",
        lambda s: 0.4 * (s["words"] / s["sentences"] + 100 * s["complex"] / s["words"]),
    ),
    "smog": _Formula(
        "school grade",
        lambda s: 3.1291 + 1.0430 * np.sqrt(30 * s["polysyllables"] / s["sentences"]),
        min_sentences=30,
    ),
    "coleman_liau": _Formula(
        "school grade",
        lambda s: 5.88 * s["letters"] / s["words"] - 29.6 * s["sentences"] / s["words"] - 15.8,
    ),
    "automated_readability": _Formula(
        "school grade",
        lambda s: 4.71 * s["characters"] / s["words"] + 0.5 * s["words"] / s["sentences"] - 21.43,
    ),
    "dale_chall": _Formula(
        "raw score, 4.9 (easy) to 10 (hard)",
        lambda s: 15.79 * s["unfamiliar"] / s["words"] + 0.0496 * s["words"] / s["sentences"] + 3.6365,
    ),
    "lix": _Formula(
        "20 (easy) to 60 (hard)",
        lambda s: s["words"] / s["sentences"] + 100 * s["long"] / s["words"],
    ),
}


@tables.stage(requires=("sentences", "tokens"), returns="readability")
@checked
def readability(
    sentences: pd.DataFrame,
    tokens: pd.DataFrame,
    *,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
    strict: bool = True,
) -> pd.DataFrame:
    """Measure how hard each article is to read, by eight formulas, with bootstrap intervals over sentences.

    Parameters
    ----------
    sentences
        Sentences with article_id, sentence, role. Titles are left out: they have no full stop to count by.
    tokens
        Tokens with article_id, sentence, start, end, text, lemma, upos, is_word.
    resamples, confidence, seed
        Of the bootstrap over sentences: number of resamples, share of them within the interval (between 0 and 1), seed
        of the draw.
    strict
        Return NaN, with the reason in ``note``, for fewer than 100 words, and for SMOG for fewer than 30 sentences,
        the samples that the formulas were made from; otherwise the result of the formula whatever the length.

    Returns
    -------
    DataFrame
        {columns}

        Articles are in the order of tokens, each with one row per formula, in the order of the Notes. Intervals are
        given from 5 sentences on.

    Notes
    -----
    Words are orthographic, as in the formulas: *don't*, *country's* and *US-led* are one word each. W words,
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

    No formula depends on the length of the text, but all are noisy on short texts: read the interval, not the value.

    Many tools add Dale and Chall's 3.6365 only where more than 5 % of the words are unfamiliar; the paper of 1948 adds
    it always, and so do its worked examples. A word is familiar if it, its lemma or its uninflected form is on
    the list, or if it is a name or a number. Punctuation is no character here; textstat counts it in the
    Automated Readability Index.

    Tools also differ in what a syllable is. TextDescriptives counts the points where a word may be hyphenated, one in
    *about*, so its Flesch scores are 3 to 13 points too easy; the formulas mean spoken syllables. Here they are
    counted by :func:`syllables`.

    Sources: R. Flesch (1948), Journal of Applied Psychology 32(3), 221-233; J. P. Kincaid et al. (1975), Research
    Branch Report 8-75; R. Gunning (1952), The Technique of Clear Writing; G. H. McLaughlin (1969), Journal of Reading
    12(8), 639-646; M. Coleman and T. L. Liau (1975), Journal of Applied Psychology 60(2), 283-284; E. Smith and R.
    Senter (1967), AMRL-TR-66-220; E. Dale and J. Chall (1948), Educational Research Bulletin 27, 11-20 and 37-54;
    C. H. Björnsson (1968), Läsbarhet.

    Examples
    --------
    Four words in one sentence, one of them of two syllables: 206.835 - 1.015 × 4 - 84.6 × 5/4.

    >>> import pandas as pd
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "start": [0, 5, 10, 12], "end": [4, 9, 11, 16],
    ...     "text": ["Once", "upon", "a", "time"], "lemma": ["once", "upon", "a", "time"],
    ...     "upos": ["ADV", "SCONJ", "DET", "NOUN"], "is_word": True})
    >>> sentences = pd.DataFrame({"article_id": ["a"], "sentence": 0, "role": "body"})
    >>> readability(sentences, tokens, strict=False)[["measure", "value"]].round(3).values.tolist()[0]
    ['flesch_reading_ease', 97.025]
    """
    body = running_text(sentences, "role")
    rows = []
    for article_id, token in inputs.articles(tokens, *TOKEN_COLUMNS, name="tokens"):
        sums = sums_by_sentence(token, body.get(article_id, {}))
        bootstrap = Bootstrap(sums, resamples=resamples, confidence=confidence, seed=seed)
        n_words, n_sentences = int(sums["words"].sum()), len(sums["words"])
        for measure, formula in _FORMULAS.items():
            if strict and n_words < MIN_WORDS:
                estimate = Estimate(np.nan, note=too_few(n_words, MIN_WORDS, "words"))
            elif strict and n_sentences < formula.min_sentences:
                estimate = Estimate(np.nan, note=too_few(n_sentences, formula.min_sentences, "sentences"))
            else:
                estimate = bootstrap.estimate(formula.compute)
            rows.append((article_id, measure, formula.unit, estimate))
    return estimates("readability", rows)


# Syllables

_SIBILANT_S = ("s's", "x's", "z's", "ch's", "sh's", "ce's", "ge's", "se's", "ze's")
#: Capitals that may be said one by one, those of Roman numbers, and vowels among them.
_INITIALS, _ROMAN = re.compile(r"([A-Z]{2,5})(?:['’]?s)?"), re.compile(r"[IVX]*")
_CAPITAL_VOWELS = frozenset("AEIOUY")
#: A contracted word, and where it is a syllable: after a consonant, or *n't* but in *don't*, *can't*, *aren't*.
_CLITIC = re.compile(r"(?<=.)(?:n't|'(?:s|m|d|ll|re|ve))$")
_SPOKEN_CLITIC = re.compile(r"(?:(?<![oai])(?<!re)n't|(?<![aeiouyw])'(?:d|ll|re|ve))$")
_VOWELS = re.compile(r"[aeiouy]+")
# A silent e: at the end (not after a consonant and l, nor after a stop, f or v and r: a-cre), in -es (not after a
# sibilant), in -ed (not after t or d), and before -ly, -ful, -less, -ment, -ness.
_SILENT = re.compile(
    r"(?<=[^aeiouy])(?:(?<![^aeiouy]l|[bcdfgkptv]r)e$|(?<![^aeiouy]l|[bcdfgkptv]r|ch|sh)(?<![sxzcg])es$"
    r"|(?<![td])(?<![bcdfgkptv]r)ed$"
    r"|(?<![^aeiouy]l)e(?=(?:ly|ful|less|ment|ness)))"
)
# Hiatus: neighbouring vowels in two syllables (li-on, cha-os, sci-ence, du-al); and a syllable without a vowel letter
# (-sm).
_HIATUS = re.compile(
    r"(?<=[^tcsgx]i)a(?!ge|r)|(?<=[tc]i)a(?=t)|(?<=[^tscgxn]i)o|(?<=[^tsc]i)u|(?<=[^aeiougq]u)(?:a(?!ge)|ou|i(?=t[iy]|ng|ns?$))"
    r"|(?<=[^aeioug]e)(?:o(?!u)|a(?=t[eio][^r]|n$))|(?<=[^aeiou][eouy])i(?=(?<!ge.)ng|sm|st)|(?<=i)e(?=nc|nt|r|t)|s(?=ms?$)"
    r"|(?<=[ae])i(?=c$)|(?<=ee)i"
)

# Where an accent parts two vowels, in decomposed form: a diaeresis (naïve) or a tilde (João) on the second, an acute on
# an i or u beside another (Raúl, García), or on an e before a vowel or at the end (séance, Noé, but communiqué).
_PARTED = re.compile(
    "(?<=[aeiouy])(?=[aeiou]\u0308|[ao]\u0303)|(?<=[aeo])(?=[iu]\u0301)|(?<=[iu]\u0301)(?=[aeo])"
    "|(?<=e\u0301)(?=an|o)|(?:(?<=[aeioy])|(?<=[^gq]u))(?=e\u0301e?[sd]?$)"
)
# A final e that an accent makes spoken (café, fiancée, résumés, Brontë).
_SPOKEN_E = re.compile("e[\u0300\u0301\u0308]e?(?=[sd]?$)")
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ø": "o", "œ": "oe", "æ": "ae", "ı": "i"})


@checked
def syllables(word: str, *, exceptions: Mapping[str, int] | None = None) -> int:
    """Count the spoken syllables of a word, 1 or more; a number counts as one.

    Parameters
    ----------
    word
        A word, hyphens and apostrophes included.
    exceptions
        Words, in lower case, whose number the rule gets wrong, with the right number. None is ``data/syllables.tsv``.

    Notes
    -----
    A rule on vowel letters, with lists of exceptions: right for all of the 36,858 most frequent words that the CMU
    Pronouncing Dictionary has, and for 91.3 % of its 80,670 rarer words (rule alone). That dictionary has no accents. A
    word has the syllables that it has without them (*façade*, *Müller*), or more where they say so: a final *é* is
    spoken (*résumé*), and a diaeresis parts two vowels (*naïve*). Two or three capitals (*EU*, *WTO*), and up to five
    without a vowel (*CNBC*), are spelled out, except in familiar words (*ALL*) and Roman numbers; others are read as
    words (*NATO*).

    Examples
    --------
    >>> [syllables(word) for word in ("the", "militias", "government", "chaos", "destabilising", "2011")]
    [1, 3, 3, 2, 5, 1]
    >>> [syllables(word) for word in ("café", "naïve", "résumé", "Müller", "São")]
    [2, 2, 3, 2, 1]
    >>> [syllables(word) for word in ("WTO", "EU’s", "MPs", "NATO", "ALL", "II")]
    [5, 2, 2, 2, 1, 1]
    """
    if exceptions is None:
        exceptions = inputs.syllable_exceptions()
    if letters := _spelled(word, exceptions):
        return len(letters) + 2 * letters.count("W")  # double-u
    total = 0
    for part in inputs.normalise(word).strip("'-").split("-"):
        accented = unicodedata.normalize("NFD", part).translate(_LETTERS)
        plain = _ACCENTS.sub("", accented)
        known = exceptions.get(part, exceptions.get(plain))
        if known is None and (clitic := _CLITIC.search(part)):
            is_spoken = plain.endswith(_SIBILANT_S) or _SPOKEN_CLITIC.search(plain)
            total += syllables(part[: clitic.start()], exceptions=exceptions) + bool(is_spoken)
            continue
        n = _by_rule(plain) if known is None else known
        spoken = _SPOKEN_E.sub("a", _PARTED.sub("h", accented))
        if spoken != accented and part not in exceptions:
            n = max(n, _by_rule(_ACCENTS.sub("", spoken)))
        total += n
    return max(1, total)


def _spelled(word: str, exceptions: Mapping[str, int]) -> str:
    """Return the letters that are said one by one, without the ending of a plural or possessive; empty for a word."""
    found = _INITIALS.fullmatch(word)
    letters = found[1] if found else ""
    is_word = letters.lower() in exceptions or letters.lower() in inputs.easy_words() or _ROMAN.fullmatch(letters)
    is_read = len(letters) > len("WTO") and not _CAPITAL_VOWELS.isdisjoint(letters)
    return "" if is_word or is_read else letters


def _by_rule(word: str) -> int:
    """Count the syllables of a word of plain letters."""
    return max(1, len(_VOWELS.findall(word)) - len(_SILENT.findall(word)) + len(_HIATUS.findall(word)))


# Sums over sentences


class _WordCounts(NamedTuple):
    """What the formulas count of one orthographic word."""

    words: int
    unfamiliar: bool
    complex: bool
    syllables: int
    letters: int
    characters: int
    polysyllables: bool
    long: bool


_SUMS = ("sentences", "syntactic_words", "content_words", *_WordCounts._fields)


def running_text(sentences: pd.DataFrame, column: str) -> dict[str, dict[int, Any]]:
    """Return, for each article, the sentences that are not titles, each with its value of a column."""
    by_article = {}
    for article_id, own in inputs.articles(sentences, "sentence", "role", column, name="sentences"):
        kept = own["role"] != "title"
        by_article[article_id] = dict(zip(own["sentence"][kept].tolist(), own[column][kept].tolist(), strict=True))
    return by_article


def sums_by_sentence(token: Mapping[str, NDArray[Any]], sentences: Container[int]) -> dict[str, NDArray[np.float64]]:
    """Count, in each of the sentences that has a word, what the formulas need.

    Parameters
    ----------
    token
        The tokens of one article, as :func:`inputs.articles` yields them.
    sentences
        Numbers of the sentences that count.

    Returns
    -------
    dict of ndarray
        One value per sentence of: sentences (1), syntactic_words, content_words, words (orthographic), unfamiliar and
        complex words, syllables, letters, characters (letters and digits), polysyllables (words of three syllables or
        more), long words (more than six characters).
    """
    rows: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for word in orthographic_words(token):
        if word.sentence in sentences:
            rows[word.sentence].append((word.n_words, word.n_content, *_count(word.text, word.lemma, word.upos)))
    sums = [(1, *map(sum, zip(*words, strict=True))) for words in rows.values()]
    return dict(zip(_SUMS, np.array(sums, dtype=float).reshape(-1, len(_SUMS)).T, strict=True))


@lru_cache(maxsize=20_000)
def _count(text: str, lemma: str, upos: str) -> _WordCounts:
    n_syllables, characters, is_name = syllables(text), sum(map(str.isalnum, text)), upos == "PROPN"
    # A third syllable that is only -es or -ed does not make a word complex.
    stem = text[:-2] if text.casefold().endswith(("es", "ed")) else text
    is_polysyllable = n_syllables >= _POLYSYLLABLE
    return _WordCounts(
        words=1,
        unfamiliar=not is_name and not _is_familiar(text, lemma),
        complex=is_polysyllable and syllables(stem) >= _POLYSYLLABLE and "-" not in text and not is_name,
        syllables=n_syllables,
        letters=sum(map(str.isalpha, text)),
        characters=characters,
        polysyllables=is_polysyllable,
        long=characters > _LONG,
    )


_POLYSYLLABLE, _LONG = 3, 6
_INFLECTIONS = ("'s", "s'", "s", "es", "d", "ed", "ing", "er", "est", "ly", "r", "st", "n't")


def _is_familiar(word: str, lemma: str) -> bool:
    """Return whether a word is on Dale and Chall's list, itself or uninflected, or is a number."""
    easy = inputs.easy_words()
    word = inputs.normalise(word)
    if word in easy or inputs.normalise(lemma) in easy or not any(map(str.isalpha, word)):
        return True
    if "-" in word:
        return all(_is_familiar(part, part) for part in word.split("-") if part)
    stems = [word.removesuffix(ending) for ending in _INFLECTIONS if word.endswith(ending)]
    stems += [stem[:-1] for stem in stems if len(stem) > 2 and stem[-1:] == stem[-2:-1]]  # noqa: PLR2004 - run-n-ing
    stems += [stem + "e" for stem in stems] + [stem[:-1] + "y" for stem in stems if stem.endswith("i")]
    stems += [word[:-3] + "y"] if word.endswith("ies") else []
    return not easy.isdisjoint(stems)
