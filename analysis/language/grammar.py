"""What grammar asks of a whole sentence, where the network of tags looks at a few words on either side of one.

Each rule takes the Penn tags of a sentence and its forms, and changes few: those that cannot stand as they are.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analysis.language import store

if TYPE_CHECKING:
    from collections.abc import Sequence


def mended(xpos: Sequence[str], forms: Sequence[str], lengths: np.ndarray) -> list[str]:
    """Give the Penn tags of words as grammar lets them stand.

    Parameters
    ----------
    xpos, forms
        The Penn tag and the normalised form of each word.
    lengths
        Words in each sentence.
    """
    result: list[str] = []
    for start, end in pairwise([0, *np.cumsum(lengths).tolist()]):
        words, tags = forms[start:end], list(xpos[start:end])
        for rule in RULES:
            tags = rule(tags, words)
        result += tags
    return result


_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})

_ENDS_SUBJECT = frozenset({"NN", "NNS", "NNP", "NNPS", "PRP", ","})
_STARTS_OBJECT = frozenset({"DT", "NNP", "NNPS", "PRP", "PRP$"})


def with_past(xpos: Sequence[str], forms: Sequence[str]) -> list[str]:
    """Make a past participle a past tense where its sentence has no finite verb and it has a subject and an object.

    Examples
    --------
    >>> with_past(["NNP", ",", "JJ", ",", "VBN", "DT", "NN"], ["Ann", ",", "ill", ",", "left", "the", "hall"])
    ['NNP', ',', 'JJ', ',', 'VBD', 'DT', 'NN']
    """
    result = list(xpos)
    if _FINITE.isdisjoint(xpos):
        for place in range(1, len(xpos) - 1):
            stands = xpos[place - 1] in _ENDS_SUBJECT and xpos[place + 1] in _STARTS_OBJECT
            if xpos[place] == "VBN" and stands and _may_be("VBD", forms[place]):
                result[place] = "VBD"
                break
    return result


def with_perfect(xpos: Sequence[str], forms: Sequence[str]) -> list[str]:
    """Make a past tense a past participle where it is joined to one that *have* stands before, but for adverbs.

    Examples
    --------
    >>> with_perfect(["PRP", "VBP", "VBN", "CC", "VBD", "NNS"], ["they", "have", "built", "and", "sold", "boats"])
    ['PRP', 'VBP', 'VBN', 'CC', 'VBN', 'NNS']
    """
    result = list(xpos)
    for place in range(3, len(xpos)):
        if xpos[place] == "VBD" and _may_be("VBN", forms[place]):
            joint = _before_adverbs(xpos, place)
            have = _before_adverbs(xpos, joint - 1)
            if xpos[joint] == "CC" and result[joint - 1] == "VBN" and forms[have].lower() in _HAVE:
                result[place] = "VBN"
    return result


_HAVE = frozenset({"have", "has", "had", "having", "'ve"})


def _before_adverbs(xpos: Sequence[str], place: int) -> int:
    """Give the place of the first word before this one that is no adverb; 0 if there is none."""
    place -= 1
    while place > 0 and xpos[place] == "RB":
        place -= 1
    return max(place, 0)


def _may_be(tag: str, form: str) -> bool:
    return tag in store.load_pairs("classes").get(form.lower(), "").split("|")


def with_present(xpos: Sequence[str], forms: Sequence[str]) -> list[str]:
    """Make a base form a present tense where it comes after a noun or a verb and nothing before it lets it stand.

    A base form stands after *to*, a modal or a form of *do*; after another; after what is seen, made, let, had or asked
    to be done; and as an order, which comes first, after a mark, after a first adverbial (*In the end leave*) or with a
    capital. Of the 13,308 in the training parts of UD English EWT and GUM, 12 stand otherwise.

    Examples
    --------
    >>> with_present(["WDT", "PRP", "VBP", "VB", "NN"], ["which", "they", "say", "bring", "peace"])
    ['WDT', 'PRP', 'VBP', 'VBP', 'NN']
    """
    result = list(xpos)
    clause = 0
    for place in range(1, len(result)):
        if result[place - 1] == ",":
            clause = place
        if (
            result[place] == "VB"
            and result[place - 1] in _BEFORE_PRESENT
            and forms[place] not in _NO_PRESENT
            and not _may_be_order(result[clause], forms[place])
            and not _let_base_stand(result[:place], forms[:place])
        ):
            result[place] = "VBP"
    return result


_BEFORE_PRESENT = frozenset({"NN", "NNS", "NNP", "NNPS", "PRP", "VBZ", "VBD", "VBP", "-RRB-"})
_NO_PRESENT = frozenset({"be", "beware"})


def _may_be_order(first: str, form: str) -> bool:
    """Say whether a base form may be an order, by the first tag of its clause and its capital."""
    return first in {"IN", "WRB"} or not form.islower()


def _let_base_stand(xpos: Sequence[str], forms: Sequence[str]) -> bool:
    """Say whether words let a base form stand after them."""
    words = [form.lower() for form in forms]
    return (
        not _TAGS_BEFORE_BASE.isdisjoint(xpos)
        or not _HAVE.isdisjoint(words[-_NEAR:])
        or any(word in _BEFORE_BASE or word.startswith(_ASKING) for word in words)
    )


_TAGS_BEFORE_BASE = frozenset({"TO", "MD", "VB", "UH", "LS", ":", ".", "``", "''"})
_BEFORE_BASE = frozenset(
    """do does did done let lets letting make makes made making help helps helped helping assist assists assisted see
    sees saw seen seeing watch watches watched watching hear hears heard hearing feel feels felt notice noticed go goes
    going went gone come comes came coming dare dares need needs please plz pls lest better rather sooner than except
    but why how anyone anybody everyone everybody someone somebody""".split()
)
_ASKING = (
    "demand", "insist", "suggest", "recommend", "request", "propos", "requir", "importan", "essential", "necessary",
    "instruct", "urg", "ask", "advis", "order", "crucial", "vital", "imperative", "mandat", "prefer", "encourag",
)  # fmt: skip
_NEAR = 5  # words from *have* to what somebody is had to do

#: The rules, in the order in which they apply.
RULES = (with_past, with_perfect, with_present)
