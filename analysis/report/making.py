"""Making a report: everything in a folder aside, which then takes the report's place as a whole."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.article import read_articles, write_article, write_articles
from analysis.report.cite import cite_article, deposit_files
from analysis.report.content import Content, read_content
from analysis.report.page import write_page
from analysis.report.paper import write_paper
from analysis.report.record import RECORD, REFERENCE, write_record
from analysis.report.running import (
    NOTEBOOKS,
    ReportError,
    execute_notebook,
    notebook_parameters,
    notebook_paths,
    read_parameters,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from analysis.article import Article

#: What a report consists of; a folder with anything else in it is not replaced.
_PARTS = frozenset(
    f""".zenodo.json CITATION.cff article.json article.txt figures notebooks numbers.json numbers.tex report.html
    report.pdf tables {RECORD} {REFERENCE} .DS_Store .ipynb_checkpoints Thumbs.db""".split()
)


def make_report(
    article: Article,
    *,
    out: Path | str | None = None,
    parameters: Mapping[str, Any] | None = None,
    notebooks: Path = NOTEBOOKS,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Run the notebooks on an article and make its report.

    Parameters
    ----------
    article
        The article.
    out
        The report's folder; ``reports/<id>`` in the working folder unless given. A report that is there already is
        replaced as a whole, once the new one is ready.
    parameters
        Values for parameters of the notebooks, by name. What ``reference`` names is copied into the report.
    notebooks
        The folder of the notebooks: those whose name begins with a number are run, in order.
    progress
        Is told in a line what is being done.

    Returns
    -------
    pathlib.Path
        The report's folder: ``report.html``, ``notebooks/``, ``tables/``, ``figures/``, ``numbers.json``, and the
        article itself as it was read.

    Raises
    ------
    ParameterError
        If a parameter is unknown or a value of the wrong type.
    ReportError
        If the folder cannot be written, holds something else than a report, or a notebook fails. The failing notebook
        is kept in ``<out>.failed``; a report that was there before stays.
    """
    out = Path(out) if out is not None else Path("reports") / article.id
    values = read_parameters(parameters or {}, notebooks=notebooks)
    tell = progress or (lambda _: None)
    with _in_place_of(out) as folder:
        write_article(article, folder / "article.txt")
        if values.get("reference"):
            # What the article is compared with goes into the report, as the article does.
            write_articles(read_articles([values["reference"]], strict=True), folder / REFERENCE)
            values["reference"] = f"../{REFERENCE}"
        (folder / "notebooks").mkdir()
        executed = {}
        paths = notebook_paths(notebooks)
        for number, path in enumerate(paths, start=1):
            tell(f"[{number}/{len(paths)}] {path.stem}")
            own = {name: value for name, value in values.items() if name in notebook_parameters(path)}
            target = folder / "notebooks" / path.name
            try:
                executed[path.stem] = execute_notebook(path, target, {"article": "../article.txt", **own})
            except ReportError as error:
                error.notebook = _keep_failed(target, Path(f"{out}.failed"))
                raise
        tell("writing the page, tables and figures")
        shutil.rmtree(folder / "notebooks" / ".ipython", ignore_errors=True)
        content = read_content(executed)
        _write_files(folder, article, content)
        (folder / "report.pdf").write_bytes(write_paper(article, content))
        write_record(folder, article, content, parameters=values, notebooks=paths)
    _forget_failed(Path(f"{out}.failed"), paths)
    return out


@contextmanager
def _in_place_of(out: Path) -> Iterator[Path]:
    """Give a folder to make a report in; afterwards, and only if all went well, it stands in the report's place."""
    if out.exists():
        _check_replaceable(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror}") from None
    try:
        making.chmod(0o777 & ~_umask())
        yield making
        if out.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
            out.rename(old / "report")
            making.rename(out)
            shutil.rmtree(old, ignore_errors=True)
        else:
            making.rename(out)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _check_replaceable(out: Path) -> None:
    if not out.is_dir():
        raise ReportError(f"{out} is a file; expected a folder for the report")
    if not os.access(out, os.W_OK):
        raise ReportError(f"{out} cannot be written: Permission denied")
    if foreign := sorted(path.name for path in out.iterdir() if path.name not in _PARTS):
        raise ReportError(f"{out} holds {foreign[0]}, which is no part of a report: name an empty or a new folder")


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _keep_failed(notebook: Path, folder: Path) -> Path | None:
    if not notebook.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(notebook, folder))


def _forget_failed(folder: Path, notebooks: list[Path]) -> None:
    """Remove the notebooks that a former run left, and their folder if nothing else is in it."""
    for path in notebooks:
        (folder / path.name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _write_files(folder: Path, article: Article, content: Content) -> None:
    """Write the page, and each exhibit's own files."""
    for exhibit in content.exhibits:
        for path, data in exhibit.files().items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
    numbers = content.numbers
    values = {number.id: {"value": number.record["value"], "unit": number.unit} for number in numbers}
    texts = {
        "numbers.json": json.dumps(values, indent=2) + "\n",
        "numbers.tex": "".join(number.latex_command() for number in numbers),
        "report.html": write_page(article, content),
    } | dict(deposit_files(cite_article(article)))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
