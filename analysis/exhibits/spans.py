"""Labelled spans of a text, which may overlap and nest, as the nested elements that a page or a PDF shows.

A text is cut at every boundary of a span into pieces. What an HTML element or a highlight can hold are runs of whole
pieces that nest, so a span that crosses another one is shown as two elements or more. :func:`cut` decides which.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Element", "Piece", "Span", "cut"]


class Span(NamedTuple):
    """A labelled half-open character span.

    Attributes
    ----------
    start, end
        The half-open character span.
    label
        What is shown beside it; empty for none.
    layer
        The name of the layer that it belongs to.
    """

    start: int
    end: int
    label: str = ""
    layer: str = ""


class Element(NamedTuple):
    """A span, or the part of a span that is shown as one element because another element begins or ends within it.

    Attributes
    ----------
    span
        The span.
    start, end
        The half-open character span of the element, within that of ``span``.
    """

    span: Span
    start: int
    end: int

    @property
    def is_first(self) -> bool:
        """Whether the span begins with this element."""
        return self.start == self.span.start

    @property
    def is_last(self) -> bool:
        """Whether the span ends with this element."""
        return self.end == self.span.end


class Piece(NamedTuple):
    """A part of a text in which no span begins or ends.

    Attributes
    ----------
    start, end
        The half-open character span of the piece.
    text
        Its text.
    elements
        The elements that hold it, outermost first: one for each span that covers it.
    """

    start: int
    end: int
    text: str
    elements: tuple[Element, ...]

    @property
    def opening(self) -> list[Element]:
        """The elements that begin with this piece, outermost first."""
        return [element for element in self.elements if element.start == self.start]

    @property
    def closing(self) -> list[Element]:
        """The elements that end with this piece, innermost first."""
        return [element for element in reversed(self.elements) if element.end == self.end]


def cut(text: str, spans: Iterable[Span]) -> Iterator[Piece]:
    """Cut a text at every boundary of its spans.

    Parameters
    ----------
    text
        The text.
    spans
        Spans of it, in any order; they may overlap and nest. Of two equal spans, the one given first is outside.

    Yields
    ------
    Piece
        Each piece in order; together they are the text. No piece is empty.

    Raises
    ------
    ValueError
        If a span is empty or not within the text.

    Notes
    -----
    Of the elements that begin at one place, the one whose span ends last is outside. A span that crosses an element
    which began before it ends, and begins anew, where that element ends.

    Examples
    --------
    The second span crosses the first one, so it has two elements.

    >>> for piece in cut("rain in Giza", [Span(0, 7, "a"), Span(5, 12, "b")]):
    ...     print(repr(piece.text), [(element.span.label, element.start, element.end) for element in piece.elements])
    'rain ' [('a', 0, 7)]
    'in' [('a', 0, 7), ('b', 5, 7)]
    ' Giza' [('b', 7, 12)]
    """
    beginning = defaultdict(list)
    boundaries = {0, len(text)}
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            raise ValueError(
                f"span {span.start}:{span.end} is empty or not within the text; "
                f"expected 0 <= start < end <= {len(text)}"
            )
        beginning[span.start].append(span)
        boundaries |= {span.start, span.end}
    elements: list[Element] = []
    for start, end in pairwise(sorted(boundaries)):
        interrupted = [element.span for element in elements if element.end == start < element.span.end]
        elements = [element for element in elements if element.end > start]
        for span in sorted([*interrupted, *beginning[start]], key=lambda span: span.end, reverse=True):
            elements.append(Element(span, start, min([span.end, *(element.end for element in elements[-1:])])))
        yield Piece(start, end, text[start:end], tuple(elements))
