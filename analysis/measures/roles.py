"""Grammatical roles: what the names of an article are in its sentences, with all that stands for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from analysis import tables
from analysis.measures import inputs
from analysis.measures.units import NAME_LABELS
from analysis.options import checked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["chain_mentions", "chains", "grammatical_roles"]

#: The roles that are counted, in the order of their columns.
ROLES = ("subject", "passive", "agent", "object", "copula", "possessor", "other")
_ACTING = frozenset({"subject", "agent"})
#: What takes its role from its head: conjuncts, appositions, parts and titles of names.
_SHARING = frozenset({"appos", "conj", "flat", "nmod:desc"})
_TOKEN_COLUMNS = ("token", "start", "end", "lemma", "upos", "xpos", "head", "deprel")


@tables.stage(requires=("tokens", "mentions", "coreference"), returns="grammatical_roles")
def grammatical_roles(tokens: pd.DataFrame, mentions: pd.DataFrame, coreference: pd.DataFrame) -> pd.DataFrame:
    """Count what each name of an article is in its sentences, with the descriptions and pronouns that stand for it.

    Parameters
    ----------
    tokens
        Tokens with article_id, token, start, end, lemma, upos, xpos, head, deprel.
    mentions
        Named mentions with article_id, start, end, label, name. Dates and sums of money are left out.
    coreference
        Mentions in chains with article_id, start, end, name.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are sorted by n (descending), then first_start.

    Raises
    ------
    ValueError
        If there is a token without a relation: the trees are needed.

    Notes
    -----
    A role is read from the relation of a mention's head word to its own head (Universal Dependencies). A conjunct has
    the role of what it is joined to, an apposition that of what it explains. An apposition or a predicate (*Chad is a
    country*) counts only where what it tells of does not.

    Examples
    --------
    >>> import pandas as pd
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "token": [0, 1, 2, 3], "start": [0, 5, 11, 16], "end": [4, 10, 15, 20],
    ...     "lemma": ["Mali", "warn", "Chad", "twice"], "upos": ["PROPN", "VERB", "PROPN", "ADV"],
    ...     "xpos": ["NNP", "VBD", "NNP", "RB"], "head": [1, -1, 1, 1], "deprel": ["nsubj", "root", "obj", "advmod"]})
    >>> mentions = pd.DataFrame({
    ...     "article_id": "a", "start": [0, 11], "end": [4, 15], "label": "location", "name": ["Mali", "Chad"]})
    >>> chains = pd.DataFrame({"article_id": [], "start": [], "end": [], "name": []})
    >>> grammatical_roles(tokens, mentions, chains)[["name", "n_subject", "n_object", "verbs"]].values.tolist()
    [['Mali', 1, 0, 'warn'], ['Chad', 0, 1, '']]
    """
    inputs.require(tokens, ("article_id", *_TOKEN_COLUMNS), name="tokens")
    if (tokens["deprel"] == "").any():
        raise ValueError("the tokens have no trees; expected those of annotate(…, syntax=True)")
    rows: list[tuple[Any, ...]] = []
    for article_id, *own in inputs.aligned(
        tokens=(tokens, _TOKEN_COLUMNS),
        mentions=(mentions, ("start", "end", "label", "name")),
        coreference=(coreference, ("start", "end", "name")),
    ):
        token, *sources = own
        tree, labels = _Tree(token), _labels(sources[0])
        spans: dict[str, set[tuple[int, int]]] = {name: set() for name in labels if labels[name] in NAME_LABELS}
        for source in sources:
            for start, end, name in zip(source["start"].tolist(), source["end"].tolist(), source["name"], strict=True):
                if name in spans:
                    spans[name].add((start, end))
        counted = [(name, labels[name], *tree.counts(spans[name]), min(spans[name])[0]) for name in spans]
        rows += [(article_id, *row) for row in sorted(counted, key=lambda row: (-row[2], row[-1]))]
    return tables.frame("grammatical_roles", rows)


def _labels(mention: Mapping[str, NDArray[Any]]) -> dict[str, str]:
    """Return the most frequent label of each name, names in order of place."""
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for name, label in zip(mention["name"], mention["label"], strict=True):
        labels[name][label] += 1
    return {name: counts.most_common(1)[0][0] for name, counts in labels.items()}


class _Tree:
    """The trees of the sentences of an article."""

    def __init__(self, token: Mapping[str, NDArray[Any]]) -> None:
        row_of = {number: row for row, number in enumerate(token["token"].tolist())}
        self._head = [row_of.get(head, -1) for head in token["head"].tolist()]
        self._relation, self._lemma = token["deprel"].tolist(), token["lemma"].tolist()
        self._upos, self._xpos = token["upos"].tolist(), token["xpos"].tolist()
        self._starts = {start: row for row, start in enumerate(token["start"].tolist())}
        self._ends = {end: row for row, end in enumerate(token["end"].tolist())}
        self._children: dict[int, list[int]] = defaultdict(list)
        for row, head in enumerate(self._head):
            self._children[head].append(row)

    def counts(self, spans: Iterable[tuple[int, int]]) -> tuple[Any, ...]:
        """Return how many of the mentions of one name count, how many have each role, and the verbs of its acts."""
        heads = dict.fromkeys(self._heads(sorted(spans)))
        tops = [top for top in (self._top(word, heads) for word in heads) if top >= 0]
        roles = Counter(map(self._role, tops))
        verbs = Counter(self._lemma[self._head[top]] for top in tops if self._role(top) in _ACTING)
        told = "; ".join(verb for verb, _ in verbs.most_common())
        return len(tops), *(roles[role] for role in ROLES), told

    def _top(self, word: int, heads: Collection[int]) -> int:
        """Return the word whose role the head of a mention has, or −1 if what it tells of is a mention itself."""
        while self._relation[word] in _SHARING and self._head[word] >= 0:
            word = self._head[word]
            if word in heads:
                return -1
        is_told = any(self._relation[child] == "nsubj" and child in heads for child in self._children[word])
        return -1 if is_told else word

    def _heads(self, spans: Iterable[tuple[int, int]]) -> Iterator[int]:
        """Yield the head word of each span: the first whose own head is outside."""
        for start, end in spans:
            if start in self._starts and end in self._ends:
                words = range(self._starts[start], self._ends[end] + 1)
                yield next((word for word in words if self._head[word] not in words), words[0])

    def _role(self, word: int) -> str:
        relation, head = self._relation[word], self._head[word]
        below = {self._relation[child] for child in self._children[head]} if head >= 0 else set()
        if relation.startswith("nsubj"):
            if relation == "nsubj:pass" or "aux:pass" in below:
                return "passive"
            return "copula" if "cop" in below or self._upos[head] != "VERB" else "subject"
        if relation == "obl:agent" or (relation == "obl" and self._is_after_by(word) and self._xpos[head] == "VBN"):
            return "agent"
        return {"obj": "object", "iobj": "object", "nmod:poss": "possessor"}.get(relation, "other")

    def _is_after_by(self, word: int) -> bool:
        return any(self._relation[child] == "case" and self._lemma[child] == "by" for child in self._children[word])


@tables.stage(requires=("coreference",), returns="chains")
def chains(coreference: pd.DataFrame) -> pd.DataFrame:
    """List the chains of an article, each with a number to mark it by, those with most mentions first.

    Parameters
    ----------
    coreference
        Mentions in chains with article_id, chain, start, text, kind, name.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are sorted by n (descending), then first_start.

    Examples
    --------
    >>> import pandas as pd
    >>> coreference = pd.DataFrame({
    ...     "article_id": "a", "chain": [0, 0, 1, 1, 1], "start": [0, 9, 20, 30, 40],
    ...     "text": ["Egypt", "it", "the strikes", "those strikes", "them"],
    ...     "kind": ["name", "pronoun", "nominal", "nominal", "pronoun"], "name": ["Egypt", "Egypt", "", "", ""]})
    >>> chains(coreference)[["mark", "refers_to", "n", "n_pronouns", "forms"]].values.tolist()
    [[1, 'the strikes', 3, 1, 'the strikes; those strikes; them'], [2, 'Egypt', 2, 1, 'Egypt; it']]
    """
    rows: list[tuple[Any, ...]] = []
    columns = ("chain", "start", "text", "kind", "name")
    for article_id, mention in inputs.articles(coreference, *columns, name="coreference"):
        own = []
        for chain in dict.fromkeys(mention["chain"].tolist()):
            is_own = mention["chain"] == chain
            texts, kinds = (
                [" ".join(text.split()) for text in mention["text"][is_own]],
                Counter(mention["kind"][is_own]),
            )
            forms = [form for form, _ in Counter(texts).most_common()]
            refers_to = mention["name"][is_own][0] or forms[0]
            counts = (len(texts), kinds["name"], kinds["nominal"], kinds["pronoun"])
            own.append((chain, refers_to, *counts, "; ".join(forms), mention["start"][is_own][0]))
        own.sort(key=lambda row: (-row[2], row[-1]))
        rows += [(article_id, mark, *row) for mark, row in enumerate(own, start=1)]
    return tables.frame("chains", rows)


@tables.stage(requires=("coreference",), returns="chain_mentions")
@checked
def chain_mentions(coreference: pd.DataFrame, *, n: int = 8) -> pd.DataFrame:
    """List the mentions of the longest chains of an article, each with a label to mark it by in the text.

    Parameters
    ----------
    coreference
        Mentions in chains with article_id, chain, start, end, text, kind, name.
    n
        How many chains: those that :func:`chains` lists first.

    Returns
    -------
    DataFrame
        {columns}

        Within an article, rows are in the order of the text.

    Examples
    --------
    >>> import pandas as pd
    >>> coreference = pd.DataFrame({
    ...     "article_id": "a", "chain": 0, "start": [0, 9], "end": [5, 11], "text": ["Egypt", "it"],
    ...     "kind": ["name", "pronoun"], "name": "Egypt"})
    >>> chain_mentions(coreference)[["text", "label"]].values.tolist()
    [['Egypt', '1'], ['it', '1 Egypt']]
    """
    listed = chains(coreference)
    chosen = {
        (article_id, chain): (mark, refers_to)
        for article_id, chain, mark, refers_to in zip(
            listed["article_id"], listed["chain"], listed["mark"], listed["refers_to"], strict=True
        )
        if mark <= n
    }
    rows: list[tuple[Any, ...]] = []
    columns = ("chain", "start", "end", "text", "kind", "name")
    for article_id, mention in inputs.articles(coreference, *columns, name="coreference"):
        for chain, start, end, text, kind, name in zip(*(mention[column] for column in columns), strict=True):
            mark, refers_to = chosen.get((article_id, chain), (0, ""))
            is_told = kind == "name" or (kind == "nominal" and not name)
            if mark:
                rows.append((article_id, mark, start, end, text, kind, str(mark) if is_told else f"{mark} {refers_to}"))
    return tables.frame("chain_mentions", rows)
