"""Re-scoring of uncertain tags by a log-linear model over features of the whole sentence.

The network of tags sees a few words on either side of a word. Where it is uncertain between tags that distant words
tell apart (*has publicly backed but not joined*: a past tense or a participle?), features of the whole sentence are
added to its logits. :mod:`training.train` fits their weights to text tagged by networks that were not trained on it.
"""

from __future__ import annotations

import io
import re
from functools import cache
from itertools import chain, takewhile
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["LOGIT_WEIGHT", "TAGS", "WEIGHT_STEPS", "Rescorer", "UncertainWords", "find_uncertain", "sentence_features"]

#: The tags that are re-scored.
TAGS = ("VB", "VBP", "VBD", "VBN", "VBZ", "NN", "NNS", "IN", "WDT", "``", "''")
#: The weight of the network's logit beside those of the features.
LOGIT_WEIGHT = 0.6
#: How many quantisation steps of a feature's weight make 1.0.
WEIGHT_STEPS = 20

#: A word is uncertain if another of ``TAGS`` has a logit within this margin of the best tag, itself one of ``TAGS``.
_MARGIN = 4.0
#: How many words on either side features see; it bounds the cost of a text without sentence breaks.
_MAX_DISTANCE = 200
#: How many preceding words are features by themselves.
_NEAR = 6
#: The longest simplified sequence of preceding tags that is a feature, in letters.
_MAX_SEQUENCE_LETTERS = 6
#: Distances to another word are capped here.
_MAX_COUNTED_DISTANCE = 6
_QUOTE_TAGS = ("``", "''")


