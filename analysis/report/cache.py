"""The cache key of a report: a hash of all that the report is made from. With the same key come the same bytes.

:class:`Inputs` is what many reports have in common; :meth:`Inputs.cache_key` adds one article. A report records its
key, and :func:`is_current` compares it.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from analysis.article import Article, read_articles, write_articles
from analysis.layout import RECORD, REFERENCE
from analysis.record import Attribution, parse_record
from analysis.report.fingerprint import hash_code, hash_notebook, notebook_imports, sha256
from analysis.report.notebook import (
    NOTEBOOKS,
    ReportError,
    notebook_parameters,
    notebook_paths,
    read_notebook,
    read_parameters,
)
from analysis.resources import CHECKSUMS, MODELS, shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Inputs",
    "describe_inputs",
    "describe_resources",
    "is_current",
    "write_reference",
]

#: What runs in addition to the notebooks' imports: the kernels, and the module that makes a report.
_KERNELS = ("analysis.kernels.engine", "analysis.kernels.provisioner", "analysis.kernels.server")
_BUILD = "analysis.report.build"
#: The files of ``data/`` that are read in training alone: what a report takes from them stands in the models.
_TRAINING_DATA = (
    *("firms.txt", "inflections.csv.gz", "regions.tsv"),
    *("substitutes.tsv", "taught_tags.npz", "towns.txt"),
)
_N_DIGITS = 8
#: What no report is made from: the training data, prose, and checksums, of which a wrong one stops a run.
_NOT_INPUTS = {
    "model": {CHECKSUMS, "MODEL_CARD.md"},
    "data": {CHECKSUMS, "LICENSES.txt", "README.md", *_TRAINING_DATA},
}


def describe_inputs(notebooks: Iterable[Path], *, made_by: str = _BUILD) -> dict[str, str]:
    """Describe all that a report depends on, except its article and parameters.

    Parameters
    ----------
    notebooks
        The notebooks that are run.
    made_by
        The module that runs them.

    Returns
    -------
    dict
        By name: the SHA-256 of each notebook, of the code that it and the module run, of the lock, of each file of the
        models and of the data that a report is made from, and the version of each package that Dateline needs. The
        lock counts whole, with the versions of development tools.
    """
    clean = {path.name: read_notebook(path) for path in notebooks}
    imported = set().union(*map(notebook_imports, clean.values()))
    return (
        {f"notebook {name}": hash_notebook(notebook) for name, notebook in clean.items()}
        | {"code": _hash_code(frozenset({made_by, *_KERNELS, *imported}))}
        | describe_resources()
    )


@cache
def describe_resources() -> dict[str, str]:
    """Describe what comes with the package, as :func:`describe_inputs` does: lock, models, data and packages."""
    described = {"lock uv.lock": sha256(shipped("uv.lock").read_bytes())}
    for kind, folder in (("model", MODELS), ("data", shipped("data"))):
        paths = sorted(path for path in folder.iterdir() if path.name not in _NOT_INPUTS[kind])
        described |= {f"{kind} {path.name}": sha256(path.read_bytes()) for path in paths}
    for requirement in sorted(requires("dateline") or []):
        name = requirement.split(">")[0].strip()
        described[f"package {name}"] = version(name)
    return described


@cache
def _hash_code(roots: frozenset[str]) -> str:
    return hash_code(roots)


@dataclass(frozen=True)
class Inputs:
    """What reports are made from, except their articles; read once for any number of reports.

    Attributes
    ----------
    notebooks
        The folder of the notebooks.
    parameters
        The given parameters, checked.
    described
        The notebooks, code, models, data and packages, as :func:`describe_inputs` returns them.
    digest
        The SHA-256 of all of these, and of the articles that the parameter ``reference`` names.
    changed
        The parameters that are not a notebook's own, by name; of the articles that ``reference`` names, the first
        digits of their SHA-256.
    attribution
        Who makes the reports, when, and where they are to be found.
    """

    notebooks: Path
    parameters: Mapping[str, Any]
    described: Mapping[str, str]
    digest: str
    changed: Mapping[str, Any]
    attribution: Attribution

    @classmethod
    def read(
        cls,
        parameters: Mapping[str, Any] | None = None,
        *,
        notebooks: Path = NOTEBOOKS,
        attribution: Attribution | None = None,
    ) -> Self:
        """Check the parameters, and describe what is here.

        Raises
        ------
        ParameterError
            If a parameter is unknown or a value of the wrong type.
        ArticleError
            If what ``reference`` names cannot be read.
        """
        values = read_parameters(parameters or {}, notebooks=notebooks)
        described = describe_inputs(notebook_paths(notebooks))
        reference = b""
        if values.get("reference"):
            with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
                path = Path(folder) / REFERENCE
                write_reference(values["reference"], path)
                reference = path.read_bytes()
        given = {name: value for name, value in values.items() if name != "reference"}
        attribution = attribution or Attribution()
        made_by = [attribution.authors, attribution.year, attribution.doi, attribution.url] if attribution else []
        digest = _hash_json([described, given, sha256(reference), *made_by])
        changed = _find_changed(given, notebooks)
        if reference:
            changed["reference"] = sha256(reference)[:_N_DIGITS]
        return cls(notebooks, values, described, digest, changed, attribution)

    def report_id(self, article: Article) -> str:
        """Return the id of the article's report: the article's own, and digits of the parameters that were changed."""
        return f"{article.id}-{_hash_json(self.changed)[:_N_DIGITS]}" if self.changed else article.id

    def cache_key(self, article: Article) -> str:
        """Return the SHA-256 of all that the article's report is made from."""
        return _hash_json([self.digest, article.identity])

    def check(self) -> None:
        """Check that this process has the same inputs.

        Raises
        ------
        ReportError
            If it has another version of Dateline, its notebooks, models, data or packages.
        """
        here = describe_inputs(notebook_paths(self.notebooks))
        names = sorted(here.keys() | self.described.keys())
        if differing := [name for name in names if here.get(name) != self.described.get(name)]:
            raise ReportError(f"this worker has another {differing[0]} than the batch was started with")


def _find_changed(given: Mapping[str, Any], notebooks: Path) -> dict[str, Any]:
    """Return the parameters of which a notebook has another value by itself."""
    defaults = [
        (name, parameter.default)
        for path in notebook_paths(notebooks)
        for name, parameter in notebook_parameters(path).items()
    ]
    return {
        name: given[name] for name in sorted(given) if any(name == n and given[name] != value for n, value in defaults)
    }


def is_current(folder: Path, key: str) -> bool:
    """Return whether a folder holds a whole report with this cache key: every recorded file, in its recorded size.

    Only the record is read, so that a batch can ask it of each of its thousands of reports.
    """
    try:
        record = parse_record(folder / RECORD)
        return record.key == key and all((folder / name).stat().st_size == size for name, size in record.sizes.items())
    except (OSError, ValueError, KeyError):
        return False


def write_reference(source: str, path: Path) -> None:
    """Write the articles that an article is compared with, as JSON Lines."""
    articles = read_articles([source], strict=True)
    write_articles((article for article in articles if isinstance(article, Article)), path)


def _hash_json(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())
