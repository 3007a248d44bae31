"""Corrections of tags that the words around, or the names that were found, show to be wrong."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

__all__ = ["acronyms", "progressives"]

_BE = frozenset("am are be been is was were 'm 're 's".split())
_BE_AND_HAVE = _BE | frozenset("had has have 'd 've".split())
_PERSONAL = frozenset("he i she they we who you".split())
#: Before these a noun in *-ing* is part of a longer name for something.
_NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS", "HYPH"})
_PRONOUN_TAGS = frozenset({"PRP", "WP"})
_VERB_TAGS = frozenset({"VBZ", "VBP", "MD"})
#: How the tags begin of words that are in capitals for emphasis or in a headline: verbs, adverbs, adjectives, cries.
_EMPHATIC = frozenset("VRJU")
#: After these words and tags only a noun or its modifiers stand.
_ARTICLES = frozenset({"a", "an", "the"})
_OWNER_TAGS = frozenset({"PRP$", "POS"})


def progressives(
    forms: Sequence[str], xpos: Sequence[str], entity: Sequence[str], starts: Container[int], classes: Mapping[str, str]
) -> list[int]:
    """Return the indices of supposed nouns that are participles: *coding* of *she was always coding*.

    Their verb is a form of *be*, whose subject can be no noun in *-ing*: a personal pronoun, *who* or a person.

    Parameters
    ----------
    forms, xpos, entity
        The normalised form, the Penn tag and the BIO tag of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    classes
        Form in lower case to its possible Penn tags, separated by bars.

    Examples
    --------
    >>> forms, tags = "She is still coding . It is still coding .".split(), ["PRP", "VBZ", "RB", "NN", "."] * 2
    >>> progressives(forms, tags, ["O"] * 10, {0, 5, 10}, {"coding": "NN|VBG"})
    [3]
    """

    def is_person(at: int) -> bool:
        return forms[at].lower() in _PERSONAL or entity[at].endswith("-person")

    def is_verb(at: int, verbs: Container[str]) -> bool:
        return forms[at].lower() in verbs and xpos[at][0] == "V"  # no possessive

    found = []
    for index, form in enumerate(forms):
        if xpos[index] != "NN" or form[-3:] != "ing" or "VBG" not in classes.get(form.lower(), "").split("|"):
            continue
        first, _ = _sentence(index, starts)
        after = [tag for at, tag in enumerate(xpos[index + 1 : index + 3], index + 1) if at not in starts]
        if any(tag in _NOUN_TAGS for tag in after[: 2 if after[:1] == ["CC"] else 1]):
            continue
        before = [at for at in range(index - 1, first - 1, -1) if xpos[at] != "RB"]
        verbs = list(takewhile(lambda at: is_verb(at, _BE_AND_HAVE) or xpos[at] == "MD", before))
        if verbs and is_verb(verbs[0], _BE):
            is_progressive = len(before) > len(verbs) and is_person(before[len(verbs)])
        else:  # a question
            is_progressive = len(before) > 1 and is_person(before[0]) and is_verb(before[1], _BE)
        if is_progressive:
            found.append(index)
    return found


def acronyms(
    forms: Sequence[str],
    xpos: Sequence[str],
    entity: Sequence[str],
    starts: Container[int],
    function_words: Container[str],
) -> list[int]:
    """Return the indices of acronyms that were taken for function words: *WHO*, *IT*, *US*, *IS*.

    They are in capitals in a sentence in which no verb or adjective is, and names by themselves or where no such
    word can stand: after an article or possessive; a pronoun before a noun; a finite verb after a preposition or verb,
    or first before a noun.

    Parameters
    ----------
    forms, xpos, entity
        The normalised form, the Penn tag and the BIO tag of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    function_words
        Function words, in lower case.

    Examples
    --------
    >>> forms, tags = "the WHO said WHO it was".split(), ["DT", "WP", "VBD", "WP", "PRP", "VBD"]
    >>> acronyms(forms, tags, ["O"] * 6, {0, 6}, {"who"})
    [1]
    """
    found = []
    for index, (form, tag) in enumerate(zip(forms, xpos, strict=True)):
        if len(form) == 1 or not form.isupper() or tag[:2] == "NN" or form.lower() not in function_words:
            continue
        word, before = ("", "") if index in starts else (forms[index - 1].lower(), xpos[index - 1])
        after, label_after = ("", "O") if index + 1 in starts else (xpos[index + 1], entity[index + 1])
        is_before_noun = after in {"NN", "NNS"} and (tag in _PRONOUN_TAGS or (tag in _VERB_TAGS and not before))
        is_object = tag in _VERB_TAGS and (before == "IN" or before.startswith("V"))
        is_name = entity[index][0] == "B" and label_after[0] != "I"
        if not (is_name or is_before_noun or is_object or word in _ARTICLES or before in _OWNER_TAGS):
            continue
        others = [at for at in range(*_sentence(index, starts)) if forms[at].lower() not in function_words]
        if not any(len(forms[at]) > 1 and forms[at].isupper() and xpos[at][0] in _EMPHATIC for at in others):
            found.append(index)
    return found


def _sentence(index: int, starts: Container[int]) -> tuple[int, int]:
    """Return the index of the first word of a word's sentence, and that after its last."""
    first, end = index, index + 1
    while first not in starts:
        first -= 1
    while end not in starts:
        end += 1
    return first, end