class Rescorer(NamedTuple):
    """A log-linear model of the tags of uncertain words.

    Attributes
    ----------
    rows
        The row of ``weights`` of each feature.
    weights
        Shape (features, ``TAGS``), int8; ``WEIGHT_STEPS`` make 1.0.
    """

    rows: dict[str, int]
    weights: NDArray[np.int8]

    def rescore(
        self,
        logits: NDArray[np.float32],
        labels: Sequence[str],
        forms: Sequence[str],
        lengths: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """Return the logits of tags with those of uncertain words replaced; the maximum of each word is unchanged.

        Parameters
        ----------
        logits
            The network's logits, shape (words, labels), float32.
        labels
            The Penn tags.
        forms
            The normalised form of each word.
        lengths
            Words in each sentence.
        """
        words, base, found = find_uncertain(logits, labels, forms, lengths)
        known = [[row for row in map(self.rows.get, features) if row is not None] for features in found]
        counts = np.array([*map(len, known)], dtype=np.int64)
        evidence = np.zeros(base.shape, dtype=np.int64)
        if (is_known := counts > 0).any():
            starts = np.cumsum(counts) - counts
            weights = self.weights.take([*chain.from_iterable(known)], axis=0)
            evidence[is_known] = np.add.reduceat(weights, starts[is_known], dtype=np.int64)
        rescored = LOGIT_WEIGHT * base + evidence / WEIGHT_STEPS
        rescored += base.max(axis=1, keepdims=True) - rescored.max(axis=1, keepdims=True)
        row, column = np.nonzero(base > -np.inf)
        result = logits.copy()
        result[words[row], [labels.index(TAGS[tag]) for tag in column.tolist()]] = rescored[row, column]
        return result

    def to_bytes(self) -> bytes:
        """Write the model as an uncompressed NumPy archive: the same model, the same bytes."""
        file = io.BytesIO()
        # The file calls the features clues.
        np.savez(file, clues=np.frombuffer("\n".join(self.rows).encode(), dtype=np.uint8), weights=self.weights)
        return file.getvalue()

    @classmethod
    def without_features(cls) -> Rescorer:
        """Return a model without features, with which the best tags stay the best."""
        return cls({}, np.zeros((0, len(TAGS)), dtype=np.int8))

    @classmethod
    def from_bytes(cls, content: bytes) -> Rescorer:
        """Read what :meth:`to_bytes` wrote."""
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            features = file["clues"].tobytes().decode().split("\n")
            return cls({feature: row for row, feature in enumerate(features)}, file["weights"])


class UncertainWords(NamedTuple):
    """Words whose tag is uncertain.

    Attributes
    ----------
    indices
        The index of each word, shape (words,).
    logits
        The network's logits of ``TAGS`` for each, minus infinity for tags outside of the margin; shape
        (words, ``TAGS``).
    features
        The sentence features of each.
    """

    indices: NDArray[np.int64]
    logits: NDArray[np.float64]
    features: list[list[str]]


def find_uncertain(
    logits: NDArray[np.float32], labels: Sequence[str], forms: Sequence[str], lengths: NDArray[np.int64]
) -> UncertainWords:
    """Find the words whose tag is uncertain; the parameters are those of :meth:`Rescorer.rescore`."""
    columns = {labels.index(tag): column for column, tag in enumerate(TAGS) if tag in labels}
    best = logits.argmax(axis=1)
    words = np.flatnonzero(np.isin(best, list(columns)))
    base, top = np.full((len(words), len(TAGS)), -np.inf), logits[words, best[words]]
    base[:, list(columns.values())] = logits[words[:, None], list(columns)]
    base[base <= top[:, None] - _MARGIN] = -np.inf
    several = np.count_nonzero(base > -np.inf, axis=1) > 1
    words, base = words[several], base[several]
    tags = [labels[label] for label in best.tolist()]
    ends = np.cumsum(lengths)
    found = []
    for word, sentence in zip(words.tolist(), np.searchsorted(ends, words, side="right").tolist(), strict=True):
        end = int(ends[sentence])
        start = max(end - int(lengths[sentence]), word - _MAX_DISTANCE)
        end = min(end, word + _MAX_DISTANCE)
        found.append(sentence_features(forms[start:end], tags[start:end], word - start))
    return UncertainWords(words, base, found)


# Features

# A feature is a prefix and values, separated by spaces, all part of the model file. Words are in lower case, tags are
# Penn tags; ^ is the start of the sentence and $ its end; a sequence is what _simplify returns.
#
#   word W, word W T       the word itself; with the tag before it
#   word-1 W, word+1 W     the word before, the word after
#   near W                 one of the six words before
#   last W                 the last word of the sentence
#   -1 T, +1 T             the tag before, the tag after
#   -2 T, +2 T             the second tag before, the second after
#   -2 T T, -3 T T T       the two or three tags before
#   +2 T T                 the two tags after
#   around T T             the tag before and the tag after
#   before S               the last one to six letters of the sequence before the word
#   after S                the first one to three letters of the sequence after it
#   between S S            the last one to three letters before, and the first one after
#   verb W, verb W S       the nearest verb, modal or *to* before; with the sequence from it to the word
#   verb T S               its tag, with that sequence
#   verb T -1 T            its tag, with the tag before the word
#   verb T n               its tag and its distance in words, capped at six
#   verb+ W, verb+ T n     the nearest verb or modal after; its tag and its distance
#   no verb T              there is none before; the tag before the word
#   no verb+ T             there is none after; the tag after the word
#   marks T n              the tag of the last quotation mark before; whether the number of those is odd (1) or even (0)
#   marks+ n               whether the number of quotation marks after is odd or even
#   let K                  the kind of what may govern a base form: see _base_form_governor
#   let K n                with its distance, capped at six
#   let K -1 T             with the tag before the word
#   let K P                with how the word stands like an imperative: see _imperative_position


def sentence_features(forms: Sequence[str], tags: Sequence[str], index: int) -> list[str]:
    """Return the features that the sentence gives to one of its words.

    Parameters
    ----------
    forms, tags
        The normalised forms of the sentence, and the Penn tags that the network gives them.
    index
        The index of the word.

    Returns
    -------
    list of str
        Features of the words and tags beside it; of the simplified tag sequences before and after; of the nearest
        verbs; of quotation marks; and of what may govern a base form. The table above this function lists them.
    """
    words = [*map(str.lower, forms)]
    word = words[index]
    three, two, one = ["^", "^", "^", *tags[max(0, index - 3) : index]][-3:]
    next_one, next_two = [*tags[index + 1 : index + 3], "$", "$"][:2]
    before, after = "^" + _simplify(tags[:index]), _simplify(tags[index + 1 :]) + "$"
    found = [
        f"word {word}", f"word {word} {one}", f"word-1 {words[index - 1] if index else '^'}",
        f"word+1 {words[index + 1] if index + 1 < len(words) else '$'}", f"last {words[-1]}",
        f"-1 {one}", f"-2 {two}", f"-2 {two} {one}", f"-3 {three} {two} {one}",
        f"+1 {next_one}", f"+2 {next_two}", f"+2 {next_one} {next_two}", f"around {one} {next_one}",
        f"between {before[-1]} {after[0]}", f"between {before[-2:]} {after[0]}", f"between {before[-3:]} {after[0]}",
        f"after {after[0]}", f"after {after[:2]}", f"after {after[:3]}",
    ]  # fmt: skip
    found += [f"near {near}" for near in words[max(0, index - _NEAR) : index]]
    found += [f"before {before[-size:]}" for size in range(1, min(len(before), _MAX_SEQUENCE_LETTERS) + 1)]

    verb = next((n for n in range(index - 1, -1, -1) if tags[n][0] in "VMT"), None)  # with modals and *to*
    if verb is None:
        found.append(f"no verb {one}")
    else:
        tag, between = tags[verb], _simplify(tags[verb + 1 : index])
        found += [
            f"verb {words[verb]}", f"verb {words[verb]} {between}", f"verb {tag} {between}", f"verb {tag} -1 {one}",
            f"verb {tag} {min(index - verb, _MAX_COUNTED_DISTANCE)}",
        ]  # fmt: skip
    verb = next((n for n in range(index + 1, len(tags)) if tags[n][0] in "VM"), None)
    if verb is None:
        found.append(f"no verb+ {next_one}")
    else:
        found += [f"verb+ {words[verb]}", f"verb+ {tags[verb]} {min(verb - index, _MAX_COUNTED_DISTANCE)}"]

    quotes = [tag for tag in tags[:index] if tag in _QUOTE_TAGS]
    n_quotes_after = sum(map(tags[index + 1 :].count, _QUOTE_TAGS))
    found += [f"marks {quotes[-1] if quotes else ''} {len(quotes) % 2}", f"marks+ {n_quotes_after % 2}"]

    governor, distance = _base_form_governor(words, tags, index)
    found += [
        f"let {governor}", f"let {governor} {distance}", f"let {governor} -1 {one}",
        f"let {governor} {_imperative_position(forms, tags, index)}",
    ]  # fmt: skip
    return found


def _simplify(tags: Sequence[str]) -> str:
    """Return the simplified sequence of tags: one letter a tag, one N a run of nouns and their modifiers, no adverbs.

    Examples
    --------
    >>> _simplify(["WP", "DT", "JJ", "NN", "RB", "VBZ", "IN", "NNP"])
    'WNFPN'
    """
    return _NOUN_RUN.sub("N", "".join([_TAG_LETTERS.get(tag, "x") for tag in tags]))


_NOUN_RUN = re.compile("N+")
_TAG_LETTERS = {
    tag: letter
    for letter, tags in {
        "N": "DT PDT JJ JJR JJS NN NNS NNP NNPS PRP PRP$ POS CD EX $ HYPH AFX FW SYM ADD GW",
        "W": "WDT WP WP$ WRB",
        "": "RB RBR RBS RP",  # adverbs are left out
        "F": "VBZ VBP VBD",  # finite
        "M": "MD",
        "T": "TO",
        "B": "VB",
        "D": "VBN",
        "G": "VBG",
        "P": "IN",
        "C": "CC",
        ",": ",",
        ":": ":",
        ".": ".",
    }.items()
    for tag in tags.split()
}


def _base_form_governor(words: Sequence[str], tags: Sequence[str], index: int) -> tuple[str, int]:
    """Return the nearest preceding word that may govern a base form, by its kind, and its capped distance.

    The kinds are *to*, a modal or another base form (by their tags), and the lists of ``data/base_form_triggers.tsv``:
    *do*, *have*, *let* and *ask*. ``nothing`` and 0 where there is none; a base form is then an imperative.
    """
    governors, stems = _base_form_triggers()
    for n in range(index - 1, -1, -1):
        word, tag = words[n], tags[n]
        if tag in _GOVERNING_TAGS:
            kind = tag
        elif word in governors:
            kind = governors[word]
        elif word.startswith(stems):
            kind = "ask"
        else:
            continue
        if kind != "have" or index - n < _NEAR:
            return kind, min(index - n, _MAX_COUNTED_DISTANCE)
    return "nothing", 0


_GOVERNING_TAGS = frozenset({"TO", "MD", "VB"})


@cache
def _base_form_triggers() -> tuple[dict[str, str], tuple[str, ...]]:
    """Read ``data/base_form_triggers.tsv``: each word with its kind, and the stems of verbs of asking."""
    lists = resources.data().read_word_lists("base_form_triggers.tsv")
    return {word: kind for kind in ("do", "have", "let") for word in lists[kind]}, tuple(lists["ask"])


def _imperative_position(forms: Sequence[str], tags: Sequence[str], index: int) -> str:
    """Return in which respect a word stands like an imperative: first, after an initial adverbial, or capitalised."""
    if not index:
        return "first"
    clause = len(list(takewhile(lambda tag: tag != ",", reversed(tags[:index]))))
    if tags[index - clause] in {"IN", "WRB"}:
        return "adverbial"
    return "" if forms[index].islower() else "capital"
