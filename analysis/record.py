"""The record of a report, an RO-Crate, as it is read: which files it has, what it was made from, how it is cited."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.integrity import check_files, parse_json, read_json
from analysis.invisible import visible
from analysis.layout import RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from analysis.exhibits import Exhibit

__all__ = [
    "INFERRED",
    "PARTS",
    "Attribution",
    "Citation",
    "Record",
    "entities_by_id",
    "parse_record",
    "with_inner_quotes",
]

#: The kinds of inputs that are recorded one by one as parts of Dateline.
PARTS = ("lock", "model", "data")
#: What can be inferred, and what a citation calls it.
INFERRED = {"title": "title", "publisher": "outlet", "published": "date"}


@dataclass(frozen=True, kw_only=True)
class Attribution:
    """Who made a report, when, and where it is to be found: what no report can know of itself.

    Attributes
    ----------
    authors
        Persons as ``Family, Given``; a name without a comma is that of an institution, and is kept as it is.
    year
        The year of publication.
    doi
        The DOI, as in ``10.5281/zenodo.1234``.
    url
        The address.
    """

    authors: tuple[str, ...] = ()
    year: str = ""
    doi: str = ""
    url: str = ""

    def __bool__(self) -> bool:
        """Return whether anything is known."""
        return bool(self.authors or self.year or self.doi or self.url)

    def filled_from(self, other: Attribution) -> Attribution:
        """Return what is known, and of the rest what another attribution knows."""
        return Attribution(
            authors=self.authors or other.authors,
            year=self.year or other.year,
            doi=self.doi or other.doi,
            url=self.url or other.url,
        )

    @property
    def address(self) -> str:
        """The address, that of the DOI before any other."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What is cited: a report, or one exhibit in it; controls, marks of direction and line ends are left out.

    Attributes
    ----------
    report_id
        The report's id.
    article
        The article's title, or its id where it has none.
    publisher, published
        Who published the article and when, where that is known.
    dateline
        The version of Dateline that made the report.
    inferred
        Which of ``title``, ``publisher`` and ``published`` the article does not state.
    url
        The article's address, where that is known.
    parameters
        The parameters that are not the notebooks' own, as in ``n_sentences = 5``; they are a part of the report's id.
    attribution
        Who made the report, when, and where it is to be found.
    exhibit_id, label, caption
        The exhibit's id, its label in the report (``Table 3``) and its caption; empty for the whole report.
    """

    report_id: str
    article: str
    publisher: str
    published: str
    dateline: str
    inferred: frozenset[str] = frozenset()
    url: str = ""
    parameters: str = ""
    attribution: Attribution = Attribution()
    exhibit_id: str = ""
    label: str = ""
    caption: str = ""

    def __post_init__(self) -> None:
        """Let each text be one line that shows all that is in it: a citation is pasted into papers."""
        for name in ("article", "publisher", "published", "url", "parameters", "label", "caption"):
            object.__setattr__(self, name, " ".join(visible(getattr(self, name)).split()))
        if not self.article:
            object.__setattr__(self, "article", self.report_id)

    def of_exhibit(self, exhibit: Exhibit, label: str) -> Citation:
        """Return the citation of an exhibit of this report."""
        return replace(self, exhibit_id=exhibit.id, label=label, caption=exhibit.caption)

    @property
    def key(self) -> str:
        """The identifier: the report's id, and the exhibit's after a hash sign."""
        return self.report_id + (f"#{self.exhibit_id}" if self.exhibit_id else "")

    @property
    def title(self) -> str:
        """The title of what is cited."""
        parameters = f" ({self.parameters})" if self.parameters else ""
        whole = f"Dateline report on “{with_inner_quotes(self.bracketed('title', self.article))}”{parameters}"
        return f"{self.label}. {self.caption.rstrip('.')}. In {whole}" if self.label else whole

    @property
    def source(self) -> str:
        """The article's publisher and date, as far as known, and what of it was inferred."""
        published = self.bracketed("published", self.published.replace("/", " to "))
        stated = ", ".join(filter(None, (self.bracketed("publisher", self.publisher), published)))
        inferred = " and ".join(called for name, called in INFERRED.items() if name in self.inferred)
        return "; ".join(filter(None, (stated, inferred and f"{inferred} inferred")))

    def bracketed(self, name: str, value: str) -> str:
        """Return a value, in square brackets if it was inferred."""
        return f"[{value}]" if value and name in self.inferred else value


def with_inner_quotes(title: str) -> str:
    """Return a title as it stands in quotation marks: its own are single.

    Examples
    --------
    >>> with_inner_quotes('Mayor: “I go” and "stay"')
    'Mayor: ‘I go’ and ‘stay’'
    """
    return re.sub(r'"([^"]*)"', r"‘\1’", title.replace("“", "‘").replace("”", "’"))


