"""Citations of a report, of each exhibit in it and of its article, in the styles of papers and reference managers.

A report knows no date, author or address of its own (the same inputs give the same bytes on any day), so it is cited by
its id and the version of Dateline that made it, unless an :class:`~analysis.record.Attribution` says who made it, when,
and where it is; the article keeps its own date. What the article does not state but was inferred stands in square
brackets, as the Chicago Manual of Style (17th edition, 14.145) has it, and is named.

Lines for reference lists are plain text, without italics, and follow the Publication Manual of the APA (7th edition,
chapters 9 and 10), the Chicago Manual of Style (17th edition, chapter 14, bibliography), and the MLA Handbook (9th
edition, chapter 5).
"""

from __future__ import annotations

import html
import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from analysis.article.model import safe_name
from analysis.layout import REPORT_FILES
from analysis.record import INFERRED, Citation, with_inner_quotes
from analysis.report.dates import read_days, write_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from analysis.article import Article

__all__ = ["STYLES", "STYLE_NAMES", "Citation", "cite_article", "deposit_files", "join_citations", "write_citation"]

#: What the styles are called.
STYLE_NAMES = {
    "apa": "APA",
    "chicago": "Chicago",
    "mla": "MLA",
    "bibtex": "BibTeX",
    "ris": "RIS",
    "csl-json": "CSL-JSON",
}
_ENDS = (".", "?", "!")
# APA 9.8: of more than twenty authors, the first nineteen and the last.
_APA_MOST, _CHICAGO_MOST, _CHICAGO_FIRST, _MLA_MOST = 20, 10, 7, 2


def cite_article(article: Article) -> Citation:
    """Return the citation of the report on an article."""
    return Citation(
        report_id=article.id,
        article=article.title or article.id,
        publisher=article.publisher or "",
        published=article.published or "",
        url=article.url or "",
        dateline=version("dateline"),
        inferred=frozenset(name for name in INFERRED if article.inferred.get(name) and getattr(article, name)),
    )


def write_citation(citation: Citation, style: str = "apa", *, of_article: bool = False) -> str:
    """Return a citation as text.

    Parameters
    ----------
    citation
        What is cited.
    style
        ``apa``, ``chicago`` or ``mla`` (a line for a reference list), ``bibtex``, ``ris`` or ``csl-json``.
    of_article
        Whether the article itself is cited, and not the report on it.

    Raises
    ------
    ValueError
        If there is no such style.
    """
    if style not in STYLES:
        raise ValueError(f"no citation style {style!r}; there are {', '.join(STYLES)}")
    of_report, of_its_article = STYLES[style]
    return (of_its_article if of_article else of_report)(citation)


def join_citations(written: Iterable[str], style: str = "apa") -> str:
    r"""Return citations of one style as one text: in CSL-JSON one array, in any other style one below the other.

    Examples
    --------
    >>> join_citations(["Rain. (2014).", "Fog. (2015)."])
    'Rain. (2014).\nFog. (2015).'
    """
    if style == "csl-json":
        return _csl_array([item for array in written for item in json.loads(array)])
    return "\n".join(written)


# Names


def _parts(name: str) -> tuple[str, str]:
    """Return the family name and the given names of a person; of an institution, its name alone."""
    family, _, given = name.partition(",")
    return family.strip(), given.strip()


def _initials(given: str) -> str:
    return " ".join("-".join(f"{part[0]}." for part in word.split("-") if part) for word in given.split())


def _apa_authors(names: Sequence[str]) -> str:
    r"""Write authors: family names first, given names as initials.

    Examples
    --------
    >>> _apa_authors(["Doe, Jean-Paul M.", "Reuters Institute"])
    'Doe, J.-P. M., & Reuters Institute'
    """
    written = [", ".join(filter(None, (family, _initials(given)))) for family, given in map(_parts, names)]
    if len(written) > _APA_MOST:
        return f"{', '.join(written[: _APA_MOST - 1])}, . . . {written[-1]}"
    return ", & ".join(filter(None, (", ".join(written[:-1]), written[-1])))


