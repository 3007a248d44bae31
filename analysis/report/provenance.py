"""The record of a report, an RO-Crate from which the report can be made again and compared: what went in and came out.

The record names no machine, person, clock or Python: the same inputs give the same record. It follows RO-Crate 1.2
(https://w3id.org/ro/crate/1.2) and the Process Run Crate profile 0.5 (https://w3id.org/ro/wfrun/process/0.5).
"""

from __future__ import annotations

import json
import zipfile
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from analysis.integrity import reason
from analysis.layout import ARTICLE, ARTICLE_FIELDS, NOTEBOOKS_FOLDER, RECORD, REFERENCE, format_of
from analysis.lines import printable
from analysis.record import PARTS, parse_record
from analysis.report.fingerprint import sha256
from analysis.report.notebook import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rocrate.rocrate import ROCrate

    from analysis.article import Article
    from analysis.record import Attribution, Citation, Record
    from analysis.report.content import Content, Section

__all__ = ["read_record", "write_record"]

_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
#: Dateline's release date, used where the article has none, as an RO-Crate must have a date; bumped with a release.
_RELEASED = "2026-11-22"
#: A reference to an entity.
_Reference = dict[str, str]


def write_record(
    folder: Path,
    article: Article,
    content: Content,
    *,
    citation: Citation,
    parameters: Mapping[str, Any],
    changed: Mapping[str, Any],
    inputs: Mapping[str, str],
    key: str,
) -> None:
    """Record a report that is otherwise complete.

    Parameters
    ----------
    folder
        The report; every file in it is recorded with its size, media type and SHA-256.
    article, content
        The article, and what the notebooks show of it.
    citation
        How the report is cited.
    parameters, changed
        The parameters that were given, and those of them that are not the notebooks' own.
    inputs
        As :func:`~analysis.report.cache.describe_inputs` returns them, for the notebooks that were run.
    key
        The report's cache key: the version of the record's root.
    """
    graph = _Graph()
    files = _add_files(graph, folder, content)
    about = _add_article(graph, article, citation)
    _add_exhibits(graph, content)
    given = [
        graph.add(
            f"#parameter-{name}",
            "PropertyValue",
            name=name,
            value=json.dumps(value, ensure_ascii=False),
            alternateName=f"{name} = {changed[name]}" if name in changed else None,
        )
        for name, value in sorted(parameters.items())
    ]
    read = [{"@id": file} for file in files if file in {ARTICLE, ARTICLE_FIELDS, REFERENCE}]
    runs = [_add_run(graph, section, used=[*read, *given], inputs=inputs) for section in content.sections]
    publication = _add_publication(graph, content, files, inputs)
    graph.add(_PROFILE, ["CreativeWork", "Profile"], name="Process Run Crate", version="0.5")
    rights = graph.add(
        "#rights",
        "CreativeWork",
        name="Rights in this report",
        description="The article is its publisher's. Tables, figures and text made from it are CC BY 4.0.",
    )
    root = (
        _describe_root(article, citation)
        | _add_attribution(graph, citation.attribution)
        | {
            "license": rights,
            "hasPart": [{"@id": file} for file in files],
            "mentions": [*runs, publication],
            "about": about,
            "version": key,
        }
    )
    (folder / RECORD).write_text(graph.write(root), encoding="utf-8", newline="\n")


class _Graph:
    """The entities of a crate."""

    def __init__(self) -> None:
        from rocrate.rocrate import ROCrate

        self._crate: ROCrate = ROCrate(version="1.2")

    def add(self, id_: str, kind: str | list[str], **properties: Any) -> _Reference:
        """Add an entity, without the properties that are empty; return a reference to it."""
        from rocrate.model import ContextEntity

        properties = {name: value for name, value in properties.items() if value not in (None, "", [])}
        self._crate.add(ContextEntity(self._crate, id_, properties={"@type": kind} | properties))
        return {"@id": id_}

    def add_software(self, id_: str, package: str, *, version: str, **properties: Any) -> _Reference:
        """Add a version of a package on PyPI."""
        properties |= {"version": version, "softwareVersion": version}
        return self.add(id_, "SoftwareApplication", url=f"https://pypi.org/project/{package}/", **properties)

    def write(self, root: Mapping[str, Any]) -> str:
        """Write the crate as JSON-LD, its entities in order of their ids."""
        for name, value in root.items():
            self._crate.root_dataset[name] = value
        # The profile is based on RO-Crate 1.1, whose rules the record keeps as well.
        editions = [{"@id": f"https://w3id.org/ro/crate/{edition}"} for edition in ("1.2", "1.1")]
        self._crate.metadata["conformsTo"] = editions
        record = self._crate.metadata.generate()
        record["@graph"] = sorted(record["@graph"], key=lambda entity: entity["@id"])
        return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _add_files(graph: _Graph, folder: Path, content: Content) -> list[str]:
    """Add each file, with the notebook's cell that it was made by; return their paths in the report."""
    cells = {
        path: (section.id, cell)
        for section in content.sections
        for cell, exhibit in section.exhibits
        for path in exhibit.paths
    }
    for section_id, cell in set(cells.values()):
        graph.add(_cell_id(section_id, cell), "CreativeWork", name=f"Cell {cell} of {section_id}")
    names = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        graph.add(
            name,
            "File",
            name=name,
            contentSize=str(len(data)),
            sha256=sha256(data),
            encodingFormat=format_of(name).media_type,
            isBasedOn={"@id": _cell_id(*cells[name])} if name in cells else None,
            about={"@id": "#article"} if name == ARTICLE else None,
        )
        names.append(name)
    return names


