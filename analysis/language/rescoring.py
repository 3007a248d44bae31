"""A second look at words whose tag hangs on the whole sentence.

The network of tags looks at a few words on either side of one. Where it is in doubt between tags that far words tell
apart (*has publicly backed but not joined*: a past tense or a participle?), clues from all of the sentence have a say.
:mod:`training.train` learns how much, from text tagged by networks that had not learnt from it.
"""

from __future__ import annotations

import io
import re
from itertools import chain, takewhile
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The tags that are looked at again.
TAGS = ("VB", "VBP", "VBD", "VBN", "VBZ", "NN", "NNS", "IN", "WDT", "``", "''")
#: Only tags within this score of the best are weighed anew, and only if the best is one of ``TAGS``.
DOUBT = 4.0
#: What the network's score counts for beside the clues.
TRUST = 0.6
#: Weights of clues are whole numbers, so many to one.
WEIGHT_STEPS = 20


class Clues(NamedTuple):
    """What clues speak for.

    Attributes
    ----------
    numbers
        The number of each clue, from 0.
    weights
        One row a clue, one column each of ``TAGS``: whole numbers (int8), ``WEIGHT_STEPS`` to one.
    """

    numbers: dict[str, int]
    weights: np.ndarray

    def look_again(
        self, scores: np.ndarray, labels: Sequence[str], forms: Sequence[str], lengths: np.ndarray
    ) -> np.ndarray:
        """Score tags anew where they are in doubt.

        Parameters
        ----------
        scores
            What the network says: one row a word, one column a tag.
        labels
            The tags.
        forms
            The normalised form of each word.
        lengths
            Words in each sentence.
        """
        words, begun, found = doubts(scores, labels, forms, lengths)
        known = [[number for number in map(self.numbers.get, clues) if number is not None] for clues in found]
        counts = np.array([*map(len, known)], dtype=np.int64)
        said = np.zeros(begun.shape, dtype=np.int64)
        if (has := counts > 0).any():
            starts = np.cumsum(counts) - counts
            weights = self.weights.take([*chain.from_iterable(known)], axis=0)
            said[has] = np.add.reduceat(weights, starts[has], dtype=np.int64)
        anew = TRUST * begun + said / WEIGHT_STEPS
        anew += begun.max(axis=1, keepdims=True) - anew.max(axis=1, keepdims=True)
        row, column = np.nonzero(begun > -np.inf)
        result = scores.copy()
        result[words[row], [labels.index(TAGS[number]) for number in column.tolist()]] = anew[row, column]
        return result

    def to_bytes(self) -> bytes:
        """Write them as an uncompressed NumPy archive: the same clues, the same bytes."""
        file = io.BytesIO()
        np.savez(file, clues=np.frombuffer("\n".join(self.numbers).encode(), dtype=np.uint8), weights=self.weights)
        return file.getvalue()

    @classmethod
    def none(cls) -> Clues:
        """Know no clues: every tag stays as it is."""
        return cls({}, np.zeros((0, len(TAGS)), dtype=np.int8))

    @classmethod
    def from_bytes(cls, data: bytes) -> Clues:
        """Read what :meth:`to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            known = file["clues"].tobytes().decode().split("\n")
            return cls({clue: number for number, clue in enumerate(known)}, file["weights"])


class Doubts(NamedTuple):
    """Words in doubt.

    Attributes
    ----------
    words
        Which words they are.
    scores
        What the network says of each tag that they may have: one row a word, one column each of ``TAGS``; of the
        others, minus infinity.
    clues
        The clues to each.
    """

    words: np.ndarray
    scores: np.ndarray
    clues: list[list[str]]


def doubts(scores: np.ndarray, labels: Sequence[str], forms: Sequence[str], lengths: np.ndarray) -> Doubts:
    """Find the words in doubt, by the parameters of :meth:`Clues.look_again`."""
    known = {labels.index(tag): number for number, tag in enumerate(TAGS) if tag in labels}
    best = scores.argmax(axis=1)
    words = np.flatnonzero(np.isin(best, list(known)))
    here, top = np.full((len(words), len(TAGS)), -np.inf), scores[words, best[words]]
    here[:, list(known.values())] = scores[words[:, None], list(known)]
    here[here <= top[:, None] - DOUBT] = -np.inf
    several = np.count_nonzero(here > -np.inf, axis=1) > 1
    words, here = words[several], here[several]
    tags = [labels[number] for number in best.tolist()]
    ends = np.cumsum(lengths)
    found = []
    for word, sentence in zip(words.tolist(), np.searchsorted(ends, words, side="right").tolist(), strict=True):
        end = int(ends[sentence])
        start = max(end - int(lengths[sentence]), word - _REACH)
        end = min(end, word + _REACH)
        found.append(clues(forms[start:end], tags[start:end], word - start))
    return Doubts(words, here, found)


_REACH = 200  # words on either side, lest a text without sentences take longer a word


# Clues


def clues(forms: Sequence[str], tags: Sequence[str], place: int) -> list[str]:
    """Give what speaks for one tag or another of a word.

    Parameters
    ----------
    forms, tags
        The words of the sentence, and the Penn tags that the network gives them.
    place
        Which of the words it is.
    """
    words = [*map(str.lower, forms)]
    word = words[place]
    three, two, one = ["^", "^", "^", *tags[max(0, place - 3) : place]][-3:]
    one_on, two_on = [*tags[place + 1 : place + 3], "$", "$"][:2]
    before, after = "^" + _outline(tags[:place]), _outline(tags[place + 1 :]) + "$"
    found = [
        f"word {word}", f"word {word} {one}", f"word-1 {words[place - 1] if place else '^'}",
        f"word+1 {words[place + 1] if place + 1 < len(words) else '$'}", f"last {words[-1]}",
        f"-1 {one}", f"-2 {two}", f"-2 {two} {one}", f"-3 {three} {two} {one}",
        f"+1 {one_on}", f"+2 {two_on}", f"+2 {one_on} {two_on}", f"around {one} {one_on}",
        f"between {before[-1]} {after[0]}", f"between {before[-2:]} {after[0]}", f"between {before[-3:]} {after[0]}",
        f"after {after[0]}", f"after {after[:2]}", f"after {after[:3]}",
    ]  # fmt: skip
    found += [f"near {near}" for near in words[max(0, place - _NEAR) : place]]
    found += [f"before {before[-size:]}" for size in range(1, min(len(before), _LONGEST) + 1)]

    verb = next((n for n in range(place - 1, -1, -1) if tags[n][0] in "VMT"), None)  # with modals and *to*
    if verb is None:
        found.append(f"no verb {one}")
    else:
        tag, way = tags[verb], _outline(tags[verb + 1 : place])
        found += [
            f"verb {words[verb]}", f"verb {words[verb]} {way}", f"verb {tag} {way}", f"verb {tag} -1 {one}",
            f"verb {tag} {min(place - verb, _FAR)}",
        ]  # fmt: skip
    verb = next((n for n in range(place + 1, len(tags)) if tags[n][0] in "VM"), None)
    if verb is None:
        found.append(f"no verb+ {one_on}")
    else:
        found += [f"verb+ {words[verb]}", f"verb+ {tags[verb]} {min(verb - place, _FAR)}"]

    marks = [tag for tag in tags[:place] if tag in _MARKS]
    marks_on = sum(map(tags[place + 1 :].count, _MARKS))
    found += [f"marks {marks[-1] if marks else ''} {len(marks) % 2}", f"marks+ {marks_on % 2}"]

    let, distance = _letting(words, tags, place)
    found += [f"let {let}", f"let {let} {distance}", f"let {let} -1 {one}", f"let {let} {_order(forms, tags, place)}"]
    return found


_NEAR = 6
_LONGEST = 6
_FAR = 6
_MARKS = ("``", "''")


def _outline(tags: Sequence[str]) -> str:
    """Give the outline of some words, a letter each: nouns and what goes with them are one N, adverbs are left out.

    Examples
    --------
    >>> _outline(["WP", "DT", "JJ", "NN", "RB", "VBZ", "IN", "NNP"])
    'WNFPN'
    """
    return _NOUNS.sub("N", "".join([_LETTERS.get(tag, "x") for tag in tags]))


_NOUNS = re.compile("N+")
_LETTERS = {
    tag: letter
    for letter, tags in {
        "N": "DT PDT JJ JJR JJS NN NNS NNP NNPS PRP PRP$ POS CD EX $ HYPH AFX FW SYM ADD GW",
        "W": "WDT WP WP$ WRB",
        "": "RB RBR RBS RP",
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


def _letting(words: Sequence[str], tags: Sequence[str], place: int) -> tuple[str, int]:
    """Give what lets a base form stand, the nearest before a word, and how far off it is.

    That is *to*, a modal, a form of *do* or another base form; what is seen, made, let, had or asked to be done; or
    nothing. A base form else stands as an order alone.
    """
    for n in range(place - 1, -1, -1):
        word, tag = words[n], tags[n]
        if tag in _LETTING_TAGS:
            kind = tag
        elif word in _LETTING:
            kind = _LETTING[word]
        elif word.startswith(_ASKING):
            kind = "ask"
        else:
            continue
        if kind != "have" or place - n < _NEAR:
            return kind, min(place - n, _FAR)
    return "nothing", 0


_LETTING_TAGS = frozenset({"TO", "MD", "VB"})
_LETTING = {
    word: kind
    for kind, words in {
        "do": "do does did",
        "have": "have has had having 've",
        "let": """done let lets letting make makes made making help helps helped helping assist assists assisted see
            sees saw seen seeing watch watches watched watching hear hears heard hearing feel feels felt notice noticed
            go goes going went gone come comes came coming dare dares need needs please plz pls lest better rather
            sooner than except but why how anyone anybody everyone everybody someone somebody""",
    }.items()
    for word in words.split()
}
_ASKING = (
    "demand", "insist", "suggest", "recommend", "request", "propos", "requir", "importan", "essential", "necessary",
    "instruct", "urg", "ask", "advis", "order", "crucial", "vital", "imperative", "mandat", "prefer", "encourag",
)  # fmt: skip


def _order(forms: Sequence[str], tags: Sequence[str], place: int) -> str:
    """Say what a word has of an order: it comes first, after an adverbial that comes first, or with a capital."""
    if not place:
        return "first"
    clause = len(list(takewhile(lambda tag: tag != ",", reversed(tags[:place]))))
    if tags[place - clause] in {"IN", "WRB"}:
        return "adverbial"
    return "" if forms[place].islower() else "capital"
