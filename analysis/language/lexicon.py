"""The forms of English words: the Penn tags that each may have, and the lemma of each.

Derived from the inflection tables of LemmInflect (MIT), which come from the SPECIALIST lexicon.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from math import log2, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

_TAGS = {"noun": ("NN", "NNS"), "adj": ("JJ", "JJR", "JJS"), "adv": ("RB", "RBR", "RBS")}
_VERB = ("VBD", "VBN", "VBG", "VBZ")

#: Tags whose words can be listed.
CLOSED = frozenset(["CC", "DT", "EX", "IN", "MD", "PDT", "POS", "PRP", "PRP$", "RP", "TO", "WDT", "WP", "WP$", "WRB"])


def inflections(lines: Iterable[str], seen: Container[str] = ()) -> dict[str, dict[str, str]]:
    """Read ``lemma,part,forms…`` lines into form → Penn tag → lemma; forms and lemmas in lower case.

    Parameters
    ----------
    lines
        Lines of ``data/inflections.csv.gz``.
    seen
        Lemmas that the treebanks have: where two lemmas share a form and a tag, one of these has it (*developing* is of
        *develop*, not of *develope*), else one without a hyphen.

    Examples
    --------
    >>> inflections(["go,verb,went,gone,going,goes"])["went"]
    {'VBD': 'go'}
    """
    rows = [line.lower().rstrip("\n").split(",") for line in lines]
    rows.sort(key=lambda row: (row[0] not in seen, "-" in row[0]))
    forms: dict[str, dict[str, str]] = defaultdict(dict)
    for lemma_, part, *cells in rows:
        if part == "verb":
            cells[1] = cells[1] or cells[0]
            forms[lemma_].setdefault("VB", lemma_)
            tags: tuple[str, ...] = _VERB
        else:
            forms[lemma_].setdefault(_TAGS[part][0], lemma_)
            tags = _TAGS[part][1:]
        for tag, cell in zip(tags, cells, strict=False):
            for form in filter(None, cell.split("/")):
                forms[form].setdefault(tag, lemma_)
    return dict(forms)


def classes(forms: Mapping[str, Mapping[str, str]], seen: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give each form's class: its possible tags, joined.

    Parameters
    ----------
    forms
        What :func:`inflections` gives.
    seen
        Forms and their Penn tags in the treebanks; those of closed classes are added.
    """
    possible: dict[str, set[str]] = {form: set(tags) for form, tags in forms.items()}
    counts = Counter((form.lower(), tag) for form, tag in seen)
    for (form, tag), count in counts.items():
        if tag in CLOSED and count > 1:
            possible.setdefault(form, set()).add(tag)
    return {form: "|".join(sorted(tags)) for form, tags in sorted(possible.items())}


def usage(lines: Iterable[str], frequencies: Mapping[str, int], classes: Mapping[str, str]) -> dict[str, str]:
    """Tell how common forms are, and how far they are used as verbs and as nouns, by the forms beside them.

    *Walked* and *walking* are frequent beside *walk*, *marked* and *marketing* rare beside *market*; *officials* is
    frequent beside *official*, *greens* rare beside *green*.

    Parameters
    ----------
    lines
        Lines of ``data/inflections.csv.gz``.
    frequencies
        Form to its frequency per billion words.
    classes
        What :func:`classes` gives.

    Returns
    -------
    dict
        Form to its rank, the logarithm of its frequency in steps of two thirds of a power of ten; then, where the class
        of a common form leaves room for doubt, a space, ``v`` and the binary logarithm of how often its verb stands in
        *-ed* and *-ing* for each time that it stands in this form, ``n`` and the same of the plural.

    Examples
    --------
    >>> usage(["walk,verb,walked,,walking,walks"], {"walk": 900, "walked": 1800, "walking": 1800}, {"walk": "NN|VB"})
    {'walk': '4 v2', 'walked': '4', 'walking': '4'}
    """
    verb: dict[str, str] = {}
    noun: dict[str, str] = {}
    for line in lines:
        lemma_, part, *cells = line.lower().rstrip("\n").split(",")
        forms = [sorted(filter(None, cell.split("/"))) for cell in cells]
        if part == "verb" and lemma_ not in chain(*forms[:2]):
            balance = _balance(chain(*forms[:3]), lemma_, frequencies)
            for form in (lemma_, *chain(*forms[3:])):
                verb.setdefault(form, f"v{balance}")
        elif part == "noun":
            noun.setdefault(lemma_, f"n{_balance(chain(*forms), lemma_, frequencies)}")
    result = {}
    for form, frequency in sorted(frequencies.items()):
        tags = classes.get(form, "").split("|") if frequency > _RARE else ()
        marks = (verb.get(form, "") if "VB" in tags or "VBZ" in tags else "") + (
            noun.get(form, "") if "NN" in tags and "JJ" in tags else ""
        )
        result[form] = f"{int(1.5 * log10(frequency))} {marks}".strip()
    return result


