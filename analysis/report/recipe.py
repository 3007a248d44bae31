"""What a report is made by, apart from its article: parameters, notebooks, code, models, data, packages."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from analysis.article import read_articles, write_articles
from analysis.report.notebook import NOTEBOOKS, ReportError, notebook_paths, read_parameters
from analysis.report.provenance import REFERENCE, describe_inputs, sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.article import Article


@dataclass(frozen=True)
class Recipe:
    """What reports are made by, read once and used for any number of articles.

    Attributes
    ----------
    notebooks
        The folder of the notebooks.
    parameters
        The given parameters, checked.
    inputs
        As :func:`~analysis.report.provenance.describe_inputs` gives them.
    digest
        The SHA-256 of all of it, and of the articles that ``reference`` names: with another recipe, another report.
    """

    notebooks: Path
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
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
        inputs = _inputs(notebooks)
        compared = b""
        if values.get("reference"):
            with tempfile.TemporaryDirectory(prefix="dateline-") as scratch:
                path = Path(scratch) / REFERENCE
                write_reference(values["reference"], path)
                compared = path.read_bytes()
        given = {name: value for name, value in values.items() if name != "reference"}
        whole = json.dumps([inputs, given, sha256(compared)], sort_keys=True, ensure_ascii=False)
        return cls(notebooks, values, inputs, sha256(whole.encode()))

    def check_inputs(self) -> None:
        """Check that this process has what the recipe was read from.

        Raises
        ------
        ReportError
            If it runs another Dateline, with other notebooks, models, data or packages.
        """
        here = _inputs(self.notebooks)
        differ = [name for name in sorted(here.keys() | self.inputs.keys()) if here.get(name) != self.inputs.get(name)]
        if differ:
            raise ReportError(f"this worker has another {differ[0]} than the batch was started with")

    def key(self, article: Article) -> str:
        """Give what tells this article's report from any other: the same key, the same bytes."""
        about = [article.id, article.sha256, article.title, article.publisher, article.published, article.url]
        known = [article.encoding, sorted(article.inferred.items())]
        return sha256(json.dumps([self.digest, about, known], ensure_ascii=False).encode())


@cache
def _package_inputs() -> dict[str, str]:
    return describe_inputs([])


def _inputs(notebooks: Path) -> dict[str, str]:
    paths = notebook_paths(notebooks)
    return {f"notebook {path.name}": sha256(path.read_bytes()) for path in paths} | _package_inputs()


def write_reference(source: str, path: Path) -> None:
    """Write the articles that an article is compared with."""
    write_articles(read_articles([source], strict=True), path)
