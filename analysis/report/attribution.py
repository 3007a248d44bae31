"""Who made a report, when, and where it is: from ``dateline.toml`` beside the article or in the working folder."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from analysis.lines import one_line
from analysis.record import Attribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["SETTINGS", "make_attribution", "read_attribution"]

#: The file that holds what citations say of every report in a folder.
SETTINGS = "dateline.toml"
_TABLE = "citation"
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_URL = re.compile(r"https?://\S+")
_YEAR = re.compile(r"[12]\d{3}")


def read_attribution(folders: Iterable[Path]) -> Attribution:
    """Return what the first ``dateline.toml`` in some folders says; nothing if there is none.

    The file has one table::

        [citation]
        author = ["Doe, Jane", "Institute of News"]
        year = 2026
        doi = "10.5281/zenodo.1234"
        url = "https://example.org/reports/cairo"

    Each line may be left out. Persons are written family name first, with a comma.

    Raises
    ------
    ValueError
        If a file cannot be read, or holds anything else.
    """
    for path in dict.fromkeys(folder / SETTINGS for folder in folders):
        if path.is_file():
            try:
                settings = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise ValueError(one_line(f"{path} is not TOML: {error}")) from None
            try:
                return _read_settings(settings)
            except ValueError as error:
                raise ValueError(one_line(f"{path}: {error}")) from None
    return Attribution()


def _read_settings(settings: Mapping[str, Any]) -> Attribution:
    table = settings.get(_TABLE, {})
    if unknown := [name for name in settings if name != _TABLE] or not isinstance(table, dict):
        got = f"[{unknown[0]}]" if isinstance(unknown, list) else repr(table)
        raise ValueError(f"got {got}; expected one table [{_TABLE}]")
    names = ("author", "year", "doi", "url")
    if unknown := [name for name in table if name not in names]:
        raise ValueError(f"[{_TABLE}] has {unknown[0]!r}; expected {', '.join(names)}")
    return make_attribution(**table)


def make_attribution(author: Any = (), year: Any = "", doi: Any = "", url: Any = "") -> Attribution:
    """Return an attribution of values that a person typed.

    Parameters
    ----------
    author
        A name or a list of names: ``Doe, Jane`` for a person, anything without a comma for an institution.
    year
        The year of publication, four digits.
    doi
        A DOI, with or without its resolver's address.
    url
        An address that begins with ``http``.

    Raises
    ------
    ValueError
        If one of them is something else.

    Examples
    --------
    >>> make_attribution("Doe, Jane", doi="https://doi.org/10.5281/zenodo.1234").address
    'https://doi.org/10.5281/zenodo.1234'
    """
    authors = [author] if isinstance(author, str) else author
    if not isinstance(authors, (list, tuple)) or not all(isinstance(name, str) and name.strip() for name in authors):
        raise ValueError(f"author is {author!r}; expected a name or a list of names, as in 'Doe, Jane'")
    if year and not (isinstance(year, (int, str)) and _YEAR.fullmatch(str(year))):
        raise ValueError(f"year is {year!r}; expected four digits, as in 2026")
    found = _DOI.fullmatch(doi.strip()) if isinstance(doi, str) else None
    if doi and not found:
        raise ValueError(f"doi is {doi!r}; expected a DOI, as in '10.5281/zenodo.1234'")
    if url and not (isinstance(url, str) and _URL.fullmatch(url)):
        raise ValueError(f"url is {url!r}; expected an address, as in 'https://example.org/report'")
    names = tuple(" ".join(name.split()) for name in authors)
    return Attribution(authors=names, year=str(year or ""), doi=found[1] if found else "", url=url)
