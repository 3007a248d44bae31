"""The report's page: everything in one HTML file, nothing loaded from elsewhere, no script but our own."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.exhibits import Page, Table, stylesheet, table_script
from analysis.report.citation import STYLE_NAMES, STYLES, SURROGATE, cite_article, write_citation
from analysis.report.fingerprint import hash_inline
from analysis.report.layers import find_layers, layer_style, write_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment
    from markupsafe import Markup
    from mistune import Markdown

    from analysis.article import Article
    from analysis.report.citation import Citation
    from analysis.report.content import Content

__all__ = ["render", "render_template", "write_page"]

_HERE = Path(__file__).resolve().parent


def write_page(
    article: Article,
    content: Content,
    citation: Citation | None = None,
    *,
    closing: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the page of an article's report as HTML.

    Parameters
    ----------
    article, content
        The article, and what the notebooks show of it.
    citation
        How the report is cited; by the article alone unless given.
    closing
        What stands folded at the end, each part a heading and a text in Markdown.
    """
    citation = citation or cite_article(article)
    layers = find_layers(article.text, content)
    return render(
        "page.html.j2",
        content,
        citation,
        page=Page(article.text, {layer.exhibit: layer.name for layer in layers}),
        more_style=layer_style(layers),
        article=article,
        report_id=citation.report_id,
        layers=layers,
        source=write_source(article.text, content, layers),
        closing=closing,
    )


def render(
    template: str,
    content: Content,
    citation: Citation,
    *,
    page: Page | None = None,
    more_style: str = "",
    closing: Sequence[tuple[str, str]] = (),
    **values: Any,
) -> str:
    """Return the page of a report or a comparison by its template.

    Parameters
    ----------
    template
        The template's name, in this folder.
    content, citation
        What the notebooks show, and how it is cited.
    page
        The page that exhibits are written into; one without an article unless given.
    more_style
        Rules that this page alone needs.
    closing
        What stands folded at the end, each part a heading and a text in Markdown.
    values
        What else the template asks for.
    """
    page = page or Page()
    return render_template(
        template,
        # On one line, as a style sheet may be.
        style=(stylesheet() + _read("page.css") + more_style).replace("\n", " "),
        script=table_script() + _read("page.js"),
        page=page,
        front=content.front,
        sections=content.sections,
        tables={exhibit.id for exhibit in content.exhibits if isinstance(exhibit, Table)},
        cite_exhibit=lambda block: write_citation(citation.of_exhibit(block.exhibit, block.label)),
        style_names=STYLE_NAMES,
        citations={style: write_citation(citation, style) for style in STYLES},
        version=version("dateline"),
        closing=closing,
        **values,
    )


def render_template(template: str, *, style: str, script: str, **values: Any) -> str:
    """Return a page by its template, with a style sheet and a script within it.

    Parameters
    ----------
    template
        The template's name, in this folder.
    style, script
        The style sheet and the script, which must be our own. The page's policy names both by their hashes, so that
        no other is applied or run.
    values
        What else the template asks for.
    """
    from markupsafe import Markup

    page = (
        _environment()
        .get_template(template)
        .render(
            values,
            style=Markup(style),  # noqa: S704 - our own
            style_hash=hash_inline(style),
            script=Markup(script),  # noqa: S704 - our own
            script_hash=hash_inline(script),
        )
    )
    # A page in UTF-8 cannot hold half of a surrogate pair.
    return SURROGATE.sub("\N{REPLACEMENT CHARACTER}", page)


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"markdown": _markdown, "highlight": _highlight, "format_name": _format_name}
    return environment


def _format_name(path: str) -> str:
    """Return what a file's format is called."""
    suffix = path.rpartition(".")[2]
    return {"parquet": "Parquet", "tex": "LaTeX", "xlsx": "Excel"}.get(suffix, suffix.upper())


def _markdown(text: str) -> Markup:
    """Return markdown as HTML; a heading moves down one level, as the section has the notebook's H1."""
    from markupsafe import Markup

    lowered = re.sub(r"^(#+ )", r"#\1", text, flags=re.MULTILINE)
    return Markup(_markdown_parser()(lowered))  # noqa: S704 - it escapes


@cache
def _markdown_parser() -> Markdown:
    import mistune

    return mistune.create_markdown(escape=True, plugins=["table", "footnotes"])


def _highlight(code: str) -> Markup:
    """Return Python code as HTML with its syntax highlighted, in a block that the keyboard can scroll."""
    from markupsafe import Markup
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    html = highlight(code, PythonLexer(), HtmlFormatter(cssclass="hl"))
    return Markup(html.replace("<pre>", '<pre tabindex="0">'))  # noqa: S704 - Pygments escapes
