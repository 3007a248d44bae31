"""Charts as parts of a page: their SVG written into it, each letter's outline once for all of them.

As an image of its own each chart brings the outlines of its letters along, half of its size. Written into the page,
charts share them, and have the page's ground.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element
    from markupsafe import Markup

    from analysis.exhibits.figure import Figure

__all__ = ["Drawings"]

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_USE = f"{_NAMESPACE}use"
_LINK = "{http://www.w3.org/1999/xlink}href"
#: What matplotlib draws with. A chart with anything else is shown as an image of its own.
_ELEMENTS = frozenset("circle clipPath defs g line path rect svg use".split())
_GEOMETRY = frozenset("cx cy d height href id r transform viewBox width x x1 x2 y y1 y2".split())
_PAINT = frozenset(
    """clip-path clip-rule fill fill-opacity fill-rule opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap
    stroke-linejoin stroke-miterlimit stroke-opacity stroke-width""".split()
)
_REFERENCE = re.compile(r"^(?:url\(#([^)]*)\)|#(.*))$")
# Only inside the page's own file may a chart point to anything.
_VALUE = re.compile(r"[\w#%(),. \n+-]*")
_NUMBER = re.compile(r"-?[0-9.]+")
_SPACES = re.compile(r"\s*([A-Za-z])\s*|\s+")
#: The groups that matplotlib draws a ground of.
_GROUP = re.compile(r"(?:figure|axes)_\d+$")


class _UnknownPartError(ValueError):
    """An SVG has a part that is not written into a page."""


class Drawings:
    """Charts written into one page.

    Examples
    --------
    >>> from analysis.exhibits import Figure
    >>> svg = '<svg xmlns="http://www.w3.org/2000/svg"><path id="a" d="M 0 0L 9 9" style="fill: red"/></svg>'
    >>> print(Drawings().write(Figure(svg, id="line", caption="A line.", alt="A line.")))
    <svg role="img" aria-label="A line."><path d="M0 0L9 9" fill="red"/></svg>
    """

    def __init__(self) -> None:
        self._outlines: dict[tuple[str, str], str] = {}

    def write(self, figure: Figure) -> Markup | None:
        """Write a chart as an element of the page; None if it has parts that only an image of its own may have."""
        from lxml import etree
        from markupsafe import Markup, escape

        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        try:
            root = etree.fromstring(figure.svg.encode(), parser)
            _take_ground_away(root)
            names = self._name_parts(root, figure.id)
            (size, *parts) = _write(root, names)
        except (_UnknownPartError, etree.XMLSyntaxError):
            return None
        head = f'<svg role="img" aria-label="{escape(figure.alt)}"{size.removeprefix("<svg")}'
        return Markup(head + "".join(parts))  # noqa: S704 - made of known elements and plain values only

    def outlines(self) -> Markup:
        """Return the outlines of letters that the charts written so far share, as an element without a size."""
        from markupsafe import Markup

        if not self._outlines:
            return Markup()
        paths = "".join(
            f'<path id="{name}" d="{shape}" transform="{transform}"/>'
            for (shape, transform), name in self._outlines.items()
        )
        return Markup(f'<svg width="0" height="0" aria-hidden="true"><defs>{paths}</defs></svg>')  # noqa: S704 - as above

    def _name_parts(self, root: _Element, figure: str) -> dict[str, str]:
        """Return the names that the parts of a chart have in the page, by their own; shared outlines leave it."""
        wanted = {name for element in root.iter() for value in element.values() for name in _references(value)}
        names: dict[str, str] = {}
        for element in list(root.iter(f"{_NAMESPACE}path", f"{_NAMESPACE}clipPath")):
            if (name := element.get("id")) not in wanted:
                continue
            if set(element.keys()) == {"id", "d", "transform"}:
                outline = _plain("d", element.get("d", "")), _plain("transform", element.get("transform", ""))
                names[name] = self._outlines.setdefault(outline, f"o{len(self._outlines)}")
                element.getparent().remove(element)
            else:
                names[name] = f"{figure}--{len(names)}"
        return names


def _references(value: str) -> list[str]:
    """Return the name of the part that an attribute's value points to, in a list; empty if to none."""
    part = "".join(match.groups("")) if (match := _REFERENCE.match(value.strip())) else ""
    return [part] if part else []


def _take_ground_away(root: _Element) -> None:
    """Take the white rectangles away that lie under the whole chart and under its axes: a page has a ground."""
    for group in root.iter(f"{_NAMESPACE}g"):
        first = group.find(f"{_NAMESPACE}g/{_NAMESPACE}path")
        if _GROUP.match(group.get("id", "")) and first is not None and first.get("style") == "fill: #ffffff":
            first.getparent().remove(first)


def _write(element: _Element, names: dict[str, str]) -> Iterator[str]:
    """Write an element and what it holds; an element that does nothing is left out."""
    tag = element.tag.removeprefix(_NAMESPACE) if isinstance(element.tag, str) else ""
    if tag == "style" or (tag == "defs" and not any(child.tag != f"{_NAMESPACE}style" for child in element)):
        return
    if tag not in _ELEMENTS or (element.text or "").strip():
        raise _UnknownPartError(tag)
    attributes = "".join(f' {name}="{value}"' for name, value in _attributes(element, names))
    is_shown = tag != "g" or attributes
    content: list[str] = []
    for child in element:
        if letter := _letter(child, names):
            content.append(letter)
        else:
            content += _write(child, names)
    if tag == "g" and not content:
        return
    if not content:
        yield f"<{tag}{attributes}/>"
        return
    if is_shown:
        yield f"<{tag}{attributes}>"
    yield from content
    if is_shown:
        yield f"</{tag}>"


def _letter(element: _Element, names: dict[str, str]) -> str:
    """Write a letter of a text, which most elements of a chart are; nothing for another element."""
    if element.tag != _USE or set(element.keys()) - {_LINK, "x"}:
        return ""
    name, x = names.get(element.get(_LINK, "")[1:]), element.get("x", "0")
    if name is None or not _NUMBER.fullmatch(x):
        return ""
    return f'<use href="#{name}" x="{x}"/>' if x != "0" else f'<use href="#{name}"/>'


def _attributes(element: _Element, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the attributes of an element, its style as attributes: a page's policy allows no style of an element."""
    style = (part.partition(":") for part in element.get("style", "").split(";") if part.strip())
    given = [(str(name), str(value)) for name, value in element.items() if name != "style"]
    for name, value in [*given, *((name.strip(), value.strip()) for name, _, value in style)]:
        match name:
            case "id":
                if value in names:
                    yield name, names[value]
            case "href" | "clip-path" | "fill" | "stroke" if found := _references(value):
                # A colour such as #222222 looks like a part's name, and is none.
                yield name, value.replace(found[0], names[found[0]]) if found[0] in names else _plain(name, value)
            case _ if name == _LINK and value.startswith("#") and value[1:] in names:
                yield "href", f"#{names[value[1:]]}"
            case "version":
                pass
            case _ if name in _GEOMETRY | _PAINT and name != "href":
                yield name, _plain(name, value)
            case _:
                raise _UnknownPartError(name)


def _plain(name: str, value: str) -> str:
    """Return a value without needless spaces."""
    if not _VALUE.fullmatch(value) or "url" in value:
        raise _UnknownPartError(f"{name}={value}")
    return _SPACES.sub(lambda match: match[1] or " ", value).strip() if name == "d" else value
