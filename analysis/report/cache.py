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
from analysis.record import parse_record
from analysis.report.fingerprint import hash_code, hash_notebook, notebook_imports, sha256
from analysis.report.notebook import NOTEBOOKS, ReportError, notebook_paths, read_notebook, read_parameters
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
_KERNELS = ("analysis.kernels.engine", "analysis.kernels.server")
_BUILD = "analysis.report.build"
#: The files of ``data/`` that are read in training alone: what a report takes from them stands in the models.
_TRAINING_DATA = (
    *("firms.txt", "inflections.csv.gz", "regions.tsv"),
    *("substitutes.tsv", "taught_tags.npz", "towns.txt"),
)
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
    """

    notebooks: Path
    parameters: Mapping[str, Any]
    described: Mapping[str, str]
    digest: str

    @classmethod
    def read(cls, parameters: Mapping[str, Any] | None = None, *, notebooks: Path = NOTEBOOKS) -> Self:
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
        digest = _hash_json([described, given, sha256(reference)])
        return cls(notebooks, values, described, digest)

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
