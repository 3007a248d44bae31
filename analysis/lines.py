"""Messages as one line that is safe to print, whatever names of files stand in them."""

from __future__ import annotations

__all__ = ["one_line", "printable"]


def printable(text: str) -> str:
    r"""Return a text in which what is no character of print, such as ESC, is escaped.

    Examples
    --------
    >>> printable("\x1b[31mred.txt")
    '\\x1b[31mred.txt'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def one_line(text: str, *, max_chars: int | None = None) -> str:
    """Return a text as one line that is safe to print.

    Parameters
    ----------
    text
        The text, for instance a message with the name of a file in it.
    max_chars
        The most characters; what is more is left out in the middle, since the ends say most.

    Examples
    --------
    >>> one_line("/a/long/path/story.txt is empty", max_chars=20)
    '/a/long/pat…is empty'
    """
    line = printable(" ".join(text.split()))
    if max_chars is None or len(line) <= max_chars:
        return line
    n_last = max_chars * 2 // 5
    return f"{line[: max_chars - n_last - 1]}…{line[-n_last:]}"
