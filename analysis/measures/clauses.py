"""Clauses: the parts of sentences that have a predicate of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis import tables
from analysis.invisible import visible
from analysis.measures.inputs import require
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["clauses"]

_COLUMNS = ("token", "start", "end", "text", "lemma", "upos", "head", "deprel")
#: What a clause is, by the relation of its predicate (Universal Dependencies).
_KINDS = {
    "root": "main",
    "parataxis": "main",
    "csubj": "subject",
    "ccomp": "complement",
    "xcomp": "open complement",
    "advcl": "adverbial",
    "acl": "adnominal",
    "acl:relcl": "relative",
}
_VERBAL = frozenset(["VERB", "AUX"])
_CONJUNCT = "conj"


@tables.stage(requires=("tokens",), returns="clauses")
@checked
def clauses(tokens: pd.DataFrame) -> pd.DataFrame:
    """List the clauses of each article, in order.

    Parameters
    ----------
    tokens
        Tokens with article_id, sentence, token, start, end, text, lemma, upos, head, deprel.

    Returns
    -------
    DataFrame
        {columns}

        Rows are in the order of their first characters, longer ones first; a clause holds those that depend on it.

    Raises
    ------
    ValueError
        If there is a token without a relation: the trees are needed.

    Notes
    -----
    A clause is a predicate with all words that depend on it, from the first to the last but marks at its ends. A
    coordinated verb begins a clause of its own, of the kind of the first.

    Examples
    --------
    >>> import pandas as pd
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "token": [0, 1, 2, 3], "start": [0, 4, 9, 12], "end": [3, 8, 11, 17],
    ...     "text": ["Lee", "said", "it", "rained"], "lemma": ["Lee", "say", "it", "rain"],
    ...     "upos": ["PROPN", "VERB", "PRON", "VERB"], "head": [1, -1, 3, 1],
    ...     "deprel": ["nsubj", "root", "nsubj", "ccomp"]})
    >>> clauses(tokens)[["kind", "predicate", "start", "end"]].values.tolist()
    [['main', 'say', 0, 17], ['complement', 'rain', 9, 17]]
    """
    require(tokens, ("article_id", "sentence", *_COLUMNS), name="tokens")
    if (tokens["deprel"] == "").any():
        raise ValueError("the tokens have no trees; expected those of annotate(…, syntax=True)")
    rows = []
    for (article_id, sentence), words in tokens.groupby(["article_id", "sentence"], sort=False):
        found = sorted(_of_sentence(words), key=lambda clause: (clause[2], -clause[3]))
        rows += [(article_id, sentence, *clause) for clause in found]
    return tables.frame("clauses", rows)


def _of_sentence(words: pd.DataFrame) -> Iterator[tuple[str, str, int, int]]:
    """Yield the kind of each clause of a sentence, the lemma of its predicate, and its span of characters."""
    column = {name: words[name].tolist() for name in _COLUMNS}
    row_of = {token: row for row, token in enumerate(column["token"])}
    heads = [row_of.get(head, -1) for head in column["head"]]
    first, last = list(range(len(heads))), list(range(len(heads)))
    is_word = [any(map(str.isalnum, visible(text))) for text in column["text"]]
    for row in range(len(heads)):
        at = row
        while is_word[row] and (at := heads[at]) >= 0:
            first[at], last[at] = min(first[at], row), max(last[at], row)
    for row, relation in enumerate(column["deprel"]):
        kind = _kind(row, relation, heads, column["deprel"], column["upos"])
        if kind and is_word[row]:
            yield kind, column["lemma"][row], column["start"][first[row]], column["end"][last[row]]


def _kind(row: int, relation: str, heads: list[int], relations: list[str], upos: list[str]) -> str:
    """Return the kind of the clause of which a word is the predicate; an empty string if of none."""
    while relation == _CONJUNCT and upos[row] in _VERBAL and heads[row] >= 0:
        row = heads[row]
        relation = relations[row]
    return _KINDS.get(relation) or _KINDS.get(relation.split(":")[0], "")
