"""The tables of words among the model files: classes, usage, tag pairs, lemmas and the gazetteer.

Inflections are those of LemmInflect (MIT), which come from the SPECIALIST lexicon.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from math import log2, log10
from typing import TYPE_CHECKING

from analysis import resources
from analysis.language.features import normalise
from analysis.language.lemmas import is_acronym, lemma, lemma_by_rule, restore_case
from analysis.language.tokenise import TokenLists, tokenise

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

__all__ = [
    "build_gazetteer",
    "classes",
    "currencies",
    "inflections",
    "learn_lemmas",
    "listed_names",
    "tag_pairs",
    "usage",
]

#: The Penn tags of the inflected forms of each part of speech, in the order of the file.
_TAGS = {"noun": ("NN", "NNS"), "adj": ("JJ", "JJR", "JJS"), "adv": ("RB", "RBR", "RBS")}
_VERB_TAGS = ("VBD", "VBN", "VBG", "VBZ")
#: Tags of closed classes, whose words can be listed.
_CLOSED = frozenset(["CC", "DT", "EX", "IN", "MD", "PDT", "POS", "PRP", "PRP$", "RP", "TO", "WDT", "WP", "WP$", "WRB"])
#: Tags of parts of words, such as *every* and *day* of *everyday* written apart.
_PARTS_OF_WORDS = ("GW", "AFX")
#: A frequency per billion words below which there is hardly any in the list of frequencies.
_RARE_PER_BILLION = 400
#: A pair of tags must occur at least so often, and in a thousandth of the occurrences of its Penn tag.
_MIN_PAIRS = 5
#: The class of towns, which a name has only if it has no other.
_TOWN = "town"


def inflections(
    lines: Iterable[str], preferred: Container[str] = (), frequencies: Mapping[str, int] | None = None
) -> dict[str, dict[str, str]]:
    """Parse ``lemma,part,forms…`` lines into form → Penn tag → lemma, all in lower case.

    Parameters
    ----------
    lines
        Lines of ``data/inflections.csv.gz``.
    preferred
        Lemmas of the treebanks: where two lemmas share a form and a tag, one of these takes it (*developing* belongs to
        *develop*, not *develope*), otherwise one without a hyphen.
    frequencies
        Words to their frequencies: of two such lemmas that end with and without *-e*, the more frequent one takes the
        form (*doses* belongs to *dose*, not *dos*).

    Examples
    --------
    >>> inflections(["go,verb,went,gone,going,goes"])["went"]
    {'VBD': 'go'}
    """
    rows = [line.lower().rstrip("\n").split(",") for line in lines]
    found, own = frequencies or {}, defaultdict[str, set[str]](set)
    for lemma_, _, *cells in rows:
        own[lemma_].update(*(cell.split("/") for cell in cells if cell))
    is_rarer = {
        each: found.get(f"{each}e", 0) > found.get(each, 0) and not words.isdisjoint(own.get(f"{each}e", ()))
        for each, words in own.items()
    }
    rows.sort(key=lambda row: (is_rarer[row[0]], row[0] not in preferred, "-" in row[0]))
    forms: dict[str, dict[str, str]] = defaultdict(dict)
    for lemma_, part, *cells in rows:
        if part == "verb":
            cells[1] = cells[1] or cells[0]
            forms[lemma_].setdefault("VB", lemma_)
            tags: tuple[str, ...] = _VERB_TAGS
        else:
            forms[lemma_].setdefault(_TAGS[part][0], lemma_)
            tags = _TAGS[part][1:]
        for tag, cell in zip(tags, cells, strict=False):
            for form in filter(None, cell.split("/")):
                forms[form].setdefault(tag, lemma_)
    return dict(forms)


def classes(forms: Mapping[str, Mapping[str, str]], tagged: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the class of each form: its possible Penn tags, separated by bars.

    Parameters
    ----------
    forms
        What :func:`inflections` returns.
    tagged
        Forms and their Penn tags in the treebanks; tags of closed classes that occur twice are added.
    """
    possible: dict[str, set[str]] = {form: set(tags) for form, tags in forms.items()}
    counts = Counter((form.lower(), tag) for form, tag in tagged)
    for (form, tag), count in counts.items():
        if tag in _CLOSED and count > 1:
            possible.setdefault(form, set()).add(tag)
    return {form: "|".join(sorted(tags)) for form, tags in sorted(possible.items())}


