"""Tables of a text, made by a few rules, so that tests of measures need no language model."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from analysis.language.roles import find_roles
from analysis.tables import frame

if TYPE_CHECKING:
    import pandas as pd

_TOKEN = re.compile(r"\w+(?:[.,:]\d+)*(?=n['’]t\b)|n['’]t\b|['’](?:s|ll|ve|re|d|m)\b|\w+(?:[.,:]\d+)*|[^\w\s]")
_SENTENCE = re.compile(r"\S.*?(?:(?<!\bMrs)(?<!\bMr)[.!?]['’\"”)]*(?=\s|$)|$)", re.DOTALL)
_STOPS = frozenset(
    """a an the and or but of in on at to for from by with as is are was were be been has have had it its he she they we
    you i his her their our this that these those who which what not no do does did so if than then there""".split()
)

_VERBS = frozenset("bark fell fear hid kept left like lift read said sat saw say sail see slept sold wait".split())
_FUNCTION = {"the": "DET", "a": "DET", "of": "ADP", "on": "ADP", "in": "ADP", "at": "ADP", "and": "CCONJ"}


def tables(text: str, *, article_id: str = "a", title: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sentences and tokens of a text: capitalised words within sentences are names, others mostly nouns.

    All words of a sentence depend on its first.
    """
    sentences, tokens = [], []
    for paragraph, block in enumerate(re.finditer(r"\S.*?(?=\n\s*\n|\s*$)", text, re.DOTALL)):
        is_title = paragraph == 0 and block.group() == title
        spans = [block.span()] if is_title else [m.span() for m in _SENTENCE.finditer(text, *block.span())]
        for start, end in spans:
            words = list(_TOKEN.finditer(text, start, end))
            root = len(tokens)
            for index, m in enumerate(words):
                word = m.group()
                is_word = any(map(str.isalnum, word))
                name = word[:1].isupper() and index > 0
                norm = word.lower().replace("’", "'")
                upos = "PUNCT" if not is_word else "NUM" if word[0].isdigit() else "PROPN" if name else "NOUN"
                if is_word and not name:
                    upos = "VERB" if norm in _VERBS or norm.endswith("ed") else _FUNCTION.get(norm, upos)
                xpos = "NNP" if name else "VBD" if upos == "VERB" else "NN"
                tokens.append((
                    article_id, len(tokens), len(sentences), m.start(), m.end(), word, norm, word if name else norm,
                    upos, xpos, is_word, norm in _STOPS, "B-person" if name else "O",
                    root if index else -1, "dep" if index else "root",
                ))  # fmt: skip
            sentences.append((article_id, len(sentences), paragraph, start, end, text[start:end], len(words), is_title))
    roles = _roles(sentences, tokens)
    return (
        frame("sentences", [(*row[:-1], role) for row, role in zip(sentences, roles, strict=True)]),
        frame("tokens", tokens),
    )


def _roles(sentences: list[tuple], tokens: list[tuple]) -> list[str]:
    n_words, with_verb = Counter(), set()
    for _, _, sentence, *_, upos, _, is_word, _, _, _, _ in tokens:
        n_words[sentence] += is_word
        with_verb |= {sentence} if upos == "VERB" else set()
    return find_roles(
        [text for *_, text, _, _ in sentences],
        [is_title for *_, is_title in sentences],
        [n_words[number] for number in range(len(sentences))],
        [number in with_verb for number in range(len(sentences))],
    )


def mentions(tokens: pd.DataFrame) -> pd.DataFrame:
    """Return the mentions that the entity tags of the tokens hold."""
    named = tokens[tokens["entity"] != "O"]
    rows = named[["sentence", "start", "end", "text", "entity"]].itertuples(index=False)
    ids = named["article_id"]
    return frame(
        "mentions",
        [
            (article_id, mention, *row[:-1], row.entity[2:], row.text)
            for mention, (article_id, row) in enumerate(zip(ids, rows, strict=True))
        ],
    )
