"""Gold chains of mentions in GUM, beside the tables that annotation makes of its words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from analysis import tables
from analysis.language import features, names, referring
from analysis.language.models import default_models
from analysis.language.pipeline import token_columns
from training.corpora import Document, lay_out, read_conllu, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from analysis.language.models import Models
    from analysis.language.referring import Mention

__all__ = [
    "GoldMention",
    "GoldText",
    "b_cubed",
    "ceaf",
    "chains_of",
    "conll_f",
    "muc",
    "pronoun_accuracy",
    "read_chains",
]

_BRACKETS = re.compile(r"\(([^()]+)(\))?|([^()]+)\)")


class GoldMention(NamedTuple):
    """A mention in the corpus: its first and last token, its head, its chain, its kind of thing and its form.

    Attributes
    ----------
    first, last, head
        Numbers of tokens within the document. ``head`` is the first token whose head is outside of the mention.
    chain
        Number of the chain, within the document.
    kind
        What it is, as in the corpus: ``person``, ``place``, ``organization``, …
    is_name
        Whether its head is a proper noun.
    """

    first: int
    last: int
    head: int
    chain: int
    kind: str
    is_name: bool


@dataclass(frozen=True)
class GoldText:
    """A document of the corpus.

    Attributes
    ----------
    name, genre, text
        Its name, its genre and its text.
    sentences, tokens, mentions
        Its tables: words, sentences and trees are those of the corpus, all else is predicted.
    gold
        The mentions of the corpus, in order of their last tokens.
    """

    name: str
    genre: str
    text: str
    sentences: pd.DataFrame
    tokens: pd.DataFrame
    mentions: pd.DataFrame
    gold: list[GoldMention]


def read_chains(path: Path, models: Models | None = None) -> list[GoldText]:
    """Read the documents of GUM with their chains."""
    models = models or default_models()
    attributes = _entity_attributes(path)
    return [_gold_text(document, own, models) for document, own in zip(read_conllu(path), attributes, strict=True)]


def _entity_attributes(path: Path) -> Iterator[list[str]]:
    """Yield the ``Entity`` attribute of each word of each document; empty where there is none."""
    attributes: list[str] = []
    for line in read_lines(path):
        if line.startswith("# newdoc") and attributes:
            yield attributes
            attributes = []
        cells = line.split("\t")
        if cells[0].isdigit():
            attributes.append(
                next((part[len("Entity=") :] for part in cells[9].split("|") if part[:7] == "Entity="), "")
            )
    yield attributes


def _gold_text(document: Document, attributes: list[str], models: Models) -> GoldText:
    text, sentence_spans, word_spans = document.plain()
    words = lay_out([document])
    columns = token_columns(words, models, syntax=False)
    lengths = words.lengths
    sentence_of = np.repeat(np.arange(len(lengths)), lengths)
    annotated = [word for sentence in document.sentences for word in sentence.words]
    heads = np.array([word.head for word in annotated])
    heads = np.where(heads > 0, heads - 1 + (np.cumsum(lengths) - lengths)[sentence_of], -1)
    n_sentences, n_words = len(lengths), len(annotated)
    sentences = {
        "article_id": [document.name] * n_sentences,
        "sentence": np.arange(n_sentences),
        "paragraph": [number for number, paragraph in enumerate(document.paragraphs) for _ in paragraph],
        "start": [start for start, _ in sentence_spans],
        "end": [end for _, end in sentence_spans],
        "text": [text[start:end] for start, end in sentence_spans],
        "n_tokens": lengths,
        "role": ["body"] * n_sentences,
    }
    tokens = {
        "article_id": [document.name] * n_words,
        "token": np.arange(n_words),
        "sentence": sentence_of,
        "start": [start for start, _ in word_spans],
        "end": [end for _, end in word_spans],
        "text": words.forms,
        **columns | {"head": heads, "deprel": [word.deprel for word in annotated]},
    }
    return GoldText(
        document.name,
        document.name.split("_")[1],
        text,
        tables.frame("sentences", sentences),
        tables.frame("tokens", tokens),
        tables.frame("mentions", [*_named_mentions(text, tokens, models)]),
        [*_gold_mentions(attributes, [word.upos for word in annotated], heads.tolist())],
    )


def _named_mentions(text: str, tokens: Mapping[str, Sequence[Any]], models: Models) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the table of named mentions, as annotation makes it."""
    found = names.mentions(tokens["entity"])
    spans = [(tokens["start"][first], tokens["end"][last]) for first, last, _ in found]
    texts, labels = [text[start:end] for start, end in spans], [label for *_, label in found]
    sentence = tokens["sentence"]
    starts = {0, *(row for row, (last, own) in enumerate(pairwise(sentence), start=1) if last != own)}
    before = names.words_before([span[:2] for span in found], [*map(features.normalise, tokens["text"])], starts)
    canonical = names.canonical(texts, labels, [0] * len(found), before, index=models.gazetteer)
    for number, (first, _, label) in enumerate(found):
        row = (number, sentence[first], *spans[number], texts[number], label, canonical[number])
        yield (tokens["article_id"][0], *row)


