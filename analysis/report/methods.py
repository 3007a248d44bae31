"""What a paper says of how a report was made, written from its record: a methods paragraph and a checklist.

Both are Markdown. Nothing in them is typed by hand for a report: versions come from its inputs, the models' errors and
the sources of formulas from the notes of its exhibits, references from its notebooks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.layout import ARTICLE, NOTEBOOKS_FOLDER, RECORD, REFERENCE, REPORT_FILES, TABLES_FOLDER
from analysis.report.citation import write_citation
from analysis.report.content import Content, Numbered, Prose, read_content
from analysis.report.notebook import ReportError, notebook_paths

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from analysis.exhibits import Exhibit
    from analysis.record import Citation, Record

__all__ = ["CITED", "closing_parts", "describe_methods", "escape_markdown", "write_checklist", "write_methods"]

#: The heading of the part that says how to cite a report.
CITED = "How to cite"
_MEASURED = re.compile(r"Measured: (.+); see the model card\.")
#: A year of publication, as in “Dunning 1993”: the mark of a note that names its source.
_SOURCE = re.compile(r"\b[A-Z]\w+,? (?:19|20)\d\d\b")
_REFERENCES, _REFERENCE = "Further reading", re.compile(r"^- .+", re.MULTILINE)
#: What computes and draws, of all packages, by how they write their names.
_NAMED = {
    "nltk": "NLTK",
    "numpy": "NumPy",
    "pandas": "pandas",
    "scipy": "SciPy",
    "matplotlib": "matplotlib",
    "papermill": "papermill",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def closing_parts(
    content: Content, citation: Citation, inputs: Mapping[str, str], *, article_sha256: str
) -> list[tuple[str, str]]:
    """Return the parts that stand at a report's end, each a heading and a text in Markdown."""
    lines = [write_citation(citation), write_citation(citation, of_article=True)]
    return [
        (CITED, "\n\n".join(map(escape_markdown, lines))),
        ("Methods", write_methods(content, citation, inputs)),
        ("Reproducibility checklist", write_checklist(content, citation, inputs, article_sha256=article_sha256)),
    ]


def write_methods(content: Content, citation: Citation, inputs: Mapping[str, str]) -> str:
    """Return the methods paragraph of a report with its references, in Markdown.

    Parameters
    ----------
    content
        What the notebooks show.
    citation
        How the report is cited.
    inputs
        As :func:`~analysis.report.cache.describe_inputs` returns them.
    """
    source = f" ({escape_markdown(citation.source)})" if citation.source else ""
    notebooks = _listed([f"`{section.id}`" for section in content.sections])
    parameters = (
        f"the parameters {escape_markdown(citation.parameters)}" if citation.parameters else "their own parameters"
    )
    made = (
        f"The article “{escape_markdown(citation.article)}”{source} was analysed with Dateline {citation.dateline}, "
        f"which ran the notebooks {notebooks} with {parameters} (report {escape_markdown(citation.key)})."
    )
    parts = [made]
    notes = _notes(content)
    if measured := [match[1] for note in notes if (match := _MEASURED.fullmatch(note))]:
        parts.append(
            f"Its models’ accuracy was measured on text that they had not seen: {escape_markdown('; '.join(measured))}."
        )
    if sources := [note for note in notes if _SOURCE.search(note) and not _MEASURED.fullmatch(note)]:
        parts.append(escape_markdown(" ".join(sources)))
    versions = _versions(inputs)
    named = _listed([f"{name} {versions[package]}" for package, name in _NAMED.items() if package in versions])
    parts.append(
        f"Numbers were computed and figures drawn by {named}. The report’s record names every model, word list and "
        "package that it depends on, and the report can be made again from it, byte for byte (`dateline verify`)."
        if named
        else "The report can be made again from its record, byte for byte (`dateline verify`)."
    )
    references = list(dict.fromkeys(_reference_lines(content)))
    return "\n\n".join(filter(None, [" ".join(parts), "\n".join(references)]))


