"""The ``dateline`` command: it parses arguments, calls the package and prints."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from analysis.article import count_articles, read_article
from analysis.layout import BATCH_LOG, COMPARISON_FILES, RECORD, REPORT_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.kernels import ForkServer
    from analysis.report import ReportError

__all__ = ["main"]

_EXIT_FAILED = 1
_EXIT_INPUT = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print a usage error in one line."""
        self.exit(_EXIT_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0, 1 for a failed run, 2 for a usage or input error."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        return _fail("interrupted; no incomplete report is left", 128 + signal.SIGINT)
    except Exception as error:
        if options.debug:
            raise
        message = str(error)
        if isinstance(error, OSError) and error.strerror:
            message = f"{error.filename}: {error.strerror}"
        line = " ".join(message.split()) or type(error).__name__
        return _fail(line, _EXIT_INPUT if isinstance(error, (ValueError, OSError)) else _EXIT_FAILED)


def _fail(line: str, status: int) -> int:
    print(f"dateline: {line}", file=sys.stderr)
    return status


def _fail_run(error: ReportError) -> int:
    kept = f"; kept: {error.notebook}" if error.notebook else ""
    # If no notebook ran, the report's folder was wrong, which is an input error.
    return _fail(f"{error}{kept}", _EXIT_FAILED if error.notebook else _EXIT_INPUT)


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
    verify.set_defaults(run=_verify)

    cite = commands.add_parser("cite", parents=[common], help="print the citation of a report, or of an exhibit in it")
    cite.add_argument("report", metavar="REPORT[#EXHIBIT]", help="the folder of a report, and the id of an exhibit")
    cite.add_argument("--style", default="apa", metavar="STYLE", help="apa (default), bibtex, ris or csl-json")
    cite.set_defaults(run=_cite)

    bundle = commands.add_parser("bundle", parents=[common], help="pack a report into one zip file for deposit")
    bundle.add_argument("report", metavar="REPORT", type=Path, help="the folder of a report")
    bundle.add_argument("--out", type=Path, metavar="FILE", help="the zip file (default: beside the folder)")
    bundle.add_argument("--force", action="store_true", help="pack what is left of a damaged report")
    bundle.set_defaults(run=_bundle)

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
    compare.set_defaults(run=_compare)

    annotate = commands.add_parser(
        "annotate", parents=[common, shared], help="write sentences, tokens and mentions as Parquet"
    )
    annotate.add_argument(
        "articles", metavar="ARTICLE", nargs="+", help="files, folders, globs, addresses, files of rows"
    )
    annotate.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for the Parquet files")
    annotate.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="the number of processes (default: one)"
    )
    annotate.add_argument("--force", action="store_true", help="annotate even what is not English")
    annotate.set_defaults(run=_annotate)

    codebook = commands.add_parser("codebook", parents=[common], help="print the columns of all tables, in Markdown")
    codebook.set_defaults(run=_codebook)
    return parser


def _add_parameter(
    parser: argparse.ArgumentParser,
    *,
    help: str = "a parameter of the notebooks; may be given again",  # noqa: A002 - argparse's name
) -> None:
    parser.add_argument("-p", "--parameter", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help=help)


def _report(options: argparse.Namespace) -> int:
    # The server loads what the kernels need while this process loads what it needs.
    with _fork_server():
        from analysis.language import check_english
        from analysis.report import ReportError, make_report, read_parameters, write_index

        parameters = read_parameters(dict(options.parameter))
        article = read_article(options.article)
        if not parameters.get("force"):
            check_english(article)
        try:
            out = make_report(article, out=options.out, parameters=parameters, progress=_print_progress)
        except ReportError as error:
            if options.debug:
                raise
            return _fail_run(error)
    if options.out is None:
        write_index(out.parent)
    print(out / REPORT_FILES["page"])
    return 0


def _fork_server() -> ForkServer:
    from analysis.kernels import ForkServer

    return ForkServer("analysis.warmup:load")


