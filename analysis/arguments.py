"""The arguments of the ``dateline`` command."""

from __future__ import annotations

import argparse
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from analysis.layout import ANNOTATIONS, COLUMNS_MM
from analysis.lines import one_line

__all__ = ["EXIT_INPUT", "make_parser"]

#: The exit status for a usage or input error.
EXIT_INPUT = 2


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
        self.exit(EXIT_INPUT, one_line(f"{self.prog}: {message} (see {self.prog} --help)") + "\n")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; what it returns has the name of the command as ``command``."""
    common = _Parser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser = _Parser(prog="dateline", description="A news article as tables, charts and citable findings.")
    parser.add_argument("--version", action="version", version=f"dateline {version('dateline')}")
    commands = parser.add_subparsers(
        title="commands", dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )

    report = commands.add_parser("report", parents=[common], help="run the notebooks on an article and make its report")
    report.add_argument(
        "article", metavar="ARTICLE", help=".txt, .html, address, or a row: rows.jsonl#ID (also .csv, .parquet)"
    )
    _add_parameter(report)
    report.add_argument("--out", type=Path, metavar="DIR", help="the report's folder (default: reports/<id>)")
    _add_attribution(report)
    report.notebooks = ""

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

    verify = commands.add_parser("verify", parents=[common], help="make reports again and compare every byte")
    verify.add_argument("reports", metavar="REPORT", nargs="+", type=Path, help="the folder of a report or comparison")
    verify.add_argument("--article", metavar="ARTICLE", help="the article of a report, or of its bundle, without text")
    verify.add_argument("--reference", metavar="ARTICLES", help="with --article, what the article was compared with")

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

    _add_annotate(commands, parents=[common, shared])

    commands.add_parser(
        "codebook", parents=[common], help="print the columns of all tables and the classes of events, in Markdown"
    )
    return parser


def _add_cite_and_bundle(commands: Any, *, parents: list[argparse.ArgumentParser]) -> None:
    cite = commands.add_parser("cite", parents=parents, help="print the citation of a report, or of an exhibit in it")
    cite.add_argument(
        "reports", metavar="REPORT[#EXHIBIT]", nargs="+", help="the folder of a report, and the id of an exhibit"
    )
    cite.add_argument(
        "--style", default="apa", metavar="STYLE", help="apa (default), chicago, mla, bibtex, ris or csl-json"
    )
    cite.add_argument("--methods", action="store_true", help="print the methods paragraph instead, in Markdown")
    cite.add_argument("--checklist", action="store_true", help="print a reproducibility checklist instead, in Markdown")
    cite.add_argument("--article", action="store_true", help="cite the article itself as well, after the report")
    _add_attribution(cite)

    bundle = commands.add_parser("bundle", parents=parents, help="pack a report into one zip file for deposit")
    bundle.add_argument("report", metavar="REPORT", type=Path, help="the folder of a report")
    bundle.add_argument("--out", type=Path, metavar="FILE", help="the zip file (default: beside the folder)")
    bundle.add_argument(
        "--without-text",
        action="store_true",
        help="leave out the article’s text: offsets, hashes, tables and numbers stay",
    )
    bundle.add_argument("--force", action="store_true", help="pack what is left of a damaged report")

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


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)
