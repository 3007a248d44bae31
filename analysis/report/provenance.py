"""The record of a report: what went in, what came out, and by what, as one RO-Crate that the report can be proved by.

The record names no machine, person, clock or Python: the same inputs give the same record. It follows RO-Crate 1.2
(https://w3id.org/ro/crate/1.2) and the Process Run Crate profile 0.5 (https://w3id.org/ro/wfrun/process/0.5).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from importlib.metadata import requires, version
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.report.citation import Citation
from analysis.report.notebook import PACKAGE, ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from analysis.article import Article
    from analysis.report.content import Content

RECORD = "ro-crate-metadata.json"
#: The articles that an article was compared with, where it was.
REFERENCE = "reference.jsonl"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
# What of Dateline is recorded file by file.
_PARTS = ("lock", "model", "data")
_RELEASED = "2026-11-22"
# Spelt out: what `mimetypes` guesses depends on the machine.
_MEDIA_TYPES = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".txt": "text/plain",
}


def sha256(data: bytes) -> str:
    """Give the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def describe_inputs(notebooks: Iterable[Path]) -> dict[str, str]:
    """Describe all that a report depends on beside its article and parameters.

    Parameters
    ----------
    notebooks
        The notebooks that are run.

    Returns
    -------
    dict
        By name: the SHA-256 of each notebook, of the package's code, of the lock, of each file of the models (their
        card among them) and of the data, and the version of each package that Dateline needs.
    """
    described = {f"notebook {path.name}": sha256(path.read_bytes()) for path in notebooks}
    code = [path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".css", ".j2", ".js", ".typ"}]
    described |= {"code": _sha256_of_files(code, PACKAGE), "lock uv.lock": sha256(_beside("uv.lock").read_bytes())}
    for kind, folder in (("model", PACKAGE / "language" / "models"), ("data", _beside("data"))):
        described |= {f"{kind} {path.name}": sha256(path.read_bytes()) for path in sorted(folder.iterdir())}
    for requirement in sorted(requires("dateline") or []):
        name = requirement.split(">")[0].strip()
        described[f"package {name}"] = version(name)
    return described


def _beside(name: str) -> Path:
    """Find what stands inside an installed package, and beside it in a checkout."""
    return next(path for path in (PACKAGE / name, PACKAGE.parent / name) if path.exists())


def _sha256_of_files(paths: Iterable[Path], root: Path) -> str:
    """Give one SHA-256 of many files: of their names and bytes, in order of name."""
    whole = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        whole.update(f"{path.relative_to(root).as_posix()}\0{sha256(path.read_bytes())}\n".encode())
    return whole.hexdigest()