def _balance(forms: Iterable[str], lemma_: str, frequencies: Mapping[str, int]) -> int:
    """Give the binary logarithm of how often some forms stand for each time that their lemma does, within limits."""
    others = sum(max(frequencies.get(form, 0), _RARE) for form in sorted({*forms} - {lemma_}))
    ratio = max(others, 1) / max(frequencies.get(lemma_, 0), _RARE)
    return max(-5, min(3, round(log2(ratio))))


_RARE = 400  # per billion words; the list of frequencies has hardly any below


def tag_pairs(seen: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give for each Penn tag the universal tags that go with it in the treebanks, not just by way of exception.

    Examples
    --------
    >>> tag_pairs([("NN", "NOUN")] * 9 + [("NN", "X")])
    {'NN': 'NOUN'}
    """
    pairs = Counter(seen)
    total: Counter = Counter()
    for (xpos, _), count in pairs.items():
        total[xpos] += count
    kept = sorted(pair for pair, count in pairs.items() if count >= max(_OFTEN, total[pair[0]] / 1000))
    return {xpos: "|".join(upos for tag, upos in kept if tag == xpos) for xpos in sorted({xpos for xpos, _ in kept})}


_OFTEN = 5


def lemma(form: str, xpos: str, upos: str, lemmas: Mapping[str, str], classes: Mapping[str, str]) -> str:
    """Give the lemma of a word: as the treebanks have it, else as the lexicon has it, else by rule.

    Parameters
    ----------
    form
        The normalised form.
    xpos, upos
        Its Penn tag and universal tag.
    lemmas
        What :func:`learn_lemmas` gives.
    classes
        What :func:`classes` gives.

    Examples
    --------
    >>> lemma("militias", "NNS", "NOUN", {}, {}), lemma("NGOs", "NNS", "NOUN", {}, {})
    ('militia', 'NGO')
    """
    word = _cased(form, xpos, upos, classes)
    known = (
        lemmas.get(f"{form}\t{xpos}\t{upos}")
        or lemmas.get(f"{word}\t{xpos}\t{upos}")
        or lemmas.get(f"{form}\t{xpos}")
        or lemmas.get(f"{form.lower()}\t{'VBD' if xpos == 'VBN' else xpos}")
    )
    return known or _by_rule(word, xpos)


def in_context(forms: Sequence[str], xpos: Sequence[str], starts: Container[int]) -> dict[int, str]:
    """Give the lemmas, by place, of words that have another beside some neighbours: *'s* of *has*, *PM* of a time.

    Only neighbours in the same sentence count; ``starts`` has the places where sentences start, and that after the
    last.

    Examples
    --------
    >>> in_context(["She", "'s", "never", "been", "PM"], ["PRP", "VBZ", "RB", "VBN", "NN"], {0, 5})
    {1: 'have'}
    """
    found = {}
    for place, form in enumerate(forms):
        if form == "'s" and xpos[place] == "VBZ":
            after = place + 1
            while after not in starts and xpos[after] == "RB":
                after += 1
            if after not in starts and forms[after].lower() in _PERFECT:
                found[place] = "have"
        elif form in _TIMES and place not in starts and xpos[place - 1] == "CD":
            found[place] = _TIMES[form]
    return found


_PERFECT = frozenset("become been got gotten had".split())
_TIMES = {"AM": "a.m.", "PM": "p.m."}


def _cased(form: str, xpos: str, upos: str, classes: Mapping[str, str]) -> str:
    """Give a form in lower case, but names, acronyms and single letters as they are."""
    if form.islower():
        return form
    is_letter = len(form) == 1 and xpos == "NN"
    is_name = upos == "PROPN" or xpos in ("NNP", "NNPS")
    return form if is_letter or is_name or _is_acronym(form, xpos, classes) else form.lower()


def _is_acronym(form: str, xpos: str, classes: Mapping[str, str]) -> bool:
    """Say whether a noun is an acronym (*HIV*, *NGOs*) and no word written large."""
    letters = form.removesuffix("s")
    is_large = len(letters) > 1 and letters.isupper() and xpos in ("NN", "NNS")
    return is_large and xpos not in classes.get(letters.lower(), "").split("|")


_ENDINGS = (
    ({"NNS", "NNPS", "VBZ"}, "s"),
    ({"VBD", "VBN"}, "ed"),
    ({"VBG"}, "ing"),
    ({"JJR", "RBR"}, "er"),
    ({"JJS", "RBS"}, "est"),
)
_DOUBLED = tuple(c + c for c in "bdgmnprt")
_BEFORE_E = ("at", "iz", "is", "v", "c", "g", "u", "l", "s")
_SHORTEST_STEM = 3


def _by_rule(word: str, xpos: str) -> str:
    """Take the ending off a word that no list knows, and the commas out of a number."""
    if xpos == "CD":
        return word.replace(",", "")
    for tags, ending in _ENDINGS:
        if xpos not in tags or not word.endswith(ending):
            continue
        stem = word[: -len(ending)]
        if len(stem) >= _SHORTEST_STEM or stem.isupper():
            return _of_plural(stem) if ending == "s" else _of_stem(stem, ending)
    return word


def _of_plural(stem: str) -> str:
    """Give the lemma of a form in *-s* without it."""
    if stem.endswith("ie") and len(stem) > _SHORTEST_STEM:
        return stem[:-2] + "y"
    if stem.endswith(("che", "she", "sse", "xe", "zze")):
        return stem[:-1]
    return stem + "s" if stem.endswith("s") else stem


def _of_stem(stem: str, ending: str) -> str:
    """Give the lemma of a stem that *-ed*, *-ing*, *-er* or *-est* was taken off."""
    if stem.endswith("i") and ending != "ing":
        return stem[:-1] + "y"
    if stem.endswith(_DOUBLED):
        return stem[:-1]
    if ending in ("er", "est"):
        return stem
    one_vowel = len(stem) == _SHORTEST_STEM and stem[1] in "aeiou" and not {stem[0], stem[2]} & set("aeiouwxy")
    return stem + "e" if stem.endswith(_BEFORE_E) or one_vowel else stem


def learn_lemmas(
    words: Iterable[tuple[str, str, str, str]],
    forms: Mapping[str, Mapping[str, str]],
    classes: Mapping[str, str],
    peoples: Iterable[str],
) -> dict[str, str]:
    """Make the table that :func:`lemma` reads, from the lexicon and from words of the treebanks.

    Parameters
    ----------
    words
        Normalised form, Penn tag, universal tag and lemma of each word.
    forms
        What :func:`inflections` gives.
    classes
        What :func:`classes` gives.
    peoples
        Names of peoples, creeds and parties, which are written with a capital as adjectives too.

    Returns
    -------
    dict
        Form, Penn tag and universal tag, apart by tabs, to the lemma that the treebanks have most often; and form and
        Penn tag to the lemma that the lexicon has; where these are not what comes of the others or of a rule. A lemma
        that the lexicon does not know, of a form that it does (*chao* of *chaos*), is taken for a slip, and so is one
        of an acronym that is other than it (*p.m.* of *PM*), and of a name in the singular that differs by more than
        capitals, unless it ends with a full stop. Of parts of words (*every day*), nothing is learnt.
    """
    table = {
        f"{form}\t{tag}": of
        for form, tags in forms.items()
        for tag, of in tags.items()
        if tag != "VBN" or tags.get("VBD") != of
    }
    table |= {f"{form}\tVBD": tags["VBN"] for form, tags in forms.items() if "VBN" in tags and "VBD" not in tags}
    table = {key: of for key, of in table.items() if of != _by_rule(*key.split("\t"))}
    table |= {f"{name}\tJJ": name for name in peoples}
    counts: dict[tuple[str, str, str], Counter] = defaultdict(Counter)
    for form, xpos, upos, of in words:
        if xpos not in _PARTS_OF_WORDS and not _is_slip(of, form, (xpos, upos), forms, classes):
            counts[form, xpos, upos][of] += 1
    merged: dict[tuple[str, str, str], Counter] = defaultdict(Counter)
    for (form, xpos, upos), found in counts.items():
        merged[_cased(form, xpos, upos, classes), xpos, upos] += found
    for key, together in merged.items():
        found = counts.get(key, together)  # *Chaos* counts for *chaos* where that never occurs
        best = min(found, key=lambda of: (-found[of], of))
        if lemma(*key, table, classes) != best:
            table["\t".join(key)] = best
    for key, found in counts.items():
        form, keeps_capital = key[0], found[key[0]]
        if key not in merged and 1 < keeps_capital > found.total() / 2 and lemma(*key, table, classes) != form:
            table["\t".join(key)] = form
    return dict(sorted(table.items()))


_PARTS_OF_WORDS = ("GW", "AFX")


def _is_slip(
    of: str, form: str, tags: tuple[str, str], forms: Mapping[str, Mapping[str, str]], classes: Mapping[str, str]
) -> bool:
    """Say whether a lemma is one that :func:`learn_lemmas` takes for a slip."""
    xpos, upos = tags
    if upos == "PROPN":
        return xpos == "NNP" and form[-1] != "." and of.lower() != form.lower()
    if _is_acronym(form, xpos, classes):
        return of not in (form, form.removesuffix("s"))
    return of.lower() not in forms and xpos in forms.get(form.lower(), ())
