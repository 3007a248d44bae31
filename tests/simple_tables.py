"""The tables of a text by a few rules, so that the measures are tested without a language model."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd

from analysis.language.roles import find_roles

_TOKEN = re.compile(r"\w+(?:[.,:]\d+)*(?=n['’]t\b)|n['’]t\b|['’](?:s|ll|ve|re|d|m)\b|\w+(?:[.,:]\d+)*|[^\w\s]")
_SENTENCE = re.compile(r"\S.*?(?:(?<!\bMrs)(?<!\bMr)[.!?]['’\"”)]*(?=\s|$)|$)", re.DOTALL)
_STOPS = frozenset(
    """a an the and or but of in on at to for from by with as is are was were be been has have had it its he she they we
    you i his her their our this that these those who which what not no do does did so if than then there""".split()
)

_VERBS = frozenset("bark fell fear hid kept left like lift read said sat saw say sail see slept sold wait".split())
_FUNCTION = {"the": "DET", "a": "DET", "of": "ADP", "on": "ADP", "in": "ADP", "at": "ADP", "and": "CCONJ"}


def tables(text: str, *, article_id: str = "a", title: str | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the sentences and tokens of a text: capitalised words inside it are names, the rest mostly nouns."""
    sentences, tokens = [], []
    for paragraph, block in enumerate(re.finditer(r"\S.*?(?=\n\s*\n|\s*$)", text, re.DOTALL)):
        is_title = paragraph == 0 and block.group() == title
        spans = [block.span()] if is_title else [m.span() for m in _SENTENCE.finditer(text, *block.span())]
        for start, end in spans:
            words = list(_TOKEN.finditer(text, start, end))
            for place, m in enumerate(words):
                word = m.group()
                is_word = any(map(str.isalnum, word))
                name = word[:1].isupper() and place > 0
                norm = word.lower().replace("’", "'")
                upos = "PUNCT" if not is_word else "NUM" if word[0].isdigit() else "PROPN" if name else "NOUN"
                if is_word and not name:
                    upos = "VERB" if norm in _VERBS or norm.endswith("ed") else _FUNCTION.get(norm, upos)
                tokens.append((
                    article_id, len(tokens), len(sentences), m.start(), m.end(), word, norm, word if name else norm,
                    upos, "NNP" if name else "NN", is_word, norm in _STOPS, "B-person" if name else "O",
                ))  # fmt: skip
            sentences.append((article_id, len(sentences), paragraph, start, end, text[start:end], len(words), is_title))
    return (
        pd.DataFrame(
            sentences,
            columns=["article_id", "sentence", "paragraph", "start", "end", "text", "n_tokens", "is_title"],
        ).pipe(_with_roles, tokens),
        pd.DataFrame(
            tokens,
            columns=[
                "article_id", "token", "sentence", "start", "end", "text", "norm", "lemma", "upos", "xpos", "is_word",
                "is_stop", "entity",
            ],
        ).astype({"is_word": "bool", "is_stop": "bool"}),
    )  # fmt: skip


def _with_roles(sentences: pd.DataFrame, tokens: list[tuple]) -> pd.DataFrame:
    n_words, verbs = Counter(), set()
    for _, _, sentence, *_, upos, _, is_word, _, _ in tokens:
        n_words[sentence] += is_word
        verbs |= {sentence} if upos == "VERB" else set()
    numbers = sentences["sentence"].tolist()
    roles = find_roles(
        sentences["text"].tolist(),
        sentences["is_title"].tolist(),
        [n_words[number] for number in numbers],
        [number in verbs for number in numbers],
    )
    return sentences.drop(columns="is_title").assign(role=pd.array(roles, dtype="str"))


def mentions(tokens: pd.DataFrame) -> pd.DataFrame:
    """Give the mentions that the entity tags of the tokens hold."""
    found = tokens[tokens["entity"] != "O"].reset_index(drop=True)
    return found[["article_id", "sentence", "start", "end", "text"]].assign(
        mention=found.index, label=found["entity"].str[2:], name=found["text"]
    )