def write_record(
    folder: Path,
    article: Article,
    content: Content,
    *,
    parameters: Mapping[str, Any],
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
    parameters
        The parameters that were given.
    inputs
        As :func:`describe_inputs` gives them, of the notebooks that were run.
    key
        What tells this report from any other: the version of the record's root.
    """
    from rocrate.model import ContextEntity
    from rocrate.rocrate import ROCrate

    from analysis.report.content import Numbered

    crate = ROCrate(version="1.2")
    known: dict[str, ContextEntity] = {}

    def add(id_: str, kind: str | list[str], **properties: Any) -> dict[str, str]:
        properties = {name: value for name, value in properties.items() if value not in (None, "", [])}
        known[id_] = crate.add(ContextEntity(crate, id_, properties={"@type": kind} | properties))
        return {"@id": id_}

    def add_software(id_: str, package: str, *, softwareVersion: str, **properties: Any) -> dict[str, str]:  # noqa: N803
        at = f"https://pypi.org/project/{package}/"
        return add(
            id_, "SoftwareApplication", url=at, softwareVersion=softwareVersion, version=softwareVersion, **properties
        )

    origin = {
        path: (section.id, cell)
        for section in content.sections
        for cell, exhibit in section.exhibits
        for path in exhibit.paths
    }
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    parts = []
    for path in files:
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        made_by = None
        if name in origin:
            notebook, cell = origin[name]
            made_by = {"@id": f"notebooks/{notebook}.ipynb#{cell}"}
            if made_by["@id"] not in known:
                add(made_by["@id"], "CreativeWork", name=f"Cell {cell} of {notebook}")
        parts.append(
            add(
                name,
                "File",
                name=name,
                contentSize=str(len(data)),
                sha256=sha256(data),
                encodingFormat=_MEDIA_TYPES[path.suffix],
                isBasedOn=made_by,
            )
        )

    application = add_software(
        "#dateline",
        "dateline",
        name="Dateline",
        softwareVersion=version("dateline"),
        sha256=inputs["code"],
        softwareRequirements=[
            add_software(f"#package-{name}", name, name=name, softwareVersion=value)
            for key, value in inputs.items()
            if (name := key.removeprefix("package ")) != key
        ],
        hasPart=[
            add(f"#{kind}-{name}", "CreativeWork", name=name, sha256=digest)
            for kind, _, name, digest in ((*key.partition(" "), value) for key, value in inputs.items())
            if kind in _PARTS
        ],
    )
    given = [
        add(f"#parameter-{name}", "PropertyValue", name=name, value=json.dumps(value, ensure_ascii=False))
        for name, value in sorted(parameters.items())
    ]
    source = add(
        "#article",
        "NewsArticle",
        name=article.title or article.id,
        identifier=article.id,
        headline=article.title,
        datePublished=article.published,
        url=article.url,
        sha256=article.sha256,
        publisher=article.publisher and add("#publisher", "Organization", name=article.publisher),
    )
    known["article.txt"]["about"] = source
    for block in (block for section in content.sections for block in section.blocks if isinstance(block, Numbered)):
        shown = block.exhibit
        files = [{"@id": path} for path in shown.paths]
        add(
            f"#exhibit-{shown.id}",
            "CreativeWork",
            name=block.label,
            description=shown.caption,
            identifier=shown.id,
            hasPart=files,
        )
    inputs_of_all = [part for part in parts if part["@id"].startswith(("article.", REFERENCE))]
    actions = []
    for section in content.sections:
        code = add_software(
            f"#notebook-{section.id}",
            "dateline",
            name=section.title,
            softwareVersion=version("dateline"),
            sha256=inputs[f"notebook {section.id}.ipynb"],
            identifier=f"{section.id}.ipynb",
        )
        made = [{"@id": name} for name, (notebook, _) in origin.items() if notebook == section.id]
        actions.append(
            add(
                f"#run-{section.id}",
                "CreateAction",
                name=f"Ran {section.id} on the article",
                instrument=code,
                object=[*inputs_of_all, *given],
                result=[{"@id": f"notebooks/{section.id}.ipynb"}, *made],
            )
        )
    rest = [
        part for part in parts if part["@id"] not in origin and not part["@id"].startswith(("article.", "notebooks/"))
    ]
    actions.append(
        add(
            "#publish",
            "CreateAction",
            name="Wrote the page and what goes with it",
            instrument=application,
            object=[{"@id": f"notebooks/{section.id}.ipynb"} for section in content.sections],
            result=rest,
        )
    )

    add(_PROFILE, ["CreativeWork", "Profile"], name="Process Run Crate", version="0.5")
    rights = add(
        "#rights",
        "CreativeWork",
        name="Rights in this report",
        description="The article is its publisher's. Tables, figures and text made from it are CC BY 4.0.",
    )
    _describe_root(
        crate.root_dataset, article, license=rights, hasPart=parts, mentions=actions, about=source, version=key
    )
    # The profile is written upon RO-Crate 1.1, whose rules the record keeps as well.
    crate.metadata["conformsTo"] = [{"@id": f"https://w3id.org/ro/crate/{edition}"} for edition in ("1.2", "1.1")]
    record = crate.metadata.generate()
    record["@graph"] = sorted(record["@graph"], key=lambda entity: entity["@id"])
    (folder / RECORD).write_text(
        json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )


def _describe_root(root: Any, article: Article, **properties: Any) -> None:
    title = article.title or article.id
    root["name"] = f"A Dateline report on “{title}”"
    root["description"] = (
        "Tables, figures and a summary of one news article, with the notebooks that made them. "
        "`dateline verify` makes the report again from this record and compares every byte."
    )
    root["identifier"] = article.id
    root["datePublished"] = (article.published or "").split("/")[0] or _RELEASED
    root["conformsTo"] = {"@id": _PROFILE}
    for name, value in properties.items():
        root[name] = value


class Record(NamedTuple):
    """What a report records of itself.

    Attributes
    ----------
    files
        The SHA-256 of each file, by its path in the report.
    inputs
        As :func:`describe_inputs` gives them.
    parameters
        The parameters that were given.
    citation
        The citation of the report.
    exhibits
        The citation of each numbered exhibit, by its id.
    """

    files: dict[str, str]
    inputs: dict[str, str]
    parameters: dict[str, Any]
    citation: Citation
    exhibits: dict[str, Citation]


_KEY = re.compile(rb'^   "version": "([0-9a-f]{64})"', re.MULTILINE)


def has_key(folder: Path, key: str) -> bool:
    """Say whether a folder holds a whole report with this key: every recorded file is there, in its recorded size.

    It reads no more than the record, so that a batch can ask it of each of its thousands of reports.
    """
    try:
        record = (folder / RECORD).read_bytes()
        if (found := _KEY.search(record)) is None or found[1].decode() != key:
            return False
        files = [entity for entity in json.loads(record)["@graph"] if entity["@type"] == "File"]
        return all((folder / file["@id"]).stat().st_size == int(file["contentSize"]) for file in files)
    except (OSError, ValueError, KeyError):
        return False


def read_record(folder: Path) -> Record:
    """Read the record of a report.

    Raises
    ------
    ReportError
        If there is none, or it is not one that Dateline wrote.
    """
    path = folder / RECORD
    if not path.is_file():
        raise ReportError(f"{folder} is no report: it has no {RECORD}")
    try:
        entities = {entity["@id"]: entity for entity in json.loads(path.read_bytes())["@graph"]}
        of = entities.values()
        inputs = {"code": entities["#dateline"]["sha256"]}
        for kind in _PARTS:
            named = {e["name"]: e["sha256"] for e in of if e["@id"].startswith(f"#{kind}-")}
            inputs |= {f"{kind} {name}": digest for name, digest in named.items()}
        inputs |= {f"notebook {e['identifier']}": e["sha256"] for e in of if e["@id"].startswith("#notebook-")}
        inputs |= {f"package {e['name']}": e["softwareVersion"] for e in of if e["@id"].startswith("#package-")}
        article = entities["#article"]
        citation = Citation(
            report_id=article["identifier"],
            article=article["name"],
            publisher=entities.get("#publisher", {}).get("name", ""),
            published=article.get("datePublished", ""),
            dateline=entities["#dateline"]["softwareVersion"],
        )
        return Record(
            citation=citation,
            exhibits={
                e["identifier"]: replace(
                    citation, exhibit_id=e["identifier"], label=e["name"], caption=e["description"]
                )
                for e in of
                if e["@id"].startswith("#exhibit-")
            },
            files={e["@id"]: e["sha256"] for e in of if e["@type"] == "File"},
            inputs=inputs,
            parameters={e["name"]: json.loads(e["value"]) for e in of if e["@type"] == "PropertyValue"},
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{path} is not a report's record: {type(error).__name__} {error}") from None
