"""The ``dateline`` command: it parses arguments, calls the package and prints."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from analysis.arguments import EXIT_INPUT, make_parser
from analysis.layout import BATCH_LOG, COMPARISON_FILES, RECORD, REPORT_FILES
from analysis.lines import one_line, printable
from analysis.streams import flush_standard_error, open_standard_streams, send_nowhere, write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from analysis.record import Attribution
    from analysis.report import Verification

__all__ = ["main"]

_EXIT_FAILED = 1
#: How many new objects there are before this process looks for garbage.
_GARBAGE = 10_000
#: That of a program which SIGPIPE, signal 13, ends.
_EXIT_PIPE = 128 + 13
#: What is shown around a letter that cannot be written.
_MAX_NAME_CHARS = 40


class _OutputError(Exception):
    """Standard output that cannot be written."""


class _TerminatedError(KeyboardInterrupt):
    """SIGTERM, which is handled like Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0, 1 for a failed run, 2 for a usage or input error."""
    open_standard_streams()
    # What a command loads stays; with Python's 700, a tenth of a report's time goes to finding no garbage in it.
    gc.set_threshold(_GARBAGE)
    try:
        return _run(arguments)
    except _OutputError as error:
        if isinstance(error.__cause__, BrokenPipeError):
            # Who reads has read enough (codebook | head): silent, and the status of a program that SIGPIPE ends.
            return _EXIT_PIPE
        return _fail(f"standard output cannot be written: {error}", _EXIT_FAILED)
    finally:
        # Libraries may have written there, too.
        flush_standard_error()


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = make_parser().parse_args(arguments)
    except SystemExit as end:
        if not end.code:
            # What --help or --version has printed is still in the buffer.
            _print("", end="")
        raise
    try:
        from analysis.report.temporary import temporary_folder

        with _sigterm_as_interrupt(), temporary_folder():
            _remove_leftovers(options)
            return _COMMANDS[options.command](options)
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
    status = EXIT_INPUT if is_input and fault is None else _EXIT_FAILED
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


def _attribution(options: argparse.Namespace, beside: Path) -> Attribution:
    """Return what switches say of who made a report and where it is, else dateline.toml, beside it or here."""
    from analysis.report import make_attribution, read_attribution

    given = make_attribution(options.author or (), options.year or "", options.doi or "", options.url or "")
    return given.filled_from(read_attribution([beside, Path()]))


def _report(options: argparse.Namespace) -> int:
    # The server loads what the kernels need while this process loads what it needs.
    with _fork_server():
        from analysis.article import read_article
        from analysis.language import check_english
        from analysis.report import read_parameters, write_index
        from analysis.report.build import make_from_inputs
        from analysis.report.cache import Inputs
        from analysis.report.staging import folder_name

        attribution = _attribution(options, Path(options.article.partition("#")[0]).parent)
        parameters = read_parameters(dict(options.parameter))
        article = read_article(options.article, leave_out=_print_left_out)
        if not parameters.get("force"):
            check_english(article)
        inputs = Inputs.read(parameters, attribution=attribution)
        out = options.out or Path("reports") / folder_name(inputs.report_id(article))
        make_from_inputs(article, inputs, out=out, n_parallel=os.cpu_count() or 1, progress=_print_progress)
    if options.out is None:
        write_index(out.parent)
    _print(str(out / REPORT_FILES["page"]))
    return 0


def _fork_server() -> contextlib.AbstractContextManager[object]:
    """Start a warm process for the kernels of a report, unless one is there already."""
    from analysis.kernels import ForkServer

    return contextlib.nullcontext() if ForkServer.is_running() else ForkServer("analysis.warmup:load")


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
    from analysis.article import read_article
    from analysis.compare import read_reports
    from analysis.report import verify_comparison, verify_report, verify_textless

    if options.article:
        article = read_article(options.article, leave_out=_print_left_out)
        return verify_textless(report, article, reference=options.reference, progress=_print_progress)
    if (report / COMPARISON_FILES["record"]).is_file() and not os.path.lexists(report / RECORD):
        articles = read_reports(report / COMPARISON_FILES["articles"])
        return verify_comparison(report, articles, progress=_print_progress)
    return verify_report(report, progress=_print_progress)


def _cite(options: argparse.Namespace) -> int:
    from analysis.report import join_citations

    # An article of which several reports or exhibits are cited is cited once.
    written = list(dict.fromkeys(text for report in options.reports for text in _cite_one(report, options)))
    is_prose = options.methods or options.checklist
    _print("\n".join(written) if is_prose else join_citations(written, options.style))
    return 0


def _cite_one(report: str, options: argparse.Namespace) -> list[str]:
    """Return the citation of a report or exhibit, and of its article if that is asked for; or what is asked instead."""
    from analysis.report import read_record, write_citation

    folder, _, exhibit = report.partition("#")
    record = read_record(Path(folder))
    attribution = _attribution(options, Path(folder).absolute().parent).filled_from(record.citation.attribution)
    if exhibit and exhibit not in record.exhibits:
        raise ValueError(f"{folder} has no exhibit {exhibit!r}; it has {', '.join(record.exhibits)}")
    citation = replace(record.exhibits[exhibit] if exhibit else record.citation, attribution=attribution)
    if options.methods or options.checklist:
        from analysis.report.methods import describe_methods

        return [describe_methods(Path(folder), record, methods=options.methods, checklist=options.checklist)]
    of = (False, True) if options.article else (False,)
    return [write_citation(citation, options.style, of_article=of_article) for of_article in of]


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
        leave_out=_print_left_out,
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
    return EXIT_INPUT if tally.failed else 0


def _codebook(_: argparse.Namespace) -> int:
    from analysis.content import event_codebook
    from analysis.tables import codebook

    _print(codebook(), end="")
    _print(event_codebook(), end="")
    return 0


#: What each command does, by its name.
_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "report": _report,
    "batch": _batch,
    "verify": _verify,
    "cite": _cite,
    "bundle": _bundle,
    "figures": _figures,
    "compare": _compare,
    "annotate": _annotate,
    "codebook": _codebook,
}


def _count(sources: Sequence[str]) -> int | None:
    """Count the articles for the progress display; whatever goes wrong is told when they are read."""
    from analysis.article import count_articles

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


def _print_left_out(line: str) -> None:
    _print_progress(f"dateline: {line}")


def _print_progress(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            # In one piece, as several notebooks run at once.
            print(f"{one_line(line)}\n", end="", file=sys.stderr, flush=True)
