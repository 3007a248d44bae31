"""The article on its report's page: once, with layers of marks that are switched on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.exhibits import Span, Table, Text, css_name, label_of, row_spans, write_marked
from analysis.layout import ARTICLE_LAYERS
from analysis.options import LABELS

if TYPE_CHECKING:
    from markupsafe import Markup

    from analysis.report.content import Content

__all__ = ["Layer", "find_layers", "layer_style", "write_source"]


@dataclass(frozen=True)
class Layer:
    """A layer of marks in the article.

    Attributes
    ----------
    name
        Its name, a part of ids and classes.
    exhibit
        The id of the exhibit that it is of.
    caption
        What it shows.
    marks
        The marks; the layer of each is the class that it has on the page.
    """

    name: str
    exhibit: str
    caption: str
    marks: list[Span]

    @property
    def key(self) -> list[tuple[str, str]]:
        """The kinds of names that are marked, each as in its class and as it is shown; empty for others."""
        kinds = {mark.label for mark in self.marks}
        return [(kind, label_of("label", kind)) for kind in LABELS if kind in kinds] if kinds <= set(LABELS) else []


def find_layers(text: str, content: Content) -> list[Layer]:
    """Return the layers of an article, in the order of :data:`analysis.layout.ARTICLE_LAYERS`, then of the report.

    Every exhibit that is the article with marks is a layer, and so are the tables that the layout names.
    """
    found: dict[str, Layer] = {}
    for exhibit in content.exhibits:
        name = next((name for name, id_ in ARTICLE_LAYERS.items() if id_ == exhibit.id), exhibit.id)
        if isinstance(exhibit, Text) and exhibit.text == text:
            marks = [
                mark._replace(layer=f"{name} {name}-{css_name(mark.layer)}" if exhibit.is_layered else name)
                for mark in exhibit.marks()
            ]
        elif isinstance(exhibit, Table) and exhibit.id in ARTICLE_LAYERS.values():
            marks = [Span(*span, layer=name) for span in dict.fromkeys(row_spans(exhibit, text)) if span]
        else:
            continue
        if marks:
            found[name] = Layer(name, exhibit.id, exhibit.caption, marks)
    return [found[name] for name in dict.fromkeys([*ARTICLE_LAYERS, *found]) if name in found]


def write_source(text: str, content: Content, layers: list[Layer]) -> Markup:
    """Return the article as HTML with the marks of its layers, and an element for each span that a row links to."""
    tables = [exhibit for exhibit in content.exhibits if isinstance(exhibit, Table)]
    linked = sorted({span for table in tables for span in row_spans(table, text, all_rows=False) if span})
    marks = [mark for layer in reversed(layers) for mark in layer.marks]
    return write_marked(text, [*marks, *(Span(start, end) for start, end in linked)])


def layer_style(layers: list[Layer]) -> str:
    """Return the rules that hide the marks of each layer while its switch is off.

    Examples
    --------
    >>> layer_style([])
    ''
    """
    paint = "background:none;border-color:transparent;box-shadow:none;text-decoration:none"
    off = f"{paint};color:inherit;font:inherit;padding:0"
    return "".join(
        f".article:has(#layer-{layer.name}:not(:checked)) mark.{layer.name}{{{off}}}"
        f".article:has(#layer-{layer.name}:not(:checked)) mark.{layer.name}::after{{content:none}}"
        f".article:has(#layer-{layer.name}:not(:checked)) .key-{layer.name}{{display:none}}"
        for layer in layers
    )