def _first_inverted(names: Sequence[str], *, most: int, shown: int) -> str:
    """Write authors: the family name of the first comes first; of more than ``most``, the first ones and *et al.*.

    Examples
    --------
    >>> _first_inverted(["Doe, Jane", "Roe, Richard"], most=10, shown=7)
    'Doe, Jane, and Richard Roe'
    """
    written = [", ".join(filter(None, _parts(names[0])))]
    written += [" ".join(filter(None, reversed(_parts(name)))) for name in names[1:]]
    if len(written) > most:
        return f"{', '.join(written[:shown])}, et al."
    if len(written) == 1:
        return written[0]
    return f"{', '.join(written[:-1])}, and {written[-1]}"


def _ended(text: str) -> str:
    """Return a part of a citation with its full stop, before the quotation marks that close it."""
    inside = text.rstrip("”’" if "‘" in text else "”")  # *the Joneses’* closes no quotation
    return text if not inside or inside.endswith(_ENDS) else f"{inside}.{text[len(inside) :]}"


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))


def _quoted(title: str) -> str:
    """Return a title in quotation marks, the full stop inside."""
    inner = with_inner_quotes(title)
    return f"“{_ended(inner)}”"


# Lines for reference lists


def _apa(c: Citation) -> str:
    known = c.attribution
    article = _ended(f"Article: {c.source}") if c.source else ""
    made_by = f"Dateline (Version {c.dateline})"
    if not known.authors:
        return _joined(f"{made_by}. ({known.year or 'n.d.'}). {c.title} [{c.key}].", article, known.address)
    title = f"{c.title} [{c.key}; {made_by}]."
    return _joined(_ended(_apa_authors(known.authors)), f"({known.year or 'n.d.'}). {title}", article, known.address)


def _chicago(c: Citation) -> str:
    known = c.attribution
    authors = _first_inverted(known.authors, most=_CHICAGO_MOST, shown=_CHICAGO_FIRST) if known.authors else "Dateline"
    made_by = f"{c.key}. Dateline version {c.dateline}. {known.year or 'N.d.'}"
    article = _ended(f"Article: {c.source}") if c.source else ""
    return _joined(_ended(authors), _ended(c.title), _ended(made_by), article, known.address and f"{known.address}.")


def _mla(c: Citation) -> str:
    known = c.attribution
    authors = _ended(_first_inverted(known.authors, most=_MLA_MOST, shown=1)) if known.authors else ""
    held = ", ".join(filter(None, (f"Dateline version {c.dateline}", c.key, known.year, known.address)))
    return _joined(authors, _ended(c.title), f"{held}.", _ended(f"Article: {c.source}") if c.source else "")


def _date(c: Citation, style: str) -> str:
    return c.bracketed("published", write_date(c.published, style))


def _apa_article(c: Citation) -> str:
    # 9.12 and 9.18: a work without an author begins with its title; one without a date has n.d.
    title, publisher = c.bracketed("title", c.article), c.bracketed("publisher", c.publisher)
    return _joined(_ended(title), f"({_date(c, 'apa') or 'n.d.'}).", _ended(publisher), c.url)


def _chicago_article(c: Citation) -> str:
    # 14.199: of an unsigned article, the newspaper's name stands in the author's place.
    publisher, title = c.bracketed("publisher", c.publisher), c.bracketed("title", c.article)
    return _joined(_ended(publisher), _quoted(title), _ended(_date(c, "chicago") or "N.d."), c.url and f"{c.url}.")


def _mla_article(c: Citation) -> str:
    held = (c.bracketed("publisher", c.publisher), _date(c, "mla"), c.url.partition("://")[2] or c.url)
    return _joined(_quoted(c.bracketed("title", c.article)), _ended(", ".join(filter(None, held))))


# Reference managers


