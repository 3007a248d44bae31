"""Lemmas: looked up in tables that are learnt from treebanks and a lexicon, otherwise by rule.

:mod:`training.lexicon` makes the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

__all__ = ["is_acronym", "lemma", "lemma_by_rule", "lemmas_in_context", "restore_case"]

#: Participles that follow *'s* where it is *has* and not *is*.
_PERFECT = frozenset("become been got gotten had".split())
_TIMES = {"AM": "a.m.", "PM": "p.m."}

#: The Penn tags of each regular ending.
_ENDINGS = (
    ({"NNS", "NNPS", "VBZ"}, "s"),
    ({"VBD", "VBN"}, "ed"),
    ({"VBG"}, "ing"),
    ({"JJR", "RBR"}, "er"),
    ({"JJS", "RBS"}, "est"),
)
#: Stems that end like this lose the last letter: *stopp*.
_DOUBLED = tuple(c + c for c in "bdgmnprt")
#: Stems that end like this take an *e*: *creat*.
_BEFORE_E = ("at", "iz", "is", "v", "c", "g", "u", "l", "s")
_MIN_STEM_CHARS = 3

#: The tags of the words after the first in the names of places and bodies.
_INSIDE = frozenset(("I-location", "I-organization"))


def lemma(form: str, xpos: str, upos: str, lemmas: Mapping[str, str], classes: Mapping[str, str]) -> str:
    r"""Return the lemma of a word: from the treebanks, otherwise from the lexicon, otherwise by rule.

    Parameters
    ----------
    form
        The normalised form.
    xpos, upos
        Its Penn tag and universal tag.
    lemmas
        Form, Penn tag and, for an entry from the treebanks, universal tag, separated by tabs, to the lemma.
    classes
        Form in lower case to its possible Penn tags, separated by bars.

    Examples
    --------
    >>> lemma("militias", "NNS", "NOUN", {}, {}), lemma("NGOs", "NNS", "NOUN", {}, {})
    ('militia', 'NGO')
    >>> lemma("Pro-Russian", "JJ", "ADJ", {"russian\tJJ\tADJ": "Russian"}, {})
    'pro-Russian'
    """
    word = restore_case(form, xpos, upos, classes)
    known = (
        lemmas.get(f"{form}\t{xpos}\t{upos}")
        or lemmas.get(f"{word}\t{xpos}\t{upos}")
        or lemmas.get(f"{form}\t{xpos}")
        or lemmas.get(f"{form.lower()}\t{'VBD' if xpos == 'VBN' else xpos}")
    )
    prefix, hyphen, last = word.rpartition("-")
    if hyphen and not known and (capital := lemmas.get(f"{last}\t{xpos}\t{upos}", ""))[:1].isupper():
        return f"{prefix}-{capital}"
    return known or lemma_by_rule(word, xpos)


def lemmas_in_context(forms: Sequence[str], xpos: Sequence[str], starts: Container[int]) -> dict[int, str]:
    """Return the lemmas, by index, of words whose lemma depends on neighbours: *'s* of *has*, *PM* of a time.

    Parameters
    ----------
    forms, xpos
        The normalised form and the Penn tag of each word.
    starts
        The index of the first word of each sentence, and the number of words. Only neighbours in the same sentence
        count.

    Examples
    --------
    >>> lemmas_in_context(["She", "'s", "never", "been", "PM"], ["PRP", "VBZ", "RB", "VBN", "NN"], {0, 5})
    {1: 'have'}
    """
    found = {}
    for index, form in enumerate(forms):
        if form == "'s" and xpos[index] == "VBZ":
            after = index + 1
            while after not in starts and xpos[after] == "RB":
                after += 1
            if after not in starts and forms[after].lower() in _PERFECT:
                found[index] = "have"
        elif form in _TIMES and index not in starts and xpos[index - 1] == "CD":
            found[index] = _TIMES[form]
    return found


def lemmas_in_names(tags: Sequence[str], forms: Sequence[str], xpos: Sequence[str]) -> dict[int, str]:
    """Return by index, as they are, the proper nouns of places and bodies of several words: *the United Nations*.

    Examples
    --------
    >>> tags = ["B-location", "I-location", "B-norp"]
    >>> lemmas_in_names(tags, ["United", "States", "Democrats"], ["NNP", "NNPS", "NNPS"])
    {0: 'United', 1: 'States'}
    """
    found = {}
    for at, (tag, form) in enumerate(zip(tags, forms, strict=True)):
        inside = f"I{tag[1:]}"
        is_part = inside in _INSIDE and (tag == inside or tags[at + 1 : at + 2] == [inside])
        if is_part and xpos[at] in {"NNP", "NNPS"} and form.istitle():
            found[at] = form
    return found


def restore_case(form: str, xpos: str, upos: str, classes: Mapping[str, str]) -> str:
    """Return a form in lower case, except for names, acronyms and single letters, which stay as they are.

    So does what has a capital after a hyphen alone (*pro-Russian*).
    """
    prefix, _, last = form.rpartition("-")
    if form.islower() or (prefix.islower() and last[:1].isupper()):
        return form
    is_letter = len(form) == 1 and xpos == "NN"
    is_name = upos == "PROPN" or xpos in ("NNP", "NNPS")
    return form if is_letter or is_name or is_acronym(form, xpos, classes) else form.lower()


def is_acronym(form: str, xpos: str, classes: Mapping[str, str]) -> bool:
    """Return whether a noun is an acronym (*HIV*, *NGOs*), and not a known word in capitals."""
    letters = form.removesuffix("s")
    is_capitals = len(letters) > 1 and letters.isupper() and xpos in ("NN", "NNS")
    return is_capitals and xpos not in classes.get(letters.lower(), "").split("|")


def lemma_by_rule(word: str, xpos: str) -> str:
    """Remove the ending of a word, or the commas of a number.

    Examples
    --------
    >>> lemma_by_rule("stopped", "VBD"), lemma_by_rule("25,000", "CD")
    ('stop', '25000')
    """
    if xpos == "CD":
        return word.replace(",", "")
    for tags, ending in _ENDINGS:
        if xpos not in tags or not word.endswith(ending):
            continue
        stem = word[: -len(ending)]
        if len(stem) >= _MIN_STEM_CHARS or stem.isupper():
            return _from_plural(stem) if ending == "s" else _from_stem(stem, ending)
    return word


def _from_plural(stem: str) -> str:
    """Return the lemma of a form in *-s*, given without the *-s*."""
    if stem.endswith("ie") and len(stem) > _MIN_STEM_CHARS:
        return stem[:-2] + "y"
    if stem.endswith(("che", "she", "sse", "xe", "zze")):
        return stem[:-1]
    return stem + "s" if stem.endswith("s") else stem


def _from_stem(stem: str, ending: str) -> str:
    """Return the lemma of a form in *-ed*, *-ing*, *-er* or *-est*, given without the ending."""
    if stem.endswith("i") and ending != "ing":
        return stem[:-1] + "y"
    if stem.endswith(_DOUBLED):
        return stem[:-1]
    if ending in ("er", "est"):
        return stem
    one_vowel = len(stem) == _MIN_STEM_CHARS and stem[1] in "aeiou" and not {stem[0], stem[2]} & set("aeiouwxy")
    return stem + "e" if stem.endswith(_BEFORE_E) or one_vowel else stem
