"""Characters that a font cannot show, replaced by the nearest ones or by a box."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["BOX", "describe", "replace_unshown", "uncommon_characters"]

#: What stands for a character that has no near one.
BOX = "\N{WHITE SQUARE}"
_JOINER = "\N{ZERO WIDTH JOINER}"
# What every text font shows, in any order: letters of European languages in Latin, and common punctuation.
_COMMON = re.compile("[\t\n -~\xa0-\u017f\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2032\u2033\u20ac\u2212]+")
_MAX_NAMED = 12


def replace_unshown(data: Any, can_show: Callable[[list[str]], list[bool]]) -> tuple[Any, dict[str, str]]:
    """Replace what cannot be shown in every text of some JSON data.

    Parameters
    ----------
    data
        JSON data: texts, numbers, truth values, lists and mappings of them.
    can_show
        Returns of each of some texts whether it can be shown.

    Returns
    -------
    tuple
        The data, and what was replaced: by cluster (a character with its marks, or with what is joined to it), what
        stands in its place. A text that can be shown is not changed. In one that cannot, those clusters are replaced
        that cannot be shown by themselves; if that is not enough, all but letters of European languages in Latin.
    """
    failing = _refused({text for text in _texts(data) if text and not _COMMON.fullmatch(text)}, can_show)
    replaced = _replacements(_refused(_uncommon(failing), can_show), can_show)
    written = {text: _write(text, replaced) for text in failing}
    if refused := set(_refused(set(written.values()), can_show)):
        beyond_latin = [text for text in failing if written[text] in refused]
        every = _replacements(_uncommon(beyond_latin), lambda texts: [False] * len(texts))
        written |= {text: _write(text, every) for text in beyond_latin}
        replaced = every | replaced
    return _mapped(data, written), replaced


def _refused(texts: set[str], can_show: Callable[[list[str]], list[bool]]) -> list[str]:
    """Return the texts that cannot be shown, in order."""
    ordered = sorted(texts)
    return [text for text, is_shown in zip(ordered, can_show(ordered) if ordered else [], strict=True) if not is_shown]


def _replacements(clusters: Iterable[str], can_show: Callable[[list[str]], list[bool]]) -> dict[str, str]:
    """Return what stands for each cluster: the nearest of its candidates that can be shown, else a box."""
    candidates = {cluster: _candidates(cluster) for cluster in clusters}
    wanted = {candidate for several in candidates.values() for candidate in several}
    unusable = set(
        _refused({candidate for candidate in wanted if candidate and not _COMMON.fullmatch(candidate)}, can_show)
    )
    return {
        cluster: next((candidate for candidate in several if candidate not in unusable), BOX)
        for cluster, several in candidates.items()
    }


def _write(text: str, replaced: dict[str, str]) -> str:
    """Write a text with its clusters replaced; a title or another text that must not be empty stays one."""
    return "".join(replaced.get(cluster, cluster) for cluster in _clusters(text)) or BOX


def uncommon_characters(data: Any) -> set[str]:
    """Return the characters in the texts of some JSON data that not every font shows."""
    return {character for text in _texts(data) for character in _COMMON.sub("", text)}


def _uncommon(texts: Iterable[str]) -> set[str]:
    """Return the clusters in some texts that not every font shows."""
    return {cluster for text in texts for cluster in _clusters(text) if not _COMMON.fullmatch(cluster)}


def describe(replaced: dict[str, str]) -> str:
    r"""Return in a few words what was replaced.

    Examples
    --------
    >>> describe({"\ufeff": "", "1\ufe0f\u20e3": "1"})
    'U+FEFF (left out), U+0031 U+FE0F U+20E3 (1 shown)'
    """
    named = [
        f"{' '.join(f'U+{ord(character):04X}' for character in cluster)} ({f'{shown} shown' if shown else 'left out'})"
        for cluster, shown in replaced.items()
    ]
    more = [f"and {len(named) - _MAX_NAMED} more"] if len(named) > _MAX_NAMED else []
    return ", ".join(named[:_MAX_NAMED] + more)


def _candidates(cluster: str) -> list[str]:
    """Return what may stand for a cluster, the nearest first."""
    if all(unicodedata.category(character) in {"Cc", "Cf", "Mn", "Me"} for character in cluster):
        # What is not seen by itself leaves nothing; a control character is a fault of the text that should be seen.
        return ["" if unicodedata.category(cluster[0]) != "Cc" else "\N{REPLACEMENT CHARACTER}"]
    compatible = unicodedata.normalize("NFKC", cluster)
    bare = "".join(c for c in unicodedata.normalize("NFKD", cluster) if unicodedata.category(c)[0] not in "MC")
    return [candidate for candidate in (compatible, bare, bare[:1]) if candidate]


def _texts(data: Any) -> Iterator[str]:
    match data:
        case str():
            yield data
        case dict():
            for part in data.values():
                yield from _texts(part)
        case list() | tuple():
            for part in data:
                yield from _texts(part)


def _mapped(data: Any, written: dict[str, str]) -> Any:
    match data:
        case str():
            return written.get(data, data)
        case dict():
            return {name: _mapped(part, written) for name, part in data.items()}
        case list() | tuple():
            return [_mapped(part, written) for part in data]
        case _:
            return data


def _clusters(text: str) -> list[str]:
    """Cut a text into characters, each with the marks and joined characters that follow it."""
    clusters: list[str] = []
    for character in text:
        follows = clusters and (_continues(character) or clusters[-1].endswith(_JOINER))
        if follows:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _continues(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] == "M" or character == _JOINER or "\U0001f3fb" <= character <= "\U0001f3ff"