#: As addresses escape them.
_BRACES = str.maketrans({"{": "%7B", "}": "%7D"})
#: A brace after a backslash counts for BibTeX all the same.
_BIBTEX = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_"}
    | {"{": "\\textbraceleft{}", "}": "\\textbraceright{}", "\\": "\\textbackslash{}", "~": "\\~{}", "^": "\\^{}"}
)


def _for_bibtex(text: str) -> str:
    return " ".join(text.translate(_BIBTEX).split())


def _bibtex_entry(key: str, fields: dict[str, str]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}}}"


def _bibtex_key(*parts: str) -> str:
    return ":".join(safe_name(part) for part in parts if part)


def _bibtex(c: Citation) -> str:
    known = c.attribution
    names = [_for_bibtex(n) if "," in n else f"{{{_for_bibtex(n)}}}" for n in known.authors]
    return _bibtex_entry(
        _bibtex_key("dateline", c.report_id, c.exhibit_id),
        {
            "author": " and ".join(names) or f"{{Dateline {c.dateline}}}",
            "title": f"{{{_for_bibtex(c.title)}}}",
            "howpublished": _for_bibtex(f"{c.key}, made by Dateline {c.dateline}" if names else c.key),
            "year": known.year,
            "doi": _for_bibtex(known.doi),
            "url": known.address.translate(_BRACES),
            "note": _for_bibtex(f"Article: {c.source}") if c.source else "",
        },
    )


def _bibtex_article(c: Citation) -> str:
    days = read_days(c.published)
    return _bibtex_entry(
        _bibtex_key("news", c.report_id),
        {
            "title": f"{{{_for_bibtex(c.bracketed('title', c.article))}}}",
            "howpublished": _for_bibtex(c.bracketed("publisher", c.publisher)),
            "year": str(days[0].year) if days else "",
            "date": c.published if days else "",
            "url": c.url.translate(_BRACES),
            "note": _for_bibtex(_inferred(c)),
        },
    )


def _inferred(c: Citation) -> str:
    names = " and ".join(called for name, called in INFERRED.items() if name in c.inferred)
    return names and f"{names} inferred"


def _ris_entry(lines: list[tuple[str, str]]) -> str:
    return "\n".join(
        f"{tag}  - {' '.join(value.split())}" for tag, value in [*lines, ("ER", "")] if value or tag == "ER"
    )


def _ris(c: Citation) -> str:
    known = c.attribution
    return _ris_entry([
        ("TY", {"Table": "DATA", "Figure": "FIGURE"}.get(c.label.split(" ")[0], "RPRT")),
        *(("AU", name) for name in known.authors or (f"Dateline {c.dateline}",)),
        ("TI", c.title),
        ("ID", c.key),
        ("PY", known.year),
        ("DO", known.doi),
        ("UR", known.address),
        ("N1", f"Article: {c.source}" if c.source else ""),
    ])  # fmt: skip


def _ris_article(c: Citation) -> str:
    days = read_days(c.published)
    return _ris_entry([
        ("TY", "NEWS"),
        ("TI", c.bracketed("title", c.article)),
        ("T2", c.bracketed("publisher", c.publisher)),
        ("PY", str(days[0].year) if days else ""),
        ("DA", "/".join(f"{part:02}" for part in days[0] if part) if days else ""),
        ("UR", c.url),
        ("ID", _article_key(c)),
        ("N1", _inferred(c)),
    ])  # fmt: skip


def _csl_json(c: Citation) -> str:
    known = c.attribution
    people = [
        {"family": family, "given": given} if given else {"literal": family}
        for family, given in map(_parts, known.authors)
    ]
    item: dict[str, Any] = {
        "id": c.key,
        "type": {"Table": "dataset", "Figure": "graphic"}.get(c.label.split(" ")[0], "report"),
        "author": people or [{"literal": f"Dateline {c.dateline}"}],
        "title": c.title,
        "number": c.key,
        "version": c.dateline if people else "",
        "issued": {"date-parts": [[int(known.year)]]} if known.year else "",
        "DOI": known.doi,
        "URL": known.address,
        "note": f"Article: {c.source}" if c.source else "",
    }
    return _csl_item(item)