def _verify(options: argparse.Namespace) -> int:
    from analysis.compare import read_reports
    from analysis.report import ReportError, verify_comparison, verify_report
    from analysis.report.integrity import one_line, printable

    status = 0
    for report in options.reports:
        name = printable(str(report))
        try:
            if (report / COMPARISON_FILES["record"]).is_file() and not os.path.lexists(report / RECORD):
                articles = read_reports(report / COMPARISON_FILES["articles"])
                found = verify_comparison(report, articles, progress=_print_progress)
            else:
                found = verify_report(report, progress=_print_progress)
        except Exception as error:
            if options.debug:
                raise
            names_it = isinstance(error, (ReportError, ValueError))
            status = _fail(one_line(error) if names_it else f"{name}: {one_line(error)}", _EXIT_FAILED)
            continue
        print(f"{name}: {found.verdict}")
        if not found.is_identical:
            status = _EXIT_FAILED
        for heading, lines in (
            ("changed since the report was made", found.damaged),
            ("inputs that are not those recorded", found.inputs),
            ("made again, these files differ", found.differences),
        ):
            if lines:
                print(f"  {heading}:", *lines, sep="\n    ")
    return status


def _cite(options: argparse.Namespace) -> int:
    from analysis.report import read_record, write_citation

    folder, _, exhibit = options.report.partition("#")
    record = read_record(Path(folder))
    if exhibit and exhibit not in record.exhibits:
        raise ValueError(f"{folder} has no exhibit {exhibit!r}; it has {', '.join(record.exhibits)}")
    print(write_citation(record.exhibits[exhibit] if exhibit else record.citation, options.style))
    return 0


def _bundle(options: argparse.Namespace) -> int:
    from analysis.report import bundle_report

    print(bundle_report(options.report, options.out, force=options.force, progress=_print_progress))
    return 0


def _batch(options: argparse.Namespace) -> int:
    from analysis.batch import make_reports
    from analysis.batch.progress import Progress, describe_seconds, describe_tally

    start = time.monotonic()
    progress = Progress(count_articles(options.articles))
    with _sigterm_as_interrupt():
        tally = make_reports(
            options.articles,
            options.out,
            parameters=dict(options.parameter),
            progress=progress,
            **_batch_options(options),
        )
    progress.close(tally)
    print(f"{options.out}: {describe_tally(tally)}, in {describe_seconds(time.monotonic() - start)}")
    return _fail(f"the reasons are in {options.out / BATCH_LOG}", _EXIT_FAILED) if tally.failed else 0


def _compare(options: argparse.Namespace) -> int:
    from analysis.compare import groups, read_reports
    from analysis.report import COMPARE, ReportError, make_comparison, notebook_parameters, read_parameters

    given = dict(options.parameter) | ({"by": options.by} if options.by else {})
    parameters = read_parameters(given, notebooks=COMPARE)
    articles = read_reports(
        options.reports,
        columns=parameters.pop("columns", None),
        leave_out=lambda line: print(f"dateline: {line}", file=sys.stderr),
    )
    groups(articles, by=parameters.get("by", notebook_parameters(COMPARE)["by"].default))
    try:
        out = make_comparison(articles, out=options.out, parameters=parameters, progress=_print_progress)
    except ReportError as error:
        if options.debug:
            raise
        return _fail_run(error)
    print(out / COMPARISON_FILES["page"])
    return 0


def _annotate(options: argparse.Namespace) -> int:
    from analysis.batch import annotate_articles
    from analysis.batch.progress import Progress

    progress = Progress(count_articles(options.articles))
    with _sigterm_as_interrupt():
        tally = annotate_articles(
            options.articles, options.out, force=options.force, progress=progress, **_batch_options(options)
        )
    progress.close(tally)
    if count := tally.made + tally.unchanged:
        before = f", {tally.unchanged:,} of them in an earlier run" if tally.unchanged else ""
        print(f"{options.out}: {count:,} article{'s' if count > 1 else ''} annotated{before}")
    return _EXIT_INPUT if tally.failed else 0


def _codebook(_: argparse.Namespace) -> int:
    from analysis.tables import codebook

    print(codebook(), end="")
    return 0


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
    """Handle SIGTERM like Ctrl-C, so that the batch cleans up."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

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
    print(line, file=sys.stderr, flush=True)
