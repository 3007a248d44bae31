"""How exhibits are written in LaTeX, for papers that input them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.exhibits.model import Number, Table

__all__ = ["escape", "write_command", "write_table"]

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
    "\N{NO-BREAK SPACE}": "~",
    "\N{MINUS SIGN}": r"\textminus{}",
    "\N{INFINITY}": r"\ensuremath{\infty}",
})  # fmt: skip
# The name of a LaTeX command has letters only.
_DIGIT_WORDS = str.maketrans({
    str(digit): f"-{word}-"
    for digit, word in enumerate("zero one two three four five six seven eight nine".split())
})  # fmt: skip


def escape(text: str) -> str:
    r"""Write a text so that LaTeX prints it as it is, on one line.

    Examples
    --------
    >>> escape("5 % of A&B")
    '5 \\% of A\\&B'
    """
    return " ".join(text.translate(_ESCAPES).split())


def write_table(table: Table) -> str:
    """Write the shown rows of a table for the package booktabs, with its caption, label and notes."""
    columns = table.shown_columns()
    alignment = "".join("r" if column.is_number else "l" for column in columns)
    head = " & ".join(escape(column.heading) for column in columns)
    rows = [" & ".join(map(escape, row)) for row in zip(*(column.cells for column in columns), strict=True)]
    notes = " ".join(map(escape, table.all_notes()))
    return "\n".join([
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{escape(table.caption)}}}",
        rf"  \label{{tab:{table.id}}}",
        rf"  \begin{{tabular}}{{{alignment}}}",
        r"    \toprule",
        rf"    {head} \\",
        r"    \midrule",
        *(rf"    {row} \\" for row in rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        *([rf"  \par\smallskip\parbox{{\linewidth}}{{\footnotesize {notes}}}"] if notes else []),
        r"\end{table}",
        "",
    ])  # fmt: skip


def write_command(number: Number) -> str:
    """Define a LaTeX command that prints a number without its unit, named ``dl`` and the number's id."""
    name = "".join(word.capitalize() for word in number.id.translate(_DIGIT_WORDS).split("-"))
    return f"\\newcommand{{\\dl{name}}}{{{escape(number.formatted_value)}}}\n"