def _csl_article(c: Citation) -> str:
    days = read_days(c.published)
    return _csl_item({
        "id": _article_key(c),
        "type": "article-newspaper",
        "title": c.bracketed("title", c.article),
        "container-title": c.bracketed("publisher", c.publisher),
        "issued": {"date-parts": [[part for part in day if part] for day in days]} if days else "",
        "URL": c.url,
        "note": _inferred(c),
    })  # fmt: skip


def _csl_item(item: dict[str, Any]) -> str:
    return _csl_array([{name: value for name, value in item.items() if value}])


def _csl_array(items: list[dict[str, Any]]) -> str:
    return json.dumps(items, indent=2, ensure_ascii=False)


def _article_key(c: Citation) -> str:
    """Return the identifier of the article itself, which is not that of the report on it."""
    return f"news:{c.report_id}"


# What may not stand in YAML as it is: controls, line ends, byte order marks and non-characters.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
#: Half of a surrogate pair: not a character by itself.
SURROGATE = re.compile("[\ud800-\udfff]")


def _yaml(value: object) -> str:
    """Write JSON data as YAML on one line; half of a surrogate pair becomes the replacement character."""
    text = SURROGATE.sub("\N{REPLACEMENT CHARACTER}", json.dumps(value, ensure_ascii=False))
    return _NOT_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


#: How each style cites a report, and how its article.
STYLES: dict[str, tuple[Callable[[Citation], str], Callable[[Citation], str]]] = {
    "apa": (_apa, _apa_article),
    "chicago": (_chicago, _chicago_article),
    "mla": (_mla, _mla_article),
    "bibtex": (_bibtex, _bibtex_article),
    "ris": (_ris, _ris_article),
    "csl-json": (_csl_json, _csl_article),
}


def deposit_files(citation: Citation) -> dict[str, str]:
    """Return the metadata files that repositories read, ``CITATION.cff`` and ``.zenodo.json``, by their names."""
    about = "Tables, figures and a summary of one news article, with the notebooks that made them"
    known = citation.attribution
    people = [
        {"family-names": family, "given-names": given} if given else {"name": family}
        for family, given in map(_parts, known.authors)
    ]
    add_yourself = "" if people else "; add yourself as its author if you made it"
    cff = {
        "cff-version": "1.2.0",
        "message": f"To cite this report, use these metadata{add_yourself}.",
        "type": "dataset",
        "title": citation.title,
        "abstract": _ended(
            f"{about}. Article: {citation.article}" + (f" ({citation.source})" if citation.source else "")
        ),
        "authors": people or [{"name": f"Dateline {citation.dateline}"}],
        "version": citation.dateline,
        "identifiers": [{"type": "other", "value": citation.report_id, "description": "The report's id"}],
    }
    cff |= {name: value for name, value in {"doi": known.doi, "url": known.url}.items() if value}
    zenodo = {
        "title": citation.title,
        "upload_type": "dataset",
        "description": html.escape(str(cff["abstract"]), quote=False),  # which Zenodo reads as HTML
        "creators": [{"name": name} for name in known.authors or (f"Dateline {citation.dateline}",)],
        "version": citation.dateline,
        "keywords": ["content analysis", "news", "text as data"],
        "notes": f"`dateline verify` makes this report again and compares every byte. Report id: {citation.report_id}",
    }
    deposit = json.dumps(zenodo, indent=2, ensure_ascii=False) + "\n"
    return {
        # JSON is YAML, except for some characters: a title cannot end its own quotes.
        REPORT_FILES["citation"]: "".join(f"{name}: {_yaml(value)}\n" for name, value in cff.items()),
        REPORT_FILES["deposit"]: SURROGATE.sub("\N{REPLACEMENT CHARACTER}", deposit),
    }
