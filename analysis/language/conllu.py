"""CoNLL-U: annotations written for other tools, and treebanks read into tables.

A document is an article, with what Universal Dependencies and CorefUD say of it: ``newdoc``, ``newpar``, ``sent_id``,
``text``, the words with their trees and, in the last column, ``SpaceAfter``, ``SpacesAfter`` and ``Entity`` (the
brackets of chains). Two keys are of other origin: UDPipe's ``SpacesBefore`` and ``SpacesInToken`` tell, with
``SpacesAfter``, the text of the article to the last character, and ``NER`` has the BIO tag of a named mention.

References
----------
J. Nivre et al. 2020, Universal Dependencies v2, LREC; https://universaldependencies.org/format.html. A. Nedoluzhko et
al. 2022, CorefUD 1.0, LREC; https://ufal.mff.cuni.cz/corefud.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING

from analysis.article import Article
from analysis.article.model import safe_name
from analysis.invisible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from analysis.language.pipeline import Annotations

__all__ = ["METADATA", "column_form", "escape", "one_line", "to_conllu", "unescape"]

#: The comments that hold the metadata of an article, as GUM names them, with the article's fields.
METADATA = {"title": "title", "publisher": "publisher", "dateCreated": "published", "sourceURL": "url"}

#: CorefUD's types of entities, by the labels of names.
_ENTITY_TYPES = {
    "person": "person",
    "location": "place",
    "organization": "organization",
    "norp": "other",
    "facility": "place",
    "date": "time",
    "money": "number",
    "product": "object",
    "misc": "other",
}
#: UDPipe's escapes of what the last column cannot hold.
_ESCAPES = {" ": r"\s", "\t": r"\t", "\n": r"\n", "\r": r"\r", "|": r"\p", "\\": r"\\"}
_UNESCAPED = {escaped: character for character, escaped in _ESCAPES.items()}
_OTHER_SPACE = re.compile(r"\s")
_ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|.)")
#: What the name of a chain cannot hold within brackets.
_UNSAFE = re.compile(r"[%,|():\-\s]")


def to_conllu(articles: Article | Iterable[Article], annotations: Annotations) -> str:
    r"""Write articles in CoNLL-U.

    Parameters
    ----------
    articles
        The articles, each with an id of its own.
    annotations
        Their tables, with syntax: what :func:`annotate` returns.

    Returns
    -------
    str
        The documents, in the order of the articles; nothing for an article without words. Words that no rule of
        Universal Dependencies allows, such as those with a blank in them, are written without it.

    Raises
    ------
    ValueError
        If there is a sentence without a tree.

    Examples
    --------
    >>> from analysis import Article, annotate
    >>> article = Article.from_text("Egypt denied it.", id="a")
    >>> for line in to_conllu(article, annotate(article)).splitlines()[4:6]:
    ...     print(line.replace("\t", " "))
    # text = Egypt denied it.
    1 Egypt Egypt PROPN NNP _ 2 nsubj _ NER=B-location
    """
    sentences, tokens, mentions, chains = annotations
    if (tokens["deprel"] == "").any():
        raise ValueError("the tokens have no trees; expected those of annotate(…, syntax=True)")
    by_article = [dict([*table.groupby("article_id", sort=False)]) for table in (sentences, tokens, mentions, chains)]
    numbers = count(1)
    parts: list[str] = []
    for article in [articles] if isinstance(articles, Article) else articles:
        own, words, named, linked = (groups.get(article.id) for groups in by_article)
        if own is not None and words is not None:
            brackets = _brackets(words, named, linked, numbers)
            parts += _document(article, own, words.reset_index(drop=True), brackets)
    return "".join(f"{part}\n" for part in parts)


def _document(
    article: Article, sentences: pd.DataFrame, tokens: pd.DataFrame, brackets: dict[int, str]
) -> Iterator[str]:
    """Yield the lines of an article."""
    # No id in CoNLL-U has a space or a slash.
    document_id = safe_name(article.id)
    yield f"# newdoc id = {document_id}"
    yield "# global.Entity = eid-etype-head-other"
    for key, field in METADATA.items():
        if value := getattr(article, field):
            yield f"# meta::{key} = {one_line(value)}"
    columns = ["start", "end", "text", "lemma", "upos", "xpos", "entity", "head", "deprel"]
    rows = list(zip(*(tokens[column].tolist() for column in columns), strict=True))
    first_token = int(tokens["token"].iloc[0])
    ends = [*(row[0] for row in rows[1:]), len(article.text)]
    low, paragraph = 0, None
    for number, (n_tokens, here) in enumerate(zip(sentences["n_tokens"], sentences["paragraph"], strict=True), start=1):
        high = low + n_tokens
        if here != paragraph:
            yield "# newpar"
        paragraph = here
        lines: list[str] = []
        text = ""
        for index in range(low, high):
            start, end, surface, lemma, upos, xpos, entity, head, deprel = rows[index]
            form = column_form(surface)
            gap = article.text[end : ends[index]]
            misc = {
                "Entity": brackets.get(index, ""),
                "NER": entity if entity != "O" else "",
                "SpaceAfter": "No" if index + 1 < len(rows) and not any(map(str.isspace, gap)) else "",
                "SpacesAfter": escape(gap) if gap not in ("", " ") or index + 1 == len(rows) else "",
                "SpacesBefore": escape(article.text[:start]) if index == 0 else "",
                "SpacesInToken": escape(surface) if form != surface else "",
            }
            head = head - first_token - low + 1 if head >= 0 else 0
            text += form + (" " if not misc["SpaceAfter"] and index + 1 < high else "")
            kept = "|".join(f"{key}={value}" for key, value in misc.items() if value) or "_"
            cells = [index - low + 1, form, column_form(lemma), upos, xpos, "_", head, deprel, "_", kept]
            lines.append("\t".join(map(str, cells)))
        yield f"# sent_id = {document_id}-{number}"
        yield f"# text = {text}"
        yield from lines
        yield ""
        low = high


def one_line(text: str) -> str:
    """Return a text as a comment can hold it: in one line."""
    return " ".join(text.split())


def column_form(text: str) -> str:
    """Return a word as a column can hold it: composed, and without blanks and invisible characters."""
    return unicodedata.normalize("NFC", "".join(visible(text).split())) or "_"


def escape(text: str) -> str:
    r"""Return a text as the last column can hold it.

    Examples
    --------
    >>> print(escape("\n\n |"), escape("\u2003"))
    \n\n\s\p \u2003
    """
    text = "".join(_ESCAPES.get(character, character) for character in text)
    return _OTHER_SPACE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def unescape(text: str) -> str:
    r"""Return the text that has been escaped.

    Examples
    --------
    >>> unescape(r"\n\n\s\p\u2003") == "\n\n |\u2003"
    True
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else _UNESCAPED.get(match[0], match[0]), text)