def _gold_mentions(attributes: list[str], upos: list[str], heads: list[int]) -> Iterator[GoldMention]:
    """Yield the mentions that the bracketed ``Entity`` attributes of words describe."""
    open_: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, attribute in enumerate(attributes):
        for opening, closing, closed in _BRACKETS.findall(attribute):
            chain = closed
            if opening:
                chain, kind = opening.split("-")[:2]
                open_[chain].append((number, kind))
            if opening and not closing:
                continue
            first, kind = open_[chain].pop()
            head = next(token for token in range(first, number + 1) if not first <= heads[token] <= number)
            yield GoldMention(first, number, head, int(chain.partition("[")[0]), kind, upos[head] == "PROPN")


# Which chain a mention belongs to


def chains_of(text: GoldText, mentions: Sequence[Mention]) -> dict[Mention, int]:
    """Return the number of the gold chain of mentions that the corpus has too: those with the same head.

    Of several with the same head, a coordination is the longest and any other mention the shortest.
    """
    by_head: defaultdict[int, list[GoldMention]] = defaultdict(list)
    for gold in text.gold:
        by_head[gold.head].append(gold)
    found = {}
    for mention in mentions:
        own = sorted(by_head[mention.token], key=lambda gold: gold.last - gold.first)
        if own and mention.kind == referring.COORDINATION:
            if own[-1].last >= mention.last:
                found[mention] = own[-1].chain
        elif own:
            found[mention] = own[0].chain
    return found


# Scores