class Record(NamedTuple):
    """What a report records of itself.

    Attributes
    ----------
    files
        The SHA-256 of each file, by its path in the report.
    sizes
        The size of each file in bytes, likewise.
    inputs
        As :func:`~analysis.report.cache.describe_inputs` returned them.
    parameters
        The parameters that were given.
    citation
        The citation of the report.
    exhibits
        The citation of each numbered exhibit, by its id.
    key
        The report's cache key; empty where it has none.
    """

    files: dict[str, str]
    sizes: dict[str, int]
    inputs: dict[str, str]
    parameters: dict[str, Any]
    citation: Citation
    exhibits: dict[str, Citation]
    key: str


def parse_record(path: Path) -> Record:
    """Read a record, with an error that says what is wrong in it and names no path.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError, KeyError
        If Dateline did not write it.
    """
    entities = entities_by_id(read_json(path))
    citation = _read_citation(entities)
    files = [entity for entity in entities.values() if entity.get("@type") == "File"]
    exhibits = {
        _text(entity, "identifier"): replace(
            citation,
            exhibit_id=_text(entity, "identifier"),
            label=_text(entity, "name"),
            caption=_text(entity, "description", ""),
        )
        for id_, entity in entities.items()
        if id_.startswith("#exhibit-")
    }
    digests = check_files({entity["@id"]: entity.get("sha256") for entity in files})
    if RECORD in digests:
        raise ValueError(f"it names {RECORD} among the files; expected only others")
    return Record(
        files=digests,
        sizes={entity["@id"]: int(_text(entity, "contentSize")) for entity in files},
        inputs=_read_inputs(entities),
        parameters={
            _text(entity, "name"): parse_json(_text(entity, "value").encode())
            for entity in entities.values()
            if entity.get("@type") == "PropertyValue"
        },
        citation=citation,
        exhibits=exhibits,
        key=_text(entities.get("./", {}), "version", ""),
    )


def entities_by_id(record: Any) -> dict[str, dict[str, Any]]:
    """Return the entities of a record, by their ids.

    Raises
    ------
    ValueError
        If it is no list of entities with an id each.
    """
    graph = record.get("@graph") if isinstance(record, dict) else None
    if not isinstance(graph, list) or not all(isinstance(entity, dict) for entity in graph):
        raise ValueError("it has no list of entities under @graph")
    entities: dict[str, dict[str, Any]] = {}
    for entity in graph:
        id_ = _text(entity, "@id")
        if id_ in entities:
            raise ValueError(f"it has two entities {id_!r:.80}")
        entities[id_] = entity
    return entities


def _read_citation(entities: Mapping[str, dict[str, Any]]) -> Citation:
    article = entities["#article"]
    return Citation(
        report_id=_text(entities.get("./", {}), "identifier", _text(article, "identifier")),
        article=_text(article, "name"),
        publisher=_text(entities.get("#publisher", {}), "name", ""),
        published=_text(article, "datePublished", ""),
        dateline=_text(entities["#dateline"], "softwareVersion"),
        inferred=frozenset(_text(entity, "name") for id_, entity in entities.items() if id_.startswith("#inferred-")),
        url=_text(article, "url", ""),
        parameters=", ".join(
            _text(entity, "alternateName")
            for entity in entities.values()
            if entity.get("@type") == "PropertyValue" and "alternateName" in entity
        ),
        attribution=_read_attribution(entities),
    )


def _read_attribution(entities: Mapping[str, dict[str, Any]]) -> Attribution:
    known = entities.get("#attribution", {})
    authors = (entity for id_, entity in entities.items() if id_.startswith("#author-"))
    texts = {name: _text(known, name, "") for name in ("copyrightYear", "sameAs", "url")}
    return Attribution(
        authors=tuple(_text(entity, "name") for entity in authors),
        year=texts["copyrightYear"],
        doi=texts["sameAs"].removeprefix("https://doi.org/"),
        url=texts["url"],
    )


def _read_inputs(entities: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    inputs = {"code": _text(entities["#dateline"], "sha256")}
    for id_, entity in entities.items():
        kind = id_.removeprefix("#").partition("-")[0]
        if id_.startswith("#notebook-"):
            inputs[f"notebook {_text(entity, 'identifier')}"] = _text(entity, "sha256")
        elif id_.startswith("#package-"):
            inputs[f"package {_text(entity, 'name')}"] = _text(entity, "softwareVersion")
        elif id_.startswith("#") and kind in PARTS:
            inputs[f"{kind} {_text(entity, 'name')}"] = _text(entity, "sha256")
    return inputs


def _text(entity: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """Return a property of an entity that must be text."""
    value = entity.get(name, default)
    if not isinstance(value, str):
        of = entity.get("@id", "an entity")
        raise ValueError(f"{name} of {of!r:.80} is {value!r:.80}; expected text")  # noqa: TRY004 - of data, not of an argument
    return value