def _cell_id(section_id: str, cell: str) -> str:
    return f"{_notebook_path(section_id)}#{cell}"


def _notebook_path(section_id: str) -> str:
    return f"{NOTEBOOKS_FOLDER}/{section_id}.ipynb"


def _add_attribution(graph: _Graph, attribution: Attribution) -> dict[str, Any]:
    """Add who made the report and where it is to be found, as far as known; return what the root says of it."""
    if not attribution:
        return {}
    authors = [
        graph.add(f"#author-{n:03}", "Person" if "," in name else "Organization", name=name)
        for n, name in enumerate(attribution.authors, start=1)
    ]
    graph.add(
        "#attribution",
        "CreativeWork",
        name="How the report is published",
        author=authors,
        copyrightYear=attribution.year,
        sameAs=attribution.doi and attribution.address,
        url=attribution.url,
    )
    said = {"author": authors, "cite-as": attribution.address, "subjectOf": {"@id": "#attribution"}}
    return {name: value for name, value in said.items() if value}


def _add_article(graph: _Graph, article: Article, citation: Citation) -> _Reference:
    return graph.add(
        "#article",
        "NewsArticle",
        name=article.title or article.id,
        identifier=article.id,
        headline=article.title,
        datePublished=article.published,
        url=article.url,
        sha256=article.sha256,
        publisher=article.publisher and graph.add("#publisher", "Organization", name=article.publisher),
        comment=[
            graph.add(f"#inferred-{name}", "Comment", name=name, text=f"Inferred, not stated: {how}")
            for name, how in sorted(article.inferred.items())
            if name in citation.inferred
        ],
    )


def _add_exhibits(graph: _Graph, content: Content) -> None:
    """Add each numbered exhibit with its files."""
    from analysis.report.content import Numbered

    for block in (block for section in content.sections for block in section.blocks):
        if isinstance(block, Numbered):
            graph.add(
                f"#exhibit-{block.exhibit.id}",
                "CreativeWork",
                name=block.label,
                description=block.exhibit.caption,
                identifier=block.exhibit.id,
                hasPart=[{"@id": path} for path in block.exhibit.paths],
            )


def _add_run(graph: _Graph, section: Section, *, used: list[_Reference], inputs: Mapping[str, str]) -> _Reference:
    """Add the run of one notebook: what it used, and which files it made."""
    notebook = graph.add_software(
        f"#notebook-{section.id}",
        "dateline",
        version=version("dateline"),
        name=section.title,
        sha256=inputs[f"notebook {section.id}.ipynb"],
        identifier=f"{section.id}.ipynb",
    )
    made = [_notebook_path(section.id), *(path for _, exhibit in section.exhibits for path in exhibit.paths)]
    return graph.add(
        f"#run-{section.id}",
        "CreateAction",
        name=f"Ran {section.id} on the article",
        instrument=notebook,
        object=used,
        result=[{"@id": path} for path in made],
    )


def _add_publication(graph: _Graph, content: Content, files: list[str], inputs: Mapping[str, str]) -> _Reference:
    """Add the making of the page and of all other files that no notebook made, by the installed version of Dateline."""
    described = [(*name.partition(" ")[::2], value) for name, value in inputs.items()]
    application = graph.add_software(
        "#dateline",
        "dateline",
        version=version("dateline"),
        name="Dateline",
        sha256=inputs["code"],
        softwareRequirements=[
            graph.add_software(f"#package-{name}", name, version=value, name=name)
            for kind, name, value in described
            if kind == "package"
        ],
        hasPart=[
            graph.add(f"#{kind}-{name}", "CreativeWork", name=name, sha256=value)
            for kind, name, value in described
            if kind in PARTS
        ],
    )
    made_by_notebooks = {path for exhibit in content.exhibits for path in exhibit.paths}
    given = {ARTICLE, ARTICLE_FIELDS}
    return graph.add(
        "#publish",
        "CreateAction",
        name="Wrote the page and what goes with it",
        instrument=application,
        object=[{"@id": _notebook_path(section.id)} for section in content.sections],
        result=[
            {"@id": file}
            for file in files
            if file not in made_by_notebooks | given and not file.startswith(f"{NOTEBOOKS_FOLDER}/")
        ],
    )


def _describe_root(article: Article, citation: Citation) -> dict[str, Any]:
    return {
        "name": f"A {citation.title}",
        "description": (
            "Tables, figures and a summary of one news article, with the notebooks that made them. "
            "`dateline verify` makes the report again from this record and compares every byte."
        ),
        "identifier": citation.report_id,
        "datePublished": (article.published or "").split("/")[0] or _RELEASED,
        "conformsTo": {"@id": _PROFILE},
    }


def read_record(folder: Path) -> Record:
    """Read the record of a report.

    Raises
    ------
    ReportError
        If there is none, or Dateline did not write it.
    """
    path = folder / RECORD
    try:
        return parse_record(path)
    except (OSError, ValueError, KeyError) as error:
        if isinstance(error, (FileNotFoundError, NotADirectoryError)) and not path.is_symlink():
            # A bundle is verified as it lies only if it is without text.
            missing = f"it has no {RECORD}"
            if zipfile.is_zipfile(folder):
                missing = "it is a zip file; unpack it, or give the article by --article if it is without text"
            raise ReportError(f"{printable(str(folder))} is no report: {missing}") from None
        said = f"{reason(error)}; make the report again"
        raise ReportError(f"{printable(str(path))} is not a report's record: {said}") from None