def usage(lines: Iterable[str], frequencies: Mapping[str, int], classes: Mapping[str, str]) -> dict[str, str]:
    """Return how frequent forms are, and how much they are used as verbs and nouns, judged by their inflected forms.

    *Walked* and *walking* are frequent beside *walk*, *marked* and *marketing* rare beside *market*; *officials* is
    frequent beside *official*, *greens* rare beside *green*.

    Parameters
    ----------
    lines
        Lines of ``data/inflections.csv.gz``.
    frequencies
        Form to its frequency per billion words.
    classes
        What :func:`classes` returns.

    Returns
    -------
    dict
        Form to its rank, the logarithm of its frequency in steps of two thirds of a power of ten. Where the class of a
        frequent form is ambiguous, there follow a space; ``v`` and the binary logarithm of the ratio of its *-ed* and
        *-ing* forms to itself; and ``n`` and the same of its plural.

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
            ratio = _log_ratio(chain(*forms[:3]), lemma_, frequencies)
            for form in (lemma_, *chain(*forms[3:])):
                verb.setdefault(form, f"v{ratio}")
        elif part == "noun":
            noun.setdefault(lemma_, f"n{_log_ratio(chain(*forms), lemma_, frequencies)}")
    result = {}
    for form, frequency in sorted(frequencies.items()):
        tags = classes.get(form, "").split("|") if frequency > _RARE_PER_BILLION else ()
        ratios = (verb.get(form, "") if "VB" in tags or "VBZ" in tags else "") + (
            noun.get(form, "") if "NN" in tags and "JJ" in tags else ""
        )
        result[form] = f"{int(1.5 * log10(frequency))} {ratios}".strip()
    return result


def _log_ratio(forms: Iterable[str], lemma_: str, frequencies: Mapping[str, int]) -> int:
    """Return the rounded binary logarithm of the frequency of some forms over that of their lemma, from −5 to 3."""
    others = sum(max(frequencies.get(form, 0), _RARE_PER_BILLION) for form in sorted({*forms} - {lemma_}))
    ratio = max(others, 1) / max(frequencies.get(lemma_, 0), _RARE_PER_BILLION)
    return max(-5, min(3, round(log2(ratio))))


def tag_pairs(tagged: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for each Penn tag the universal tags that occur with it in the treebanks, rare exceptions aside.

    Examples
    --------
    >>> tag_pairs([("NN", "NOUN")] * 9 + [("NN", "X")])
    {'NN': 'NOUN'}
    """
    pairs = Counter(tagged)
    totals: Counter[str] = Counter()
    for (xpos, _), count in pairs.items():
        totals[xpos] += count
    kept = sorted(pair for pair, count in pairs.items() if count >= max(_MIN_PAIRS, totals[pair[0]] / 1000))
    return {xpos: "|".join(upos for tag, upos in kept if tag == xpos) for xpos in sorted({xpos for xpos, _ in kept})}


