"""How exhibits are written in LaTeX, for papers that input them."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from analysis.exhibits.fitting import fit, measure_ems, paper_columns, paper_notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analysis.exhibits.figure import Figure
    from analysis.exhibits.model import Number, Table

__all__ = ["escape", "write_command", "write_commands", "write_figure", "write_table"]

_ESCAPES = str.maketrans({
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    # After a row's end these are read as its arguments, and babel gives the double quote a meaning.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    '"': r"\symbol{34}",
    "`": r"\textasciigrave{}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{SOFT HYPHEN}": r"\-",
    "\N{MINUS SIGN}": r"\textminus{}",
    "\N{INFINITY}": r"\ensuremath{\infty}",
})  # fmt: skip
# Greek letters as in formulas, from alpha and Alpha on; some look like Latin ones.
_GREEK = {
    ord(first) + place: name if len(name) == 1 else rf"\ensuremath{{\{name}}}"
    for first, names in (
        ("α", "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi"),
        ("ρ", "rho varsigma sigma tau upsilon phi chi psi omega"),
        ("Α", "A B Gamma Delta E Z H Theta I K Lambda M N Xi O Pi P _ Sigma T Upsilon Phi X Psi Omega"),
    )
    for place, name in enumerate(names.split())
    if name != "_"
}  # fmt: skip
_LIGATURES = re.compile(r"([-',])(?=\1)")
# What pdfLaTeX shows with the encoding T1: t1enc.dfu and the punctuation of ts1enc.dfu, in LaTeX's base.
_NOT_IN_T1 = re.compile(
    "[^\n -~\xa0-\u0125\u0128-\u0131\u0134-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u0165\u0168-\u017e\u0218-\u021b"
    "\u1e9e\u2010-\u2016\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2116\u2122\u2212\u221e]"
)
_BOX = r"{\fboxsep1pt\fbox{\rule{0pt}{1ex}\rule{0.4em}{0pt}}}"
_KEPT = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{SOFT HYPHEN}")
# LuaLaTeX and XeLaTeX, which alone have \Umathcode, can ask whether the font has a character.
_CHARACTER = re.compile(r"\\dlcharacter\{(.)\}", re.DOTALL)
_DEFINE_CHARACTER = (
    r"\ifdefined\dlcharacter\else\def\dlcharacter#1#2{"
    r"\ifdefined\Umathcode\iffontchar\font`#1 #1\else#2\fi\else#2\fi}\fi"
)
_MAX_CODES = 12
_LONG_WORD_CHARS = 30
_HYPHENATED = re.compile(r"[^-–—/]*[-–—/]+|[^-–—/]+")

# The name of a LaTeX command has letters only.
_DIGIT_WORDS = str.maketrans({
    str(digit): f"-{word}-"
    for digit, word in enumerate("zero one two three four five six seven eight nine".split())
})  # fmt: skip
_NUMBERS_HEAD = r"""% The numbers of a Dateline report, each a command: \dlTokensN prints the one whose id is tokens-n.
% Two reports in one paper: \def\dlreport{Cairo} (letters only) before the numbers and the tables of one are input, and
% \def\dlreport{Giza} before those of the other. Then there are \dlCairoTokensN and \ref{tab:Cairo:counts}.
\providecommand{\dlreport}{}
\ifcsname dlhas\dlreport\endcsname
  \PackageError{dateline}{A second report with the same name, or both without one}%
    {Put \string\def\string\dlreport{Name} before the files of each are input.}
  \expandafter\endinput
