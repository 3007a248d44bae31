"""Corrections of tags that the words around, or the names that were found, show to be wrong."""

from __future__ import annotations

from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language import gazetteer

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

__all__ = ["acronyms", "adjectives", "gerunds", "progressives"]

_BE = frozenset("am are be been is was were 'm 're 's".split())
_BE_AND_HAVE = _BE | frozenset("had has have 'd 've".split())
_PERSONAL = frozenset("he i she they we who you".split())
#: Before these a noun in *-ing* is part of a longer name for something.
_NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS", "HYPH"})
_PRONOUN_TAGS = frozenset({"PRP", "WP"})
_VERB_TAGS = frozenset({"VBZ", "VBP", "MD"})
#: How the tags begin of words that are in capitals for emphasis or in a headline: verbs, adverbs, adjectives, cries.
_EMPHATIC = frozenset("VRJU")
#: After these words and tags only a noun or its modifiers stand, the latter with these tags (*a VERY long list*).
_ARTICLES = frozenset({"a", "an", "the"})
#: Adjectives in *-ing* that tell of a country or a house as often as the verb is used.
_ADJECTIVES = frozenset({"neighboring", "neighbouring"})
_OWNER_TAGS = frozenset({"PRP$", "POS"})
_MODIFIER_TAGS = frozenset({"CD", "JJ", "RB"})


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


def gerunds(forms: Sequence[str], xpos: Sequence[str], starts: Container[int]) -> list[int]:
    """Return the indices of supposed participles that are nouns before those of ``data/gerunds.tsv``.

    After a form of *be* they are verbs: *was planning permission*.

    Parameters
    ----------
    forms, xpos
        The normalised form and the Penn tag of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> gerunds("It asked for planning permission".split(), ["PRP", "VBD", "IN", "VBG", "NN"], {0, 5})
    [3]
    """
    nouns = _nouns_after_gerunds()
    return [
        at
        for at, tag in enumerate(xpos)
        if tag == "VBG"
        and at + 1 not in starts
        and forms[at + 1].lower() in nouns.get(forms[at].lower(), ())
        and (at in starts or forms[at - 1].lower() not in _BE)
    ]


def adjectives(forms: Sequence[str], xpos: Sequence[str], starts: Container[int]) -> list[int]:
    """Return the indices of supposed participles that are adjectives: *neighbouring* of *accused neighbouring Oman*.

    Parameters
    ----------
    forms, xpos
        The normalised form and the Penn tag of each word.
    starts
        The index of the first word of each sentence, and the number of words.

    Examples
    --------
    >>> adjectives("It accused neighbouring Oman".split(), ["PRP", "VBD", "VBG", "NNP"], {0, 4})
    [2]
    """
    return [
        at
        for at, tag in enumerate(xpos)
        if tag == "VBG" and forms[at].lower() in _ADJECTIVES and at + 1 not in starts and xpos[at + 1] in _NOUN_TAGS
    ]


@cache
def _nouns_after_gerunds() -> dict[str, frozenset[str]]:
    lists = resources.data().read_word_lists("gerunds.tsv")
    return {gerund: frozenset(nouns) for gerund, nouns in lists.items()}


def acronyms(
    forms: Sequence[str],
    xpos: Sequence[str],
    entity: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    function_words: Container[str],
    index: Mapping[str, str],
) -> list[int]:
    """Return the indices of acronyms that were taken for function words: *WHO*, *IT*, *US*, *IS*.

    They are in capitals in a sentence in which no verb or adjective is, and names by themselves or where no such
    word can stand: after an article or possessive; a pronoun before a noun or participle; a finite verb after a
    preposition or verb, or first before a noun. What the gazetteer has is an acronym as a pronoun, but not after a noun
    or in a question, and as the first verb of a sentence. A form that is an acronym once in an article is no pronoun
    elsewhere in it.

    Parameters
    ----------
    forms, xpos, entity
        The normalised form, the Penn tag and the BIO tag of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    owners
        The number of the article of each word.
    function_words
        Function words, in lower case.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> forms, tags = "the WHO said it was".split(), ["DT", "WP", "VBD", "PRP", "VBD"]
    >>> acronyms(forms, tags, ["O"] * 5, {0, 5}, [0] * 5, function_words={"who"}, index={})
    [1]
    >>> forms, tags = "WHO said no".split(), ["WP", "VBD", "UH"]
    >>> acronyms(forms, tags, ["O"] * 3, {0, 3}, [0] * 3, function_words={"who"}, index={"who": "=body"})
    [0]
    """
    found, doubtful = [], []
    for at, (form, tag) in enumerate(zip(forms, xpos, strict=True)):
        if len(form) == 1 or not form.isupper() or tag[:2] in {"NN", "CD"} or form.lower() not in function_words:
            continue
        word, before = ("", "") if at in starts else (forms[at - 1].lower(), xpos[at - 1])
        after, label_after = ("", "O") if at + 1 in starts else (xpos[at + 1], entity[at + 1])
        is_pronoun, is_first_verb = tag in _PRONOUN_TAGS, tag in _VERB_TAGS and not before
        is_before_noun = (after in {"NN", "NNS"} and (is_pronoun or is_first_verb)) or (is_pronoun and after == "VBG")
        is_object = tag in _VERB_TAGS and (before == "IN" or before.startswith("V"))
        is_name = entity[at][0] == "B" and label_after[0] != "I"
        is_determined = tag not in _MODIFIER_TAGS and (word in _ARTICLES or before in _OWNER_TAGS)
        sentence = range(*_sentence(at, starts))
        others = [other for other in sentence if forms[other].lower() not in function_words]
        if any(len(forms[other]) > 1 and forms[other].isupper() and xpos[other][0] in _EMPHATIC for other in others):
            continue
        is_relative = before.startswith("NN") and entity[at - 1][2:] != "date"
        is_listed = (
            ((is_pronoun and not is_relative) or is_first_verb)
            and forms[sentence[-1]] != "?"
            and bool(gazetteer.class_of([form], index))
        )
        if is_name or is_before_noun or is_object or is_determined or is_listed:
            found.append(at)
        elif is_pronoun:
            doubtful.append(at)
    known = {(owners[at], forms[at]) for at in found}
    return sorted([*found, *(at for at in doubtful if (owners[at], forms[at]) in known)])


def _sentence(index: int, starts: Container[int]) -> tuple[int, int]:
    """Return the index of the first word of a word's sentence, and that after its last."""
    first, end = index, index + 1
    while first not in starts:
        first -= 1
    while end not in starts:
        end += 1
    return first, end