# Chains


def _brackets(
    tokens: pd.DataFrame, mentions: pd.DataFrame | None, chains: pd.DataFrame | None, numbers: Iterator[int]
) -> dict[int, str]:
    """Return the brackets of chains at each token of an article that has any."""
    if chains is None:
        return {}
    at_start = {start: index for index, start in enumerate(tokens["start"].tolist())}
    at_end = {end: index for index, end in enumerate(tokens["end"].tolist())}
    first_token = int(tokens["token"].iloc[0])
    heads = [head - first_token if head >= 0 else -1 for head in tokens["head"].tolist()]
    types = _types(mentions, chains)
    ids = {chain: f"e{next(numbers)}" for chain in dict.fromkeys(chains["chain"].tolist())}
    opening: dict[int, list[tuple[int, str]]] = defaultdict(list)
    closing: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in chains.itertuples():
        first, last = at_start[row.start], at_end[row.end]
        head = next((i for i in range(first, last + 1) if not first <= heads[i] <= last), first)
        other = f"kind:{row.kind}" + (f",name:{_quote(row.name)}" if row.name else "")
        other += f",margin:{row.margin}" if row.margin == row.margin else ""
        bracket = f"({ids[row.chain]}-{types.get(row.chain, '')}-{head - first + 1}-{other}"
        opening[first].append((last, bracket + (")" if first == last else "")))
        if first != last:
            closing[last].append((first, f"{ids[row.chain]})"))
    # What closes comes first, of that the latest opened; then what opens, the longest first.
    found: dict[int, str] = {}
    for index in sorted({*opening, *closing}):
        closed = sorted(closing[index], key=itemgetter(0), reverse=True)
        opened = sorted(opening[index], key=itemgetter(0), reverse=True)
        within = [bracket for _, bracket in opened if bracket.endswith(")")]
        longer = [bracket for _, bracket in opened if not bracket.endswith(")")]
        # A word alone that ends other mentions is within them.
        ends = [bracket for _, bracket in closed]
        found[index] = "".join([*ends, *longer, *within] if longer else [*within, *ends])
    return found


def _types(mentions: pd.DataFrame | None, chains: pd.DataFrame) -> dict[int, str]:
    """Return CorefUD's type of each chain that has a name: that of most of its named mentions."""
    if mentions is None:
        return {}
    by_name: dict[str, Counter[str]] = defaultdict(Counter)
    for name, label in zip(mentions["name"], mentions["label"], strict=True):
        by_name[name][_ENTITY_TYPES[label]] += 1
    names = dict(zip(chains["chain"].tolist(), chains["name"], strict=True))
    return {chain: by_name[name].most_common(1)[0][0] for chain, name in names.items() if name in by_name}


def _quote(name: str) -> str:
    return _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), name)