\fi
\expandafter\def\csname dlhas\dlreport\endcsname{}
\providecommand{\dlnumber}[2]{\expandafter\newcommand\csname dl\dlreport#1\endcsname{#2}}
"""
_TABLE_HEAD = r"""% For \usepackage{booktabs,array}, in pdfLaTeX with \usepackage[T1]{fontenc} or in LuaLaTeX.
% Two reports in one paper: after \def\dlreport{Cairo} the label of this table is tab:Cairo:ID.
% In a paper with two columns, \def\dltable{table*} lets it take both.
\providecommand{\dlreport}{}\providecommand{\dltable}{table}
"""
_FIGURE_HEAD = r"""% For \usepackage{graphicx}, in pdfLaTeX with \usepackage[T1]{fontenc} or in LuaLaTeX.
% \def\dlfigures{figures/} names the folder of this file, as seen from the paper.
% Two reports in one paper: after \def\dlreport{Cairo} the label of this figure is fig:Cairo:ID.
\providecommand{\dlreport}{}\providecommand{\dlfigures}{}
"""


def escape(text: str) -> str:
    r"""Write a text so that LaTeX prints it as it is, on one line.

    Control characters and those that only direct the text (bidi, byte order marks) are left out. What the encoding T1
    lacks is written ``\dlcharacter{letter}{nearest}``, which :func:`write_table` defines.

    Examples
    --------
    >>> escape("5 % of A&B")
    '5 \\% of A\\&B'
    >>> escape("[1] a--b")
    '{[}1{]} a-{\\kern0pt}-b'
    """
    kept = (c for c in unicodedata.normalize("NFC", text) if c.isspace() or c in _KEPT or not _is_control(c))
    escaped = _LIGATURES.sub(r"\1{\\kern0pt}", "".join(kept).translate(_ESCAPES))
    return _NOT_IN_T1.sub(lambda match: _beyond_t1(match[0]), " ".join(escaped.split()))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"}


def _beyond_t1(character: str) -> str:
    """Write a character that T1 lacks, with what stands for it: the nearest letters, nothing for a mark, else a box."""
    category = unicodedata.category(character)[0]
    # Private, unassigned, half of a surrogate pair; and what LuaTeX itself puts for an invalid byte.
    if (category == "C" and character not in _KEPT) or character == "\N{REPLACEMENT CHARACTER}":
        return _BOX
    decomposed = unicodedata.normalize("NFKD", character)
    nearest = "".join(c for c in decomposed if unicodedata.category(c)[0] not in "MC")
    if _NOT_IN_T1.search(nearest.translate(_GREEK)) or not (nearest or category == "M" or character in _KEPT):
        return rf"\dlcharacter{{{character}}}{{{_BOX}}}"
    return rf"\dlcharacter{{{character}}}{{{nearest.translate(_ESCAPES).translate(_GREEK)}}}"


def write_table(table: Table) -> str:
    r"""Write the shown rows of a table for the package booktabs, with its caption, label and notes.

    A table that is wider than the text column of the class ``article`` is set smaller; if that is not enough, its
    columns become parts of ``\linewidth`` in which texts wrap, texts of more than four lines are cut off, and as
    many rows are written as a page holds. Columns of offsets, which lead nowhere on paper, are left out unless the
    table's ``columns`` give them headings of their own.
    """
    fitted = fit(paper_columns(table))
    notes = paper_notes(table, n_rows=len(fitted.columns[0].cells))
    if fitted.is_cut:
        notes.append(f"Long texts are cut off; the whole is in tables/{table.id}.csv.")
    parts = [
        rf">{{\ragged{'left' if column.is_number else 'right'}\arraybackslash\hspace{{0pt}}}}"
        rf"p{{\dimexpr{share:.3f}\linewidth-2\tabcolsep}}"
        for column, share in zip(fitted.columns, fitted.shares, strict=False)
    ]
    alignment = "".join(parts or ("r" if column.is_number else "l" for column in fitted.columns))
    head, *rows = zip(
        *(
            _cells([column.heading, *column.cells], width)
            for column, width in zip_longest(fitted.columns, fitted.widths_ems)
        ),
        strict=True,
    )
    body = "\n".join([
        r"\begin{\dltable}",
        r"  \centering",
        rf"  \caption{{{escape(table.caption)}}}",
        rf"  \label{{tab:\if0\dlreport0\else\dlreport:\fi {table.id}}}",
        *([r"  \footnotesize\setlength{\tabcolsep}{3pt}"] if fitted.is_small else []),
        rf"  \begin{{tabular}}{{{alignment}}}",
        r"    \toprule",
        rf"    {' & '.join(head)} \\",
        r"    \midrule",
        *(rf"    {' & '.join(row)} \\" for row in rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        *([rf"  \par\smallskip\parbox{{\linewidth}}{{\footnotesize {' '.join(map(escape, notes))}}}"] if notes else []),
        r"\end{\dltable}",
        "",
    ])  # fmt: skip
    return _TABLE_HEAD.replace("ID", table.id) + _define_characters(body) + body


def write_figure(figure: Figure, image: str, *, width_mm: float | None = None, is_wide: bool = False) -> str:
    r"""Write a figure with its caption, label and notes, for the package graphicx.

    Parameters
    ----------
    figure
        The figure.
    image
        The name of its file, PDF or PNG, in the folder that ``\dlfigures`` names.
    width_mm
        How wide it is, if the line is not narrower; as wide as the line unless given.
    is_wide
        Whether it takes both columns of a paper that has two.
    """
    environment = "figure*" if is_wide else "figure"
    width = r"\linewidth" if width_mm is None else rf"\ifdim\linewidth<{width_mm}mm \linewidth\else {width_mm}mm\fi"
    notes = " ".join(escape(note) for note in figure.notes)
    body = "\n".join([
        rf"\begin{{{environment}}}",
        r"  \centering",
        rf"  \includegraphics[width={width}]{{\dlfigures {image}}}",
        rf"  \caption{{{escape(figure.caption)}}}",
        rf"  \label{{fig:\if0\dlreport0\else\dlreport:\fi {figure.id}}}",
        *([rf"  \par\smallskip\parbox{{\linewidth}}{{\footnotesize {notes}}}"] if notes else []),
        rf"\end{{{environment}}}",
        "",
    ])  # fmt: skip
    return _FIGURE_HEAD.replace("ID", figure.id) + _define_characters(body) + body


def _cells(texts: list[str], width_ems: float | None) -> list[str]:
    """Write cells; where their column has a width of its own, long words may break."""
    if width_ems is None:
        return [escape(text) for text in texts]
    # A column may break where the article's line may not.
    return [" ".join(_breakable(word, width_ems) for word in text.split()) for text in texts]


def _breakable(word: str, width_ems: float) -> str:
    r"""Write a word; a very long one, or one wider than its column, may break.

    It breaks after a hyphen, and in a part that is still too long after every third character that at least three
    follow.

    Examples
    --------
    >>> print(_breakable("pro-government", 7), _breakable("destabilising", 5))
    pro-\allowbreak{}government des\-tab\-ili\-sing
    """
    if len(word) <= _LONG_WORD_CHARS and measure_ems(word) <= width_ems:
        return escape(word)
    parts = _HYPHENATED.findall(word)
    if len(parts) > 1:
        return r"\allowbreak{}".join(_breakable(part, width_ems) for part in parts)
    possible_break = r"\-" if word.isalpha() else r"\allowbreak{}"
    ends = [*range(3, len(word) - 2, 3), len(word)]
    return possible_break.join(escape(word[start:end]) for start, end in pairwise([0, *ends]))


def _define_characters(body: str) -> str:
    """Define the command that shows what T1 lacks, and name what that is; nothing if there is nothing."""
    codes = [f"U+{ord(character):04X}" for character in dict.fromkeys(_CHARACTER.findall(body))]
    if not codes:
        return ""
    more = f" and {len(codes) - _MAX_CODES} more" if len(codes) > _MAX_CODES else ""
    return (
        f"% T1 lacks {' '.join(codes[:_MAX_CODES])}{more}: pdfLaTeX prints the nearest letters or a box for them.\n"
        "% LuaLaTeX prints what the paper's font has: \\usepackage{fontspec}\\setmainfont{DejaVu Serif} has many.\n"
        "% In a paper with fonts for all of them, \\def\\dlcharacter#1#2{#1} before it prints them as they are.\n"
        f"{_DEFINE_CHARACTER}\n"
    )


def write_command(number: Number) -> str:
    """Define a LaTeX command that prints a number without its unit, named ``dl`` and the number's id."""
    return f"\\newcommand{{\\dl{_name(number.id)}}}{{{escape(number.formatted_value)}}}\n"


def write_commands(numbers: Iterable[Number], sentences: Mapping[str, str] | None = None) -> str:
    r"""Define the commands of all numbers and sentences of a report: the file that a paper inputs.

    The name of each is ``dl``, what ``\dlreport`` is (nothing, unless the paper names its reports) and the number's id;
    of a sentence, the id of its finding and ``Text``.
    """
    values = [(_name(number.id), number.formatted_value) for number in numbers]
    values += [(f"{_name(finding)}Text", sentence) for finding, sentence in (sentences or {}).items()]
    body = "".join(f"\\dlnumber{{{name}}}{{{escape(value)}}}\n" for name, value in values)
    return _NUMBERS_HEAD + _define_characters(body) + body


def _name(exhibit_id: str) -> str:
    return "".join(word.capitalize() for word in exhibit_id.translate(_DIGIT_WORDS).split("-"))