def write_checklist(content: Content, citation: Citation, inputs: Mapping[str, str], *, article_sha256: str) -> str:
    """Return a checklist of what makes a report reproducible, as a table in Markdown that an editor can tick.

    Parameters
    ----------
    content, citation, inputs
        As for :func:`write_methods`.
    article_sha256
        The SHA-256 of the article.
    """
    kinds = [name.partition(" ")[0] for name in inputs]
    address = f" Address: {escape_markdown(citation.url)}." if citation.url else ""
    deposited = f" Deposited at {citation.attribution.address}." if citation.attribution.address else ""
    packages = ", ".join(f"{name} {number}" for name, number in sorted(_versions(inputs).items()))
    changed = (
        f"Changed: {escape_markdown(citation.parameters)}; all others are the notebooks’ own."
        if citation.parameters
        else ""
    )
    reference = f" Reference articles: {REFERENCE}." if "reference = " in citation.parameters else ""
    shared = "Where it may not be shown, `dateline bundle --without-text` leaves its text out, and "
    shared += "`dateline verify REPORT --article FILE` verifies what is left for whoever has it."
    items = {
        "Software": f"Dateline {citation.dateline} (MIT licence), https://pypi.org/project/dateline/; code SHA-256 "
        f"{inputs.get('code', '')[:16]}…",
        "Packages": f"{packages}. All others by version and hash in uv.lock, whose SHA-256 is recorded.",
        "Models and word lists": f"{kinds.count('model')} and {kinds.count('data')} files, shipped with Dateline; the "
        f"SHA-256 of each is in {RECORD}.",
        "Code of each figure": _code_of(content, "figure"),
        "Code of each table": _code_of(content, "table"),
        "Parameters": changed or "The notebooks’ own.",
        "Chance, time, network": "None: no random numbers without a fixed seed, no clock, no network.",
        "Article": f"{ARTICLE}, SHA-256 {article_sha256}. Rights: its publisher’s.{address}{reference} {shared}",
        "Data": f"Every table in {TABLES_FOLDER}/ (CSV, Parquet) and {REPORT_FILES['workbook']}, which has the "
        f"codebook; CC BY 4.0.{deposited}",
        "Made again": "`dateline verify` compares every byte with the same made anew.",
    }
    return "\n".join(
        ["| item | where it stands |", "|---|---|", *(f"| {name} | {text} |" for name, text in items.items())]
    )


def describe_methods(folder: Path, record: Record, *, methods: bool, checklist: bool) -> str:
    """Return the methods paragraph of a finished report, its checklist, or both, in Markdown.

    Raises
    ------
    ReportError
        If its notebooks cannot be read.
    """
    content, citation = _read_content(folder), record.citation
    digest = record.files[ARTICLE]
    parts = [
        write_methods(content, citation, record.inputs) if methods else "",
        write_checklist(content, citation, record.inputs, article_sha256=digest) if checklist else "",
    ]
    return "\n\n".join(filter(None, parts))


def _read_content(folder: Path) -> Content:
    """Return what a finished report shows, from its notebooks as they ran."""
    import nbformat

    try:
        notebooks = {p.stem: nbformat.read(p, as_version=4) for p in notebook_paths(folder / NOTEBOOKS_FOLDER)}
    except (OSError, ValueError, nbformat.validator.NotebookValidationError) as error:
        raise ReportError(f"{folder / NOTEBOOKS_FOLDER} cannot be read: {error}") from None
    return read_content(notebooks)


def _numbered(content: Content) -> list[tuple[str, Numbered]]:
    """Return the numbered exhibits, each with its notebook."""
    return [(s.id, block) for s in content.sections for block in s.blocks if isinstance(block, Numbered)]


def _notes(content: Content) -> list[str]:
    exhibits: list[Exhibit] = [block.exhibit for _, block in _numbered(content)]
    return list(dict.fromkeys(" ".join(note.split()) for exhibit in exhibits for note in exhibit.notes))


def _reference_lines(content: Content) -> list[str]:
    """Return what the notebooks name for further reading, each a line of a list in Markdown."""
    steps = [step for section in content.sections for step in section.steps if step.title == _REFERENCES]
    prose = [block.markdown for step in steps for block in step.more if isinstance(block, Prose)]
    return [line for markdown in prose for line in _REFERENCE.findall(markdown)]


def _code_of(content: Content, kind: str) -> str:
    """Return which cell of which notebook makes each exhibit of a kind."""
    parts = []
    for section in content.sections:
        cells = [
            f"{b.cell} ({b.label})" for name, b in _numbered(content) if (name, b.exhibit.kind) == (section.id, kind)
        ]
        if cells:
            parts.append(f"{NOTEBOOKS_FOLDER}/{section.id}.ipynb, cells {escape_markdown(', '.join(cells))}")
    return "; ".join(parts) or "There is none."


def _versions(inputs: Mapping[str, str]) -> dict[str, str]:
    return {name.partition(" ")[2]: value for name, value in inputs.items() if name.startswith("package ")}


def _listed(names: list[str]) -> str:
    """Return names as a list in a sentence.

    Examples
    --------
    >>> _listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def escape_markdown(text: str) -> str:
    r"""Return a text as Markdown that shows it as it is.

    Examples
    --------
    >>> escape_markdown("n_sentences = 5")
    'n\\_sentences = 5'
    """
    return _SPECIAL.sub(r"\\\1", text)
