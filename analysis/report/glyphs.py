"""Characters that a font cannot show, replaced by the nearest ones or by a box."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["BOX", "describe", "replace_unshown", "uncommon_clusters"]

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
        Returns of each of some clusters (a letter with its marks, an emoji with what is joined to it) whether it can be
        shown.

    Returns
    -------
    tuple
        The data with every text replaced, and what was replaced: by cluster, what stands in its place.
    """
    clusters = uncommon_clusters(data)
    shown = dict(zip(clusters, can_show(clusters), strict=True)) if clusters else {}
    replaced = {}
    candidates = {cluster: _candidates(cluster) for cluster, is_shown in shown.items() if not is_shown}
    wanted = sorted({c for several in candidates.values() for c in several if not _COMMON.fullmatch(c)})
    usable = {c for c, is_shown in zip(wanted, can_show(wanted) if wanted else [], strict=True) if is_shown}
    for cluster, several in candidates.items():
        replaced[cluster] = next((c for c in several if c in usable or _COMMON.fullmatch(c) or not c), BOX)
    return _mapped(data, replaced) if replaced else data, replaced


def uncommon_clusters(data: Any) -> list[str]:
    """Return the clusters in the texts of some JSON data that not every font shows, each once."""
    uncommon = (text for text in _texts(data) if not _COMMON.fullmatch(text))
    return sorted({cluster for text in uncommon for cluster in _clusters(text) if not _COMMON.fullmatch(cluster)})


def describe(replaced: dict[str, str]) -> str:
    r"""Say in a few words what was replaced.

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


def _mapped(data: Any, replaced: dict[str, str]) -> Any:
    match data:
        case str():
            # A title or another text that must not be empty stays one.
            shown = data if _COMMON.fullmatch(data) else "".join(replaced.get(c, c) for c in _clusters(data))
            return shown or (data and BOX)
        case dict():
            return {name: _mapped(part, replaced) for name, part in data.items()}
        case list() | tuple():
            return [_mapped(part, replaced) for part in data]
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
