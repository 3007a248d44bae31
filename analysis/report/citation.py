"""Citations of a report and of each exhibit in it, in the styles that papers and reference managers take.

A report has no date of its own (the same inputs give the same bytes on any day), so it is cited without one, by its id
and the version of Dateline that made it; the article keeps its own date. What the article does not state but was
inferred stands in square brackets, as the Chicago Manual of Style (17th edition, 14.145) has it, and is named.
"""

from __future__ import annotations

import html
import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from analysis.layout import REPORT_FILES
from analysis.record import INFERRED, Citation

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.article import Article

__all__ = ["STYLES", "Citation", "cite_article", "deposit_files", "write_citation"]


def cite_article(article: Article) -> Citation:
    """Return the citation of the report on an article."""
    return Citation(
        report_id=article.id,
        article=article.title or article.id,
        publisher=article.publisher or "",
        published=article.published or "",
        dateline=version("dateline"),
        inferred=frozenset(name for name in INFERRED if article.inferred.get(name) and getattr(article, name)),
    )


def write_citation(citation: Citation, style: str = "apa") -> str:
    """Return a citation as text.

    Parameters
    ----------
    citation
        What is cited.
    style
        ``apa`` (a line for a reference list), ``bibtex``, ``ris`` or ``csl-json``.

    Raises
    ------
    ValueError
        If there is no such style.
    """
    if style not in STYLES:
        raise ValueError(f"no citation style {style!r}; there are {', '.join(STYLES)}")
    return STYLES[style](citation)


def _apa(c: Citation) -> str:
    article = f" Article: {c.source}." if c.source else ""
    return f"Dateline (Version {c.dateline}). (n.d.). {c.title} [{c.key}].{article}"


def _bibtex(c: Citation) -> str:
    fields = {
        "author": f"{{Dateline {c.dateline}}}",
        "title": f"{{{_for_bibtex(c.title)}}}",
        "howpublished": _for_bibtex(c.key),
        "note": _for_bibtex(f"Article: {c.source}") if c.source else "",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{dateline:{re.sub(r'[^A-Za-z0-9:._-]', ':', c.key)},\n{lines}}}"


_BIBTEX = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | {"\\": "\\textbackslash{}", "~": "\\~{}", "^": "\\^{}"})


def _for_bibtex(text: str) -> str:
    return " ".join(text.translate(_BIBTEX).split())


def _ris(c: Citation) -> str:
    lines = [
        ("TY", {"Table": "DATA", "Figure": "FIGURE"}.get(c.label.split(" ")[0], "RPRT")),
        ("AU", f"Dateline {c.dateline}"),
        ("TI", c.title),
        ("ID", c.key),
        ("N1", f"Article: {c.source}" if c.source else ""),
        ("ER", ""),
    ]
    return "\n".join(f"{tag}  - {' '.join(value.split())}" for tag, value in lines if value or tag == "ER")


def _csl_json(c: Citation) -> str:
    item: dict[str, Any] = {
        "id": c.key,
        "type": {"Table": "dataset", "Figure": "graphic"}.get(c.label.split(" ")[0], "report"),
        "author": [{"literal": f"Dateline {c.dateline}"}],
        "title": c.title,
        "number": c.key,
    }
    if c.source:
        item["note"] = f"Article: {c.source}"
    return json.dumps([item], indent=2, ensure_ascii=False)


# What may not stand in YAML as it is: controls, line ends, byte order marks and non-characters.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
#: Half of a surrogate pair: not a character by itself.
SURROGATE = re.compile("[\ud800-\udfff]")


def _yaml(value: object) -> str:
    """Write JSON data as YAML on one line; half of a surrogate pair becomes the replacement character."""
    text = SURROGATE.sub("\N{REPLACEMENT CHARACTER}", json.dumps(value, ensure_ascii=False))
    return _NOT_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


STYLES: dict[str, Callable[[Citation], str]] = {"apa": _apa, "bibtex": _bibtex, "ris": _ris, "csl-json": _csl_json}


def deposit_files(citation: Citation) -> dict[str, str]:
    """Return the metadata files that repositories read, ``CITATION.cff`` and ``.zenodo.json``, by their names."""
    about = "Tables, figures and a summary of one news article, with the notebooks that made them"
    cff = {
        "cff-version": "1.2.0",
        "message": "To cite this report, use these metadata; add yourself as its author if you made it.",
        "type": "dataset",
        "title": citation.title,
        "abstract": f"{about}. Article: {citation.article}" + (f" ({citation.source})." if citation.source else "."),
        "authors": [{"name": f"Dateline {citation.dateline}"}],
        "version": citation.dateline,
        "identifiers": [{"type": "other", "value": citation.report_id, "description": "The report's id"}],
    }
    zenodo = {
        "title": citation.title,
        "upload_type": "dataset",
        "description": html.escape(str(cff["abstract"]), quote=False),  # which Zenodo reads as HTML
        "creators": [{"name": f"Dateline {citation.dateline}"}],
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