def learn_lemmas(
    words: Iterable[tuple[str, str, str, str]],
    forms: Mapping[str, Mapping[str, str]],
    classes: Mapping[str, str],
    peoples: Iterable[str],
) -> dict[str, str]:
    """Make the table that :func:`analysis.language.lemmas.lemma` reads, from the lexicon and the treebanks.

    Parameters
    ----------
    words
        Normalised form, Penn tag, universal tag and lemma of each word of the treebanks.
    forms
        What :func:`inflections` returns.
    classes
        What :func:`classes` returns.
    peoples
        Names of peoples, creeds and parties, which are capitalised as adjectives too.

    Returns
    -------
    dict
        Form, Penn tag and universal tag, separated by tabs, to the most frequent lemma in the treebanks; and form and
        Penn tag to the lemma of the lexicon. Entries that follow from others or from a rule are left out.

    Notes
    -----
    Some lemmas of the treebanks are taken to be mistakes and ignored: one that the lexicon does not have, of a form
    that it has (*chao* of *chaos*); one of an acronym that differs from it (*p.m.* of *PM*); and one of a singular name
    that differs by more than case, unless it ends with a full stop. So are lemmas of parts of words (*every day*).
    """
    table = {
        f"{form}\t{tag}": lemma_
        for form, tags in forms.items()
        for tag, lemma_ in tags.items()
        if tag != "VBN" or tags.get("VBD") != lemma_
    }
    table |= {f"{form}\tVBD": tags["VBN"] for form, tags in forms.items() if "VBN" in tags and "VBD" not in tags}
    table = {key: lemma_ for key, lemma_ in table.items() if lemma_ != lemma_by_rule(*key.split("\t"))}
    table |= {f"{name}\tJJ": name for name in peoples}
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for form, xpos, upos, lemma_ in words:
        if xpos not in _PARTS_OF_WORDS and not _is_mistake(lemma_, form, (xpos, upos), forms, classes):
            counts[form, xpos, upos][lemma_] += 1
    merged: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for (form, xpos, upos), found in counts.items():
        merged[restore_case(form, xpos, upos, classes), xpos, upos] += found
    for key, together in merged.items():
        found = counts.get(key, together)  # *Chaos* counts for *chaos* where that never occurs
        best, _ = min(found.items(), key=lambda item: (-item[1], item[0]))
        if lemma(*key, table, classes) != best:
            table["\t".join(key)] = best
    for key, found in counts.items():
        form, n_capitalised = key[0], found[key[0]]
        if key not in merged and 1 < n_capitalised > found.total() / 2 and lemma(*key, table, classes) != form:
            table["\t".join(key)] = form
    return dict(sorted(table.items()))


def _is_mistake(
    lemma_: str, form: str, tags: tuple[str, str], forms: Mapping[str, Mapping[str, str]], classes: Mapping[str, str]
) -> bool:
    """Return whether a lemma is one that :func:`learn_lemmas` takes to be a mistake."""
    xpos, upos = tags
    if upos == "PROPN":
        return xpos == "NNP" and form[-1] != "." and lemma_.lower() != form.lower()
    if is_acronym(form, xpos, classes):
        return lemma_ not in (form, form.removesuffix("s"))
    return lemma_.lower() not in forms and xpos in forms.get(form.lower(), ())


# Gazetteer


def listed_names() -> dict[str, list[str]]:
    """Return the names of each class: those of ``data/gazetteer.tsv``, firms, and the signs and codes of currencies."""
    data = resources.data()
    cells = (line.split("\t") for line in data.read_lines("gazetteer.tsv"))
    names = {class_: listed.split(" | ") for class_, listed in cells}
    names["firm"] += data.read_lines("firms.txt")
    names["currency"] += [code for code, *_, doubt in currencies() if not doubt]
    return names


def currencies() -> list[tuple[str, str, str]]:
    """Read ``data/currencies.tsv``: the sign or code of each currency, its name, and ``doubtful`` or nothing."""
    rows = (line.split("\t") for line in resources.data().read_lines("currencies.tsv"))
    return [(code, name, doubt[0] if doubt else "") for code, _, name, *doubt in rows]


def build_gazetteer(listed: Mapping[str, Iterable[str]], towns: Iterable[str], lists: TokenLists) -> dict[str, str]:
    """Index names by their first word, as :func:`analysis.language.gazetteer.tag` takes them.

    Parameters
    ----------
    listed
        The names of each class.
    towns
        Names of towns; one that is listed already has only its other classes.
    lists
        The lists of the tokeniser.

    Examples
    --------
    >>> build_gazetteer({"city": ["Marsa Matrouh"]}, ["Marsa"], TokenLists({}, {}, {}, {}))
    {'marsa': 'matrouh=city|=town'}
    """
    classes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for class_, names in listed.items():
        for name in names:
            classes[_words(name, lists)].add(class_)
    for name in towns:
        words = _words(name, lists)
        if words and words not in classes:
            classes[words] = {_TOWN}
    index: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for words in sorted(classes, key=lambda words: (-len(words), words)):
        index[words[0]].append(words)
    return {
        first: "|".join(" ".join(words[1:]) + "=" + "+".join(sorted(classes[words])) for words in index[first])
        for first in sorted(index)
    }


def _words(name: str, lists: TokenLists) -> tuple[str, ...]:
    """Return the words of a name in lower case, without hyphens."""
    name = normalise(name).strip()
    words: Sequence[str] = [name[start:end].lower() for start, end in tokenise(name, 0, len(name), lists)]
    return tuple(word for word in words if word != "-")
