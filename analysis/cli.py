"""The ``dateline`` command: it parses arguments, calls the package and prints."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from analysis.article import count_articles, read_article
from analysis.layout import ANNOTATIONS, BATCH_LOG, COLUMNS_MM, COMPARISON_FILES, RECORD, REPORT_FILES
from analysis.lines import one_line, printable
from analysis.streams import flush_standard_error, open_standard_streams, send_nowhere, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.kernels import ForkServer
    from analysis.record import Attribution
    from analysis.report import Verification

__all__ = ["main"]

_EXIT_FAILED = 1
_EXIT_INPUT = 2
#: What is shown around a letter that cannot be written.
_MAX_NAME_CHARS = 40


class _Parser(argparse.ArgumentParser):
    #: The notebooks whose parameters the help lists, by name: read only when it is asked for.
    notebooks: str | None = None

    def format_help(self) -> str:
        """Return the help, with the parameters of the notebooks."""
        if self.notebooks is None:
            return super().format_help()
        from analysis.report.notebook import NOTEBOOKS, describe_parameters

        return f"{super().format_help()}\n{describe_parameters(NOTEBOOKS / self.notebooks)}\n"

    def error(self, message: str) -> NoReturn:
        """Print a usage error in one line."""
        self.exit(_EXIT_INPUT, one_line(f"{self.prog}: {message} (see {self.prog} --help)") + "\n")


class _OutputError(Exception):
    """Standard output that cannot be written."""


class _TerminatedError(KeyboardInterrupt):
    """SIGTERM, which is handled like Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0, 1 for a failed run, 2 for a usage or input error."""
    open_standard_streams()
    try:
        return _run(arguments)
    except _OutputError as error:
        return _fail(f"standard output cannot be written: {error}", _EXIT_FAILED)
    finally:
        # Libraries may have written there, too.
        flush_standard_error()


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as end:
        if not end.code:
            # What --help or --version has printed is still in the buffer.
            _print("", end="")
        raise
    try:
        from analysis.report.temporary import temporary_folder

        with _sigterm_as_interrupt(), temporary_folder():
            _remove_leftovers(options)
            return options.run(options)
    except KeyboardInterrupt as error:
        signum = signal.SIGTERM if isinstance(error, _TerminatedError) else signal.SIGINT
        return _fail("interrupted; no incomplete report is left", 128 + signum)
    except _OutputError:
        raise
    except Exception as error:
        if options.debug:
            raise
        return _fail_by(error)


def _fail(line: str, status: int) -> int:
    _print_progress(f"dateline: {line}")
    return status


def _fail_by(error: Exception) -> int:
    """Print the line of an error; return the exit status."""
    from analysis.report import ReportError
    from analysis.report.faults import find_fault

    fault = find_fault(error)
    kept = getattr(error, "notebook", None)
    line = str(fault or error)
    if fault is None and isinstance(error, OSError) and error.strerror:
        line = f"{os.fsdecode(error.filename)}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, UnicodeEncodeError):
        name = error.object[max(error.start - _MAX_NAME_CHARS, 0) : error.end + _MAX_NAME_CHARS]
        line = f"the name of a file is not valid text, in {name!r}; expected UTF-8, rename it"
    # If no notebook ran, the report's folder was wrong, which is an input error.
    is_input = isinstance(error, (ValueError, OSError)) or (isinstance(error, ReportError) and not kept)
    status = _EXIT_INPUT if is_input and fault is None else _EXIT_FAILED
    return _fail((line or type(error).__name__) + (f"; kept: {kept}" if kept else ""), status)


def _print(text: str, end: str = "\n") -> None:
    """Print to standard output: names as they are, but to a terminal no character that controls it.

    Raises
    ------
    _OutputError
        If it is closed or full.
    """
    if sys.stdout is None:
        raise _OutputError("it is closed")
    try:
        if sys.stdout.isatty():
            text = "\n".join(map(printable, text.split("\n")))
        write(sys.stdout, text + end)
        sys.stdout.flush()
    except OSError as error:
        send_nowhere(sys.stdout)
        raise _OutputError(error.strerror) from error


def _remove_leftovers(options: argparse.Namespace) -> None:
    """Remove what commands that were killed left unfinished in the folders that this one is about."""
    from analysis.report.staging import remove_stale

    named = [getattr(options, name, None) for name in ("out", "report", "reports")]
    given = [str(path) for value in named if value for path in (value if isinstance(value, list) else [value])]
    paths = {Path(path.partition("#")[0]) for path in (*given, "reports/.")}
    for folder in paths | {path.parent for path in paths}:
        with contextlib.suppress(OSError):
            remove_stale(folder)


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser = _Parser(prog="dateline", description="A news article as tables, charts and citable findings.")
    parser.add_argument("--version", action="version", version=f"dateline {version('dateline')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)

    report = commands.add_parser("report", parents=[common], help="run the notebooks on an article and make its report")
    report.add_argument(
        "article", metavar="ARTICLE", help=".txt, .html, address, or a row: rows.jsonl#ID (also .csv, .parquet)"
    )
    _add_parameter(report)
    report.add_argument("--out", type=Path, metavar="DIR", help="the report's folder (default: reports/<id>)")
    _add_attribution(report)
    report.notebooks = ""
    report.set_defaults(run=_report)

    shared = _Parser(add_help=False)
    shared.add_argument(
        "--scheduler", metavar="ADDRESS", help="use the workers of this dask.distributed scheduler: tcp://host:8786"
    )
    again = shared.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="skip what is finished and unchanged (default)")
    again.add_argument("--fresh", action="store_true", help="do everything again")
    shared.add_argument("--retry-failed", action="store_true", help="try again what failed before")
    shared.add_argument(
        "--max-chars", type=_positive, metavar="N", help="the longest article, in characters (default: two million)"
    )

    batch = commands.add_parser(
        "batch", parents=[common, shared], help="make a report of each of many articles; resume an interrupted batch"
    )
    batch.add_argument("articles", metavar="ARTICLE", nargs="+", help="files, folders, globs, addresses, files of rows")
    _add_parameter(batch)
    batch.add_argument(
        "--out", type=Path, default=Path("reports"), metavar="DIR", help="the folder of the reports (default: reports)"
    )
    batch.add_argument(
        "--jobs", type=_positive, metavar="N", help="the number of processes (default: one per processor)"
    )
    batch.add_argument(
        "--deadline", type=_positive, metavar="SECONDS", help="the time limit of one report (default: ten minutes)"
    )
    batch.set_defaults(run=_batch)

    verify = commands.add_parser("verify", parents=[common], help="make reports again and compare every byte")
    verify.add_argument("reports", metavar="REPORT", nargs="+", type=Path, help="the folder of a report or comparison")
    verify.add_argument("--article", metavar="ARTICLE", help="the article of a report, or of its bundle, without text")
    verify.add_argument("--reference", metavar="ARTICLES", help="with --article, what the article was compared with")
    verify.set_defaults(run=_verify)

    _add_cite_and_bundle(commands, parents=[common])

    compare = commands.add_parser("compare", parents=[common], help="compare groups of finished reports")
    compare.add_argument(
        "reports", metavar="REPORT", nargs="+", help="reports, folders or globs of them, or a .csv that lists them"
    )
    compare.add_argument(
        "--by", metavar="COLUMN", help="the column that makes the groups (default: publisher); year, month, …"
    )
    _add_parameter(compare, help="a parameter of the notebook; columns names a .csv of more columns to group by")
    compare.add_argument(
        "--out", type=Path, metavar="DIR", help="the comparison's folder (default: reports/comparison-by-<column>)"
    )
    compare.notebooks = "compare.ipynb"
    compare.set_defaults(run=_compare)

    _add_annotate(commands, parents=[common, shared])

    codebook = commands.add_parser(
        "codebook", parents=[common], help="print the columns of all tables and the classes of events, in Markdown"
    )
    codebook.set_defaults(run=_codebook)
    return parser


def _add_cite_and_bundle(commands: Any, *, parents: list[argparse.ArgumentParser]) -> None:
    cite = commands.add_parser("cite", parents=parents, help="print the citation of a report, or of an exhibit in it")
    cite.add_argument("report", metavar="REPORT[#EXHIBIT]", help="the folder of a report, and the id of an exhibit")
    cite.add_argument(
        "--style", default="apa", metavar="STYLE", help="apa (default), chicago, mla, bibtex, ris or csl-json"
    )
    cite.add_argument("--methods", action="store_true", help="print the methods paragraph instead, in Markdown")
    cite.add_argument("--checklist", action="store_true", help="print a reproducibility checklist instead, in Markdown")
    cite.add_argument("--article", action="store_true", help="cite the article itself as well, after the report")
    _add_attribution(cite)
    cite.set_defaults(run=_cite)

    bundle = commands.add_parser("bundle", parents=parents, help="pack a report into one zip file for deposit")
    bundle.add_argument("report", metavar="REPORT", type=Path, help="the folder of a report")
    bundle.add_argument("--out", type=Path, metavar="FILE", help="the zip file (default: beside the folder)")
    bundle.add_argument(
        "--without-text",
        action="store_true",
        help="leave out the article’s text: offsets, hashes, tables and numbers stay",
    )
    bundle.add_argument("--force", action="store_true", help="pack what is left of a damaged report")
    bundle.set_defaults(run=_bundle)

    figures = commands.add_parser("figures", parents=parents, help="draw a report's figures again, sized for a paper")
    figures.add_argument("report", metavar="REPORT", type=Path, help="the folder of a report or comparison")
    figures.add_argument(
        "--columns", type=int, choices=[*COLUMNS_MM], help="how many columns of the paper a figure takes: 85 or 174 mm"
    )
    figures.add_argument("--no-title", action="store_true", help="leave out the titles, as captions say as much")
    figures.add_argument(
        "--format", default="pdf", choices=["pdf", "svg", "png"], help="pdf (default) or png, with LaTeX; or svg"
    )
    figures.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for the figures")
    figures.set_defaults(run=_figures)


def _add_annotate(commands: Any, *, parents: list[argparse.ArgumentParser]) -> None:
    annotate = commands.add_parser(
        "annotate", parents=parents, help="write sentences, tokens, mentions, chains and claims, as Parquet; or CoNLL-U"
    )
    annotate.add_argument(
        "articles", metavar="ARTICLE", nargs="+", help="files, folders, globs, addresses, files of rows"
    )
    annotate.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for the files")
    annotate.add_argument(
        "--format",
        default="parquet",
        choices=[*ANNOTATIONS],
        help="parquet (default), one row a thing; or conllu, for tools that read Universal Dependencies",
    )
    annotate.add_argument("--no-syntax", action="store_true", help="leave out trees, chains and claims, for speed")
    annotate.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="the number of processes (default: one)"
    )
    annotate.add_argument("--force", action="store_true", help="annotate even what is not English")
    annotate.set_defaults(run=_annotate)


def _add_parameter(
    parser: argparse.ArgumentParser,
    *,
    help: str = "a parameter of the notebooks; may be given again",  # noqa: A002 - argparse's name
) -> None:
    parser.add_argument("-p", "--parameter", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help=help)


def _add_attribution(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--author",
        action="append",
        metavar="NAME",
        help="who made the report, as in 'Doe, Jane'; may be given again (default: dateline.toml)",
    )
    parser.add_argument("--year", metavar="YEAR", help="the report's year of publication (default: dateline.toml)")
    parser.add_argument("--doi", metavar="DOI", help="the report's DOI (default: dateline.toml)")
    parser.add_argument("--url", metavar="ADDRESS", help="the report's address (default: dateline.toml)")


def _attribution(options: argparse.Namespace, beside: Path) -> Attribution:
    """Return what switches say of who made a report and where it is, else dateline.toml, beside it or here."""
    from analysis.report import make_attribution, read_attribution

    given = make_attribution(options.author or (), options.year or "", options.doi or "", options.url or "")
    return given.filled_from(read_attribution([beside, Path()]))


def _report(options: argparse.Namespace) -> int:
    # The server loads what the kernels need while this process loads what it needs.
    with _fork_server():
        from analysis.language import check_english
        from analysis.report import read_parameters, write_index
        from analysis.report.build import make_from_inputs
        from analysis.report.cache import Inputs
        from analysis.report.staging import folder_name

        attribution = _attribution(options, Path(options.article.partition("#")[0]).parent)
        parameters = read_parameters(dict(options.parameter))
        article = read_article(options.article)
        if not parameters.get("force"):
            check_english(article)
        inputs = Inputs.read(parameters, attribution=attribution)
        out = options.out or Path("reports") / folder_name(inputs.report_id(article))
        make_from_inputs(article, inputs, out=out, n_parallel=os.cpu_count() or 1, progress=_print_progress)
    if options.out is None:
        write_index(out.parent)
    _print(str(out / REPORT_FILES["page"]))
    return 0


def _fork_server() -> ForkServer:
    from analysis.kernels import ForkServer

    return ForkServer("analysis.warmup:load")


def _verify(options: argparse.Namespace) -> int:
    from analysis.integrity import reason
    from analysis.report import ReportError
    from analysis.report.faults import find_fault

    if options.reference and not options.article:
        raise ValueError("--reference goes with --article; a whole report has what it was compared with")
    status = 0
    for report in options.reports:
        name = str(report)
        try:
            found = _verify_one(report, options)
        except Exception as error:
            if options.debug:
                raise
            if fault := find_fault(error):
                raise fault from error
            names_it = isinstance(error, (ReportError, ValueError))
            status = _fail(reason(error) if names_it else f"{name}: {reason(error)}", _EXIT_FAILED)
            continue
        _print(f"{name}: {found.verdict}")
        if not found.is_identical:
            status = _EXIT_FAILED
        for heading, lines in (
            ("changed since the report was made", found.damaged),
            ("inputs that are not those recorded", found.inputs),
            ("made again, these files differ", found.differences),
            ("left by a file manager, and no part of it", found.droppings),
        ):
            if lines:
                _print("\n    ".join([f"  {heading}:", *lines]))
    return status


def _verify_one(report: Path, options: argparse.Namespace) -> Verification:
    from analysis.compare import read_reports
    from analysis.report import verify_comparison, verify_report, verify_textless

    if options.article:
        article = read_article(options.article)
        return verify_textless(report, article, reference=options.reference, progress=_print_progress)
    if (report / COMPARISON_FILES["record"]).is_file() and not os.path.lexists(report / RECORD):
        articles = read_reports(report / COMPARISON_FILES["articles"])
        return verify_comparison(report, articles, progress=_print_progress)
    return verify_report(report, progress=_print_progress)


def _cite(options: argparse.Namespace) -> int:
    from analysis.report import read_record, write_citation

    folder, _, exhibit = options.report.partition("#")
    record = read_record(Path(folder))
    attribution = _attribution(options, Path(folder).absolute().parent).filled_from(record.citation.attribution)
    if exhibit and exhibit not in record.exhibits:
        raise ValueError(f"{folder} has no exhibit {exhibit!r}; it has {', '.join(record.exhibits)}")
    citation = replace(record.exhibits[exhibit] if exhibit else record.citation, attribution=attribution)
    if options.methods or options.checklist:
        from analysis.report.methods import describe_methods

        _print(describe_methods(Path(folder), record, methods=options.methods, checklist=options.checklist))
        return 0
    _print(write_citation(citation, options.style))
    if options.article:
        _print(write_citation(citation, options.style, of_article=True))
    return 0


def _bundle(options: argparse.Namespace) -> int:
    from analysis.report import bundle_report

    how = {"force": options.force, "without_text": options.without_text}
    _print(str(bundle_report(options.report, options.out, **how, progress=_print_progress)))
    return 0


def _figures(options: argparse.Namespace) -> int:
    from analysis.report import write_figures

    how = {"n_columns": options.columns, "title": not options.no_title, "file_format": options.format}
    paths = write_figures(options.report, options.out, **how, progress=_print_progress)
    _print(f"{options.out}: {len(paths)} figures")
    return 0


def _batch(options: argparse.Namespace) -> int:
    from analysis.batch import make_reports
    from analysis.batch.progress import Progress, describe_seconds, describe_tally

    start = time.monotonic()
    progress = Progress(_count(options.articles))
    tally = make_reports(
        options.articles,
        options.out,
        parameters=dict(options.parameter),
        progress=progress,
        **_batch_options(options),
    )
    progress.close(tally)
    _print(f"{options.out}: {describe_tally(tally)}, in {describe_seconds(time.monotonic() - start)}")
    return _fail(f"the reasons are in {options.out / BATCH_LOG}", _EXIT_FAILED) if tally.failed else 0


def _compare(options: argparse.Namespace) -> int:
    from analysis.compare import groups, measures_by_article, read_reports
    from analysis.report import COMPARE, make_comparison, notebook_parameters, read_parameters

    given = dict(options.parameter) | ({"by": options.by} if options.by else {})
    parameters = read_parameters(given, notebooks=COMPARE)
    articles = read_reports(
        options.reports,
        columns=parameters.pop("columns", None),
        leave_out=lambda line: _print_progress(f"dateline: {line}"),
    )
    groups(articles, by=parameters.get("by", notebook_parameters(COMPARE)["by"].default))
    if "measures" in parameters:
        # Before the notebook runs, which reads them again.
        measures_by_article(articles, measures=parameters["measures"])
    out = make_comparison(articles, out=options.out, parameters=parameters, progress=_print_progress)
    _print(str(out / COMPARISON_FILES["page"]))
    return 0


def _annotate(options: argparse.Namespace) -> int:
    from analysis.batch import annotate_articles
    from analysis.batch.progress import Progress

    progress = Progress(_count(options.articles))
    tally = annotate_articles(
        options.articles,
        options.out,
        file_format=options.format,
        syntax=not options.no_syntax,
        force=options.force,
        progress=progress,
        **_batch_options(options),
    )
    progress.close(tally)
    if count := tally.made + tally.unchanged:
        before = f", {tally.unchanged:,} of them in an earlier run" if tally.unchanged else ""
        _print(f"{options.out}: {count:,} article{'s' if count > 1 else ''} annotated{before}")
    return _EXIT_INPUT if tally.failed else 0


def _codebook(_: argparse.Namespace) -> int:
    from analysis.content import event_codebook
    from analysis.tables import codebook

    _print(codebook(), end="")
    _print(event_codebook(), end="")
    return 0


def _count(sources: Sequence[str]) -> int | None:
    """Count the articles for the progress display; whatever goes wrong is told when they are read."""
    try:
        return count_articles(sources)
    except Exception:  # noqa: BLE001 - a display never ends a batch
        return None


def _batch_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options that ``batch`` and ``annotate`` share, by the names of the functions' parameters."""
    values = {
        "n_jobs": options.jobs,
        "scheduler": options.scheduler,
        "fresh": options.fresh,
        "retry_failed": options.retry_failed,
        "max_chars": options.max_chars,
        "seconds": getattr(options, "deadline", None),
    }
    return {name: value for name, value in values.items() if value is not None}


@contextlib.contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """Handle SIGTERM like Ctrl-C, so that the command cleans up."""

    def interrupt(*_: object) -> NoReturn:
        raise _TerminatedError

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def _print_progress(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            # In one piece, as several notebooks run at once.
            print(f"{one_line(line)}\n", end="", file=sys.stderr, flush=True)