def pronoun_accuracy(texts: Sequence[GoldText], chains: Sequence[pd.DataFrame]) -> dict[str, dict[str, float | None]]:
    """Return how often pronouns of the third person get the right name, by genre and for all.

    A name is right if most named mentions of the pronoun's chain are mentions of its gold chain.

    Parameters
    ----------
    texts
        The texts.
    chains
        Their tables of coreference.

    Returns
    -------
    dict
        For each genre and ``all``: ``precision``, of the pronouns that get a name, and ``recall``, of those whose gold
        chain has a name, both in percent, None where undefined; and the counts ``n_right``, ``n_found``, ``n_gold``.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, table in zip(texts, chains, strict=True):
        found = _pronoun_counts(text, table)
        counts[text.genre] += found
        counts["all"] += found
    return {genre: _figures(counts[genre]) for genre in sorted(counts, key=lambda genre: (genre == "all", genre))}


def _figures(counts: Counter[str]) -> dict[str, float | None]:
    right, found, gold = (counts[name] for name in ("n_right", "n_found", "n_gold"))
    return {
        "precision": round(100 * right / found, 1) if found else None,
        "recall": round(100 * right / gold, 1) if gold else None,
        "n_right": right,
        "n_found": found,
        "n_gold": gold,
    }


def _pronoun_counts(text: GoldText, table: pd.DataFrame) -> Counter[str]:
    starts = text.tokens["start"].tolist()
    norms = text.tokens["norm"].tolist()
    third = {form for form, kind in referring.lists().pronouns.items() if kind <= referring.THEY}
    gold = {starts[m.first]: m.chain for m in text.gold if m.first == m.last and norms[m.first] in third}
    named = {m.chain for m in text.gold if m.is_name}
    by_start: dict[int, int] = {}  # the chain of the shortest gold mention with a head, by where the head begins
    for m in sorted(text.gold, key=lambda m: m.first - m.last):
        by_start[starts[m.head]] = m.chain
    counts = Counter(n_gold=sum(chain in named for chain in gold.values()))
    for _, chain in table.groupby("chain"):
        names_ = Counter(
            next((by_start[start] for start in range(row.start, row.end) if start in by_start), -1)
            for row in chain.itertuples()
            if row.kind == "name"
        )
        if not names_:
            continue
        right = names_.most_common(1)[0][0]
        for row in chain.itertuples():
            if row.kind == "pronoun" and row.text.lower() in third:
                counts["n_found"] += 1
                counts["n_right"] += right in named and gold.get(row.start) == right
    return counts


def conll_f(texts: Sequence[GoldText], chains: Sequence[pd.DataFrame]) -> dict[str, float]:
    """Return the CoNLL score of chains that have a name or a pronoun of the third person, in percent.

    It is the mean of the F measures MUC, B³ and CEAF-e. Mentions match by their heads.
    """
    keys: _Chains = []
    found: _Chains = []
    third = {form for form, kind in referring.lists().pronouns.items() if kind <= referring.THEY}
    for number, (text, table) in enumerate(zip(texts, chains, strict=True)):
        norms = text.tokens["norm"].tolist()
        by_chain: defaultdict[int, set[tuple[int, int, bool]]] = defaultdict(set)
        kept = {m.chain for m in text.gold if m.is_name or (m.first == m.last and norms[m.first] in third)}
        for m in text.gold:
            if m.chain in kept:
                by_chain[m.chain].add((number, *_head(text, m.first, m.last)))
        keys.append([frozenset(chain) for chain in by_chain.values() if len(chain) > 1])
        found.append([*_found_chains(number, text, table, third)])
    scores = {name: measure(keys, found) for name, measure in (("MUC", muc), ("B3", b_cubed), ("CEAFe", ceaf))}
    return {
        name: round(100 * float(f), 1) for name, f in (scores | {"CoNLL": float(np.mean([*scores.values()]))}).items()
    }


def _found_chains(
    number: int, text: GoldText, table: pd.DataFrame, third: set[str]
) -> Iterator[frozenset[tuple[int, int, bool]]]:
    first_at = {start: row for row, start in enumerate(text.tokens["start"].tolist())}
    last_at = {end: row for row, end in enumerate(text.tokens["end"].tolist())}
    for _, chain in table.groupby("chain"):
        is_pronoun = (chain["kind"] == "pronoun") & chain["text"].str.lower().isin(third)
        if not ((chain["kind"] == "name") | is_pronoun).any():
            continue
        spans = zip(chain["start"], chain["end"], strict=True)
        heads = {
            (number, *_head(text, first_at[start], last_at[end]))
            for start, end in spans
            if start in first_at and end in last_at
        }
        if len(heads) > 1:
            yield frozenset(heads)


def _head(text: GoldText, first: int, last: int) -> tuple[int, bool]:
    """Return the head of a span of tokens, and whether the span is a coordination of it and others."""
    heads, relations = text.tokens["head"].tolist(), text.tokens["deprel"].tolist()
    head = next(token for token in range(first, last + 1) if not first <= heads[token] <= last)
    return head, any(heads[t] == head and relations[t] == "conj" for t in range(head + 1, last + 1))


#: The chains of each text, as sets of mentions.
_Chains = list[list[frozenset[tuple[int, int, bool]]]]


def _f(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def muc(keys: _Chains, found: _Chains) -> float:
    """Return the link-based F measure of M. Vilain and others 1995."""

    def recall(ones: _Chains, others: _Chains) -> float:
        right = total = 0
        for own, other in zip(ones, others, strict=True):
            chain_of = {mention: index for index, chain in enumerate(other) for mention in chain}
            for chain in own:
                parts: list[object] = [chain_of.get(mention, mention) for mention in chain]
                right += len(chain) - len(set(parts))
                total += len(chain) - 1
        return right / total if total else 0.0

    return _f(recall(found, keys), recall(keys, found))


def b_cubed(keys: _Chains, found: _Chains) -> float:
    """Return the mention-based F measure of A. Bagga and B. Baldwin 1998."""

    def recall(ones: _Chains, others: _Chains) -> float:
        right, total = 0.0, 0
        for own, other in zip(ones, others, strict=True):
            chain_of = {mention: chain for chain in other for mention in chain}
            for chain in own:
                right += sum(len(chain & chain_of.get(mention, frozenset())) / len(chain) for mention in chain)
                total += len(chain)
        return right / total if total else 0.0

    return _f(recall(found, keys), recall(keys, found))


def ceaf(keys: _Chains, found: _Chains) -> float:
    """Return the entity-based F measure of X. Luo 2005 (φ₄)."""
    similarity = 0.0
    for own, other in zip(keys, found, strict=True):
        if own and other:
            matrix = np.array([[2 * len(a & b) / (len(a) + len(b)) for b in other] for a in own])
            similarity += matrix[linear_sum_assignment(-matrix)].sum()
    n_keys, n_found = sum(map(len, keys)), sum(map(len, found))
    return _f(similarity / n_found if n_found else 0.0, similarity / n_keys if n_keys else 0.0)
